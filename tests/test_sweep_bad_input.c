/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps that cannot be: what is said of each, and where. */
#include "sweep_fixture.h"

/* SWEPT has 13 lines: what is put after it begins in line 14 */
typedef struct bad_sweep {
    const char *text;
    const char *expected;
} bad_sweep;

#define ONE "sweep:\n  cases: 10\n  parameters:\n    p: "
#define X   "{path: 'groups[0].initial.position_m[0]', "

static void assert_all_refused(fixture *f, const bad_sweep *all, size_t n)
{
    size_t wrong = 0;
    for (size_t i = 0; i < n; i++) {
        char text[8192];
        assert_true(snprintf(text, sizeof text, "%s%s", SWEPT, all[i].text) < 8192);
        char *errors = sweep_errors(f, text);
        if (strcmp(errors, all[i].expected) != 0) {
            print_error("%zu: expected\n%sfound\n%s", i, all[i].expected, errors);
            wrong++;
        }
        free(errors);
    }
    assert_int_equal(wrong, 0);
}

#define ALL_REFUSED(f, all) assert_all_refused(f, all, COUNT(all))

static void paths_lead_to_a_key_of_the_scenario(void **state)
{
    static const bad_sweep all[] = {
        {ONE "{path: 'groups[0].inital.soc_pct', uniform: {min: 1, max: 2}}\n",
         "s.yaml:17:26: groups[0].inital: unknown key (did you mean 'initial'?)\n"},
        {ONE "{path: 'groups[5].count', choice: [1, 2]}\n",
         "s.yaml:17:22: sweep.parameters.p.path: the list has no entry of this index\n"},
        {ONE "{path: 'groups[c].count', choice: [1, 2]}\n",
         "s.yaml:17:22: sweep.parameters.p.path: the list has no entry of this name (did you mean "
         "'a'?)\n"},
        {ONE "{path: 'groups[0.count', choice: [1, 2]}\n",
         "s.yaml:17:22: sweep.parameters.p.path: expected an index such as [0], or an entry's "
         "name\n"},
        {ONE "{path: '', choice: [1, 2]}\n",
         "s.yaml:17:15: sweep.parameters.p.path: expected a text, found an empty text\n"},
        {ONE "{path: seed, choice: [1, 2]}\n",
         "s.yaml:17:15: sweep.parameters.p.path: no parameter: 'seed' is the same for all cases, "
         "whose draws differ anyway: see 'replications'\n"},
        {ONE "{path: worlds, choice: [1, 2]}\n", "s.yaml:17:15: sweep.parameters.p.path: no "
                                                 "parameter: 'worlds' is 1: a case is one world\n"},
        {ONE "{path: sweep.cases, choice: [1, 2]}\n",
         "s.yaml:17:15: sweep.parameters.p.path: no parameter: 'sweep' says what cases there "
         "are\n"},
        {ONE "{path: 'time.dt_s=', choice: [1, 2]}\n",
         "s.yaml:17:15: sweep.parameters.p.path: expected a path without '='\n"},
        {ONE X
         "choice: [1, 2]}\n    q: {path: 'groups[a].initial.position_m[0]', choice: [1, 2]}\n",
         "s.yaml:17:15: sweep.parameters.p.path: another parameter leads to this place, or to one "
         "around it\n"},
        {ONE X "choice: [1, 2]}\n    q: {path: 'groups[a].initial', choice: [1, 2]}\n",
         "s.yaml:17:15: sweep.parameters.p.path: another parameter leads to this place, or to one "
         "around it\n"},
    };
    ALL_REFUSED(*state, all);
}

