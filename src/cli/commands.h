/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_COMMANDS_H
#define QF_COMMANDS_H

/* The commands: each takes the arguments after its name and returns the exit code. */
int qf_command_run(int argc, char **argv);
int qf_command_sweep(int argc, char **argv);
int qf_command_merge(int argc, char **argv);
int qf_command_plan(int argc, char **argv);
int qf_command_validate(int argc, char **argv);
int qf_command_info(int argc, char **argv);
int qf_command_topo(int argc, char **argv);
int qf_command_diff(int argc, char **argv);
int qf_command_explain(int argc, char **argv);
int qf_command_replay(int argc, char **argv);
int qf_command_verify(int argc, char **argv);
int qf_command_compare(int argc, char **argv);
int qf_command_report(int argc, char **argv);
int qf_command_export(int argc, char **argv);

#endif
