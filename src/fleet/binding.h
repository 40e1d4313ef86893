/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_BINDING_H
#define QF_BINDING_H

#include "topology.h"

/*
 * Where threads run. Bound threads keep to one core each, so that the pages which a thread touched
 * first stay near it. Binding never changes a result and never fails a run: what cannot be done is
 * logged, and qf_binding_name says what holds.
 */
typedef enum qf_bind_mode {
    QF_BIND_CORE, /* thread t on a processor of its own core, qf_topology_core_of_thread */
    QF_BIND_NONE,
} qf_bind_mode;

/*
 * Binds the caller's OpenMP team of context->n_threads; to be called before anything is touched.
 * Leaves threads where they are for QF_BIND_NONE, with more threads than allowed cores, on cores
 * that others are on, too, and where the user had OpenMP bind them (OMP_PROC_BIND, OMP_PLACES, GOMP_CPU_AFFINITY, KMP_AFFINITY).
 * `topology` must outlive the binding, which belongs to the context until qf_binding_end.
 */
void qf_binding_start(qf_context *context, const qf_topology *topology, qf_bind_mode mode);

/* Gives every thread of the team, the caller's included, the mask that it had before. */
void qf_binding_end(qf_context *context);

/* Lets the calling thread, which inherited a mask from a bound one, use all allowed processors. */
void qf_binding_release_thread(const qf_context *context);

/*
 * Why a team of that size cannot be bound to the topology's cores: the variable by which the user
 * had OpenMP do it, cores that others are on, too, or too few. NULL: nothing speaks against it.
 */
const char *qf_binding_obstacle(const qf_topology *topology, int n_threads);

/* "core", "none", or "openmp": left to OpenMP. */
const char *qf_binding_name(const qf_context *context);

#endif