static void values_fit_where_they_go(void **state)
{
    static const bad_sweep all[] = {
        {ONE "{path: 'groups[0].initial.soc_pct', uniform: {min: 90, max: 110}}\n",
         "s.yaml:17:15: groups[0].initial.soc_pct: expected a number from 0 to 100, found "
         "108.70257906081994 (case 7: p = 108.70257906081994)\n"},
        {ONE "{path: environment.ambient_c, uniform: {min: -400, max: 10}}\n",
         "s.yaml:17:15: environment.ambient_c: expected a number from -273.15 to 1000, found "
         "-396.4785765493824 (case 0: p = -396.4785765493824)\n"},
        {ONE "{path: environment.ambient_c, choice: [-400]}\n",
         "s.yaml:17:15: environment.ambient_c: expected a number from -273.15 to 1000, found -400 "
         "(case 0: p = -400)\n"},
        {ONE "{path: 'groups[1].count', uniform: {min: 1, max: 4}}\n",
         "s.yaml:17:15: groups[1].count: expected an integer from 1 to 2147483647, found "
         "'1.0257665130532994' (case 0: p = 1.0257665130532994)\n"},
        {ONE "{path: 'groups[0].transponder.mode', choice: [\"on\", loud]}\n",
         "s.yaml:17:15: groups[0].transponder.mode: unknown value 'loud' (expected one of: off, "
         "on, silent, spoof) (case 2: p = loud)\n"},
        {ONE "{path: 'groups[0].initial.soc_pct', choice: [fully, half]}\n",
         "s.yaml:17:15: groups[0].initial.soc_pct: expected a number, found 'fully' (case 0: p = "
         "fully)\n"},
        {ONE "{path: time.duration_s, choice: [1, 2.05]}\n",
         "s.yaml:17:15: time.duration_s: 2.05 s is not a multiple of dt_s (0.1 s) (case 2: p = "
         "2.05)\n"},
    };
    ALL_REFUSED(*state, all);
}

static void distributions_are_checked(void **state)
{
    static const bad_sweep all[] = {
        {ONE X "uniform: {min: 3, max: 1}}\n",
         "s.yaml:17:59: sweep.parameters.p.uniform: min is larger than max\n"},
        {ONE X "normal: {mean: 3, sd: -1}}\n",
         "s.yaml:17:72: sweep.parameters.p.normal.sd: expected a number >= 0, found -1\n"},
        {ONE X "uniform: {min: 3}}\n",
         "s.yaml:17:59: sweep.parameters.p.uniform: missing key 'max'\n"},
        {ONE X "unifrom: {min: 3, max: 4}}\n",
         "s.yaml:17:50: sweep.parameters.p.unifrom: unknown key (did you mean 'uniform'?)\n"},
        {ONE X "uniform: {min: 3, max: 4}, normal: {mean: 1, sd: 1}}\n",
         "s.yaml:17:8: sweep.parameters.p: expected one distribution, found 2\n"},
        {ONE X "unit: m}\n", "s.yaml:17:8: sweep.parameters.p: expected a distribution: uniform, "
                             "normal, lognormal, choice or grid\n"},
        {ONE X "unit: metre, choice: [1]}\n",
         "s.yaml:17:56: sweep.parameters.p.unit: no unit 'metre'\n"},
        {ONE "{path: 'groups[0].initial.soc_pct', unit: kg, choice: [50]}\n",
         "s.yaml:17:50: sweep.parameters.p.unit: 'groups[0].initial.soc_pct' is in percent, not in "
         "kg\n"},
        {ONE "{path: 'groups[0].initial.soc_pct', normal: {mean: 90, sd: 20}}\n",
         "s.yaml:17:15: groups[0].initial.soc_pct: expected a number from 0 to 100, found "
         "120.30239397641435 (case 7: p = 120.30239397641435) (give the distribution a 'max', or a "
         "narrower one)\n"},
        {ONE X "choice: []}\n",
         "s.yaml:17:58: sweep.parameters.p.choice: expected at least one value\n"},
        {ONE X "choice: [a, b, a]}\n",
         "s.yaml:17:58: sweep.parameters.p.choice: a word stands twice\n"},
        {ONE X "choice: [a, [b]]}\n",
         "s.yaml:17:62: sweep.parameters.p.choice[1]: expected a text, found a list\n"},
        {ONE X "choice: [.nan, 1]}\n",
         "s.yaml:17:59: sweep.parameters.p.choice[0]: expected a finite number, found '.nan'\n"},
        {ONE "5\n", "s.yaml:17:8: sweep.parameters.p: expected a mapping, found '5'\n"},
        {"sweep:\n  cases: 10\n  parameters: {1st: {uniform: {min: 0, max: 1}}}\n",
         "s.yaml:16:16: sweep.parameters.1st: expected a name of at most 64 letters, digits and "
         "'_' that does not begin with a digit, found '1st'\n"},
        {"sweep:\n  cases: 10\n  parameters: [a]\n",
         "s.yaml:16:15: sweep.parameters: expected a mapping, found a list\n"},
    };
    ALL_REFUSED(*state, all);
}

