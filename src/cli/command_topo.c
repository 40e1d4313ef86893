/* SPDX-License-Identifier: Apache-2.0 */
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "machine.h"
#include "options.h"
#include "topo_json.h"
#include "topo_picture.h"

static const qf_option_id accepted[] = {QF_OPTION_JSON, QF_OPTION_THREADS, QF_OPTION_ISA,
                                        QF_OPTION_BIND, QF_OPTION_HELP};
enum { N_ACCEPTED = sizeof accepted / sizeof *accepted, WIDTH = 80 };

static void print_log(void *user, qf_log_level level, const char *line)
{
    (void)user;
    if (level >= QF_LOG_WARNING) {
        fprintf(stderr, "qfleet: %s\n", line);
    }
}

/* whether the user's terminal draws boxes; the program itself keeps the C locale */
static bool is_utf8(void)
{
    const locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (!locale) {
        return false;
    }
    const bool is = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return is;
}

static void print_limits(const qf_limits *limits)
{
    if (limits->quota_cpus > 0.0) {
        printf("processor quota   %g CPUs (%s)\n", limits->quota_cpus, limits->quota_file);
    } else {
        printf("processor quota   none\n");
    }
    printf("memory            %.2f GiB, %.2f GiB available\n",
           (double)limits->memory_total_bytes / (1 << 30),
           (double)limits->memory_free_bytes / (1 << 30));
    if (limits->group_memory_bytes > 0) {
        printf("memory limit      %.2f GiB, %.2f GiB left (%s)\n",
               (double)limits->group_memory_bytes / (1 << 30),
               (double)limits->group_free_bytes / (1 << 30), limits->group_file);
    } else {
        printf("memory limit      none\n");
    }
    if (limits->slurm_memory_bytes > 0) {
        printf("memory of the job %.2f GiB on this machine (Slurm)\n",
               (double)limits->slurm_memory_bytes / (1 << 30));
    }
    if (limits->local_ranks > 1) {
        printf("ranks             %d on this machine, of which this is %d\n", limits->local_ranks,
               limits->local_rank);
    }
    if (limits->slurm_cpus > 0) {
        printf("Slurm             SLURM_CPUS_PER_TASK is %d\n", limits->slurm_cpus);
    } else {
        printf("Slurm             SLURM_CPUS_PER_TASK is not set\n");
    }
}

static void print_choices(const qf_context *context, const qf_options *options,
                          const qf_machine *machine, const char *obstacle)
{
    printf("threads           %d: %s\n", context->n_threads, machine->threads_reason);
    if (options->bind == QF_BIND_NONE) {
        printf("binding           none: --bind\n");
    } else if (obstacle) {
        printf("binding           not by qfleet: %s\n", obstacle);
    } else {
        printf("binding           each thread on a core of its own (t)\n");
    }
    printf("instruction sets ");
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        if (qf_kernels_for(*isa)) {
            printf(" %s", *isa);
        }
    }
    printf("; chosen: %s (%s)\n", machine->kernels->isa, machine->isa_reason);
}

static qf_status print_for_people(qf_context *context, const qf_options *options,
                                  const qf_machine *machine)
{
    const qf_topology *topology = &machine->topology;
    const char *obstacle = qf_binding_obstacle(topology, context->n_threads);
    const bool bound = options->bind == QF_BIND_CORE && !obstacle;
    qf_canvas canvas = {.unicode = is_utf8()};
    const qf_text_block picture =
        qf_topo_picture(&canvas, topology, bound ? (size_t)context->n_threads : 0, WIDTH);
    const bool failed = canvas.failed;
    if (!failed) {
        printf("%s: %d package%s, %zu core%s, %zu processor%s\n",
               topology->is_this_machine ? "this machine" : "another machine (HWLOC_ variables)",
               topology->n_packages, topology->n_packages == 1 ? "" : "s", topology->n_cores,
               topology->n_cores == 1 ? "" : "s", topology->n_processors,
               topology->n_processors == 1 ? "" : "s");
        qf_block_print(&picture, stdout);
        printf("affinity mask     %zu of %zu cores, %zu of %zu processors%s\n",
               topology->n_allowed_cores, topology->n_cores, topology->n_allowed_processors,
               topology->n_processors,
               topology->n_allowed_processors < topology->n_processors ? " (x: not allowed)" : "");
        print_limits(&machine->limits);
        print_choices(context, options, machine, obstacle);
    }
    qf_arena_free(&canvas.arena);
    return failed ? qf_fail(context, QF_ERROR_MEMORY, "no memory for the picture") : QF_OK;
}

static qf_status topo(const qf_options *options)
{
    qf_context context = qf_context_default();
    context.log = print_log;
    qf_machine machine;
    qf_status status = qf_machine_open(&context, options, &machine);
    if (status == QF_OK) {
        if (options->json) {
            qf_topo_json(&context, options, &machine, stdout);
        } else {
            status = print_for_people(&context, options, &machine);
        }
        qf_machine_close(&machine);
    }
    if (status != QF_OK) {
        fprintf(stderr, "qfleet topo: %s\n", context.error);
    }
    return status;
}

int qf_command_topo(int argc, char **argv)
{
    qf_options options;
    qf_status status = qf_options_parse("topo", accepted, N_ACCEPTED, argc, argv, &options);
    if (status == QF_OK && options.help) {
        printf("usage: qfleet topo [options]\n\n"
               "Shows cores, caches and memory, what of them a run may use, how many threads it\n"
               "would start, where they would be bound, and the instruction set.\n\n");
        qf_options_help(accepted, N_ACCEPTED);
    } else if (status == QF_OK && options.n_operands > 0) {
        fprintf(stderr, "qfleet topo: takes no arguments, found '%s'\n", options.operands[0]);
        status = QF_ERROR_USAGE;
    } else if (status == QF_OK) {
        status = topo(&options);
    }
    qf_options_free(&options);
    return qf_status_exit_code(status);
}
