/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DIAGNOSTICS_H
#define QF_DIAGNOSTICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nearest_name.h"

struct qf_yaml_node;

/*
 * What is wrong with the files of a scenario, collected so that one load reports every error at
 * once. Messages are kept in the order file (as first seen), line, column; past the limit the last
 * ones in that order are counted but not kept. Notes are kept apart and are not errors.
 */
enum { QF_DIAGNOSTICS_MAX_ERRORS = 20, QF_DIAGNOSTICS_MAX_NOTES = 1000 };

typedef struct qf_diagnostic {
    size_t file;     /* index into the files of qf_diagnostics */
    uint32_t line;   /* 1-based, 0: the whole file is meant */
    uint32_t column; /* 1-based, in characters, 0: unknown */
    char *path;      /* such as groups[0].count; empty: none */
    char *text;
} qf_diagnostic;

typedef struct qf_diagnostic_list {
    qf_diagnostic *items; /* sorted */
    size_t n_items;
    size_t n_reported; /* n_items and those not kept */
} qf_diagnostic_list;

typedef struct qf_diagnostics {
    char **files; /* in the order first seen */
    size_t n_files;
    qf_diagnostic_list errors;
    qf_diagnostic_list notes;
    bool out_of_memory; /* lets the caller tell a full memory from a bad scenario */
} qf_diagnostics;

/* Starts an empty collection, which owns copies of all it is given until qf_diagnostics_free. */
void qf_diagnostics_init(qf_diagnostics *diagnostics);
void qf_diagnostics_free(qf_diagnostics *diagnostics);

/* An error at a node (never NULL): its file, position and key path are added to the text. */
void qf_diagnose(qf_diagnostics *diagnostics, const struct qf_yaml_node *node, const char *format,
                 ...) __attribute__((format(printf, 3, 4)));

/* A remark at a node; it does not count as an error. */
void qf_diagnose_note(qf_diagnostics *diagnostics, const struct qf_yaml_node *node,
                      const char *format, ...) __attribute__((format(printf, 3, 4)));

/* An error, or a remark, about byte `offset` of a scalar's text: at its place in the file where that is known, else at
   the node. */
void qf_diagnose_within(qf_diagnostics *diagnostics, const struct qf_yaml_node *node, size_t offset,
                        bool is_note, const char *text);

/* An error at a place without a node; line 0 means the whole file. */
void qf_diagnose_file(qf_diagnostics *diagnostics, const char *file, uint32_t line, uint32_t column,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Errors of another collection, or its notes, with `after` at the end of each text. */
void qf_diagnostics_append(qf_diagnostics *to, const qf_diagnostics *from, bool notes,
                           const char *after);

/* The error `out of memory`. Needs none itself. */
void qf_diagnose_memory(qf_diagnostics *diagnostics);

/* Errors reported, kept or not. */
size_t qf_diagnostics_error_count(const qf_diagnostics *diagnostics);

/*
 * One line each: errors as `FILE:LINE:COLUMN: KEYPATH: TEXT`, then `and N more errors`, then notes
 * as `FILE:LINE:COLUMN: note: KEYPATH: TEXT`. What is not known (position, key path) is left out
 * with its punctuation. Control characters of the input are printed as `?`.
 */
void qf_diagnostics_print(const qf_diagnostics *diagnostics, FILE *out);

#endif
