/* SPDX-License-Identifier: Apache-2.0 */
/* Radio links between vehicles: docs/scenario.md says what may stand where. */
#include "radio_reader.h"

#include <math.h>

#include "script_reader.h"

#define N_NAMES(names) (sizeof(names) / sizeof *(names))

bool qf_read_ticks(qf_reader *reader, const qf_yaml_node *node, double dt_s, int64_t *ticks)
{
    double seconds;
    if (!qf_read_constant(reader, node, 0.0, (double)INFINITY, &seconds) || !(dt_s > 0.0)) {
        return false;
    }
    const int64_t whole = qf_whole_ticks(seconds, dt_s);
    if (whole < 0) {
        qf_diagnose(reader->diagnostics, node, "%.15g s is not a multiple of dt_s (%.15g s)",
                    seconds, dt_s);
        return false;
    }
    *ticks = whole;
    return true;
}

/* a vehicle remembers what is on its way to it, so that cannot be any number of messages */
static void check_flights(qf_reader *reader, const qf_yaml_node *node, const qf_radio_spec *radio)
{
    const int64_t flights = qf_radio_flights(radio);
    if (flights > QF_RADIO_FLIGHTS_MOST) {
        qf_diagnose(reader->diagnostics, node,
                    "%lld messages of a sender would be on their way at a time, more than %d: "
                    "a latency_s of %lld ticks needs an every_s of %lld or more",
                    (long long)flights, QF_RADIO_FLIGHTS_MOST, (long long)radio->latency_ticks,
                    (long long)((radio->latency_ticks + QF_RADIO_FLIGHTS_MOST - 1) /
                                QF_RADIO_FLIGHTS_MOST));
    }
}

static void read_times(qf_reader *reader, const qf_yaml_node *node, double dt_s,
                       qf_radio_spec *radio)
{
    const qf_yaml_node *latency = qf_yaml_get(node, "latency_s");
    const qf_yaml_node *every = qf_yaml_get(node, "every_s");
    const size_t errors = qf_diagnostics_error_count(reader->diagnostics);
    if (latency && qf_read_ticks(reader, latency, dt_s, &radio->latency_ticks) &&
        radio->latency_ticks > QF_RADIO_LATENCY_MOST) {
        qf_diagnose(reader->diagnostics, latency, "expected at most %d ticks of dt_s, found %lld",
                    QF_RADIO_LATENCY_MOST, (long long)radio->latency_ticks);
    }
    if (every && qf_read_ticks(reader, every, dt_s, &radio->period_ticks) &&
        (radio->period_ticks < 1 || radio->period_ticks > INT32_MAX)) {
        qf_diagnose(reader->diagnostics, every, "expected 1 to %d ticks of dt_s, found %lld",
                    INT32_MAX, (long long)radio->period_ticks);
        radio->period_ticks = 1; /* columns are counted by it */
    }
    if (qf_diagnostics_error_count(reader->diagnostics) == errors) {
        check_flights(reader, node, radio);
    }
}

void qf_read_radio(qf_reader *reader, const qf_yaml_node *group_node, double dt_s,
                   qf_group_spec *group)
{
    static const char *const known[] = {"range_m", "latency_s", "every_s", "loss", "messages"};
    const qf_yaml_node *node = qf_yaml_get(group_node, "radio");
    qf_radio_spec *radio = node ? qf_reader_array(reader, 1, sizeof *radio) : NULL;
    if (!radio || !qf_yaml_expect_kind(node, QF_YAML_MAPPING, reader->diagnostics)) {
        return;
    }
    qf_yaml_check_keys(node, known, N_NAMES(known), reader->diagnostics);
    *radio = (qf_radio_spec){.range_m = (double)INFINITY, .period_ticks = 1};
    const qf_yaml_node *range = qf_yaml_get(node, "range_m");
    const qf_yaml_node *loss = qf_yaml_get(node, "loss");
    const qf_yaml_node *messages = qf_yaml_get(node, "messages");
    if (range) {
        qf_read_positive(reader, range, &radio->range_m);
    }
    read_times(reader, node, dt_s, radio);
    if (loss) {
        qf_read_constant(reader, loss, 0.0, 1.0, &radio->loss);
    }
    if (messages) {
        qf_yaml_read_integer(messages, 0, INT32_MAX, &radio->messages, reader->diagnostics);
    }
    group->radio = radio;
}
