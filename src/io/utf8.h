/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_UTF8_H
#define QF_UTF8_H

#include <stddef.h>

/* Bytes of the UTF-8 character that a text, ended by zero, begins with and that XML and YAML may hold; 0: none does. */
size_t qf_utf8_character_bytes(const char *text);

#endif
