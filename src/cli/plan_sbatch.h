/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PLAN_SBATCH_H
#define QF_PLAN_SBATCH_H

#include "options.h"
#include "plan_job.h"

/*
 * Writes a job for Slurm that does what was planned: what was measured in comments, the #SBATCH lines of the fit, the scenario and
 * the options of this command line as variables, and the shell code of scripts/slurm, all in one file that needs nothing
 * of the tree. An existing file is replaced by force only. Says on standard error how it is submitted.
 */
qf_status qf_plan_write_sbatch(qf_context *context, const qf_plan *plan, const qf_job_fit *fit,
                               const qf_options *options);

#endif
