/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_TRACK_FILTER_H
#define BENCH_TRACK_FILTER_H

/* What bench_track_filter.c registers, of each set that is built. */
void bench_track_filter_register_generic(void);
void bench_track_filter_register_v3(void);
void bench_track_filter_register_v4(void);

#endif