#define P "  parameters: {a: {uniform: {min: 0, max: 1}}}\n"

static void samplings_say_how_many_cases(void **state)
{
    static const bad_sweep all[] = {
        {"sweep: 5\n", "s.yaml:14:8: sweep: expected a mapping, found '5'\n"},
        {"sweep: {}\n", "s.yaml:14:8: sweep: missing key 'cases'\n"},
        {"sweep:\n  caes: 10\n" P, "s.yaml:15:3: sweep.caes: unknown key (did you mean 'cases'?)\n"
                                   "s.yaml:15:3: sweep: missing key 'cases'\n"},
        {"sweep:\n  cases: 0\n" P,
         "s.yaml:15:10: sweep.cases: expected an integer from 1 to 4294967295, found '0'\n"},
        {"sweep:\n  cases: 1e3\n" P,
         "s.yaml:15:10: sweep.cases: expected an integer from 1 to 4294967295, found '1e3'\n"},
        {"sweep:\n  cases: 4294967295\n  replications: 2\n" P,
         "s.yaml:15:3: sweep: a sweep has 1 ... 4294967296 cases\n"},
        {"sweep:\n  cases: 10\n  sampling: sobl\n" P,
         "s.yaml:16:13: sweep.sampling: unknown value 'sobl' (did you mean 'sobol'?)\n"},
        {"sweep:\n  cases: 10\n  sampling: csv\n" P,
         "s.yaml:16:13: sweep.sampling: expected {csv: FILE}\n"},
        {"sweep:\n  cases: 10\n  sampling: grid\n" P,
         "s.yaml:15:3: sweep.cases: cases of a grid are all combinations of its lists: take the "
         "key out\n"
         "s.yaml:17:19: sweep.parameters.a: sampling 'grid' needs a list of values: {grid: "
         "[...]}\n"},
        {"sweep:\n  cases: 10\n  sampling: saltelli\n" P,
         "s.yaml:15:3: sweep.cases: saltelli has 'base' times two more points than parameters: "
         "give 'base'\n"},
        {"sweep:\n  cases: 10\n  sampling: morris\n" P,
         "s.yaml:15:3: sweep.cases: morris has 'trajectories' times one more point than "
         "parameters: give 'trajectories'\n"},
        {"sweep:\n  cases: 10\n  base: 5\n  levels: 4\n" P,
         "s.yaml:16:3: sweep.base: only of sampling 'saltelli'\n"
         "s.yaml:17:3: sweep.levels: only of sampling 'morris'\n"},
        {"sweep:\n  sampling: morris\n  levels: 5\n" P,
         "s.yaml:16:11: sweep.levels: expected an even number, found 5\n"},
        {"sweep:\n  cases: 10\n  sampling: {rows: [[1]]}\n  parameters: {a: {}}\n",
         "s.yaml:15:3: sweep.cases: cases of a table are its rows: take the key out\n"},
        {"sweep:\n  cases: 10\n  replications: 0\n" P,
         "s.yaml:16:17: sweep.replications: expected an integer from 1 to 4294967295, found '0'\n"},
    };
    ALL_REFUSED(*state, all);
}

#define AB                                                                                         \
    "sweep:\n  cases: 10\n  parameters:\n    a: {normal: {mean: 0, sd: 2}}\n    b: {normal: "      \
    "{mean: 0, sd: 1}}\n    c: {uniform: {min: 0, max: 1}}\n    w: {choice: [x, y]}\n"             \
    "  correlation: "

