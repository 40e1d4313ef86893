/* SPDX-License-Identifier: Apache-2.0 */
#include "plan_sbatch.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "number_text.h"
#include "partial_file.h"
#include "qf_version.h"
#include "slurm_texts.h"

/* what a job's shell code begins after, and the line in it that stands for requeue.bash */
static const char below[] = "# -- nothing below";
static const char source_line[] = "source \"${QFLEET_SLURM:-";
static const char checker_line[] = "# shellcheck ";

/* everything of one file, so that functions have few arguments */
typedef struct job_file {
    const qf_plan *plan;
    const qf_job_fit *fit;
    const qf_options *options;
    /* with their whole paths, so that it does not matter where the job is submitted */
    char *program; /* by which this is called */
    char *scenario;
    char *output; /* of the job */
    qf_arena arena;
    FILE *out;
} job_file;

/* a word as the shell reads it back */
static void put_word(FILE *out, const char *text)
{
    static const char safe[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-";
    if (*text && text[strspn(text, safe)] == '\0') {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (; *text; text++) {
        fputs(*text == '\'' ? "'\\''" : (const char[]){*text, '\0'}, out);
    }
    fputc('\'', out);
}

/* NAME=${NAME:-'value'} */
static void put_variable(FILE *out, const char *name, const char *value)
{
    fprintf(out, "%s=${%s:-", name, name);
    put_word(out, value);
    fputs("}\n", out);
}

/* a name in a comment may hold no end of line */
static void put_name(FILE *out, const char *text)
{
    for (; *text; text++) {
        fputc((unsigned char)*text < ' ' ? '?' : *text, out);
    }
}

static void put_submission(job_file *f)
{
    char limit[QF_SLURM_TIME_BYTES];
    fputs("# Submit it from any folder that all nodes see; its log goes there, its result to OUT "
          "below.\n#\n"
          "#   sbatch ",
          f->out);
    put_word(f->out, f->options->sbatch);
    fputc('\n', f->out);
    if (f->plan->spec) {
        fprintf(f->out,
                "#   sbatch --dependency=afterok:JOBID --kill-on-invalid-dep=yes --mem=%zuM "
                "--time=%s --wrap=",
                f->fit->merge_memory_mib, qf_slurm_time_text(QF_JOB_LEAST_LIMIT_S * 4, limit));
        /* words of the wrapped command are quoted for its own shell */
        char *command = NULL;
        size_t size = 0;
        FILE *text = open_memstream(&command, &size);
        if (text) {
            put_word(text, f->program);
            fputs(" merge ", text);
            put_word(text, f->output);
            fclose(text);
            put_word(f->out, command);
        }
        free(command);
        fputs("\n#\n# JOBID is what the first line prints. A task that failed for good is brought "
              "back alone: sbatch --array=3 ",
              f->out);
        put_word(f->out, f->options->sbatch);
        fputc('\n', f->out);
    }
}

static void put_measured(job_file *f)
{
    const qf_plan *plan = f->plan;
    const qf_measurement *m = &plan->measured;
    qf_arena *arena = &f->arena;
    char when[32] = "";
    const time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc)) {
        strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", &utc);
    }
    char host[64] = "";
    (void)gethostname(host, sizeof host - 1);
    fprintf(f->out, "#\n# Measured %s on %s for %s, %d thread%s, %s:\n", when, host,
            qf_text_seconds(arena, m->measured_s), m->n_threads, m->n_threads == 1 ? "" : "s",
            plan->machine->kernels->isa);
    if (plan->spec) {
        fprintf(f->out, "#   a case takes %s of a thread, all %s take %s\n",
                qf_text_seconds(arena, m->thread_s), qf_text_count(arena, plan->n_cases),
                qf_text_seconds(arena, m->thread_s * (double)plan->n_cases));
    } else {
        fprintf(f->out, "#   the run takes %s of a thread, without recording\n",
                qf_text_seconds(arena, m->thread_s));
    }
    if (isnan(m->spread)) {
        fputs("#   their spread is not known: too little was measured\n", f->out);
    } else {
        fprintf(f->out, "#   their spread is %.2g %%\n", 100.0 * m->spread);
    }
    fprintf(f->out, "#   memory %s, disk about %s in %zu file%s\n",
            qf_text_bytes(arena, (double)plan->memory_bytes),
            qf_text_bytes(arena, plan->disk_bytes), plan->n_files, plan->n_files == 1 ? "" : "s");
}

