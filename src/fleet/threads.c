/* SPDX-License-Identifier: Apache-2.0 */
#include "threads.h"

#include <omp.h>

int qf_thread_index(void)
{
    return omp_get_thread_num();
}

int qf_threads_available(void)
{
    return omp_get_num_procs();
}
