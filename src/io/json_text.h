/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_JSON_TEXT_H
#define QF_JSON_TEXT_H

#include <stdio.h>

/* A text as JSON has it, quoted. What is not UTF-8 is passed on as it is. */
void qf_json_put_text(FILE *out, const char *text);

#endif