static void correlations_are_possible(void **state)
{
    static const bad_sweep all[] = {
        {AB "{parameters: [a, b, c], rank: [[1, 0.9, 0.9], [0.9, 1, -0.9], [0.9, -0.9, 1]]}\n",
         "s.yaml:21:78: sweep.correlation.rank[2]: not positive definite: 'c' depends on the "
         "parameters before it\n"},
        {AB "{parameters: [a, b], rank: [[1, 0.5], [0.4, 1]]}\n",
         "s.yaml:21:55: sweep.correlation.rank[1][0]: not symmetric: 0.4 here, 0.5 in row 1\n"},
        {AB "{parameters: [a, b], rank: [[1, 0.5], [0.5, 2]]}\n",
         "s.yaml:21:60: sweep.correlation.rank[1][1]: expected 1 on the diagonal, found 2\n"},
        {AB "{parameters: [a, b], rank: [[1, 1.5], [1.5, 1]]}\n",
         "s.yaml:21:55: sweep.correlation.rank[1][0]: expected a correlation from -1 to 1, found "
         "1.5\n"},
        {AB "{parameters: [a, b], rank: [[1, 1], [1, 1]]}\n",
         "s.yaml:21:52: sweep.correlation.rank[1]: not positive definite: 'b' depends on the "
         "parameters before it\n"},
        {AB "{parameters: [a, b], rank: [[1, 0.5]]}\n",
         "s.yaml:21:43: sweep.correlation.rank: expected 2 rows, found 1\n"},
        {AB "{parameters: [a, b], rank: [[1], [0.5, 1]]}\n",
         "s.yaml:21:44: sweep.correlation.rank[0]: expected a list of 2 numbers, found 1\n"},
        {AB "{parameters: [a, d], rank: [[1, 0], [0, 1]]}\n",
         "s.yaml:21:33: sweep.correlation.parameters[1]: no parameter 'd' (did you mean 'a'?)\n"},
        {AB "{parameters: [a, a], rank: [[1, 0], [0, 1]]}\n",
         "s.yaml:21:33: sweep.correlation.parameters[1]: 'a' stands twice\n"},
        {AB "{parameters: [a], rank: [[1]]}\n",
         "s.yaml:21:29: sweep.correlation.parameters: expected two parameters or more\n"},
        {AB "{parameters: [a, w], rank: [[1, 0], [0, 1]]}\n",
         "s.yaml:21:33: sweep.correlation.parameters[1]: words have no correlation\n"},
        {AB "{parameters: [a, c], covariance: [[4, 0], [0, 1]]}\n",
         "s.yaml:21:33: sweep.correlation.parameters[1]: a covariance is of normal distributions "
         "without 'min' and 'max': give 'rank'\n"},
        {AB "{parameters: [a, b], covariance: [[4, 0], [0, 2]]}\n",
         "s.yaml:21:62: sweep.correlation.covariance[1][1]: the variance of 'b' is 2 here, and its "
         "sd of 1 says 1\n"},
        {AB "{parameters: [a, b], covariance: [[4, 3], [3, 1]]}\n",
         "s.yaml:21:58: sweep.correlation.covariance[1]: not positive definite: 'b' depends on the "
         "parameters before it\n"},
        {AB "{parameters: [a, b]}\n", "s.yaml:21:16: sweep.correlation: expected one of the keys "
                                      "'rank', 'covariance' and 'scores'\n"},
        {AB "{rank: [[1, 0], [0, 1]]}\n",
         "s.yaml:21:16: sweep.correlation: missing key 'parameters'\n"},
        {"sweep:\n  sampling: saltelli\n" P "  correlation: {parameters: [a], rank: [[1]]}\n",
         "s.yaml:17:3: sweep.correlation: only of random, lhs and sobol sampling: other points are "
         "no sample\n"},
    };
    ALL_REFUSED(*state, all);
}

#define NONE "sweep:\n  cases: 10\n  parameters: {}\n"

