/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_KERNEL_SET_H
#define QF_KERNEL_SET_H

#include "kernels.h"

/* One table per instruction set that this build was compiled for. */
extern const qf_kernels qf_kernels_of_generic;
#ifdef QF_HAVE_X86_SETS
extern const qf_kernels qf_kernels_of_v3;
extern const qf_kernels qf_kernels_of_v4;
#endif

#endif
