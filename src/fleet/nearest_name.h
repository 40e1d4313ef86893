/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_NEAREST_NAME_H
#define QF_NEAREST_NAME_H

#include <stddef.h>

/*
 * The first of `names` with the fewest edits to `name` (insert, delete, replace or swap a byte;
 * upper and lower case are the same letter), NULL when even that needs more than
 * max(1, strlen(name) / 3) and none is `name` followed by `_` and more, such as a unit; NULL too when
 * `name` is empty or longer than 64 bytes.
 */
const char *qf_nearest_name(const char *name, const char *const *names, size_t n_names);

#endif
