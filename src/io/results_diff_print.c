/* SPDX-License-Identifier: Apache-2.0 */
/* What a comparison found, for people and for programs. */
#include <inttypes.h>
#include <string.h>

#include "json_text.h"
#include "results_diff_internal.h"

enum { MOST_RANGES = 20 };

static void put_value(FILE *out, qf_type type, uint64_t bits)
{
    double number;
    switch (type) {
    case QF_TYPE_F64:
        memcpy(&number, &bits, sizeof number);
        fprintf(out, "%.17g", number);
        return;
    case QF_TYPE_I64:
        fprintf(out, "%" PRId64, (int64_t)bits);
        return;
    case QF_TYPE_U64:
    case QF_TYPE_U8:
        fprintf(out, "%" PRIu64, bits);
        return;
    }
}

static void put_bits(FILE *out, qf_type type, uint64_t bits)
{
    fprintf(out, "0x%0*" PRIx64, type == QF_TYPE_U8 ? 2 : 16, bits);
}

static void print_place(FILE *out, const qf_diff *diff, const qf_diff_place *place,
                        const char *vehicle, long long world)
{
    fprintf(out, "tick %" PRId64 " (%.15g s", place->tick, (double)place->tick * diff->dt_s[0]);
    if (diff->dt_s[0] != diff->dt_s[1]) {
        fprintf(out, " in A, %.15g s in B", (double)place->tick * diff->dt_s[1]);
    }
    fprintf(out, "), vehicle %" PRIu64 " '%s' (world %lld), %s\n", place->index,
            vehicle ? vehicle : "?", world, place->name);
    for (int f = 0; f < 2; f++) {
        fprintf(out, "    %c  ", "AB"[f]);
        put_value(out, place->type, place->bits[f]);
        fputs("  ", out);
        put_bits(out, place->type, place->bits[f]);
        fputc('\n', out);
    }
}

static void print_state(FILE *out, const qf_diff *diff)
{
    const qf_diff_series *state = &diff->state;
    if (!diff->same_vehicles) {
        return;
    }
    if (state->first.found) {
        fputs("first recorded difference: ", out);
        print_place(out, diff, &state->first, diff->vehicle, diff->world);
        fprintf(out, "values that differ, of %" PRIu64 " in each column:\n",
                state->n_pairs * state->width);
        for (size_t k = 0; k < state->n_columns; k++) {
            if (state->columns[k].n_different > 0) {
                fprintf(out, "  %-22s %" PRIu64 "\n", state->columns[k].name,
                        state->columns[k].n_different);
            }
        }
    } else {
        fprintf(out,
                "/state: equal in %zu common column%s of %" PRIu64 " records at common ticks\n",
                state->n_columns, state->n_columns == 1 ? "" : "s", state->n_pairs);
    }
}

static void print_rows(FILE *out, const char *name, const qf_diff_rows *rows)
{
    if (!rows->found) {
        if (rows->n[0] > 0) {
            fprintf(out, "/%s: %" PRIu64 ", equal\n", name, rows->n[0]);
        }
        return;
    }
    fprintf(out,
            "/%s: %" PRIu64 " in A, %" PRIu64 " in B%s; first difference: number %" PRIu64 "%s%s\n",
            name, rows->n[0], rows->n[1], rows->timeless ? "" : " in the common time", rows->row,
            rows->column[0] ? ", " : "", rows->column);
    for (int f = 0; f < 2; f++) {
        fprintf(out, "    %c  %s\n", "AB"[f], rows -> text[f] ? rows -> text[f] : "none");
    }
}

/* 0-3, 7, ... */
static void print_worlds(FILE *out, const qf_diff *diff)
{
    size_t n_ranges = 0;
    fprintf(out, "world%s ", diff->n_worlds == 1 ? "" : "s");
    for (size_t i = 0; i < diff->n_worlds; n_ranges++) {
        size_t last = i;
        while (last + 1 < diff->n_worlds && diff->worlds[last + 1] == diff->worlds[last] + 1) {
            last++;
        }
        if (n_ranges == MOST_RANGES) {
            fprintf(out, ", and %zu more", diff->n_worlds - i);
            return;
        }
        fprintf(out, "%s%" PRIu64, n_ranges ? ", " : "", diff->worlds[i]);
        if (last > i) {
            fprintf(out, "-%" PRIu64, diff->worlds[last]);
        }
        i = last + 1;
    }
}

