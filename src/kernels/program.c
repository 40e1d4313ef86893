/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"

void QF_KERNEL(qf_program_run)(const qf_program *program, const qf_evaluation *evaluation,
                               const qf_registers *registers)
{
    (void)program;
    (void)evaluation;
    (void)registers;
}
