/* SPDX-License-Identifier: Apache-2.0 */
/* Guards and situations of scenario files: what is read, and what is refused. */
#include <math.h>

#include "event.h"
#include "guards_reader.h"
#include "scenario_fixture.h"
#include "situations_reader.h"
#include "tracker_reader.h"

#define HEAD                                                                                       \
    PLAIN "    radar: {ideal: true, period_s: 0.5, range_max_m: 9000}\n"                           \
          "    tracker: {mode: qiki}\n"

static const qf_guards_spec *guards_of(const fixture *f)
{
    return f->scenario.groups[0].guards;
}

static const qf_situations_spec *situations_of(const fixture *f)
{
    return f->scenario.groups[0].situations;
}

/* a rule beside its id, and what becomes of it */
static const qf_guard_rule_spec *rule_of(fixture *f, const char *keys)
{
    char text[1024];
    snprintf(text, sizeof text, HEAD "    guards: {rules: [{id: R, %s}]}\n", keys);
    load(f, text);
    assert_int_equal(guards_of(f)->n_rules, 1);
    return &guards_of(f)->rules[0];
}

static void an_id_is_enough(void **state)
{
    fixture *f = *state;
    const qf_guard_rule_spec *rule = rule_of(f, "");
    assert_string_equal(rule->id, "R");
    assert_null(rule->title);
    assert_null(rule->description);
    assert_null(rule->action_required);
    assert_null(rule->fsm_event);
    assert_int_equal(rule->severity, QF_SEVERITY_WARNING);
    assert_int_equal(rule->iff, 0);
    assert_int_equal(rule->on, -1);
    assert_true(rule->mode_bits == UINT32_MAX);
    assert_true(rule->min_range_m == 0.0 && isinf(rule->max_range_m));
    assert_true(rule->min_quality == 0.0 && isinf(rule->max_speed_mps));
    assert_true(rule->min_duration_s == 0.0 && rule->hysteresis_m == 0.0);
    assert_true(isnan(rule->cooldown_s));
    assert_null(guards_of(f)->file);
    assert_false(guards_of(f)->reference_epoch);
    assert_true(guards_of(f)->default_cooldown_s == 2.0);
}

static void every_key_is_taken(void **state)
{
    fixture *f = *state;
    const qf_guard_rule_spec *rule =
        rule_of(f, "title: \"Яркий\", description: \"d\\n2\", action_required: run, fsm_event: E,\n"
                   "  severity: critical, iff: foe, require_transponder_on: true,\n"
                   "  allowed_transponder_modes: [\"on\", 3], min_range_m: 1.5, max_range_m: 2.5,\n"
                   "  min_quality: 0.25, max_radial_velocity_mps: 3.5, min_duration_s: 4.5,\n"
                   "  cooldown_s: 5.5, hysteresis_m: 6.5");
    assert_string_equal(rule->title, "Яркий");
    assert_string_equal(rule->description, "d\n2");
    assert_string_equal(rule->action_required, "run");
    assert_string_equal(rule->fsm_event, "E");
    assert_int_equal(rule->severity, QF_SEVERITY_CRITICAL);
    assert_int_equal(rule->iff, QF_IFF_FOE);
    assert_int_equal(rule->on, 1);
    assert_int_equal(rule->mode_bits, 1U << QF_TRANSPONDER_ON | 1U << QF_TRANSPONDER_SPOOF);
    assert_true(rule->min_range_m == 1.5 && rule->max_range_m == 2.5);
    assert_true(rule->min_quality == 0.25 && rule->max_speed_mps == 3.5);
    assert_true(rule->min_duration_s == 4.5 && rule->cooldown_s == 5.5);
    assert_true(rule->hysteresis_m == 6.5);
    load(f, HEAD "    guards: {schema_version: 1, epoch: reference, default_cooldown_s: 0.5,\n"
                 "      rules: [{id: a}, {id: b}]}\n");
    assert_true(guards_of(f)->reference_epoch && guards_of(f)->default_cooldown_s == 0.5);
    assert_int_equal(guards_of(f)->n_rules, 2);
    assert_string_equal(guards_of(f)->rules[1].id, "b");
}