static void metrics_are_checked_where_they_stand(void **state)
{
    static const bad_sweep all[] = {
        {NONE "  metrics: {m: \"min(min(sock_pct over a))\", n: \"max(max(x_m over c))\"}\n",
         "s.yaml:17:25: sweep.metrics.m: unknown name 'sock_pct' (did you mean 'soc_pct'?)\n"
         "s.yaml:17:66: sweep.metrics.n: there is no group 'c' (did you mean 'a'?)\n"},
        {NONE "  metrics: {m: \"nothing + 1\", n: \"m + 1\"}\n",
         "s.yaml:17:17: sweep.metrics.m: unknown name 'nothing'\n"},
        {NONE "  metrics: {m: builtin}\n",
         "s.yaml:17:16: sweep.metrics.m: no metric 'm' is built in\n"},
        {NONE "  metrics: {colisions: builtin}\n",
         "s.yaml:17:24: sweep.metrics.colisions: no metric 'colisions' is built in (did you mean "
         "'collisions'?)\n"},
        {NONE "  metrics: {success: builtin}\n",
         "s.yaml:17:13: sweep.metrics.success: 'success' is a metric of every sweep: give the key "
         "'success' beside 'metrics'\n"},
        {NONE "  metrics: {over: \"1\", of: \"2\"}\n",
         "s.yaml:17:13: sweep.metrics.over: 'over' is a word of metrics, not free as a name\n"
         "s.yaml:17:24: sweep.metrics.of: 'of' is a word of metrics, not free as a name\n"},
        {NONE "  metrics: [a]\n",
         "s.yaml:17:12: sweep.metrics: expected a mapping, found a list\n"},
        {NONE "  metrics: {m: [1]}\n",
         "s.yaml:17:16: sweep.metrics.m: expected a text, found a list\n"},
        {NONE "  metrics: {a b: \"1\"}\n",
         "s.yaml:17:13: sweep.metrics.a b: expected a name of at most 64 letters, digits and '_' "
         "that does not begin with a digit, found 'a b'\n"},
        {NONE "  success: \"3\"\n",
         "s.yaml:17:12: sweep.success: success is a truth value, and this is none\n"},
        {NONE "  until: \"any(soc_pct over a)\"\n",
         "s.yaml:17:15: sweep.until: a number where a truth value belongs (compare it)\n"},
        {NONE "  every_s: 0.25\n",
         "s.yaml:17:12: sweep.every_s: 0.25 s is not a multiple of dt_s (0.1 s)\n"},
        {NONE "  confidence: 1\n",
         "s.yaml:17:15: sweep.confidence: expected a number > 0.5 and < 1, found 1\n"},
        {NONE "  bootstrap: -1\n",
         "s.yaml:17:14: sweep.bootstrap: expected an integer from 0 to 1000000, found '-1'\n"},
    };
    ALL_REFUSED(*state, all);
}

#define REQUIRE                                                                                    \
    "sweep:\n  cases: 100\n  parameters: {}\n  metrics: {far: \"max(max(x_m over "                 \
    "a))\"}\nrequirements:\n  - "

