/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"

void QF_KERNEL(qf_machine_step)(const qf_state_machine *machine, const qf_evaluation *evaluation,
                                const qf_registers *registers, qf_machine_tally *tally,
                                qf_machine_result *result)
{
    (void)machine;
    (void)evaluation;
    (void)registers;
    (void)tally;
    result->n_edges = 0;
}