/* Whether the hashes know of a difference before the records do. */
static bool is_unrecorded(const qf_diff *diff)
{
    return diff->ladder.first.found &&
           (!diff->state.first.found || diff->state.first.tick > diff->ladder.first.tick);
}

static void print_ladder(FILE *out, const qf_diff *diff)
{
    const qf_diff_series *ladder = &diff->ladder;
    if (!diff->same_vehicles) {
        return;
    }
    if (ladder->first.found) {
        fputs("/hashes: ", out);
        if (ladder->has_equal) {
            fprintf(out, "last equal at tick %" PRId64 ", ", ladder->last_equal_tick);
        }
        fprintf(out, "first different at tick %" PRId64 " in ", ladder->first.tick);
        print_worlds(out, diff);
        fputc('\n', out);
    } else if (ladder->n_pairs > 0) {
        fprintf(out, "/hashes: equal at %" PRIu64 " common tick%s, the last is %" PRId64 "\n",
                ladder->n_pairs, ladder->n_pairs == 1 ? "" : "s", ladder->last_equal_tick);
    } else {
        fputs("/hashes: none at a common tick\n", out);
    }
    if (is_unrecorded(diff)) {
        if (ladder->has_equal) {
            fprintf(out, "first difference after tick %" PRId64 ", at or before tick %" PRId64,
                    ladder->last_equal_tick, ladder->first.tick);
        } else {
            fprintf(out, "first difference at or before tick %" PRId64, ladder->first.tick);
        }
        fputs(", in something that was not recorded, in ", out);
        print_worlds(out, diff);
        fputs(diff->options->recompute ? "\n" : " (--recompute finds it)\n", out);
    }
    if (diff->hashes_differ) {
        fprintf(out, "state_hash: %s in A, %s in B\n", diff->state_hash[0], diff->state_hash[1]);
    }
}

static void print_recomputed(FILE *out, const qf_diff *diff)
{
    const qf_diff_recomputed *recomputed = &diff->recomputed;
    if (recomputed->outcome) {
        fprintf(out, "recomputed: %s\n", recomputed->outcome);
    }
    if (recomputed->place.found) {
        fputs("first difference: ", out);
        print_place(out, diff, &recomputed->place, recomputed->vehicle, recomputed->world);
    }
}

void qf_diff_print(const qf_diff *diff, FILE *out)
{
    fprintf(out, "A  %s\nB  %s\n%s\n", diff->path[0], diff->path[1],
            qf_diff_is_different(diff) ? "DIFFERENT" : "equal");
    for (size_t i = 0; i < diff->different.n; i++) {
        fprintf(out, "  %s\n", diff->different.texts[i]);
    }
    print_state(out, diff);
    print_rows(out, "events", &diff->events);
    for (size_t t = 0; t < QF_TABLES; t++) {
        print_rows(out, qf_record_tables[t].group, &diff->tables[t]);
    }
    print_rows(out, "identities", &diff->identities);
    print_rows(out, "tracking", &diff->tracking);
    print_rows(out, "machines/transitions", &diff->transitions);
    print_rows(out, "machines/states", &diff->machine_states);
    print_rows(out, "quarantine", &diff->quarantine);
    print_ladder(out, diff);
    print_recomputed(out, diff);
    for (size_t i = 0; i < diff->information.n; i++) {
        fprintf(out, "%s  %s\n", i ? "" : "for information:\n", diff->information.texts[i]);
    }
}

static void json_notes(FILE *out, const char *key, const qf_diff_notes *notes)
{
    fprintf(out, ", \"%s\": [", key);
    for (size_t i = 0; i < notes->n; i++) {
        fputs(i ? ", " : "", out);
        qf_json_put_text(out, notes->texts[i]);
    }
    fputc(']', out);
}

static void json_text_or_null(FILE *out, const char *text)
{
    if (text) {
        qf_json_put_text(out, text);
    } else {
        fputs("null", out);
    }
}

