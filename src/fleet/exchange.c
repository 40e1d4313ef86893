/* SPDX-License-Identifier: Apache-2.0 */
/* What ranks see of each other. Guarded by tests/test_world_ranks.c. */
#include "exchange.h"

#include <math.h>
#include <string.h>

#include "columns.h"
#include "group.h"

/* words that are worth a team of threads to copy */
enum { WORTH_A_TEAM = 1 << 16 };

static size_t slots_of(const qf_portion *portion)
{
    return portion->slot_end - portion->slot_begin;
}

static const qf_portion *part_of(const qf_outlook *outlook, size_t part, int rank)
{
    return &outlook->parts[part * (size_t)outlook->n_ranks + (size_t)rank];
}

/* ---- which columns ---- */

static size_t add_fields(const qf_catalog *catalog, const qf_field_id *fields, bool *wanted)
{
    size_t n = 0;
    for (; fields && *fields != QF_FIELD_COUNT; fields++) {
        for (size_t k = 0; k < catalog->n_columns_of[*fields]; k++) {
            bool *column = &wanted[catalog->first_column[*fields] + k];
            n += !*column;
            *column = true;
        }
    }
    return n;
}

static const qf_field_id always[] = {QF_FIELD_FLAGS, QF_FIELD_COUNT};

static bool is_due(const qf_pipeline *pipeline, size_t s, int64_t tick)
{
    bool due = false;
    for (size_t g = 0; g < pipeline->n_groups && pipeline->stages[s].reads_others; g++) {
        due = due || qf_is_due(pipeline->period_ticks[s * pipeline->n_groups + g], tick);
    }
    return due;
}

static bool is_ever_due(const qf_pipeline *pipeline, size_t s)
{
    bool ever = false;
    for (size_t g = 0; g < pipeline->n_groups && pipeline->stages[s].reads_others; g++) {
        ever = ever || pipeline->period_ticks[s * pipeline->n_groups + g] > 0;
    }
    return ever;
}

static void want_none(qf_outlook *outlook)
{
    memset(outlook->wanted, 0, outlook->fleet->catalog.n_columns * sizeof *outlook->wanted);
}

/* at most so many as there is room for; false: there is none left that is wanted */
static bool take_columns(qf_outlook *outlook)
{
    outlook->n_columns = 0;
    for (size_t c = 0;
         c < outlook->fleet->catalog.n_columns && outlook->n_columns < outlook->most_columns; c++) {
        if (outlook->wanted[c]) {
            outlook->columns[outlook->n_columns++] = c;
            outlook->wanted[c] = false;
        }
    }
    return outlook->n_columns > 0;
}

/* ---- memory ---- */

static qf_status no_memory(qf_context *context)
{
    return qf_fail(context, QF_ERROR_MEMORY, "no memory for what ranks see of each other");
}

/* how each rank's own blocks are cut */
static void cut_into_parts(qf_outlook *outlook)
{
    for (int r = 0; r < outlook->n_ranks; r++) {
        const qf_portion all = qf_fleet_portion(outlook->fleet, r, outlook->n_ranks);
        for (size_t p = 0; p < outlook->n_parts; p++) {
            qf_portion *part = &outlook->parts[p * (size_t)outlook->n_ranks + (size_t)r];
            *part = qf_portion_part(outlook->fleet, &all, p, outlook->n_parts);
            outlook->part_slots[p] += slots_of(part);
        }
    }
}

static size_t columns_at_once(const qf_outlook *outlook, size_t part)
{
    const size_t slots = outlook->part_slots[part];
    const size_t n = slots > 0 ? outlook->most_words / slots : outlook->most_columns;
    return n > 0 ? n : 1; /* slots of a fleet fit into an int */
}