static void requirements_can_be_met(void **state)
{
    static const bad_sweep all[] = {
        {REQUIRE "success\n", "s.yaml:19:5: requirements[0]: expected P(TRUTH), mean(NUMBER) or "
                              "quantile(NUMBER, LEVEL) and then >=, >, <= or < and a number\n"},
        {REQUIRE "P(success >= 0.9\n", "s.yaml:19:6: requirements[0]: the bracket has no end\n"},
        {REQUIRE "P(success)\n", "s.yaml:19:15: requirements[0]: expected >=, >, <= or <\n"},
        {REQUIRE "P(success) == 1\n", "s.yaml:19:16: requirements[0]: expected >=, >, <= or <\n"},
        {REQUIRE "P(success) >= high\n", "s.yaml:19:19: requirements[0]: expected a number\n"},
        {REQUIRE "P(success) >= 99\n", "s.yaml:19:5: requirements[0]: a probability is from 0 to "
                                       "1, or to 100 % where the text says so\n"},
        {REQUIRE "P(success) >= 0.9 m\n",
         "s.yaml:19:23: requirements[0]: a probability has no unit but %\n"},
        {REQUIRE "P(success) >= 0.9 confidence 95\n",
         "s.yaml:19:34: requirements[0]: expected a confidence of at least 0.5 and below 1\n"},
        {REQUIRE "P(success) >= 0.9 confidence 0.9 or so\n",
         "s.yaml:19:38: requirements[0]: expected the end of the requirement\n"},
        {REQUIRE "P(sucess) >= 0.9\n",
         "s.yaml:19:7: requirements[0]: unknown name 'sucess' (did you mean 'success'?)\n"},
        {REQUIRE "P(far) >= 0.9\n",
         "s.yaml:19:7: requirements[0]: P is of a truth value, and this is none\n"},
        {REQUIRE "mean(success) >= 0.9\n",
         "s.yaml:19:10: requirements[0]: mean and quantile are of numbers, and this is none\n"},
        {REQUIRE "mean(far) >= 0.9 s\n", "s.yaml:19:22: requirements[0]: the unit of 'far' is m\n"},
        {REQUIRE "mean(far) >= 0.9 metres\n", "s.yaml:19:22: requirements[0]: no unit 'metres'\n"},
        {REQUIRE "quantile(far) >= 3\n",
         "s.yaml:19:17: requirements[0]: expected ', LEVEL' with a level between 0 and 1\n"},
        {REQUIRE "quantile(far, 1.5) >= 3\n",
         "s.yaml:19:18: requirements[0]: expected a level between 0 and 1\n"},
        {REQUIRE "P(success) >= 0.99 confidence 0.95\n",
         "s.yaml:19:5: requirements[0]: can never be met with 100 cases: needs 299 or more "
         "(to try fewer cases: --set requirements=[], or --cases)\n"},
        {REQUIRE "P(success) >= 1 confidence 0.95\n",
         "s.yaml:19:5: requirements[0]: can never be met: no number of cases shows a probability "
         "of 1\n"},
        {REQUIRE "quantile(far, 0.999) <= 3 confidence 0.95\n",
         "s.yaml:19:5: requirements[0]: can never be met with 100 cases: needs 2995 or more "
         "(to try fewer cases: --set requirements=[], or --cases)\n"},
        {REQUIRE "{require: P(success) >= 0.9 confidence 0.9, confidence: 0.8}\n",
         "s.yaml:19:61: requirements[0].confidence: the text says 0.9\n"},
        {REQUIRE "{name: a}\n", "s.yaml:19:5: requirements[0]: missing key 'require'\n"},
        {REQUIRE "{name: a, require: mean(far) <= 1}\n  - {name: a, require: mean(far) >= 0}\n",
         "s.yaml:20:5: requirements[1]: two requirements are called 'a'\n"},
        {NONE "requirements: mean(1) > 0\n",
         "s.yaml:17:15: requirements: expected a list, found 'mean(1) > 0'\n"},
        {"sweep: {sampling: grid, parameters: {a: {grid: [1, 2]}}}\nrequirements: [P(success) >= "
         "0.1 "
         "confidence 0.6]\n",
         "s.yaml:15:16: requirements[0]: a confidence is of random, lhs and sobol sampling: other "
         "points are no sample\n"},
    };
    ALL_REFUSED(*state, all);
}

