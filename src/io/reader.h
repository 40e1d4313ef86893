/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_READER_H
#define QF_READER_H

#include <stdbool.h>

#include "arena.h"
#include "diagnostics.h"
#include "hardware.h"
#include "number.h"
#include "yaml_node.h"

/*
 * Steps that the readers of scenarios and profiles share. Each reports what is wrong at the node
 * and goes on, so that one load finds every error; what it could not read stays as it was.
 */
typedef struct qf_reader {
    qf_arena *arena; /* of the scenario: what is read lives here */
    qf_diagnostics *diagnostics;
    bool columns_unknown;   /* so what columns there are is not known */
    bool groups_unknown;    /* nor what all groups are called, or of what kind they are */
    bool behaviors_unknown; /* nor the behaviours of the group at hand */
} qf_reader;

/* A constant within [low, high]. */
bool qf_read_constant(qf_reader *reader, const qf_yaml_node *node, double low, double high,
                      double *out);

/* What a constant may be, where an end of its range may itself not be allowed. */
typedef struct qf_limits {
    double low, high;
    bool low_open, high_open;
} qf_limits;

/* A constant within limits. */
bool qf_read_within(qf_reader *reader, const qf_yaml_node *node, const qf_limits *limits,
                    double *out);

/*
 * A constant or a distribution; a parameter of a sweep is a number of each case, unless its cases are to be read one by
 * one. Every value that can come out lies within [low, high].
 */
bool qf_read_number(qf_reader *reader, const qf_yaml_node *node, double low, double high,
                    qf_number *out);

/* A constant above 0. */
bool qf_read_positive(qf_reader *reader, const qf_yaml_node *node, double *out);

/* The smallest and largest value that a number really comes out as: draws of a normal distribution, too, end somewhere. */
void qf_number_reach(const qf_number *number, double *low, double *high);

/* Whether a node has the shape of a distribution: a mapping whose one key is the name of one. */
bool qf_is_distribution(const qf_yaml_node *node);

/* Whether a number is a parameter of a sweep at a place where all vehicles have the same. Then nothing is said of it:
   the scenario is read again for every value of it. */
bool qf_is_fixed_case(const qf_yaml_node *node, const qf_number *number);

/* Three numbers: a list of three, or one distribution whose parameters are lists of three. */
bool qf_read_vector(qf_reader *reader, const qf_yaml_node *node, double low, double high,
                    qf_number out[3]);

/* Three constants. */
bool qf_read_vector_constant(qf_reader *reader, const qf_yaml_node *node, double out[3]);

/*
 * Places and lengths, so that no square of them overflows: a healthy vehicle is nowhere else (fields.def). Masses
 * likewise, and moments of inertia.
 */
#define QF_FARTHEST_M   1e12
#define QF_HEAVIEST_KG  1e15
#define QF_LARGEST_KGM2 1e30

/* Three constants, each at most QF_FARTHEST_M from 0. */
bool qf_read_place(qf_reader *reader, const qf_yaml_node *node, double out[3]);

/* A constant above 0, at most QF_FARTHEST_M. */
bool qf_read_length(qf_reader *reader, const qf_yaml_node *node, double *out);

/* A list of `n` constants. */
bool qf_read_constants(qf_reader *reader, const qf_yaml_node *node, size_t n, double *out);

/* A direction of any length but 0, as a unit vector. One that has unit length to rounding stays as it is. */
bool qf_read_direction(qf_reader *reader, const qf_yaml_node *node, double out[3]);

/* A quaternion as the reference writes them, [x, y, z, w], of unit length to 1e-6; out as w, x, y, z of unit length. */
bool qf_read_quaternion(qf_reader *reader, const qf_yaml_node *node, double out[4]);

/* The value of a key that must be there; NULL after an error at the mapping when it is not. */
qf_yaml_node *qf_require(qf_reader *reader, const qf_yaml_node *mapping, const char *key);

/* The place of a text among `names`; else an error `no WHAT 'TEXT'`, with the nearest of them. */
bool qf_read_known(qf_reader *reader, const qf_yaml_node *node, const char *what,
                   const char *const *names, size_t n, size_t *out);

/* An error at each of these keys that is there, with the reason. */
void qf_refuse_keys(qf_reader *reader, const qf_yaml_node *mapping, const char *const *names,
                    size_t n, const char *reason);

/* Zeroed memory of the scenario; NULL after an error when there is none. */
void *qf_reader_array(qf_reader *reader, size_t count, size_t size);

/* `name` relative to the folder of the file `from`, unless it is absolute. NULL as above. */
char *qf_reader_path(qf_reader *reader, const char *from, const char *name);

bool qf_has_control_characters(const char *text);

/* Names become parts of file names and of the names of vehicles. */
bool qf_fits_name(unsigned char c);
bool qf_read_name(qf_reader *reader, const qf_yaml_node *node, const char **name);

/*
 * The tree of a profile: the file that `node` names, or the mapping that it is, or both where that has a
 * key `file`: what the file holds, overridden by the other keys. `*file` is as the scenario names it, NULL
 * without one. NULL after an error. `check_keys` is called for the tree, or, where the file could not be read,
 * for the mapping without it, whose keys at least can be checked.
 */
typedef void qf_check_keys(qf_reader *reader, const qf_yaml_node *root);
const qf_yaml_node *qf_open_profile(qf_reader *reader, const qf_yaml_node *node,
                                    qf_check_keys *check_keys, const char **file);

/*
 * The scenario's tree over that of the file which its key `base` names, relative to the file that says so, and so on.
 * What names a file in there stays relative to the file that it stands in. A root without the key comes back as it is;
 * NULL after an error.
 */
qf_yaml_node *qf_merge_bases(qf_reader *reader, qf_yaml_node *root);

/*
 * Puts what a scenario's files hold in the place of their names: profiles, machines, thrusters, ports. The scenario
 * means the same, and its tree is all of it. What cannot be read stays a name; so does what is to be another one
 * (`open_names`, where the name is or the mapping with `file`), of which `is_file` comes out true.
 */
typedef struct qf_open_name {
    const qf_yaml_node *node; /* NULL: none */
    bool is_file;
} qf_open_name;

void qf_inline_files(qf_reader *reader, qf_yaml_node *root, qf_open_name *open_names, size_t n);

/* The list that `thrusters_path` names: as it says, else by its file name beside the profile. NULL after an error. */
qf_yaml_node *qf_load_thrusters(qf_reader *reader, const qf_yaml_node *node);

/*
 * Where the override `path=value` reaches into a profile, every `hardware: FILE` (or of another profile)
 * becomes `hardware: {file: FILE}`. The file's name keeps its place in the scenario, which it is relative to.
 */
void qf_expand_profiles(qf_reader *reader, qf_yaml_node *root, const char *override);

/* The profile that a group's `hardware` names. */
bool qf_read_hardware(qf_reader *reader, const qf_yaml_node *node, qf_hardware *hardware,
                      const char **file);

#endif
