/* SPDX-License-Identifier: Apache-2.0 */
#include "topo_json.h"

#include "json_text.h"

static void put_size(FILE *out, const char *key, size_t value)
{
    if (value > 0) {
        fprintf(out, "\"%s\": %zu", key, value);
    } else {
        fprintf(out, "\"%s\": null", key);
    }
}

static void put_index(FILE *out, const char *key, int index)
{
    if (index == QF_NO_INDEX) {
        fprintf(out, "\"%s\": null, ", key);
    } else {
        fprintf(out, "\"%s\": %d, ", key, index);
    }
}

static void put_core(FILE *out, const qf_topology *topology, size_t index, int thread)
{
    const qf_core *core = &topology->cores[index];
    fprintf(out, "    {\"core\": %zu, ", index);
    put_index(out, "package", core->package);
    put_index(out, "numa_node",
              core->node == QF_NO_INDEX ? QF_NO_INDEX : (int)topology->nodes[core->node].number);
    put_index(out, "l3", core->l3);
    put_size(out, "l3_bytes", core->l3_bytes);
    fputs(", ", out);
    put_index(out, "l2", core->l2);
    put_size(out, "l2_bytes", core->l2_bytes);
    fputs(", ", out);
    put_size(out, "l1_bytes", core->l1_bytes);
    fputs(",\n     \"cpus\": [", out);
    for (size_t i = 0; i < core->n_processors; i++) {
        const qf_processor *processor = &topology->processors[core->first_processor + i];
        fprintf(out, "%s{\"cpu\": %u, \"allowed\": %s}", i ? ", " : "", processor->number,
                processor->allowed ? "true" : "false");
    }
    fputs("], ", out);
    put_index(out, "thread", thread);
    if (thread == QF_NO_INDEX) {
        fputs("\"thread_cpu\": null}", out);
    } else {
        fprintf(out, "\"thread_cpu\": %u}", qf_topology_processor_of(topology, index)->number);
    }
}

static void put_cores(FILE *out, const qf_topology *topology, size_t n_bound)
{
    fputs("  \"cores\": [\n", out);
    size_t next = 0; /* thread to come: their cores ascend */
    for (size_t c = 0; c < topology->n_cores; c++) {
        const bool bound =
            next < n_bound && qf_topology_core_of_thread(topology, n_bound, next) == c;
        put_core(out, topology, c, bound ? (int)next : QF_NO_INDEX);
        fputs(c + 1 < topology->n_cores ? ",\n" : "\n", out);
        next += bound;
    }
    fputs("  ],\n", out);
}

static void put_limits(FILE *out, const qf_limits *limits)
{
    fputs("  \"limits\": {", out);
    if (limits->quota_cpus > 0.0) {
        fprintf(out, "\"quota_cpus\": %.17g, \"quota_file\": ", limits->quota_cpus);
        qf_json_put_text(out, limits->quota_file);
    } else {
        fputs("\"quota_cpus\": null, \"quota_file\": null", out);
    }
    fputs(", ", out);
    put_size(out, "memory_bytes", limits->memory_total_bytes);
    fputs(", ", out);
    put_size(out, "memory_available_bytes", limits->memory_free_bytes);
    fputs(",\n    ", out);
    if (limits->group_memory_bytes > 0) {
        fprintf(out,
                "\"memory_limit_bytes\": %zu, \"memory_limit_left_bytes\": %zu, "
                "\"memory_limit_file\": ",
                limits->group_memory_bytes, limits->group_free_bytes);
        qf_json_put_text(out, limits->group_file);
    } else {
        fputs("\"memory_limit_bytes\": null, \"memory_limit_left_bytes\": null, "
              "\"memory_limit_file\": null",
              out);
    }
    fputs(", ", out);
    put_size(out, "slurm_cpus_per_task", (size_t)limits->slurm_cpus);
    fputs(", ", out);
    put_size(out, "slurm_memory_bytes", limits->slurm_memory_bytes);
    fprintf(out, ",\n    \"local_rank\": %d, \"local_ranks\": %d", limits->local_rank,
            limits->local_ranks > 1 ? limits->local_ranks : 1);
    fputs("},\n", out);
}

static void put_choices(FILE *out, const qf_context *context, const qf_machine *machine,
                        size_t n_bound)
{
    fprintf(out, "  \"threads\": %d, \"threads_reason\": ", context->n_threads);
    qf_json_put_text(out, machine->threads_reason);
    fprintf(out,
            ", \"threads_default\": %d, \"threads_default_reason\": ", machine->choice.n_threads);
    qf_json_put_text(out, machine->choice.why);
    fprintf(out, ",\n  \"bound\": %s,\n  \"isa_available\": [", n_bound ? "true" : "false");
    const char *comma = "";
    for (const char *const *isa = qf_isa_names; *isa; isa++) {
        if (qf_kernels_for(*isa)) {
            fprintf(out, "%s\"%s\"", comma, *isa);
            comma = ", ";
        }
    }
    fprintf(out, "], \"isa\": \"%s\", \"isa_reason\": ", machine->kernels->isa);
    qf_json_put_text(out, machine->isa_reason);
    fputs("\n}\n", out);
}

void qf_topo_json(const qf_context *context, const qf_options *options, const qf_machine *machine,
                  FILE *out)
{
    const qf_topology *topology = &machine->topology;
    const bool bound =
        options->bind == QF_BIND_CORE && !qf_binding_obstacle(topology, context->n_threads);
    const size_t n_bound = bound ? (size_t)context->n_threads : 0;
    fprintf(out, "{\n  \"this_machine\": %s, \"packages\": %d, ",
            topology->is_this_machine ? "true" : "false", topology->n_packages);
    fprintf(out, "\"cores_allowed\": %zu, \"cpus_allowed\": %zu,\n  \"numa_nodes\": [",
            topology->n_allowed_cores, topology->n_allowed_processors);
    for (size_t n = 0; n < topology->n_nodes; n++) {
        fprintf(out, "%s{\"numa_node\": %u, ", n ? ", " : "", topology->nodes[n].number);
        put_size(out, "memory_bytes", topology->nodes[n].memory_bytes);
        fputs("}", out);
    }
    fputs("],\n", out);
    put_cores(out, topology, n_bound);
    put_limits(out, &machine->limits);
    put_choices(out, context, machine, n_bound);
}