static qf_status make_room(qf_context *context, qf_arena *arena, qf_outlook *outlook)
{
    size_t n_parcels = 0;
    for (size_t p = 0; p < outlook->n_parts; p++) {
        const size_t at_once = columns_at_once(outlook, p);
        n_parcels += (outlook->most_columns + at_once - 1) / at_once;
    }
    outlook->columns = qf_arena_array(arena, outlook->most_columns, sizeof *outlook->columns);
    outlook->parcels = qf_arena_array(arena, n_parcels, sizeof *outlook->parcels);
    outlook->firsts =
        qf_arena_array(arena, n_parcels * ((size_t)outlook->n_ranks + 1), sizeof *outlook->firsts);
    if (!outlook->columns || !outlook->parcels || !outlook->firsts ||
        !qf_size_multiply(outlook->fleet->n_slots, outlook->most_columns * sizeof *outlook->words,
                          &outlook->words_bytes)) {
        return no_memory(context);
    }
    void *words = NULL;
    const qf_status status = qf_columns_map(context, outlook->words_bytes, &words);
    outlook->words = words;
    return status;
}

qf_status qf_outlook_create(qf_context *context, qf_arena *arena, const qf_fleet *fleet,
                            const qf_pipeline *pipeline, qf_outlook *outlook)
{
    *outlook = (qf_outlook){.context = context,
                            .fleet = fleet,
                            .pipeline = pipeline,
                            .n_ranks = qf_n_ranks(context),
                            .n_parts = qf_fleet_parts(context),
                            .most_words = INT32_MAX}; /* what MPI counts in */
    if (outlook->n_ranks == 1 || pipeline->n_meeting_ticks == 0) {
        outlook->n_ranks = 1;
        return QF_OK;
    }
    const size_t n_ranks = (size_t)outlook->n_ranks;
    outlook->parts = qf_arena_array(arena, n_ranks * outlook->n_parts, sizeof *outlook->parts);
    outlook->part_slots = qf_arena_array(arena, outlook->n_parts, sizeof *outlook->part_slots);
    outlook->wanted = qf_arena_array(arena, fleet->catalog.n_columns, sizeof *outlook->wanted);
    outlook->has_seen = qf_arena_array(arena, pipeline->n_stages, sizeof *outlook->has_seen);
    if (!outlook->parts || !outlook->part_slots || !outlook->wanted || !outlook->has_seen) {
        return no_memory(context);
    }
    cut_into_parts(outlook);
    outlook->most_columns = add_fields(&fleet->catalog, always, outlook->wanted);
    for (size_t s = 0; s < pipeline->n_stages; s++) {
        if (is_ever_due(pipeline, s)) {
            outlook->most_columns +=
                add_fields(&fleet->catalog, pipeline->stages[s].sees, outlook->wanted);
            outlook->any_first = outlook->any_first || pipeline->stages[s].sees_first;
        }
    }
    return make_room(context, arena, outlook);
}

void qf_outlook_free(qf_outlook *outlook)
{
    if (outlook->n_ranks > 1) {
        for (size_t i = 0; i < outlook->n_parcels; i++) {
            qf_exchange_end(&outlook->parcels[i].exchange); /* after a failure */
        }
        qf_columns_unmap(outlook->words, outlook->words_bytes);
    }
    *outlook = (qf_outlook){0};
}

qf_portion qf_outlook_part(const qf_outlook *outlook, size_t part)
{
    return qf_portion_part(outlook->fleet, &outlook->fleet->own, part, outlook->n_parts);
}

/* ---- to and fro ---- */

/* between the columns of one rank's vehicles and their words in a parcel */
static void pack(const qf_outlook *outlook, const qf_parcel *parcel, int rank)
{
    const qf_portion *part = part_of(outlook, parcel->part, rank);
    const size_t n = slots_of(part);
    const bool own = rank == qf_rank(outlook->context);
    uint64_t *words = parcel->words + parcel->first[rank];
    const size_t n_columns = parcel->column_end - parcel->column_begin;
    const int n_threads = outlook->context->n_threads;
#pragma omp parallel for schedule(static) num_threads(n_threads) if (n * n_columns >= WORTH_A_TEAM)
    for (size_t c = 0; c < n_columns; c++) {
        uint64_t *column =
            (uint64_t *)outlook->fleet->column[outlook->columns[parcel->column_begin + c]] +
            part->slot_begin;
        if (own) {
            memcpy(words + c * n, column, n * sizeof *words);
        } else {
            memcpy(column, words + c * n, n * sizeof *words);
        }
    }
}

