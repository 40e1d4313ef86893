/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_YAML_NODE_H
#define QF_YAML_NODE_H

#include "arena.h"
#include "diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A YAML 1.1 document (hence also JSON) as a tree that remembers where everything was written.
 * Every node, text and file name lives in the arena of the call that made it; nothing is freed
 * singly. Aliases are expanded to copies that keep the position of the anchored text. `<<` is an
 * ordinary key; tags are errors.
 */
typedef enum qf_yaml_kind {
    QF_YAML_SCALAR,
    QF_YAML_SEQUENCE,
    QF_YAML_MAPPING,
} qf_yaml_kind;

typedef struct qf_yaml_node qf_yaml_node;

/* What a value is in each case of a sweep, at the node of a parameter; and how it was read. */
typedef struct qf_case_values {
    const double *values; /* by the number of the case */
    size_t n;
    size_t least, most; /* the first cases with the ends of the range that is to be checked */
    bool packed;        /* as a number of each case */
    bool
        fixed; /* as the one value that the node's text says: cases cannot be packed that differ in it */
} qf_case_values;

struct qf_yaml_node {
    qf_yaml_kind kind;
    bool quoted;             /* scalar: any style but plain */
    bool verbatim;           /* scalar: stands in one line, each of its characters as itself */
    uint32_t line;           /* 1-based */
    uint32_t column;         /* 1-based, in characters */
    const char *file;        /* as given to the loader, or --set */
    const char *text;        /* scalar: UTF-8 without a zero byte; else NULL */
    qf_yaml_node **keys;     /* mapping: a scalar for every child; else NULL */
    qf_yaml_node **children; /* entries of a sequence, values of a mapping */
    size_t n_children;
    size_t capacity;       /* of keys and children */
    qf_yaml_node *parent;  /* NULL: root; a key's parent is its mapping */
    size_t index;          /* among the parent's children */
    qf_case_values *cases; /* NULL: no parameter of a sweep */
};

enum { QF_YAML_MAX_DEPTH = 64, QF_YAML_MAX_NODES = 2000000, QF_YAML_MAX_FILE_BYTES = 1 << 28 };

/*
 * Reads the one document of a file. NULL, with at least one error reported, when there is no tree:
 * unreadable or larger than 256 MiB, empty, not UTF-8, a syntax error, several documents, an alias
 * that is undefined or inside what it names, deeper or larger than the limits above, out of memory.
 * Duplicate keys, keys that are not scalars and tags are reported too but leave a tree, so that the
 * caller finds the other errors as well: success is an error count that did not change.
 */
qf_yaml_node *qf_yaml_load_file(qf_arena *arena, const char *path, qf_diagnostics *diagnostics);

/* The bytes of a file of at most that size, which the caller frees. NULL after an error. */
char *qf_read_whole_file(const char *path, size_t *length, qf_diagnostics *diagnostics);

/* The same for `length` bytes in memory, which messages call `name`. */
qf_yaml_node *qf_yaml_load_text(qf_arena *arena, const char *name, const char *text, size_t length,
                                qf_diagnostics *diagnostics);

/*
 * Applies `path.to[2].key=value` to the tree: replaces what is there, or adds the key and missing
 * mappings on the way. The value is a YAML scalar, {...} or [...]. Keys end at `.`, `[` and `=`.
 * An entry of a list may be called by its key `name`, which begins with a letter: `groups[scouts]`. An index
 * into a distribution of vectors leads to that of one coordinate.
 * New nodes have the file --set, line 1 and the column in the argument. False after an error, and
 * then the tree is as before.
 */
bool qf_yaml_set(qf_arena *arena, qf_yaml_node *root, const char *argument,
                 qf_diagnostics *diagnostics);

/*
 * Likewise puts a plain scalar where the path that is the text of the scalar `path` leads to. What is new, and what is
 * wrong with the path, stands where the path does. NULL after an error.
 */
qf_yaml_node *qf_yaml_put(qf_arena *arena, qf_yaml_node *root, const qf_yaml_node *path,
                          const char *text, qf_diagnostics *diagnostics);

/* What is where the path that is the text of a scalar leads to, NULL: nothing. */
qf_yaml_node *qf_yaml_find(qf_arena *arena, qf_yaml_node *root, const qf_yaml_node *path);

/*
 * A new tree with the keys of both mappings, at every depth; where both have a key, or one is not a
 * mapping, `override` wins. Either may be NULL. Nodes keep their positions (a mapping in both has
 * that of `override`), and the result has the parent and index of `override`, so that key paths
 * read as there. The given trees are not changed. NULL when memory is short.
 */
qf_yaml_node *qf_yaml_merge(qf_arena *arena, const qf_yaml_node *base,
                            const qf_yaml_node *override);

/*
 * Writes the way from the root, such as `groups[0].transponder`, empty for the root itself; what
 * does not fit ends in `...`. A key has the path of its value. Returns `buffer`, size > 0.
 */
char *qf_yaml_path(const qf_yaml_node *node, char *buffer, size_t size);

/* Writes YAML that loads to the same tree, but for places and comments. */
void qf_yaml_write(const qf_yaml_node *root, FILE *out);

/* Value of a key; NULL when it is absent, or `mapping` is NULL or not a mapping. */
qf_yaml_node *qf_yaml_get(const qf_yaml_node *mapping, const char *key);

/* Takes a key and its value out of a mapping, where they are in it. */
void qf_yaml_remove(qf_yaml_node *mapping, const char *key);

/* Key of the value number `index`; NULL when there is none. */
qf_yaml_node *qf_yaml_key_node(const qf_yaml_node *mapping, size_t index);

/*
 * Checks and readers. The node is never NULL. False after exactly one error at the node (for
 * qf_yaml_check_keys: one per unknown key, at the key), and then `out` is untouched.
 */
bool qf_yaml_check_keys(const qf_yaml_node *mapping, const char *const *known, size_t n_known,
                        qf_diagnostics *diagnostics);
bool qf_yaml_expect_kind(const qf_yaml_node *node, qf_yaml_kind kind, qf_diagnostics *diagnostics);

/* Unquoted decimal number, finite. A leading zero is refused: YAML 1.1 calls 010 eight. */
bool qf_yaml_read_number(const qf_yaml_node *node, double *out, qf_diagnostics *diagnostics);

/* Unquoted decimal digits with an optional sign; not 5.0, not 1e3, not 1_000. */
bool qf_yaml_read_integer(const qf_yaml_node *node, int64_t min, int64_t max, int64_t *out,
                          qf_diagnostics *diagnostics);
bool qf_yaml_read_uint64(const qf_yaml_node *node, uint64_t *out, qf_diagnostics *diagnostics);

/* Unquoted true, false, yes, no, on, off; each also Capitalised or UPPER CASE. */
bool qf_yaml_read_bool(const qf_yaml_node *node, bool *out, qf_diagnostics *diagnostics);

/* Whether qf_yaml_read_bool would read it; whether it is an unquoted null: nothing, ~, null, Null, NULL. */
bool qf_yaml_is_bool(const qf_yaml_node *node);
bool qf_yaml_is_null(const qf_yaml_node *node);

/* Any scalar that is not empty; `*out` lives as long as the node. */
bool qf_yaml_read_text(const qf_yaml_node *node, const char **out, qf_diagnostics *diagnostics);

/* Index of the scalar among `names`; an unquoted on or off is text like any other. */
bool qf_yaml_read_choice(const qf_yaml_node *node, const char *const *names, size_t n_names,
                         size_t *out, qf_diagnostics *diagnostics);

#endif
