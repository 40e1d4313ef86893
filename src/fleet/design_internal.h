/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_DESIGN_INTERNAL_H
#define QF_DESIGN_INTERNAL_H

#include "arena.h"
#include "design.h"
#include "draw.h"

/*
 * What the ways to fill a design share. Draws of QF_STREAM_DESIGN are keyed by
 *
 *   draw                 world                                    vehicle     words
 *   QF_DESIGN_RANDOM     point                                    parameter   0 1: value
 *   QF_DESIGN_STRATUM    point                                    parameter   0 1: with which earlier point it swaps
 *   QF_DESIGN_PLACE      point                                    parameter   0: place within the stratum
 *   QF_DESIGN_SOBOL      bits above, led by a one                 dimension   all: flips; of a leaf 0: low bits
 *   QF_DESIGN_MORRIS     trajectory                               parameter   0 1: first level; 2 3: order of the steps
 */
enum qf_design_draw {
    QF_DESIGN_RANDOM,
    QF_DESIGN_STRATUM,
    QF_DESIGN_PLACE,
    QF_DESIGN_SOBOL,
    QF_DESIGN_MORRIS,
};

/* Points of nets and hypercubes: their draws leave room for no more. */
#define QF_DESIGN_MOST_NET_POINTS ((size_t)1 << QF_SOBOL_BITS)

/* Points 0 ... n_points - 1 of parameter p go to values[p * stride + point]. */
typedef struct qf_design_job {
    qf_context *context;
    const qf_sweep_spec *spec;
    uint64_t seed;
    double *values;
    size_t stride;
    size_t n_points;
    qf_arena *scratch; /* is freed when the design is made */
} qf_design_job;

qf_status qf_design_fill_sample(const qf_design_job *job); /* random and sobol */
qf_status qf_design_fill_hypercube(const qf_design_job *job);
qf_status qf_design_fill_grid(const qf_design_job *job);
qf_status qf_design_fill_saltelli(const qf_design_job *job);
qf_status qf_design_fill_morris(const qf_design_job *job);

/* The bytes that a hypercube takes beyond its values while it is made; 0: the number overflows. */
size_t qf_design_hypercube_bytes(const qf_sweep_spec *spec);

/* How many parameters the spec correlates with others. */
size_t qf_design_n_correlated(const qf_sweep_spec *spec);

/* The correlated parameters alone. Memory is the job's scratch. */
typedef struct qf_design_correlation {
    size_t n_members; /* 0: all are independent */
    size_t *members;
    double *factor; /* lower triangular, n_members squared: of the correlations of their scores */
} qf_design_correlation;

qf_status qf_design_correlation_of(const qf_design_job *job, qf_design_correlation *correlation);

/* Replaces the scores z of the members by L z, for points [begin, end). */
void qf_design_mix(const qf_design_job *job, const qf_design_correlation *correlation,
                   const double *lower, size_t begin, size_t end);

/* 52 bits in the middle of their interval: an odd multiple of 2^-53, so neither 0 nor 1. */
static inline double qf_open_unit(uint64_t bits)
{
    return (double)(2 * bits + 1) * 0x1p-53;
}

static inline uint64_t qf_two_words(uint32_t high, uint32_t low)
{
    return (uint64_t)high << 32 | low;
}

/* floor(n * word / 2^64) for n up to 2^32: each of n as likely, but for 2^-32 of it. */
static inline uint32_t qf_one_of(uint64_t word, uint64_t n)
{
    return (uint32_t)(((word >> 32) * n + ((word & UINT32_MAX) * n >> 32)) >> 32);
}

#endif