static void send_parcel(qf_outlook *outlook, qf_parcel *parcel)
{
    const size_t n_columns = parcel->column_end - parcel->column_begin;
    parcel->first[0] = 0;
    for (int r = 0; r < outlook->n_ranks; r++) {
        parcel->first[r + 1] =
            parcel->first[r] + n_columns * slots_of(part_of(outlook, parcel->part, r));
    }
    outlook->n_words += (int64_t)parcel->first[outlook->n_ranks];
    pack(outlook, parcel, qf_rank(outlook->context));
    qf_exchange_begin(outlook->context, parcel->words, parcel->first, &parcel->exchange);
}

static void send_part(qf_outlook *outlook, size_t part)
{
    const size_t at_once = columns_at_once(outlook, part);
    size_t slots_before = 0;
    for (size_t p = 0; p < part; p++) {
        slots_before += outlook->part_slots[p];
    }
    uint64_t *words = outlook->words + outlook->most_columns * slots_before;
    for (size_t begin = 0; begin < outlook->n_columns && outlook->part_slots[part] > 0;
         begin += at_once) {
        const size_t left = outlook->n_columns - begin;
        const size_t n = outlook->n_parcels++;
        outlook->parcels[n] = (qf_parcel){
            .part = part,
            .column_begin = begin,
            .column_end = begin + (left < at_once ? left : at_once),
            .words = words + begin * outlook->part_slots[part],
            .first = outlook->firsts + n * ((size_t)outlook->n_ranks + 1),
        };
        send_parcel(outlook, &outlook->parcels[n]);
    }
}

/* in the order in which they were sent */
static void receive(qf_outlook *outlook)
{
    for (size_t i = 0; i < outlook->n_parcels; i++) {
        qf_parcel *parcel = &outlook->parcels[i];
        qf_exchange_end(&parcel->exchange);
        for (int r = 0; r < outlook->n_ranks; r++) {
            if (r != qf_rank(outlook->context)) {
                pack(outlook, parcel, r);
            }
        }
    }
    outlook->n_parcels = 0;
    outlook->n_poked = 0;
}

void qf_outlook_begin(qf_outlook *outlook, int64_t tick)
{
    if (outlook->n_ranks == 1) {
        return;
    }
    outlook->tick = tick;
    want_none(outlook);
    if (outlook->any_first) {
        add_fields(&outlook->fleet->catalog, always, outlook->wanted);
    }
    for (size_t s = 0; s < outlook->pipeline->n_stages; s++) {
        if (is_due(outlook->pipeline, s, tick)) {
            add_fields(&outlook->fleet->catalog, outlook->pipeline->stages[s].sees,
                       outlook->wanted);
        }
    }
    take_columns(outlook);
}

void qf_outlook_send(qf_outlook *outlook, size_t part)
{
    if (outlook->n_ranks > 1) {
        send_part(outlook, part);
    }
}

void qf_outlook_poke(qf_outlook *outlook)
{
    for (; outlook->n_poked < outlook->n_parcels; outlook->n_poked++) {
        qf_exchange *exchange = &outlook->parcels[outlook->n_poked].exchange;
        qf_exchange_poke(exchange);
        if (exchange->under_way) {
            return;
        }
    }
}

/* ---- what is seen first ---- */

/* a quarantined vehicle's columns are put back to what they were, also those that meetings keep alike on all ranks */
static void notice_quarantines(qf_outlook *outlook)
{
    const uint64_t *flags = qf_u64(outlook->fleet, QF_FIELD_FLAGS, 0);
    size_t n = 0;
    for (size_t slot = 0; slot < outlook->fleet->n_slots; slot++) {
        n += (flags[slot] & QF_FLAG_BIT(QUARANTINED)) != 0;
    }
    if (n != outlook->n_quarantined) {
        memset(outlook->has_seen, 0, outlook->pipeline->n_stages * sizeof *outlook->has_seen);
    }
    outlook->n_quarantined = n;
}