static void the_reference_s_numbers_and_names_are_understood(void **state)
{
    fixture *f = *state;
    static const char *const iffs[] = {"0", "1", "2", "3", "any", "friend", "foe", "unknown"};
    for (size_t i = 0; i < COUNT(iffs); i++) {
        char keys[64];
        snprintf(keys, sizeof keys, "iff: %s", iffs[i]);
        assert_int_equal(rule_of(f, keys)->iff, i % 4);
        assert_int_equal(f->diagnostics.notes.n_items, i == 0);
        if (i == 0) {
            assert_note(f, 0, 10, 35, "groups[0].guards.rules[0].iff",
                        "0 is 'any' here; no track of the reference has it");
        }
    }
    static const char *const modes[] = {"0", "1", "2", "3", "off", "on", "silent", "spoof"};
    for (size_t i = 0; i < COUNT(modes); i++) {
        char keys[64];
        snprintf(keys, sizeof keys, "allowed_transponder_modes: [%s]", modes[i]);
        assert_int_equal(rule_of(f, keys)->mode_bits, 1U << i % 4);
    }
    assert_true(rule_of(f, "allowed_transponder_modes: []")->mode_bits == UINT32_MAX);
    assert_int_equal(rule_of(f, "require_transponder_on: false")->on, 0);
    assert_true(rule_of(f, "max_radial_velocity: 7")->max_speed_mps == 7.0);
    const qf_guard_rule_spec *rule =
        rule_of(f, "iff: null, require_transponder_on: null, max_range_m: null, cooldown_s: ~, "
                   "max_radial_velocity: null, title: null, description: \"\"");
    assert_int_equal(rule->iff, 0);
    assert_int_equal(rule->on, -1);
    assert_true(isinf(rule->max_range_m) && isnan(rule->cooldown_s) && isinf(rule->max_speed_mps));
    assert_null(rule->title);
    assert_null(rule->description);
}

/* the radar's period is 0.5 s */
static void durations_that_no_frame_is_within_are_noted(void **state)
{
    fixture *f = *state;
    rule_of(f, "min_duration_s: 0.4");
    assert_int_equal(f->diagnostics.notes.n_items, 1);
    assert_note(f, 0, 10, 46, "groups[0].guards.rules[0].min_duration_s",
                "never fires: 0.4 s are shorter than the radar's period_s (0.5 s)");
    rule_of(f, "min_duration_s: 0.5");
    assert_int_equal(f->diagnostics.notes.n_items, 0);
}

static void overrides_reach_into_rules_and_files(void **state)
{
    fixture *f = *state;
    load_with(f, HEAD "    guards: {rules: [{id: a}, {id: b, max_range_m: 5}]}\n",
              "groups[0].guards.rules[1].max_range_m=90");
    assert_true(guards_of(f)->rules[1].max_range_m == 90.0);
    write_file("g.yaml", "rules: [{id: a}]\n");
    load_with(f, HEAD "    guards: g.yaml\n", "groups[0].guards.epoch=reference");
    assert_true(guards_of(f)->reference_epoch);
    assert_string_equal(guards_of(f)->file, "g.yaml");
    assert_int_equal(guards_of(f)->n_rules, 1);
    write_file("w.yaml", "near_m: 5\ncapacity: 7\n");
    load_with(f, HEAD "    situations: w.yaml\n", "groups[0].situations.near_m=6");
    assert_true(situations_of(f)->rules.near_m == 6.0 && situations_of(f)->capacity == 7);
    assert_string_equal(situations_of(f)->file, "w.yaml");
}

/* it is a switch, and not the name of a file */
static void nothing_is_set_within_a_switch(void **state)
{
    fixture *f = *state;
    static const char *const overrides[] = {"groups[0].situations.near_m=6"};
    write_file("s.yaml", HEAD "    situations: true\n");
    assert_int_equal(
        qf_scenario_read(&f->context, "s.yaml", overrides, 1, &f->diagnostics, &f->scenario),
        QF_ERROR_SCENARIO);
    assert_int_equal(f->diagnostics.errors.n_items, 1);
    assert_string_equal(f->diagnostics.errors.items[0].text,
                        "groups[0].situations.near_m: a key needs a mapping");
    load(f, HEAD "    situations: true\n");
    write_file("true", "near_m: 7\n");
    load_with(f, HEAD "    situations: \"true\"\n", "groups[0].situations.capacity=3");
    assert_true(situations_of(f)->rules.near_m == 7.0 && situations_of(f)->capacity == 3);
}