static void rules_that_stop_need_a_sample(void **state)
{
    static const bad_sweep all[] = {
        {NONE "  sampling: lhs\n  stop_when: decided\nrequirements: [P(success) > 0.1 confidence "
              "0.6]\n",
         "s.yaml:18:14: sweep.stop_when: a latin hypercube is a sample only as a whole: take "
         "random or sobol sampling\n"},
        {NONE "  stop_when: decided\n", "s.yaml:17:14: sweep.stop_when: there is no requirement "
                                        "with a confidence, which cases would decide\n"},
        {NONE "  stop_when: decided\nrequirements: [P(success) > 0.1]\n",
         "s.yaml:17:14: sweep.stop_when: there is no requirement with a confidence, which cases "
         "would decide\n"},
        {NONE "  stop_when: soon\n",
         "s.yaml:17:14: sweep.stop_when: unknown value 'soon' (expected one of: never, decided)\n"},
        {NONE "  stop_when: {width: 0, of: success}\n",
         "s.yaml:17:22: sweep.stop_when.width: expected a number > 0, found 0\n"},
        {NONE "  stop_when: {width: 0.1, of: sucess}\n",
         "s.yaml:17:31: sweep.stop_when.of: no metric 'sucess' (did you mean 'success'?)\n"},
        {NONE "  stop_when: {width: 0.1}\n", "s.yaml:17:14: sweep.stop_when: missing key 'of'\n"},
        {NONE "  first_look: 10\n", "s.yaml:17:3: sweep.first_look: only with 'stop_when'\n"},
        {"sweep:\n  cases: 43\n  parameters: {}\n  stop_when: decided\nrequirements: [P(success) "
         ">= "
         "0.9 confidence 0.99]\n",
         "s.yaml:18:16: requirements[0]: can never be met with 43 cases: needs 44 or more "
         "(to try fewer cases: --set requirements=[], or --cases)\n"},
        {"sweep:\n  cases: 46\n  first_look: 10\n  parameters: {}\n  stop_when: decided\n"
         "requirements: [P(success) >= 0.9 confidence 0.99]\n",
         "s.yaml:19:16: requirements[0]: can never be met with 46 cases: needs 56 or more "
         "(to try fewer cases: --set requirements=[], or --cases)\n"},
        {"sweep: {sampling: grid, parameters: {a: {grid: [1, 2]}}, stop_when: decided}\n",
         "s.yaml:14:69: sweep.stop_when: the first cases of a grid or table are no sample of the "
         "rest: take random or sobol sampling\n"},
        {"sweep: {sampling: morris, parameters: {a: {grid: [1, 2]}}, stop_when: decided}\n",
         "s.yaml:14:71: sweep.stop_when: sensitivities need all cases of the design: take random "
         "or sobol sampling\n"},
    };
    ALL_REFUSED(*state, all);
}

static void functions_take_the_place_of_scenarios(void **state)
{
    static const bad_sweep all[] = {
        {"sweep: {cases: 5, parameters: {a: {uniform: {min: 0, max: 1}}}, function: {sobol_g: "
         "[1]}}\n",
         "s.yaml:4:1: time: a sweep of a function has no more than schema, name and seed\n"
         "s.yaml:5:1: environment: a sweep of a function has no more than schema, name and seed\n"
         "s.yaml:6:1: groups: a sweep of a function has no more than schema, name and seed\n"},
        {NONE "  function: {sobol_g: [1]}\n",
         "s.yaml:17:23: sweep.function.sobol_g: expected a coefficient for each of the 0 "
         "parameters, found 1\n"},
        {NONE "  function: {ishigami: {}}\n  until: \"time > 3 s\"\n",
         "s.yaml:17:24: sweep.function.ishigami: Ishigami's function is of 3 parameters, found 0\n"
         "s.yaml:18:3: sweep.until: a function has no vehicles and no time: take the key out\n"},
        {NONE "  function: {rosenbrock: {}}\n", "s.yaml:17:14: sweep.function.rosenbrock: unknown "
                                                "key (expected one of: ishigami, sobol_g)\n"},
    };
    ALL_REFUSED(*state, all);
}

#define TABLE "sweep:\n  sampling: {csv: t.csv}\n  parameters: {a: {}, b: {}}\n"