/* Values are texts: JSON has no NaN, and its readers round long integers. */
static void json_place(FILE *out, const qf_diff *diff, const char *key, const qf_diff_place *place,
                       const char *vehicle, long long world)
{
    fprintf(out, ", \"%s\": ", key);
    if (!place->found) {
        fputs("null", out);
        return;
    }
    fprintf(out, "{\"tick\": %" PRId64 ", \"time_s\": %.15g, \"entity\": %" PRIu64 ", \"name\": ",
            place->tick, (double)place->tick * diff->dt_s[0], place->index);
    json_text_or_null(out, vehicle);
    fprintf(out, ", \"world\": %lld, \"column\": ", world);
    qf_json_put_text(out, place->name);
    fputs(", \"values\": [", out);
    for (int f = 0; f < 2; f++) {
        fputs(f ? ", \"" : "\"", out);
        put_value(out, place->type, place->bits[f]);
        fputc('"', out);
    }
    fputs("], \"bits\": [", out);
    for (int f = 0; f < 2; f++) {
        fputs(f ? ", \"" : "\"", out);
        put_bits(out, place->type, place->bits[f]);
        fputc('"', out);
    }
    fputs("]}", out);
}

static void json_rows(FILE *out, const char *key, const qf_diff_rows *rows)
{
    fprintf(out, ", \"%s\": {\"counts\": [%" PRIu64 ", %" PRIu64 "], \"first_difference\": ", key,
            rows->n[0], rows->n[1]);
    if (rows->found) {
        fprintf(out, "{\"number\": %" PRIu64 ", \"column\": ", rows->row);
        json_text_or_null(out, rows->column[0] ? rows->column : NULL);
        fputs(", \"texts\": [", out);
        json_text_or_null(out, rows->text[0]);
        fputs(", ", out);
        json_text_or_null(out, rows->text[1]);
        fputs("]}", out);
    } else {
        fputs("null", out);
    }
    fputc('}', out);
}

static void json_ladder(FILE *out, const qf_diff *diff)
{
    const qf_diff_series *ladder = &diff->ladder;
    fprintf(out,
            ", \"hashes\": {\"compared\": %" PRIu64 ", \"last_equal_tick\": ", ladder->n_pairs);
    if (ladder->has_equal) {
        fprintf(out, "%" PRId64, ladder->last_equal_tick);
    } else {
        fputs("null", out);
    }
    fputs(", \"first_different_tick\": ", out);
    if (ladder->first.found) {
        fprintf(out, "%" PRId64, ladder->first.tick);
    } else {
        fputs("null", out);
    }
    fputs(", \"worlds\": [", out);
    for (size_t i = 0; i < diff->n_worlds; i++) {
        fprintf(out, "%s%" PRIu64, i ? ", " : "", diff->worlds[i]);
    }
    fprintf(out, "], \"unrecorded\": %s}, \"state_hash\": [",
            is_unrecorded(diff) ? "true" : "false");
    json_text_or_null(out, diff->state_hash[0]);
    fputs(", ", out);
    json_text_or_null(out, diff->state_hash[1]);
    fputc(']', out);
}

void qf_diff_print_json(const qf_diff *diff, FILE *out)
{
    fprintf(out, "{\"equal\": %s, \"files\": [", qf_diff_is_different(diff) ? "false" : "true");
    qf_json_put_text(out, diff->path[0]);
    fputs(", ", out);
    qf_json_put_text(out, diff->path[1]);
    fputc(']', out);
    json_notes(out, "explanations", &diff->different);
    json_notes(out, "information", &diff->information);
    json_place(out, diff, "first_recorded_difference", &diff->state.first, diff->vehicle,
               diff->world);
    fprintf(out, ", \"records_compared\": %" PRIu64 ", \"values_different\": {",
            diff->state.n_pairs);
    for (size_t k = 0; k < diff->state.n_columns; k++) {
        fputs(k ? ", " : "", out);
        qf_json_put_text(out, diff->state.columns[k].name);
        fprintf(out, ": %" PRIu64, diff->state.columns[k].n_different);
    }
    fputc('}', out);
    json_rows(out, "events", &diff->events);
    for (size_t t = 0; t < QF_TABLES; t++) {
        json_rows(out, qf_record_tables[t].group, &diff->tables[t]);
    }
    json_rows(out, "identities", &diff->identities);
    json_rows(out, "tracking", &diff->tracking);
    json_rows(out, "transitions", &diff->transitions);
    json_rows(out, "machine_states", &diff->machine_states);
    json_rows(out, "quarantine", &diff->quarantine);
    json_ladder(out, diff);
    fputs(", \"recomputed\": ", out);
    json_text_or_null(out, diff->recomputed.outcome);
    json_place(out, diff, "first_difference", &diff->recomputed.place, diff->recomputed.vehicle,
               diff->recomputed.world);
    fputs("}\n", out);
}