static void situations_are_a_switch_or_a_mapping(void **state)
{
    fixture *f = *state;
    load(f, HEAD "    situations: false\n");
    assert_null(situations_of(f));
    load(f, PLAIN "    situations: false\n"); /* no tracker needed for none */
    static const char *const usual[] = {"true", "{}"};
    const qf_situation_rules rules = qf_situation_rules_default();
    for (size_t i = 0; i < COUNT(usual); i++) {
        char text[512];
        snprintf(text, sizeof text, HEAD "    situations: %s\n", usual[i]);
        load(f, text);
        assert_true(situations_of(f)->rules.near_m == rules.near_m);
        assert_int_equal(situations_of(f)->rules.confirm_frames, rules.confirm_frames);
        assert_int_equal(situations_of(f)->capacity, 32);
        assert_null(situations_of(f)->file);
    }
    load(f,
         HEAD "    situations: {cpa_warn_s: 1.5, cpa_critical_s: 0.5, critical_distance_m: 2.5,\n"
              "      closing_warn_mps: 3.5, near_m: 4.5, near_recent_s: 5.5, confirm_frames: 6,\n"
              "      cooldown_s: 7.5, lost_window_s: 8.5, auto_resolve_s: 9.5, capacity: 10}\n");
    const qf_situation_rules *r = &situations_of(f)->rules;
    assert_true(r->cpa_warn_s == 1.5 && r->cpa_critical_s == 0.5 && r->critical_distance_m == 2.5);
    assert_true(r->closing_warn_mps == 3.5 && r->near_m == 4.5 && r->near_recent_s == 5.5);
    assert_true(r->cooldown_s == 7.5 && r->lost_window_s == 8.5 && r->auto_resolve_s == 9.5);
    assert_int_equal(r->confirm_frames, 6);
    assert_int_equal(situations_of(f)->capacity, 10);
}

#define RULE(rest) "    guards: {rules: [{id: R, " rest "}]}\n"
#define AT         "s.yaml:10:"
#define R          ": groups[0].guards.rules[0]"
#define SITS(rest) "    situations: {" rest "}\n"
#define S          ": groups[0].situations."

