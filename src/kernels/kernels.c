/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"

#include <string.h>

#include "kernel_set.h"

const char *const qf_isa_names[] = {"v4", "v3", "generic", NULL};

const qf_kernels *qf_kernels_for(const char *isa)
{
    if (strcmp(isa, "generic") == 0) {
        return &qf_kernels_of_generic;
    }
#ifdef QF_HAVE_X86_SETS
    __builtin_cpu_init();
    /* what the psABI's levels add, as far as the compiler may use it here */
    const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                    __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma");
    if (strcmp(isa, "v3") == 0 && v3) {
        return &qf_kernels_of_v3;
    }
    if (strcmp(isa, "v4") == 0 && v3 && __builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
        return &qf_kernels_of_v4;
    }
#endif
    return NULL;
}

const qf_kernels *qf_kernels_best(void)
{
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        const qf_kernels *kernels = qf_kernels_for(*isa);
        if (kernels) {
            return kernels;
        }
    }
    return &qf_kernels_of_generic;
}
