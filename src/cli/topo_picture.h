/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_TOPO_PICTURE_H
#define QF_TOPO_PICTURE_H

#include "text_block.h"
#include "topology.h"

/*
 * The machine as nested boxes: packages, memories, caches, cores and their processors. Behind a
 * processor stands `t3` where thread 3 is bound, and `x` where this process may not run. What does
 * not fit beside each other is drawn once for all that look alike ("8 cores like this"), so that
 * wide machines stay within `width` columns. `n_bound`: threads that are bound, 0: none.
 */
qf_text_block qf_topo_picture(qf_canvas *canvas, const qf_topology *topology, size_t n_bound,
                              size_t width);

/* A size for people, as "32 MiB": three digits; in the arena, NULL when memory is short. */
const char *qf_format_bytes(qf_arena *arena, size_t bytes);

#endif