static void tables_have_a_value_for_each_parameter(void **state)
{
    static const struct {
        const char *csv;
        const char *expected;
    } all[] = {
        {"a,b\n1,2\n3\n", "t.csv:3:1: expected 2 values as in the first line, found 1\n"},
        {"a,b\n1,\xc3\n3,\xc3\xa4\n",
         "t.csv:2:3: not UTF-8 text, or a character that no scenario may hold\n"},
        {"a,b\n1,\x01\n", "t.csv:2:3: not UTF-8 text, or a character that no scenario may hold\n"},
        {"a,b\n", "t.csv: no rows: expected a line of names, and a line for each case\n"},
        {"", "t.csv: no rows: expected a line of names, and a line for each case\n"},
        {"a,bb\n1,2\n", "t.csv:1:3: no parameter 'bb' (did you mean 'b'?)\n"
                        "s.yaml:15:19: sweep.sampling.csv: no column for the parameter 'b'\n"},
        {"a\n1\n", "s.yaml:15:19: sweep.sampling.csv: no column for the parameter 'b'\n"},
        {"a,b,b\n1,2,3\n", "t.csv:1:5: a second column 'b'\n"},
        {"a,b\n1,2\n3,x\n", "t.csv:3:3: expected a number, found 'x'\n"},
        {"a,b\n1,nan\n", "t.csv:2:3: expected a finite number, found 'nan'\n"},
        {"a,b\n1,\n", "t.csv:2:3: expected a number, found nothing\n"},
        {"a,b\n1,x\n1,\n", "t.csv:3:3: expected a text, found nothing\n"},
        {"a,b\n1,\"x\ny\"\n", "t.csv:2:3: the quoted text has no end in this line\n"},
        {"a,b\n1,\"x\"y\n", "t.csv:2:6: expected ',' or the end of the line after a quoted text\n"},
        {"a,b\n1,x\"y\n", "t.csv:2:4: a quote within a text that does not begin with one\n"},
    };
    fixture *f = *state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT(all); i++) {
        write_file("t.csv", all[i].csv);
        char *errors = sweep_errors(f, SWEPT TABLE);
        if (strcmp(errors, all[i].expected) != 0) {
            print_error("%zu: expected\n%sfound\n%s", i, all[i].expected, errors);
            wrong++;
        }
        free(errors);
    }
    static const bad_sweep rows[] = {
        {"sweep:\n  sampling: {csv: none.csv}\n  parameters: {a: {}}\n",
         "none.csv: cannot open: No such file or directory\n"},
        {"sweep:\n  sampling: {csv: t.csv, rows: []}\n  parameters: {a: {}}\n",
         "s.yaml:15:13: sweep.sampling: expected one of the keys 'csv' and 'rows'\n"},
        {"sweep:\n  sampling: {rows: []}\n  parameters: {a: {}}\n",
         "s.yaml:15:20: sweep.sampling.rows: no rows: expected a list for each case\n"},
        {"sweep:\n  sampling: {rows: [[1], [2, 3], 4]}\n  parameters: {a: {}}\n",
         "s.yaml:15:26: sweep.sampling.rows[1]: expected 1 values, one for each parameter, found "
         "2\n"
         "s.yaml:15:34: sweep.sampling.rows[2]: expected a list, found '4'\n"},
        {"sweep:\n  sampling: {rows: [[1], [[2]]]}\n  parameters: {a: {}}\n",
         "s.yaml:15:27: sweep.sampling.rows[1][0]: expected a single value, found a list\n"},
        {"sweep:\n  sampling: {rows: [[1]]}\n  parameters: {a: {choice: [1]}}\n",
         "s.yaml:16:19: sweep.parameters.a: a distribution, where the values are those of the "
         "table: take it out\n"},
    };
    ALL_REFUSED(f, rows);
    assert_int_equal(wrong, 0);
}

static void errors_of_all_parts_are_said_at_once(void **state)
{
    static const bad_sweep all[] = {
        {NONE "  metrics: {m: \"min(min(sock_pct over a))\"}\n  stop_when: soon\n"
              "requirements: [P(m)]\n",
         "s.yaml:17:25: sweep.metrics.m: unknown name 'sock_pct' (did you mean 'soc_pct'?)\n"
         "s.yaml:18:14: sweep.stop_when: unknown value 'soon' (expected one of: never, decided)\n"
         "s.yaml:19:20: requirements[0]: expected >=, >, <= or <\n"},
        {"record: {evry_s: 1}\n" ONE "{path: seed, choice: [1]}\n",
         "s.yaml:14:10: record.evry_s: unknown key (did you mean 'every_s'?)\n"
         "s.yaml:18:15: sweep.parameters.p.path: no parameter: 'seed' is the same for all cases, "
         "whose draws differ anyway: see 'replications'\n"},
    };
    ALL_REFUSED(*state, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(paths_lead_to_a_key_of_the_scenario),
        TEST(values_fit_where_they_go),
        TEST(distributions_are_checked),
        TEST(samplings_say_how_many_cases),
        TEST(correlations_are_possible),
        TEST(metrics_are_checked_where_they_stand),
        TEST(requirements_can_be_met),
        TEST(rules_that_stop_need_a_sample),
        TEST(functions_take_the_place_of_scenarios),
        TEST(tables_have_a_value_for_each_parameter),
        TEST(errors_of_all_parts_are_said_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
