/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_THREADS_H
#define QF_THREADS_H

/* Index of the calling thread in its team; 0 outside of one. */
int qf_thread_index(void);

/* Processors that this process may use: affinity mask and control group respected. */
int qf_threads_available(void);

#endif
