/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet.h"
#include "group.h"
#include "ranks.h"

/* what the scenario and the ranks decide: columns of another fleet would fit by chance only */
static void archive_layout(const qf_fleet *fleet, qf_archive *archive)
{
    const qf_portion *own = &fleet->own;
    qf_archive_same(archive, fleet->n_vehicles, "vehicles");
    qf_archive_same(archive, fleet->n_slots, "slots");
    qf_archive_same(archive, fleet->n_blocks, "blocks");
    qf_archive_same(archive, fleet->scenario->n_groups, "groups");
    qf_archive_same(archive, fleet->scenario->n_worlds, "worlds");
    qf_archive_same(archive, fleet->catalog.n_columns, "columns");
    qf_archive_same(archive, (uint64_t)qf_n_ranks(archive->context), "ranks");
    qf_archive_same(archive, own->slot_begin, "the rank's first slot");
    qf_archive_same(archive, own->slot_end, "the rank's last slot");
}

void qf_fleet_archive(qf_fleet *fleet, qf_archive *archive)
{
    const qf_portion *own = &fleet->own;
    qf_archive_part(archive, "fleet");
    archive_layout(fleet, archive);
    qf_archive_bytes(archive, &fleet->tick, sizeof fleet->tick);
    qf_archive_bytes(archive, &fleet->clock_s, sizeof fleet->clock_s);
    for (size_t g = 0; g < fleet->scenario->n_groups; g++) {
        qf_group *group = &fleet->groups[g];
        qf_archive_count(archive, &group->next_command, group->spec->n_commands);
    }
    /* padding too: kernels take whole lanes */
    for (size_t k = 0; k < fleet->catalog.n_columns; k++) {
        qf_archive_bytes(archive, (uint64_t *)fleet->column[k] + own->slot_begin,
                         (own->slot_end - own->slot_begin) * sizeof(uint64_t));
    }
}
