/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same bits from any instruction set, any number of threads, however often somebody looks, any
 * batch of worlds, any compiler and any way of building: golden/engine.yaml always ends on the hash
 * in golden/engine.hash. Every leg of scripts/test.sh compares itself with that file. Other bits
 * from other seeds: test_streams.c.
 *
 * A change that is meant to change results changes that one line:
 *   build/release/test_determinism --print-hash > tests/golden/engine.hash
 */
#include "group.h"
#include "program_fixture.h"
#include "record.h"
#include "scenario_reader.h"
#include "simulation.h"

#define SCENARIO  TEST_SOURCE_DIR "/golden/engine.yaml"
#define HASH_FILE TEST_SOURCE_DIR "/golden/engine.hash"

enum { FILE_WORLDS = 3, MOST_WORLDS = 64, N_TICKS = 130 };

typedef struct variant {
    const char *isa; /* NULL: the best */
    int n_threads;
    const char *worlds; /* NULL: the file's */
    int64_t stride;     /* ticks between calls, each with one frame at its end; 0: one call, none */
} variant;

typedef struct outcome {
    uint64_t world[MOST_WORLDS];
    size_t n_worlds;
    uint64_t all;
    uint64_t events;               /* of every event in order, when all were handed out */
    uint64_t records[N_TICKS + 1]; /* of the frame at that tick, 0 where there is none */
} outcome;

/* a run in parts */
typedef struct stand {
    qf_context context;
    qf_scenario scenario;
    qf_fleet fleet;
    qf_record_plan plan;
    qf_simulation *simulation;
    qf_frame frame;
} stand;

static void set_up_stand(stand *s, variant v)
{
    *s = (stand){.context = qf_context_default()};
    s->context.n_threads = v.n_threads;
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    if (qf_scenario_read(&s->context, SCENARIO, &v.worlds, v.worlds ? 1 : 0, &diagnostics,
                         &s->scenario) != QF_OK) {
        qf_diagnostics_print(&diagnostics, stderr);
        fail_msg("the scenario does not load");
    }
    qf_diagnostics_free(&diagnostics);
    assert_int_equal(s->scenario.n_ticks, N_TICKS);
    assert_int_equal(qf_fleet_create(&s->context, &s->scenario, &s->fleet), QF_OK);
    assert_int_equal(qf_record_plan_create(&s->context, &s->fleet, &s->plan), QF_OK);
    const qf_kernels *kernels = v.isa ? qf_kernels_for(v.isa) : NULL;
    assert_true(!v.isa || kernels);
    const qf_simulation_options options = {
        .kernels = kernels, .plan = &s->plan, .keep_events = true};
    assert_int_equal(qf_simulation_create(&s->context, &s->fleet, &options, &s->simulation), QF_OK);
    if (v.stride > 0) {
        s->frame.row = qf_arena_array(&s->fleet.arena, s->plan.n_quantities, sizeof(void *));
        for (size_t q = 0; q < s->plan.n_quantities; q++) {
            /* whole words of 8 bytes, the last of a row of flags filled up with zeros */
            s->frame.row[q] = qf_arena_array(&s->fleet.arena, s->fleet.n_vehicles, 8);
            assert_non_null(s->frame.row[q]);
        }
    }
}

static void tear_down_stand(stand *s)
{
    qf_simulation_free(s->simulation);
    qf_fleet_free(&s->fleet);
    qf_scenario_free(&s->scenario);
}

static uint64_t frame_hash(const stand *s)
{
    uint64_t hash = 0;
    for (size_t q = 0; q < s->plan.n_quantities; q++) {
        const size_t bytes = qf_type_bytes(s->plan.quantities[q]->type) * s->fleet.n_vehicles;
        const uint64_t pair[] = {hash, qf_combine_hashes(s->frame.row[q], (bytes + 7) / 8)};
        hash = qf_combine_hashes(pair, 2);
    }
    return hash;
}

static uint64_t add_events(const stand *s, uint64_t hash)
{
    size_t n;
    const qf_event *events = qf_simulation_events(s->simulation, &n);
    for (size_t i = 0; i < n; i++) {
        uint64_t words[] = {hash, (uint64_t)events[i].tick, 0,
                            (uint64_t)events[i].world << 32 | events[i].entity,
                            (uint64_t)(uint32_t)events[i].subject << 32 |
                                (uint32_t)events[i].code << 8 | events[i].severity};
        memcpy(&words[2], &events[i].value, sizeof words[2]);
        hash = qf_combine_hashes(words, COUNT(words));
    }
    return hash;
}

