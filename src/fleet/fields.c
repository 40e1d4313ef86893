/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include <float.h>
#include <stddef.h>

#include "bits.h"

#define RANGE(low_, high_) .checked = true, .low = (low_), .high = (high_)
#define FINITE             RANGE(-DBL_MAX, DBL_MAX)
#define UNCHECKED          .checked = false

const qf_field qf_field_table[QF_FIELD_COUNT] = {
#define QF_FIELD(id, type_, shape_, role_, health, name_, unit_, long_name_)                       \
    [QF_FIELD_##id] = {.name = name_,                                                              \
                       .unit = unit_,                                                              \
                       .long_name = long_name_,                                                    \
                       .type = QF_TYPE_##type_,                                                    \
                       .shape = QF_SHAPE_##shape_,                                                 \
                       .role = QF_ROLE_##role_,                                                    \
                       health},
#include "fields.def"
#undef QF_FIELD
};

const qf_flag qf_flag_table[] = {
#define QF_FLAG(id, bit_, role_, name_, long_name_)                                                \
    {.name = name_, .long_name = long_name_, .bit = bit_, .role = QF_ROLE_##role_},
    QF_FLAG_TABLE(QF_FLAG)
#undef QF_FLAG
};

const unsigned qf_flag_count = sizeof qf_flag_table / sizeof *qf_flag_table;

const char *qf_fault_name(unsigned bit)
{
    static const char *const names[QF_FAULT_FIRST_NODE] = {
#define QF_FAULT(id, bit_) [bit_] = #id,
        QF_FAULT_TABLE(QF_FAULT)
#undef QF_FAULT
    };
    return bit < QF_FAULT_FIRST_NODE ? names[bit] : NULL;
}