static const refused bad_inputs[] = {
    {RULE("severity: grave"),
     AT "40" R ".severity: unknown value 'grave' (expected one of: info, warning, critical)\n"},
    {RULE("severity: citical"),
     AT "40" R ".severity: unknown value 'citical' (did you mean 'critical'?)\n"},
    {RULE("min_range_m: 70, max_range_m: 70"),
     AT "60" R ".max_range_m: max_range_m (70 m) is not above min_range_m (70 m)\n"},
    {RULE("min_range_m: 70, max_range_m: 5"),
     AT "60" R ".max_range_m: max_range_m (5 m) is not above min_range_m (70 m)\n"},
    {RULE("max_range_m: 0"),
     AT "43" R ".max_range_m: max_range_m (0 m) is not above min_range_m (0 m)\n"},
    {"    guards: {rules: [{id: A}, {id: B}, {id: A}]}\n",
     AT "45: groups[0].guards.rules[2].id: rules[0] and rules[2] are both called 'A'\n"},
    {RULE("max_range_m: .nan"), AT "43" R ".max_range_m: expected a finite number, found '.nan'\n"},
    {RULE("max_range_m: .inf"), AT "43" R ".max_range_m: expected a finite number, found '.inf'\n"},
    {RULE("min_quality: 1.1"),
     AT "43" R ".min_quality: expected a number from 0 to 1, found 1.1\n"},
    {RULE("min_quality: null"), AT "43" R ".min_quality: expected a number, found 'null'\n"},
    {RULE("hysteresis_m: -1"),
     AT "44" R ".hysteresis_m: expected a number from 0 to 1e+09, found -1\n"},
    {RULE("min_duration_s: -1"),
     AT "46" R ".min_duration_s: expected a number from 0 to 1e+09, found -1\n"},
    {RULE("cooldown_s: 3e8"), AT "42" R ".cooldown_s: 3e+08 s are 2147483647 ticks of dt_s or "
                                 "more\n"},
    {"    guards: {default_cooldown_s: 3e8, rules: [{id: A}]}\n",
     AT "34: groups[0].guards.default_cooldown_s: 3e+08 s are 2147483647 ticks of dt_s or more\n"},
    {RULE("max_radial_velocity: 1, max_radial_velocity_mps: 1"),
     AT "30" R ".max_radial_velocity: another name of 'max_radial_velocity_mps', which stands here "
        "too\n"},
    {RULE("iff: 4"), AT "35" R ".iff: expected an integer from 0 to 3, found '4'\n"},
    {RULE("iff: freind"), AT "35" R ".iff: unknown value 'freind' (did you mean 'friend'?)\n"},
    {RULE("allowed_transponder_modes: [4]"),
     AT "58" R ".allowed_transponder_modes[0]: expected an integer from 0 to 3, found '4'\n"},
    {RULE("allowed_transponder_modes: [spof]"),
     AT "58" R ".allowed_transponder_modes[0]: unknown value 'spof' (did you mean 'spoof'?)\n"},
    {RULE("allowed_transponder_modes: 3"),
     AT "57" R ".allowed_transponder_modes: expected a list, found '3'\n"},
    {RULE("require_transponder_on: 1"),
     AT "54" R ".require_transponder_on: expected true or false, found '1'\n"},
    {RULE("hysteresis: 1"), AT "30" R ".hysteresis: unknown key (did you mean 'hysteresis_m'?)\n"},
    {RULE("title: [a]"), AT "37" R ".title: expected a text, found a list\n"},
    {"    guards: {rules: [{severity: info}]}\n", AT "22" R ": missing key 'id'\n"},
    {"    guards: {rules: [{id: \"A\\tB\"}]}\n",
     AT "27" R ".id: expected a text without control characters\n"},
    {"    guards: {rules: [A]}\n", AT "22" R ": expected a mapping, found 'A'\n"},
    {"    guards: {rules: []}\n",
     AT "21: groups[0].guards.rules: expected 1 to 32 rules, found 0\n"},
    {"    guards: {}\n", AT "13: groups[0].guards: missing key 'rules'\n"},
    {"    guards: {schema_version: 2, rules: [{id: A}]}\n",
     AT "30: groups[0].guards.schema_version: expected an integer from 1 to 1, found '2'\n"},
    {"    guards: {epoch: unix, rules: [{id: A}]}\n",
     AT "21: groups[0].guards.epoch: unknown value 'unix' (expected one of: explicit, "
        "reference)\n"},
    {"    guards: {rule: [], rules: [{id: A}]}\n",
     AT "14: groups[0].guards.rule: unknown key (did you mean 'rules'?)\n"},
    {"    guards: none.yaml\n",
     AT "13: groups[0].guards: cannot read 'none.yaml': No such file or directory\n"},
    {SITS("cpa_critical_s: 21"),
     AT "34" S "cpa_critical_s: cpa_critical_s (21 s) is longer than cpa_warn_s (20 s)\n"},
    {SITS("cpa_warn_s: 7"),
     AT "30" S "cpa_warn_s: cpa_critical_s (8 s) is longer than cpa_warn_s (7 s)\n"},
    {SITS("confirm_frames: 21"),
     AT "34" S "confirm_frames: expected an integer from 1 to 20, found '21'\n"},
    {SITS("confirm_frames: 0"),
     AT "34" S "confirm_frames: expected an integer from 1 to 20, found '0'\n"},
    {SITS("near_m: -1"), AT "26" S "near_m: expected a number from 0 to 1e+09, found -1\n"},
    {SITS("near_m: nan"), AT "26" S "near_m: expected a finite number, found 'nan'\n"},
    {SITS("capacity: 0"), AT "28" S "capacity: expected an integer from 1 to 1536, found '0'\n"},
    {SITS("capacity: 1537"),
     AT "28" S "capacity: expected an integer from 1 to 1536, found '1537'\n"},
    {SITS("near: 1"), AT "18" S "near: unknown key (did you mean 'near_m'?)\n"},
    {"    situations: [1]\n",
     AT "17: groups[0].situations: expected a file name or a profile, found a list\n"},
};

static void bad_input_names_the_place_and_the_key(void **state)
{
    assert_refused(*state, HEAD, bad_inputs, COUNT(bad_inputs));
}

static void at_most_32_rules_are_guarded(void **state)
{
    fixture *f = *state;
    char text[2048] = HEAD "    guards: {rules: [{id: r0}";
    size_t length = strlen(text);
    for (int r = 1; r < 32; r++) {
        length += (size_t)snprintf(text + length, sizeof text - length, ", {id: r%d}", r);
    }
    char more[2112];
    snprintf(more, sizeof more, "%s]}\n", text);
    load(f, more);
    assert_int_equal(guards_of(f)->n_rules, 32);
    snprintf(more, sizeof more, "%s, {id: r32}]}\n", text);
    char *errors = errors_of(f, more);
    assert_string_equal(errors, "s.yaml:10:21: groups[0].guards.rules: expected 1 to 32 rules, "
                                "found 33\n");
    free(errors);
}

