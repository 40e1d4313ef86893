/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_SETTINGS_H
#define QF_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "reader.h"

/*
 * Optional constants of a mapping, as a table that its reader and its writer share: one row for each of a
 * structure's fields that is such a number. What is not given stays as it was.
 */
typedef struct qf_setting {
    const char *key;
    size_t offset; /* in the structure: of a double, or of a uint32_t where it is whole */
    bool whole;
    bool nullable;    /* null stands for the default, which is no finite number */
    qf_limits limits; /* of what stands in the file */
    double scale;     /* by which the field is larger; 0: it is the same */
} qf_setting;

/* Rows whose key is the field's name. */
/* clang-format off */
#define QF_SETTING_REAL(structure, field, least, most) \
    {#field, offsetof(structure, field), false, false, {.low = least, .high = most}, 0.0}
#define QF_SETTING_ABOVE(structure, field, least, most) /* not least itself */ \
    {#field, offsetof(structure, field), false, false, {.low = least, .high = most, .low_open = true}, 0.0}
#define QF_SETTING_MAYBE(structure, field, least, most) /* or null */ \
    {#field, offsetof(structure, field), false, true, {.low = least, .high = most}, 0.0}
#define QF_SETTING_WHOLE(structure, field, least, most) \
    {#field, offsetof(structure, field), true, false, {.low = least, .high = most}, 0.0}
#define QF_SETTING_SCALED(name, structure, field, least, most, by) /* not least itself */ \
    {name, offsetof(structure, field), false, false, {.low = least, .high = most, .low_open = true}, by}
/* clang-format on */

void qf_read_settings(qf_reader *reader, const qf_yaml_node *mapping, const qf_setting *settings,
                      size_t n, void *structure);

/* Each as `KEY: VALUE`, with `separator` between. */
void qf_write_settings(FILE *out, const qf_setting *settings, size_t n, const void *structure,
                       const char *separator);

/* The keys of the table and then those of `others`, with room for all in `known`: for qf_yaml_check_keys. */
size_t qf_settings_keys(const qf_setting *settings, size_t n, const char *const *others,
                        size_t n_others, const char **known);

#endif