static void put_reasons(job_file *f)
{
    const qf_job_fit *fit = f->fit;
    qf_arena *arena = &f->arena;
    fprintf(f->out,
            "#\n# A task takes %s if a processor there is as fast as a thread here; %.2g "
            "times that is asked for.\n",
            qf_text_seconds(arena, fit->task_s), fit->margin);
    if (fit->n_starts > 1) {
        fprintf(
            f->out,
            "# That is more than the time limit: it takes up to %zu starts. Before the limit it "
            "saves, and goes back into the queue.\n",
            fit->n_starts);
    }
    fprintf(f->out, "# Memory is what is forecast, 25 %% more, and 128 MiB for libraries.\n");
    if (f->plan->spec && f->plan->spec->stop != QF_STOP_NEVER) {
        fputs("# Shards are run whole: stop_when is for a sweep in one job "
              "(scripts/slurm/sweep_mpi.sbatch).\n",
              f->out);
    }
    if (!f->plan->spec && fit->n_tasks > 1) {
        fputs("# What ranks exchange was not measured.\n", f->out);
    }
}

static void put_slurm_options(job_file *f)
{
    const qf_job_fit *fit = f->fit;
    char limit[QF_SLURM_TIME_BYTES];
    const bool sweeps = f->plan->spec != NULL;
    fprintf(f->out, "#SBATCH --job-name=qfleet-%s\n", sweeps ? "sweep" : "run");
    if (sweeps) {
        fprintf(f->out, "#SBATCH --array=1-%zu\n#SBATCH --ntasks=1\n", fit->n_tasks);
    } else {
        fprintf(f->out, "#SBATCH --nodes=%zu\n#SBATCH --ntasks-per-node=1\n", fit->n_tasks);
    }
    fprintf(f->out,
            "#SBATCH --cpus-per-task=%d\n#SBATCH --mem=%zuM\n#SBATCH --time=%s\n"
            "#SBATCH --signal=B:USR1@%" PRId64 "\n#SBATCH --requeue\n"
            "#SBATCH --open-mode=append\n#SBATCH --output=%s\n\n",
            fit->cpus, fit->memory_mib, qf_slurm_time_text(fit->limit_s, limit), fit->warning_s,
            sweeps ? "%x-%A_%a.log" : "%x-%j.log");
}

static void put_variables(job_file *f)
{
    const qf_options *options = f->options;
    put_variable(f->out, "QFLEET", f->program);
    put_variable(f->out, "SCENARIO", f->scenario);
    put_variable(f->out, "OUT", f->output);
    if (f->plan->spec) {
        fprintf(f->out, "SHARDS=${SHARDS:-%zu} # the last index of --array\n", f->fit->n_tasks);
    } else {
        fputs("CHECKPOINT_EVERY=${CHECKPOINT_EVERY:-10min} # what the death of a node may cost\n",
              f->out);
        fputs("LAUNCHER=${LAUNCHER:-mpirun} # or srun, where Slurm has pmix (srun --mpi=list)\n",
              f->out);
    }
    fputs("arguments=(", f->out);
    for (size_t i = 0; i < options->n_overrides; i++) {
        fputs("--set ", f->out);
        put_word(f->out, options->overrides[i]);
        fputc(' ', f->out);
    }
    if (options->batch > 0) {
        fprintf(f->out, "--batch %zu ", options->batch);
    }
    if (options->isa_source) {
        fprintf(f->out, "--isa %s ", options->isa);
    }
    if (options->bind == QF_BIND_NONE) {
        fputs("--bind none ", f->out);
    }
    fputs("\"$@\")\n\n", f->out);
}

/* what stands in scripts/slurm below the variables, with what it reads in its place */
static qf_status put_code(qf_context *context, job_file *f)
{
    const char *text = f->plan->spec ? text_sweep_array_sbatch : text_run_world_sbatch;
    const char *at = strstr(text, below);
    bool read_in = false;
    while (at && *at) {
        const size_t length = strcspn(at, "\n") + 1;
        if (strncmp(at, source_line, strlen(source_line)) == 0) {
            fputs(strstr(text_requeue_bash, "\n# What the jobs") + 1, f->out);
            fputc('\n', f->out);
            read_in = true;
        } else if (strncmp(at, checker_line, strlen(checker_line)) != 0) {
            fwrite(at, 1, length, f->out);
        }
        at += length;
    }
    return read_in ? QF_OK
                   : qf_fail(context, QF_ERROR_INTERNAL, "the texts of jobs are not as expected");
}

