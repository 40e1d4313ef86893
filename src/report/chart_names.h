/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_CHART_NAMES_H
#define QF_CHART_NAMES_H

#include <stddef.h>

/* Names beside bars: as much of one as there is room for, with ... in its middle where it was cut, as ends tell numbered names
   apart. */
enum { QF_CHART_NAME_BYTES = 256, QF_CHART_NAME_MOST = 60 };
const char *qf_chart_name(const char *name, size_t most_characters, char text[QF_CHART_NAME_BYTES]);

/* Characters (not bytes) of a text. */
size_t qf_chart_name_length(const char *name);

/* Units of a drawing that a character takes on average in texts of class label. */
#define QF_CHART_CHARACTER 7.2

#endif
