/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline.h"

#include "group.h"

static bool is_sound(const qf_stage *stages, size_t n_stages)
{
    for (size_t s = 0; s < n_stages; s++) {
        if ((s > 0 && stages[s].phase < stages[s - 1].phase) ||
            (stages[s].reads_others && stages[s].phase != QF_PHASE_SENSE) ||
            (stages[s].meet && !stages[s].reads_others)) {
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

/* when each group is due for the stage; whether any ever is */
static bool set_periods(qf_pipeline *pipeline, const qf_fleet *fleet, size_t s)
{
    const qf_stage *stage = &pipeline->stages[s];
    bool ever = false;
    for (size_t g = 0; g < pipeline->n_groups; g++) {
        const int64_t period = stage->period_ticks ? stage->period_ticks(&fleet->groups[g]) : 1;
        pipeline->period_ticks[s * pipeline->n_groups + g] = period;
        ever = ever || period > 0;
        if (stage->reads_others && period > 0) {
            add_meeting(pipeline, period);
        }
    }
    return ever;
}

qf_status qf_pipeline_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                             const qf_stage *stages, size_t n_stages, qf_pipeline *pipeline)
{
    const size_t n_groups = fleet->scenario->n_groups;
    *pipeline = (qf_pipeline){0};
    if (!is_sound(stages, n_stages)) {
        return qf_fail(context, QF_ERROR_INTERNAL, "stages are not in the order of their phases");
    }
    *pipeline = (qf_pipeline){
        .stages = qf_arena_array(arena, n_stages, sizeof *pipeline->stages),
        .period_ticks = qf_arena_array(arena, n_groups * n_stages, sizeof *pipeline->period_ticks),
        .n_groups = n_groups,
        .meeting_ticks =
            qf_arena_array(arena, n_groups * n_stages, sizeof *pipeline->meeting_ticks)};
    if (!pipeline->stages || !pipeline->period_ticks || !pipeline->meeting_ticks) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the stages");
    }
    qf_status status = QF_OK;
    for (size_t s = 0; s < n_stages && status == QF_OK; s++) {
        qf_stage *stage = &pipeline->stages[s];
        *stage = stages[s];
        const bool ever = set_periods(pipeline, fleet, s);
        pipeline->senses =
            pipeline->senses || (ever && stage->run && stage->phase == QF_PHASE_SENSE);
        if (!ever || !stage->open) {
            stage->close = NULL;
            stage->archive = NULL;
        } else {
            status = stage->open(context, fleet, &stage->user);
        }
        pipeline->n_stages += status == QF_OK;
    }
    if (status != QF_OK) {
        qf_pipeline_close(pipeline);
    }
    return status;
}

bool qf_stage_is_ever_due(const qf_stage *stage, const qf_scenario *scenario)
{
    bool ever = !stage->period_ticks;
    for (size_t g = 0; g < scenario->n_groups && !ever; g++) {
        const qf_group group = qf_group_outline(scenario, g);
        ever = stage->period_ticks(&group) > 0;
    }
    return ever;
}

size_t qf_pipeline_predicted_bytes(const qf_scenario *scenario, int n_threads, int n_ranks,
                                   bool *meets)
{
    size_t bytes = 0;
    *meets = false;
    for (size_t s = 0; s < qf_stage_count; s++) {
        const qf_stage *stage = &qf_stage_table[s];
        if ((stage->reads_others || stage->predicted_bytes) &&
            qf_stage_is_ever_due(stage, scenario)) {
            *meets = *meets || stage->reads_others;
            bytes +=
                stage->predicted_bytes ? stage->predicted_bytes(scenario, n_threads, n_ranks) : 0;
        }
    }
    return bytes;
}

void qf_pipeline_close(qf_pipeline *pipeline)
{
    for (size_t s = 0; s < pipeline->n_stages; s++) {
        if (pipeline->stages[s].close) {
            pipeline->stages[s].close(pipeline->stages[s].user);
        }
    }
    pipeline->n_stages = 0;
}

void qf_pipeline_archive(const qf_pipeline *pipeline, qf_archive *archive)
{
    for (size_t s = 0; s < pipeline->n_stages; s++) {
        const qf_stage *stage = &pipeline->stages[s];
        if (stage->archive) {
            qf_archive_part(archive, stage->name);
            stage->archive(stage->user, archive);
        }
    }
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

qf_status qf_pipeline_meet(qf_context *context, const qf_pipeline *pipeline, const qf_fleet *fleet,
                           const qf_kernels *kernels, int64_t tick, qf_sightings *sightings,
                           qf_event_log *events, qf_profile *profile)
{
    qf_status status = QF_OK;
    for (size_t s = 0; s < pipeline->n_stages && status == QF_OK; s++) {
        const qf_stage *stage = &pipeline->stages[s];
        const int64_t *period_ticks = pipeline->period_ticks + s * pipeline->n_groups;
        bool due = false;
        for (size_t g = 0; g < pipeline->n_groups && stage->meet; g++) {
            due = due || qf_is_due(period_ticks[g], tick);
        }
        if (due) {
            const qf_meeting meeting = {.fleet = fleet,
                                        .kernels = kernels,
                                        .tick = tick,
                                        .period_ticks = period_ticks,
                                        .sightings = sightings,
                                        .events = events,
                                        .profile = profile,
                                        .user = stage->user};
            const double begin_s = qf_seconds_now();
            status = stage->meet(context, &meeting);
            if (stage->for_all) {
                profile->replicated_s += qf_seconds_now() - begin_s;
            }
        }
    }
    return status;
}

bool qf_pipeline_run(const qf_pipeline *pipeline, qf_phase first, qf_phase last,
                     qf_stage_call *call)
{
    bool changed = false;
    for (size_t s = 0; s < pipeline->n_stages; s++) {
        const qf_stage *stage = &pipeline->stages[s];
        const int64_t period_ticks =
            pipeline->period_ticks[s * pipeline->n_groups + call->block->group];
        if (!stage->run || stage->phase < first || stage->phase > last ||
            !qf_is_due(period_ticks, call->tick)) {
            continue;
        }
        call->period_ticks = period_ticks;
        call->user = stage->user;
        changed |= stage->run(call);
    }
    return changed;
}
