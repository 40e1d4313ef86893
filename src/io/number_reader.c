/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of a scenario: constants, distributions, vectors of three. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "reader.h"

enum { RANGE_TEXT = 64, LONGEST_QUOTE = 40 };

/* of the draws of qf_draw_normal */
#define LARGEST_NORMAL 8.6

static const char *range_text(const qf_limits *limits, char text[RANGE_TEXT])
{
    const double low = limits->low;
    const double high = limits->high;
    const char *above = limits->low_open ? ">" : ">=";
    const char *below = limits->high_open ? "<" : "<=";
    if (isinf(high) && isinf(low)) {
        snprintf(text, RANGE_TEXT, "a finite number");
    } else if (isinf(high)) {
        snprintf(text, RANGE_TEXT, "a number %s %g", above, low);
    } else if (isinf(low)) {
        snprintf(text, RANGE_TEXT, "a number %s %g", below, high);
    } else if (limits->low_open || limits->high_open) {
        snprintf(text, RANGE_TEXT, "a number %s %g and %s %g", above, low, below, high);
    } else {
        snprintf(text, RANGE_TEXT, "a number from %g to %g", low, high);
    }
    return text;
}

static bool is_within(const qf_limits *limits, double value)
{
    return (limits->low_open ? value > limits->low : value >= limits->low) &&
           (limits->high_open ? value < limits->high : value <= limits->high);
}

bool qf_read_within(qf_reader *reader, const qf_yaml_node *node, const qf_limits *limits,
                    double *out)
{
    double value;
    if (!qf_yaml_read_number(node, &value, reader->diagnostics)) {
        return false;
    }
    if (!is_within(limits, value)) {
        char text[RANGE_TEXT];
        const bool cut = strlen(node->text) > LONGEST_QUOTE;
        qf_diagnose(reader->diagnostics, node, "expected %s, found %.*s%s",
                    range_text(limits, text), LONGEST_QUOTE, node->text, cut ? "..." : "");
        return false;
    }
    *out = value;
    return true;
}

bool qf_read_constant(qf_reader *reader, const qf_yaml_node *node, double low, double high,
                      double *out)
{
    return qf_read_within(reader, node, &(qf_limits){.low = low, .high = high}, out);
}

bool qf_read_positive(qf_reader *reader, const qf_yaml_node *node, double *out)
{
    static const qf_limits above = {.low = 0.0, .high = (double)INFINITY, .low_open = true};
    return qf_read_within(reader, node, &above, out);
}

void qf_number_reach(const qf_number *number, double *low, double *high)
{
    qf_number_range(number, low, high);
    if (number->kind == QF_NUMBER_NORMAL) {
        *low = fmin(fmax(*low, number->a - LARGEST_NORMAL * number->b), *high);
        *high = fmax(fmin(*high, number->a + LARGEST_NORMAL * number->b), *low);
    } else if (number->kind == QF_NUMBER_LOGNORMAL) {
        *low = fmin(fmax(*low, exp(number->a - LARGEST_NORMAL * number->b)), *high);
        *high = fmax(fmin(*high, exp(number->a + LARGEST_NORMAL * number->b)), *low);
    }
}

static const char *const distribution_names[] = {
    [QF_NUMBER_CONSTANT] = "constant", [QF_NUMBER_UNIFORM] = "uniform",
    [QF_NUMBER_NORMAL] = "normal",     [QF_NUMBER_LOGNORMAL] = "lognormal",
    [QF_NUMBER_CHOICE] = "choice",     [QF_NUMBER_GRID] = "grid"};

enum { N_DISTRIBUTIONS = sizeof distribution_names / sizeof *distribution_names };

bool qf_is_distribution(const qf_yaml_node *node)
{
    bool found = false;
    for (size_t k = 1;
         node->kind == QF_YAML_MAPPING && node->n_children == 1 && k < N_DISTRIBUTIONS; k++) {
        found = found || strcmp(node->keys[0]->text, distribution_names[k]) == 0;
    }
    return found;
}

/* the names of a distribution's two parameters */
static const char *const parameter_names[][2] = {[QF_NUMBER_UNIFORM] = {"min", "max"},
                                                 [QF_NUMBER_NORMAL] = {"mean", "sd"},
                                                 [QF_NUMBER_LOGNORMAL] = {"mu", "sigma"}};