static void run_stand(stand *s, variant v, void look(const stand *s), outcome *o)
{
    *o = (outcome){.n_worlds = s->scenario.n_worlds};
    assert_true(o->n_worlds <= MOST_WORLDS);
    for (int64_t tick = 0; tick < N_TICKS;) {
        const int64_t step = v.stride > 0 ? v.stride : N_TICKS;
        tick = tick + step < N_TICKS ? tick + step : N_TICKS;
        s->frame.tick = tick;
        assert_int_equal(qf_simulation_advance(&s->context, s->simulation, tick,
                                               v.stride > 0 ? &s->frame : NULL, v.stride > 0),
                         QF_OK);
        o->events = add_events(s, o->events);
        if (v.stride > 0) {
            o->records[tick] = frame_hash(s);
        }
        if (look) {
            look(s);
        }
    }
    assert_int_equal(qf_fleet_world_hashes(&s->context, &s->fleet, o->world), QF_OK);
    o->all = qf_combine_hashes(o->world, o->n_worlds);
}

static void run(variant v, outcome *o)
{
    stand s;
    set_up_stand(&s, v);
    run_stand(&s, v, NULL, o);
    tear_down_stand(&s);
}

static uint64_t golden_hash(void)
{
    char *text = read_file(HASH_FILE);
    char *end;
    const uint64_t hash = strtoull(text, &end, 16);
    assert_int_equal(end - text, 16);
    assert_string_equal(end, "\n");
    free(text);
    return hash;
}

static void assert_hash(uint64_t found, uint64_t expected, variant v, const char *what)
{
    if (found != expected) {
        fail_msg("%s, %d threads, %s, stride %lld: %s is %016llx, expected %016llx",
                 v.isa ? v.isa : "best", v.n_threads, v.worlds ? v.worlds : "worlds of the file",
                 (long long)v.stride, what, (unsigned long long)found,
                 (unsigned long long)expected);
    }
}

static const char *isas[8]; /* those that this processor has */
static size_t n_isas;

static void every_instruction_set_and_number_of_threads_gives_the_golden_hash(void **state)
{
    (void)state;
    const uint64_t expected = golden_hash();
    static outcome first;
    run((variant){.isa = "generic", .n_threads = 1}, &first);
    assert_int_equal(first.n_worlds, FILE_WORLDS);
    for (size_t i = 0; i < n_isas; i++) {
        for (int n_threads = 1; n_threads <= 3; n_threads++) {
            const variant v = {.isa = isas[i], .n_threads = n_threads};
            static outcome found;
            run(v, &found);
            assert_hash(found.all, expected, v, "the state");
            assert_hash(found.events, first.events, v, "the list of events");
        }
    }
}

/* what is recorded of a tick is the same too, whoever else is looked at in between */
static void how_often_somebody_looks_changes_nothing(void **state)
{
    (void)state;
    static const int64_t strides[] = {1, 7, 64, 65};
    static outcome every_tick;
    run((variant){.isa = "generic", .n_threads = 1, .worlds = "worlds=1", .stride = 1},
        &every_tick);
    static outcome whole;
    run((variant){.isa = "generic", .n_threads = 1}, &whole);
    for (size_t k = 0; k < COUNT(strides) * n_isas * 3; k++) {
        const variant v = {.isa = isas[k / 3 % n_isas],
                           .n_threads = 1 + (int)(k % 3),
                           .worlds = "worlds=1",
                           .stride = strides[k / 3 / n_isas]};
        static outcome found;
        run(v, &found);
        assert_hash(found.world[0], whole.world[0], v, "the state");
        assert_hash(found.events, every_tick.events, v, "the list of events");
        for (size_t tick = 1; tick <= N_TICKS; tick++) {
            if (tick % (size_t)v.stride == 0 || tick == N_TICKS) {
                assert_hash(found.records[tick], every_tick.records[tick], v, "a record");
            }
        }
    }
}

static void a_world_is_the_same_in_any_batch(void **state)
{
    (void)state;
    static const char *const batches[] = {"worlds=1", "worlds=3", "worlds=7", "worlds=64"};
    static outcome largest;
    run((variant){.n_threads = 1, .worlds = "worlds=64"}, &largest);
    for (size_t a = 0; a < MOST_WORLDS; a++) {
        for (size_t b = 0; b < a; b++) {
            assert_true(largest.world[a] != largest.world[b]);
        }
    }
    for (size_t k = 0; k < COUNT(batches); k++) {
        const variant v = {.n_threads = 1 + (int)k % 3, .worlds = batches[k]};
        static outcome found;
        run(v, &found);
        for (size_t w = 0; w < found.n_worlds; w++) {
            assert_hash(found.world[w], largest.world[w], v, "a world");
        }
    }
}