static void see_first(qf_outlook *outlook)
{
    want_none(outlook);
    size_t n = 0;
    for (size_t s = 0; s < outlook->pipeline->n_stages; s++) {
        if (!outlook->has_seen[s] && is_due(outlook->pipeline, s, outlook->tick)) {
            n += add_fields(&outlook->fleet->catalog, outlook->pipeline->stages[s].sees_first,
                            outlook->wanted);
            outlook->has_seen[s] = true;
        }
    }
    while (n > 0 && take_columns(outlook)) {
        for (size_t p = 0; p < outlook->n_parts; p++) {
            send_part(outlook, p);
        }
        receive(outlook);
    }
}

/* numbers that nobody may come to rely on */
static void hide(const qf_outlook *outlook, size_t column, bool number)
{
    const qf_portion *own = &outlook->fleet->own;
    uint64_t garbage = UINT64_C(0xA5A5A5A5A5A5A5A5);
    const double nan = (double)NAN;
    if (number) {
        memcpy(&garbage, &nan, sizeof garbage);
    }
    uint64_t *words = outlook->fleet->column[column];
    for (size_t slot = 0; slot < outlook->fleet->n_slots; slot++) {
        if (slot < own->slot_begin || slot >= own->slot_end) {
            words[slot] = garbage;
        }
    }
}

/* but for what has been exchanged for stages that are due now, or was first, and has stayed alike since */
static void hide_unseen(qf_outlook *outlook)
{
    const qf_catalog *catalog = &outlook->fleet->catalog;
    want_none(outlook);
    for (size_t c = 0; c < outlook->n_columns; c++) {
        outlook->wanted[outlook->columns[c]] = true;
    }
    for (size_t s = 0; s < outlook->pipeline->n_stages; s++) {
        if (outlook->has_seen[s] || is_due(outlook->pipeline, s, outlook->tick)) {
            add_fields(catalog, outlook->pipeline->stages[s].sees_first, outlook->wanted);
        }
    }
    for (size_t f = 0; f < QF_FIELD_COUNT; f++) {
        for (size_t k = 0; k < catalog->n_columns_of[f]; k++) {
            const size_t column = catalog->first_column[f] + k;
            if (!outlook->wanted[column]) {
                hide(outlook, column, qf_field_table[f].type == QF_TYPE_F64);
            }
        }
    }
}

void qf_outlook_end(qf_outlook *outlook)
{
    if (outlook->n_ranks == 1) {
        return;
    }
    receive(outlook);
    if (outlook->any_first) {
        notice_quarantines(outlook);
    }
    if (outlook->hides) {
        hide_unseen(outlook);
    }
    see_first(outlook);
}

/* of fields that are not counted yet */
static size_t count_columns(const qf_catalog *catalog, const qf_field_id *fields,
                            bool counted[QF_FIELD_COUNT])
{
    size_t n = 0;
    for (const qf_field_id *f = fields; f && *f != QF_FIELD_COUNT; f++) {
        n += counted[*f] ? 0 : catalog->n_columns_of[*f];
        counted[*f] = true;
    }
    return n;
}

size_t qf_seen_columns(const qf_pipeline *pipeline, const qf_catalog *catalog, int64_t tick)
{
    bool counted[QF_FIELD_COUNT] = {false};
    size_t n = 0;
    for (size_t s = 0; s < pipeline->n_stages; s++) {
        if (is_due(pipeline, s, tick)) {
            n += count_columns(catalog, always, counted);
            n += count_columns(catalog, pipeline->stages[s].sees, counted);
        }
    }
    return n;
}

size_t qf_outlook_columns(const qf_scenario *scenario, const qf_catalog *catalog)
{
    bool wanted[QF_FIELD_COUNT] = {false};
    size_t n = 0;
    for (size_t s = 0; s < qf_stage_count; s++) {
        const bool reads =
            qf_stage_table[s].reads_others && qf_stage_is_ever_due(&qf_stage_table[s], scenario);
        const qf_field_id *lists[] = {always, qf_stage_table[s].sees, qf_stage_table[s].sees_first};
        for (size_t l = 0; l < 3 && reads; l++) {
            n += count_columns(catalog, lists[l], wanted);
        }
    }
    return n;
}