/* `{uniform: ...}`: which one, and its parameters */
static bool read_kind(qf_reader *reader, const qf_yaml_node *node, qf_number_kind *kind,
                      const qf_yaml_node **parameters)
{
    if (node->kind != QF_YAML_MAPPING || node->n_children != 1) {
        qf_diagnose(reader->diagnostics, node,
                    "expected a number or one distribution: {uniform: {min, max}}, "
                    "{normal: {mean, sd}}, {lognormal: {mu, sigma}}, {choice: [...]} or "
                    "{grid: [...]}");
        return false;
    }
    size_t index;
    if (!qf_yaml_check_keys(node, distribution_names + 1, N_DISTRIBUTIONS - 1,
                            reader->diagnostics)) {
        return false;
    }
    for (index = 1; strcmp(node->keys[0]->text, distribution_names[index]) != 0; index++) {
    }
    *kind = (qf_number_kind)index;
    *parameters = node->children[0];
    return true;
}

/* component of a parameter that may be a list of three; the node itself when it is not a list */
static const qf_yaml_node *component_of(qf_reader *reader, const qf_yaml_node *node, int component)
{
    if (component < 0 || node->kind != QF_YAML_SEQUENCE) {
        return node;
    }
    if (node->n_children != 3) {
        if (component == 0) {
            qf_diagnose(reader->diagnostics, node, "expected a list of 3 numbers, found %zu",
                        node->n_children);
        }
        return NULL;
    }
    return node->children[component];
}

static bool read_parameter(qf_reader *reader, const qf_yaml_node *mapping, const char *key,
                           int component, double low, double high, double *out)
{
    const qf_yaml_node *node = qf_yaml_get(mapping, key);
    node = node ? component_of(reader, node, component) : NULL;
    return node && qf_read_constant(reader, node, low, high, out);
}

/* parameters may be finite and their draws not: 1e308 - -1e308, exp(1000) */
static bool draws_are_finite(const qf_number *number)
{
    switch (number->kind) {
    case QF_NUMBER_UNIFORM:
        return isfinite(number->b - number->a);
    case QF_NUMBER_NORMAL:
        return (isfinite(number->low) && isfinite(number->high)) ||
               isfinite(fabs(number->a) + LARGEST_NORMAL * number->b);
    case QF_NUMBER_LOGNORMAL:
        return isfinite(number->high) || isfinite(exp(number->a + LARGEST_NORMAL * number->b));
    default:
        return true;
    }
}

static bool read_spread(qf_reader *reader, const qf_yaml_node *mapping, int component, double low,
                        double high, qf_number *number)
{
    const char *const *names = parameter_names[number->kind];
    const bool clipped = number->kind != QF_NUMBER_UNIFORM;
    const char *const known[] = {names[0], names[1], "min", "max"};
    if (!qf_yaml_expect_kind(mapping, QF_YAML_MAPPING, reader->diagnostics) ||
        !qf_yaml_check_keys(mapping, known, clipped ? 4 : 2, reader->diagnostics) ||
        !qf_require(reader, mapping, names[0]) || !qf_require(reader, mapping, names[1])) {
        return false;
    }
    const bool log_normal = number->kind == QF_NUMBER_LOGNORMAL;
    if (clipped) {
        number->low = log_normal && low < 0.0 ? 0.0 : low;
        number->high = high;
        if (qf_yaml_get(mapping, "min") &&
            !read_parameter(reader, mapping, "min", component, low, high, &number->low)) {
            return false;
        }
        if (qf_yaml_get(mapping, "max") &&
            !read_parameter(reader, mapping, "max", component, low, high, &number->high)) {
            return false;
        }
        if (number->low > number->high) {
            qf_diagnose(reader->diagnostics, mapping, "min is larger than max");
            return false;
        }
        /* the centre may lie anywhere, the spread is positive; draws are clipped to the range */
        low = -(double)INFINITY;
        high = (double)INFINITY;
    }
    if (!read_parameter(reader, mapping, names[0], component, low, high, &number->a) ||
        !read_parameter(reader, mapping, names[1], component, clipped ? 0.0 : low, high,
                        &number->b)) {
        return false;
    }
    if (number->kind == QF_NUMBER_UNIFORM && number->a > number->b) {
        qf_diagnose(reader->diagnostics, mapping, "min is larger than max");
        return false;
    }
    if (!draws_are_finite(number)) {
        qf_diagnose(reader->diagnostics, mapping, "draws may overflow: expected a narrower spread");
        return false;
    }
    return true;
}