static void the_program_says_the_golden_hash(void **state)
{
    (void)state;
    char directory[64];
    enter_directory(directory);
    char line[64];
    snprintf(line, sizeof line, "state hash     %016llx\n", (unsigned long long)golden_hash());
    program_end end = RUN("run", SCENARIO, "-o", "engine.h5");
    if (end.exit_code != 0) {
        fail_msg("exit code %d: %s", end.exit_code, end.err);
    }
    assert_contains(end.err, line);
    release(&end);
    leave_directory(directory);
}

enum { MOST_WORDS = 4 };

/* bits that were on and bits that were off, in any vehicle at any tick */
static struct {
    uint64_t flags[2];
    uint64_t faults[MOST_WORDS][2];
} seen;

static void look_at_bits(const stand *s)
{
    const qf_fleet *fleet = &s->fleet;
    for (size_t e = 0; e < fleet->n_vehicles; e++) {
        const size_t slot = qf_fleet_entity(fleet, e).slot;
        const uint64_t flags = qf_u64(fleet, QF_FIELD_FLAGS, 0)[slot];
        seen.flags[0] |= ~flags;
        seen.flags[1] |= flags;
        for (size_t w = 0; w < fleet->catalog.n_fault_words; w++) {
            seen.faults[w][0] |= ~fleet->faults[w][slot];
            seen.faults[w][1] |= fleet->faults[w][slot];
        }
    }
}

static void assert_seen(const uint64_t word[2], unsigned bit, const char *name)
{
    for (int on = 0; on < 2; on++) {
        if (!(word[on] >> bit & 1)) {
            fail_msg("%s is never %s", name, on ? "on" : "off");
        }
    }
}

/* else the hash would be that of a fleet in which little happens */
static void every_condition_and_every_fault_occurs_in_the_scenario(void **state)
{
    (void)state;
    const variant v = {.n_threads = 1, .worlds = "worlds=1", .stride = 1};
    stand s;
    set_up_stand(&s, v);
    assert_true(s.fleet.catalog.n_fault_words <= MOST_WORDS);
    static outcome o;
    run_stand(&s, v, look_at_bits, &o);
    for (unsigned f = 0; f < qf_flag_count; f++) {
        assert_seen(seen.flags, qf_flag_table[f].bit, qf_flag_table[f].name);
    }
    for (unsigned bit = 0; bit < QF_FAULT_FIRST_NODE; bit++) {
        if (qf_fault_name(bit)) {
            assert_seen(seen.faults[0], bit, qf_fault_name(bit));
        }
    }
    for (size_t n = 0; n < s.fleet.catalog.n_nodes; n++) {
        const size_t bit = QF_FAULT_FIRST_NODE + n;
        assert_seen(seen.faults[bit / QF_BITS_PER_WORD], bit % QF_BITS_PER_WORD,
                    s.fleet.catalog.node_names[n]);
    }
    tear_down_stand(&s);
}

/* the comparisons of this file see a change of one bit in one vehicle */
static void a_flipped_bit_is_seen_by_state_and_records(void **state)
{
    (void)state;
    const variant v = {.n_threads = 1, .worlds = "worlds=1", .stride = 65};
    static outcome before;
    run(v, &before);
    stand s;
    set_up_stand(&s, v);
    qf_u64(&s.fleet, QF_FIELD_Z, 0)[s.fleet.groups[0].slot_begin + 1029] ^= 1;
    static outcome after;
    run_stand(&s, v, NULL, &after);
    assert_true(after.world[0] != before.world[0]);
    assert_true(after.records[65] != before.records[65]);
    tear_down_stand(&s);
}

int main(int argc, char **argv)
{
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        if (qf_kernels_for(*isa)) {
            isas[n_isas++] = *isa;
        } else {
            fprintf(stderr, "this processor or build has no %s\n", *isa);
        }
    }
    if (argc == 2 && strcmp(argv[1], "--print-hash") == 0) {
        static outcome o;
        run((variant){.isa = "generic", .n_threads = 1}, &o);
        return printf("%016llx\n", (unsigned long long)o.all) < 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_set_and_number_of_threads_gives_the_golden_hash),
        cmocka_unit_test(how_often_somebody_looks_changes_nothing),
        cmocka_unit_test(a_world_is_the_same_in_any_batch),
        cmocka_unit_test(the_program_says_the_golden_hash),
        cmocka_unit_test(every_condition_and_every_fault_occurs_in_the_scenario),
        cmocka_unit_test(a_flipped_bit_is_seen_by_state_and_records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