static void what_they_look_at_must_be_there(void **state)
{
    static const refused without_tracker[] = {
        {"    guards: {rules: [{id: A}]}\n",
         "s.yaml:8:5: groups[0].guards: needs a tracker, and this group has none\n"},
        {"    situations: true\n",
         "s.yaml:8:5: groups[0].situations: needs a tracker, and this group has none\n"},
        {"    situations: {near_m: 5}\n",
         "s.yaml:8:5: groups[0].situations: needs a tracker, and this group has none\n"},
    };
    assert_refused(*state, PLAIN, without_tracker, COUNT(without_tracker));
}

static void assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a) {
        assert_string_equal(a, b);
    }
}

static void assert_same_number(double a, double b)
{
    assert_true(a == b || (isnan(a) && isnan(b)));
}

static void assert_same_rules(const qf_guard_rule_spec *a, const qf_guard_rule_spec *b)
{
    assert_same_text(a->id, b->id);
    assert_same_text(a->title, b->title);
    assert_same_text(a->description, b->description);
    assert_same_text(a->action_required, b->action_required);
    assert_same_text(a->fsm_event, b->fsm_event);
    assert_int_equal(a->severity, b->severity);
    assert_int_equal(a->iff, b->iff);
    assert_int_equal(a->on, b->on);
    assert_true(a->mode_bits == b->mode_bits);
    assert_same_number(a->min_range_m, b->min_range_m);
    assert_same_number(a->max_range_m, b->max_range_m);
    assert_same_number(a->min_quality, b->min_quality);
    assert_same_number(a->max_speed_mps, b->max_speed_mps);
    assert_same_number(a->min_duration_s, b->min_duration_s);
    assert_same_number(a->hysteresis_m, b->hysteresis_m);
    assert_same_number(a->cooldown_s, b->cooldown_s);
}

static void the_effective_scenario_says_the_same(void **state)
{
    fixture *f = *state;
    load(
        f, HEAD
        "    guards:\n      epoch: reference\n      default_cooldown_s: 0.1\n      rules:\n"
        "        - {id: bare}\n"
        "        - {id: \"a \\\"b\\\"\", title: \"Яркий\", description: \"1\\n2\\t3\", severity: "
        "info,\n"
        "           iff: 1, require_transponder_on: no, allowed_transponder_modes: [off, silent],\n"
        "           min_range_m: 0.1, max_range_m: 0.3, max_radial_velocity: 1e-3}\n"
        "        - {id: c, require_transponder_on: yes, min_duration_s: 0.7, cooldown_s: 0,\n"
        "           hysteresis_m: 1e8, min_quality: 0.9, fsm_event: E, action_required: \"#\"}\n"
        "    situations: {near_m: 0.1, confirm_frames: 20, capacity: 1536, cooldown_s: 1e-9}\n");
    char *first = effective_text(f);
    fixture again = {.context = qf_context_default()};
    qf_diagnostics_init(&again.diagnostics);
    load(&again, first);
    assert_int_equal(guards_of(&again)->n_rules, 3);
    assert_int_equal(guards_of(&again)->reference_epoch, true);
    assert_true(guards_of(&again)->default_cooldown_s == 0.1);
    for (size_t r = 0; r < 3; r++) {
        assert_same_rules(&guards_of(f)->rules[r], &guards_of(&again)->rules[r]);
    }
    const qf_situation_rules *a = &situations_of(f)->rules;
    const qf_situation_rules *b = &situations_of(&again)->rules;
    assert_true(a->near_m == b->near_m && a->cooldown_s == b->cooldown_s);
    assert_true(a->cpa_warn_s == b->cpa_warn_s && a->auto_resolve_s == b->auto_resolve_s);
    assert_int_equal(a->confirm_frames, b->confirm_frames);
    assert_int_equal(situations_of(&again)->capacity, 1536);
    assert_int_equal(again.diagnostics.notes.n_items, 0);
    free(first);
    qf_scenario_free(&again.scenario);
    qf_diagnostics_free(&again.diagnostics);
}

#define OURS HEAD "    guards: " PROJECT_SOURCE_DIR "/configs/guards/default.yaml\n"