static qf_status put_file(qf_context *context, job_file *f)
{
    fprintf(f->out, "#!/bin/bash\n# ");
    put_name(f->out, f->plan->scenario->name);
    if (f->plan->spec) {
        fprintf(f->out, ": %s cases of a sweep in %zu task%s",
                qf_text_count(&f->arena, f->plan->n_cases), f->fit->n_tasks,
                f->fit->n_tasks == 1 ? "" : "s");
    } else {
        fprintf(f->out, ": %s vehicles over %zu rank%s",
                qf_text_count(&f->arena, qf_scenario_n_vehicles(f->plan->scenario)),
                f->fit->n_tasks, f->fit->n_tasks == 1 ? "" : "s");
    }
    fprintf(f->out, ", as qfleet plan %s (%s) wrote it.\n#\n", QF_VERSION, QF_GIT_COMMIT);
    put_submission(f);
    put_measured(f);
    put_reasons(f);
    put_slurm_options(f);
    put_variables(f);
    return put_code(context, f);
}

/* by which a job finds this program and what it reads, and where its result goes */
static bool find_names(job_file *f)
{
    char *here = realpath(".", NULL);
    f->program = realpath("/proc/self/exe", NULL);
    f->scenario = realpath(f->options->operands[0], NULL);
    const int n = here ? asprintf(&f->output, "%s/%s%s", strcmp(here, "/") == 0 ? "" : here,
                                  f->plan->scenario->name, f->plan->spec ? ".sweep" : ".h5")
                       : -1;
    if (n < 0) {
        f->output = NULL;
    }
    if (!f->program) {
        f->program = strdup("qfleet");
    }
    free(here);
    return f->program && f->scenario && f->output;
}

/* whether force may replace it: a script, and not what somebody's mistyped name belongs to */
static bool is_script(const char *path)
{
    char begin[3] = "";
    FILE *file = fopen(path, "r");
    const bool is = file && fread(begin, 1, 2, file) == 2 && strcmp(begin, "#!") == 0;
    if (file) {
        (void)fclose(file);
    }
    return is;
}

/* all of it or nothing */
static qf_status put_text(qf_context *context, const char *path, bool force, const char *text,
                          size_t length)
{
    const bool exists = access(path, F_OK) == 0;
    if (exists && !(force && is_script(path))) {
        return qf_fail(context, QF_ERROR_EXISTS, "%s: exists%s", path,
                       force ? ", and is no script, so even --force does not replace it"
                             : "; replace it with --force");
    }
    FILE *out = fopen(path, exists ? "w" : "wx");
    if (!out) {
        return qf_fail(context, QF_ERROR_OUTPUT, "%s: cannot be written: %s", path,
                       strerror(errno));
    }
    errno = 0;
    const bool written = fwrite(text, 1, length, out) == length;
    const bool closed = fclose(out) == 0;
    if (!written || !closed) {
        const int error = errno;
        (void)unlink(path);
        return qf_fail(context, qf_partial_file_refusal(error), "%s: %s", path, strerror(error));
    }
    return QF_OK;
}

qf_status qf_plan_write_sbatch(qf_context *context, const qf_plan *plan, const qf_job_fit *fit,
                               const qf_options *options)
{
    job_file f = {.plan = plan, .fit = fit, .options = options};
    char *text = NULL;
    size_t length = 0;
    f.out = open_memstream(&text, &length);
    qf_status status = QF_ERROR_MEMORY;
    if (f.out && find_names(&f)) {
        status = put_file(context, &f);
    } else {
        qf_fail(context, QF_ERROR_MEMORY, "no memory for a job, or its folder is gone");
    }
    if (f.out && fclose(f.out) != 0 && status == QF_OK) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for a job");
    }
    if (status == QF_OK) {
        status = put_text(context, options->sbatch, options->force, text, length);
    }
    if (status == QF_OK) {
        fprintf(stderr, "qfleet plan: wrote %s; submit it by: sbatch %s\n", options->sbatch,
                options->sbatch);
    }
    free(text);
    free(f.program);
    free(f.scenario);
    free(f.output);
    qf_arena_free(&f.arena);
    return status;
}