static bool read_items(qf_reader *reader, const qf_yaml_node *list, int component, double low,
                       double high, qf_number *number)
{
    if (!qf_yaml_expect_kind(list, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return false;
    }
    if (list->n_children == 0) {
        qf_diagnose(reader->diagnostics, list, "expected at least one value");
        return false;
    }
    double *items = qf_reader_array(reader, list->n_children, sizeof *items);
    bool good = items != NULL;
    for (size_t i = 0; items && i < list->n_children; i++) {
        const qf_yaml_node *item = list->children[i];
        if (component >= 0 && item->kind != QF_YAML_SEQUENCE) {
            if (component == 0) {
                qf_diagnose(reader->diagnostics, item, "expected a list of 3 numbers");
            }
            good = false;
            continue;
        }
        item = component_of(reader, item, component);
        good = item && qf_read_constant(reader, item, low, high, &items[i]) && good;
    }
    number->items = items;
    number->n_items = list->n_children;
    return good;
}

static bool read_distribution(qf_reader *reader, const qf_yaml_node *node, int component,
                              double low, double high, qf_number *out)
{
    qf_number number = {0};
    const qf_yaml_node *parameters;
    if (!read_kind(reader, node, &number.kind, &parameters)) {
        return false;
    }
    const bool listed = number.kind == QF_NUMBER_CHOICE || number.kind == QF_NUMBER_GRID;
    if (component >= 0 && number.kind == QF_NUMBER_CHOICE) {
        qf_diagnose(
            reader->diagnostics, node,
            "choice draws each coordinate by itself; give points as grid: [[x, y, z], ...]");
        return false;
    }
    if (listed ? !read_items(reader, parameters, component, low, high, &number)
               : !read_spread(reader, parameters, component, low, high, &number)) {
        return false;
    }
    *out = number;
    return true;
}

/* a parameter of a sweep: a number of each case */
static bool read_cases(qf_reader *reader, const qf_yaml_node *node, double low, double high,
                       qf_number *out)
{
    const qf_case_values *cases = node->cases;
    const qf_limits limits = {.low = low, .high = high};
    const size_t ends[] = {cases->least, cases->most};
    for (size_t i = 0; i < 2; i++) {
        const double value = cases->values[ends[i]];
        if (!is_within(&limits, value)) {
            char text[RANGE_TEXT];
            qf_diagnose(reader->diagnostics, node, "expected %s, found %.15g (case %zu)",
                        range_text(&limits, text), value, ends[i]);
            return false;
        }
    }
    node->cases->packed = true;
    *out = (qf_number){
        .kind = QF_NUMBER_CASE, .a = cases->values[0], .items = cases->values, .n_items = cases->n};
    return true;
}

bool qf_is_fixed_case(const qf_yaml_node *node, const qf_number *number)
{
    if (!node || !node->cases || number->kind != QF_NUMBER_CASE) {
        return false;
    }
    node->cases->fixed = true;
    return true;
}

bool qf_read_number(qf_reader *reader, const qf_yaml_node *node, double low, double high,
                    qf_number *out)
{
    if (node->cases) {
        return read_cases(reader, node, low, high, out);
    }
    if (node->kind != QF_YAML_SCALAR) {
        return read_distribution(reader, node, -1, low, high, out);
    }
    double value;
    if (!qf_read_constant(reader, node, low, high, &value)) {
        return false;
    }
    *out = qf_constant(value);
    return true;
}

bool qf_read_vector(qf_reader *reader, const qf_yaml_node *node, double low, double high,
                    qf_number out[3])
{
    if (node->kind == QF_YAML_MAPPING) {
        for (int c = 0; c < 3; c++) {
            /* an error in the first component is an error in all: say it once */
            if (!read_distribution(reader, node, c, low, high, &out[c])) {
                return false;
            }
        }
        return true;
    }
    if (!qf_yaml_expect_kind(node, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return false;
    }
    if (node->n_children != 3) {
        qf_diagnose(reader->diagnostics, node, "expected a list of 3 numbers, found %zu",
                    node->n_children);
        return false;
    }
    bool good = true;
    for (size_t c = 0; c < 3; c++) {
        good = qf_read_number(reader, node->children[c], low, high, &out[c]) && good;
    }
    return good;
}

bool qf_read_vector_constant(qf_reader *reader, const qf_yaml_node *node, double out[3])
{
    qf_number vector[3];
    if (!qf_read_vector(reader, node, -(double)INFINITY, (double)INFINITY, vector)) {
        return false;
    }
    for (size_t c = 0; c < 3; c++) {
        const qf_yaml_node *item = node->kind == QF_YAML_SEQUENCE ? node->children[c] : NULL;
        if (!qf_number_is_constant(&vector[c]) && !qf_is_fixed_case(item, &vector[c])) {
            qf_diagnose(reader->diagnostics, node, "expected constants, not a distribution");
            return false;
        }
        out[c] = vector[c].a;
    }
    return true;
}

static bool read_constants(qf_reader *reader, const qf_yaml_node *node, size_t n, double most,
                           double *out)
{
    if (!qf_yaml_expect_kind(node, QF_YAML_SEQUENCE, reader->diagnostics)) {
        return false;
    }
    if (node->n_children != n) {
        qf_diagnose(reader->diagnostics, node, "expected a list of %zu numbers, found %zu", n,
                    node->n_children);
        return false;
    }
    bool good = true;
    for (size_t c = 0; c < n; c++) {
        good = qf_read_constant(reader, node->children[c], -most, most, &out[c]) && good;
    }
    return good;
}

bool qf_read_constants(qf_reader *reader, const qf_yaml_node *node, size_t n, double *out)
{
    return read_constants(reader, node, n, (double)INFINITY, out);
}

bool qf_read_place(qf_reader *reader, const qf_yaml_node *node, double out[3])
{
    return read_constants(reader, node, 3, QF_FARTHEST_M, out);
}

bool qf_read_length(qf_reader *reader, const qf_yaml_node *node, double *out)
{
    static const qf_limits lengths = {.low = 0.0, .high = QF_FARTHEST_M, .low_open = true};
    return qf_read_within(reader, node, &lengths, out);
}

static double length_of(const double *v, size_t n)
{
    double square = 0.0;
    for (size_t k = 0; k < n; k++) {
        square += v[k] * v[k];
    }
    return sqrt(square);
}

/* what has been divided by its length once stays as it is: an effective scenario reads back the same */
static void make_unit(double *v, size_t n, double length)
{
    for (size_t k = 0; fabs(length - 1.0) > 1e-14 && k < n; k++) {
        v[k] /= length;
    }
}

bool qf_read_direction(qf_reader *reader, const qf_yaml_node *node, double out[3])
{
    double v[3];
    if (!qf_read_constants(reader, node, 3, v)) {
        return false;
    }
    const double length = length_of(v, 3);
    if (!(length > 0.0) || !isfinite(length)) {
        qf_diagnose(reader->diagnostics, node, "expected a direction, found a vector of length %g",
                    length);
        return false;
    }
    make_unit(v, 3, length);
    memcpy(out, v, sizeof v);
    return true;
}

bool qf_read_quaternion(qf_reader *reader, const qf_yaml_node *node, double out[4])
{
    double q[4];
    if (!qf_read_constants(reader, node, 4, q)) {
        return false;
    }
    const double norm = length_of(q, 4);
    if (!(fabs(norm - 1.0) <= 1e-6)) {
        qf_diagnose(reader->diagnostics, node,
                    "expected a quaternion [x, y, z, w] of norm 1, found norm %.9g", norm);
        return false;
    }
    make_unit(q, 4, norm);
    out[0] = q[3];
    memcpy(out + 1, q, 3 * sizeof *q);
    return true;
}