static void what_comes_along_has_the_reference_s_figures(void **state)
{
    fixture *f = *state;
    load(f, OURS "    situations: " PROJECT_SOURCE_DIR "/configs/situations/default.yaml\n");
    assert_int_equal(f->diagnostics.notes.n_items, 0);
    assert_int_equal(guards_of(f)->n_rules, 3);
    /* radar_tracking.md section 1.9 */
    const qf_guard_rule_spec *foe = &guards_of(f)->rules[1];
    assert_int_equal(foe->severity, QF_SEVERITY_CRITICAL);
    assert_int_equal(foe->iff, QF_IFF_FOE);
    assert_int_equal(foe->on, 0);
    assert_true(foe->max_range_m == 150.0 && foe->min_quality == 0.1);
    assert_true(foe->cooldown_s == 60.0 && foe->hysteresis_m == 5.0);
    assert_int_equal(guards_of(f)->rules[2].mode_bits, 1U << QF_TRANSPONDER_SPOOF);
    /* section 1.10 */
    const qf_situation_rules *rules = &situations_of(f)->rules;
    assert_true(rules->cpa_warn_s == 20.0 && rules->cpa_critical_s == 8.0);
    assert_true(rules->critical_distance_m == 150.0 && rules->closing_warn_mps == 5.0);
    assert_true(rules->near_m == 300.0 && rules->near_recent_s == 8.0);
    assert_true(rules->cooldown_s == 5.0 && rules->lost_window_s == 2.0);
    assert_true(rules->auto_resolve_s == 2.0);
    assert_int_equal(rules->confirm_frames, 3);
}

static void the_reference_s_rules_load_unchanged(void **state)
{
    fixture *f = *state;
    static const char path[] = PROJECT_SOURCE_DIR "/../shared/reference/qiki/guard_rules.yaml";
    if (!exists(path)) {
        print_message("not tested: the reference's files are not beside this project\n");
        skip();
    }
    char text[1024];
    snprintf(text, sizeof text, HEAD "    guards: %s\n", path);
    load(f, text);
    assert_int_equal(f->diagnostics.notes.n_items, 0);
    assert_int_equal(guards_of(f)->n_rules, 3);
    assert_string_equal(guards_of(f)->rules[0].description,
                        "Неопознанный объект в ближней зоне (<70 м).");
    /* but for texts it says what ours says */
    fixture ours = {.context = qf_context_default()};
    qf_diagnostics_init(&ours.diagnostics);
    load(&ours, OURS);
    for (size_t r = 0; r < 3; r++) {
        qf_guard_rule_spec theirs = guards_of(f)->rules[r];
        qf_guard_rule_spec own = guards_of(&ours)->rules[r];
        theirs.title = theirs.description = theirs.action_required = NULL;
        own.title = own.description = own.action_required = NULL;
        assert_same_rules(&theirs, &own);
    }
    qf_scenario_free(&ours.scenario);
    qf_diagnostics_free(&ours.diagnostics);
}

static void every_key_has_a_row_in_the_documentation(void **state)
{
    (void)state;
    char *text = read_file(PROJECT_SOURCE_DIR "/docs/scenario.md");
    const struct {
        const qf_setting *settings;
        size_t n;
    } tables[] = {{qf_guard_settings, QF_GUARD_SETTINGS},
                  {qf_situation_settings, QF_SITUATION_SETTINGS},
                  {qf_picture_settings, QF_PICTURE_SETTINGS}};
    for (size_t t = 0; t < COUNT(tables); t++) {
        for (size_t i = 0; i < tables[t].n; i++) {
            char row[64];
            snprintf(row, sizeof row, "\n| `%s` | ", tables[t].settings[i].key);
            if (!strstr(text, row)) {
                fail_msg("docs/scenario.md has no row for %s", tables[t].settings[i].key);
            }
        }
    }
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_id_is_enough),
        TEST(every_key_is_taken),
        TEST(the_reference_s_numbers_and_names_are_understood),
        TEST(durations_that_no_frame_is_within_are_noted),
        TEST(overrides_reach_into_rules_and_files),
        TEST(nothing_is_set_within_a_switch),
        TEST(situations_are_a_switch_or_a_mapping),
        TEST(bad_input_names_the_place_and_the_key),
        TEST(at_most_32_rules_are_guarded),
        TEST(what_they_look_at_must_be_there),
        TEST(the_effective_scenario_says_the_same),
        TEST(what_comes_along_has_the_reference_s_figures),
        TEST(the_reference_s_rules_load_unchanged),
        cmocka_unit_test(every_key_has_a_row_in_the_documentation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
