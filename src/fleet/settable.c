/* SPDX-License-Identifier: Apache-2.0 */
#include "settable.h"

#include <math.h>

#define N_OF(array) (sizeof(array) / sizeof *(array))

static const struct {
    qf_field_id field;
    double low, high;
    qf_command_kind kind; /* SET: no other command is meant */
} inputs[] = {
    {QF_FIELD_SPEED, -INFINITY, INFINITY, QF_COMMAND_SPEED},
    {QF_FIELD_TRANSPONDER_MODE, 0.0, QF_TRANSPONDER_MODES - 1, QF_COMMAND_TRANSPONDER},
    {QF_FIELD_SENSOR_QUEUE, 0.0, INFINITY, QF_COMMAND_SET},
    {QF_FIELD_ACTUATOR_QUEUE, 0.0, INFINITY, QF_COMMAND_SET},
    {QF_FIELD_NBL_MAX, 0.0, INFINITY, QF_COMMAND_SET},
    {QF_FIELD_RCS, 1e-10, 1e10, QF_COMMAND_SET}, /* -100 to 100 dBsm, as a signature */
};

void qf_settable_range(qf_field_id field, double *low, double *high)
{
    *low = -(double)INFINITY;
    *high = (double)INFINITY;
    for (size_t i = 0; i < N_OF(inputs); i++) {
        if (inputs[i].field == field) {
            *low = inputs[i].low;
            *high = inputs[i].high;
        }
    }
}

qf_order qf_order_meant(const qf_fleet *fleet, const qf_order *order)
{
    for (size_t i = 0; order->kind == QF_COMMAND_SET && i < N_OF(inputs); i++) {
        if (inputs[i].kind != QF_COMMAND_SET &&
            order->column == fleet->catalog.first_column[inputs[i].field]) {
            return (qf_order){
                .kind = inputs[i].kind, .given = {true}, .argument = {order->argument[1]}};
        }
    }
    return *order;
}

bool qf_order_of_switch(const qf_quantity *quantity, bool on, qf_order *order)
{
    static const struct {
        uint64_t bit;
        qf_command_kind kind;
    } switches[] = {
        {QF_FLAG_BIT(EMERGENCY_STOP), QF_COMMAND_STOP},
        {QF_FLAG_BIT(SAFE_MODE), QF_COMMAND_SAFE_MODE},
        {QF_FLAG_BIT(DOCK_CONNECTED), QF_COMMAND_DOCK},
    };
    for (size_t i = 0; quantity->field == QF_FIELD_FLAGS && i < N_OF(switches); i++) {
        if (switches[i].bit == UINT64_C(1) << quantity->bit) {
            *order =
                (qf_order){.kind = switches[i].kind, .given = {true}, .argument = {on ? 1.0 : 0.0}};
            return true;
        }
    }
    return false;
}

bool qf_settable_fits(const qf_fleet *fleet, size_t column, double value)
{
    bool fits = isfinite(value);
    for (size_t i = 0; i < N_OF(inputs); i++) {
        fits = fits && (column != fleet->catalog.first_column[inputs[i].field] ||
                        (value >= inputs[i].low && value <= inputs[i].high));
    }
    return fits;
}
