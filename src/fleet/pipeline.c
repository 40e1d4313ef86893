/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline.h"

#include "group.h"

static bool is_sound(const qf_stage *stages, size_t n_stages)
{
    for (size_t s = 0; s < n_stages; s++) {
        if ((s > 0 && stages[s].phase < stages[s - 1].phase) ||
            (stages[s].reads_others && stages[s].phase != QF_PHASE_SENSE)) {
            return false;
        }
    }
    return true;
}

static void add_meeting(qf_pipeline *pipeline, int64_t period_ticks)
{
    for (size_t m = 0; m < pipeline->n_meeting_ticks; m++) {
        if (pipeline->meeting_ticks[m] == period_ticks) {
            return;
        }
    }
    pipeline->meeting_ticks[pipeline->n_meeting_ticks++] = period_ticks;
}

qf_status qf_pipeline_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                             const qf_stage *stages, size_t n_stages, qf_pipeline *pipeline)
{
    const size_t n_groups = fleet->scenario->n_groups;
    if (!is_sound(stages, n_stages)) {
        return qf_fail(context, QF_ERROR_INTERNAL, "stages are not in the order of their phases");
    }
    *pipeline = (qf_pipeline){.stages = stages, .n_stages = n_stages};
    pipeline->period_ticks =
        qf_arena_array(arena, n_groups * n_stages, sizeof *pipeline->period_ticks);
    pipeline->meeting_ticks =
        qf_arena_array(arena, n_groups * n_stages, sizeof *pipeline->meeting_ticks);
    if (!pipeline->period_ticks || !pipeline->meeting_ticks) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the stages");
    }
    for (size_t g = 0; g < n_groups; g++) {
        for (size_t s = 0; s < n_stages; s++) {
            const int64_t period =
                stages[s].period_ticks ? stages[s].period_ticks(&fleet->groups[g]) : 1;
            pipeline->period_ticks[g * n_stages + s] = period;
            if (stages[s].reads_others && period > 0) {
                add_meeting(pipeline, period);
            }
        }
    }
    return QF_OK;
}

bool qf_pipeline_meets(const qf_pipeline *pipeline, int64_t tick)
{
    bool meets = false;
    for (size_t m = 0; m < pipeline->n_meeting_ticks; m++) {
        meets = meets || tick % pipeline->meeting_ticks[m] == 0;
    }
    return meets;
}

int64_t qf_pipeline_next_meeting(const qf_pipeline *pipeline, int64_t tick)
{
    int64_t next = INT64_MAX;
    for (size_t m = 0; m < pipeline->n_meeting_ticks; m++) {
        const int64_t period = pipeline->meeting_ticks[m];
        const int64_t due = (tick / period + 1) * period;
        next = due < next ? due : next;
    }
    return next;
}

bool qf_pipeline_run(const qf_pipeline *pipeline, qf_phase first, qf_phase last,
                     qf_stage_call *call)
{
    const int64_t *period_ticks = pipeline->period_ticks + call->block->group * pipeline->n_stages;
    bool changed = false;
    for (size_t s = 0; s < pipeline->n_stages; s++) {
        const qf_stage *stage = &pipeline->stages[s];
        if (stage->phase < first || stage->phase > last || period_ticks[s] == 0 ||
            call->tick % period_ticks[s] != 0) {
            continue;
        }
        call->period_ticks = period_ticks[s];
        call->user = stage->user;
        changed |= stage->run(call);
    }
    return changed;
}
