/* SPDX-License-Identifier: Apache-2.0 */
/* Where shards are that are to become one sweep. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sweep_merge_internal.h"
#include "text_diff.h"

enum { SLICE_BYTES = 1 << 20, MOST_DIFFERENT_LINES = 10 };

void qf_merge_complain(qf_merge *m, const char *format, ...)
{
    va_list arguments;
    m->n_complaints++;
    if (!m->complaints) {
        return;
    }
    va_start(arguments, format);
    vfprintf(m->complaints, format, arguments);
    va_end(arguments);
    fputc('\n', m->complaints);
}

/* Whether a name is that of a shard's file of some kind. */
static bool parse_name(const char *name, qf_sweep_file *file, size_t *shard, size_t *n_shards)
{
    char made[QF_SWEEP_NAME_BYTES];
    if (sscanf(name, "shard-%zu-of-%zu.", shard, n_shards) != 2) {
        return false;
    }
    for (*file = QF_SWEEP_JOURNAL; *file <= QF_SWEEP_TIMING; ++*file) {
        if (strcmp(name, qf_sweep_file_name(*file, *shard, *n_shards, made)) == 0) {
            return *shard >= 1 && *shard <= *n_shards;
        }
    }
    return false;
}

static bool same_place(const char *a, const char *b)
{
    struct stat of_a;
    struct stat of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

static qf_status add_source(qf_merge *m, const char *name, const char *directory, size_t length)
{
    qf_merge_source *source = &m->sources[m->n_sources];
    *source = (qf_merge_source){.name = name, .directory = strndup(directory, length)};
    if (!source->directory) {
        return qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    }
    m->n_sources++;
    return QF_OK;
}

static qf_status add_file(qf_merge *m, const char *name)
{
    qf_sweep_file file;
    size_t shard;
    size_t n_shards;
    const char *slash = strrchr(name, '/');
    if (!parse_name(slash ? slash + 1 : name, &file, &shard, &n_shards) || file != QF_SWEEP_SHARD) {
        return qf_fail(m->context, QF_ERROR_USAGE,
                       "%s: is neither a sweep's directory nor a shard, shard-I-of-N.h5", name);
    }
    const char *directory = !slash ? "." : slash == name ? "/" : name;
    const qf_status status =
        add_source(m, name, directory, slash > name ? (size_t)(slash - name) : 1);
    if (status == QF_OK) {
        m->sources[m->n_sources - 1].shard = shard;
        m->sources[m->n_sources - 1].n_shards = n_shards;
    }
    return status;
}

static qf_status add_target(qf_merge *m)
{
    const qf_status status = add_source(m, m->path, m->path, strlen(m->path));
    if (status == QF_OK) {
        m->sources[m->n_sources - 1].is_target = true;
    }
    return status;
}

qf_status qf_merge_find_sources(qf_merge *m)
{
    const qf_merge_options *options = m->options;
    struct stat there;
    const bool target = stat(m->path, &there) == 0;
    m->sources = calloc(options->n_sources + 1, sizeof *m->sources);
    if (!m->sources) {
        return qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    }
    /* what the directory has comes first, unless it is to be replaced */
    qf_status status = QF_OK;
    if (options->n_sources == 0 || (target && !options->force)) {
        status = add_target(m);
    }
    for (size_t i = 0; i < options->n_sources && status == QF_OK; i++) {
        const char *name = options->sources[i];
        if (stat(name, &there) != 0) {
            qf_merge_complain(m, "%s: %s", name, strerror(errno));
        } else if (!S_ISDIR(there.st_mode)) {
            status = add_file(m, name);
        } else if (!target || !same_place(name, m->path)) {
            status = add_source(m, name, name, strlen(name));
        }
    }
    if (options->n_sources > 0 && target && options->force && status == QF_OK) {
        status = add_target(m);
    }
    return status;
}

/* what differs between sweeps, for people */
static const char *difference(const qf_sweep_identity *a, const qf_sweep_identity *b)
{
    return strcmp(a->version, b->version) != 0 || strcmp(a->git_commit, b->git_commit) != 0
               ? "was computed by another version of qfleet"
           : a->scenario_hash != b->scenario_hash ? "holds a sweep of another scenario"
           : a->n_shards != b->n_shards           ? "is divided into another number of shards"
                                                  : "holds a sweep with another design";
}

/* each thing that differs, as it is in the one and the other; to be freed, NULL without memory */
static char *list_differences(const qf_sweep_identity *is, const qf_sweep_identity *there)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) {
        return NULL;
    }
    const char *comma = "";
    if (strcmp(is->version, there->version) != 0 ||
        strcmp(is->git_commit, there->git_commit) != 0) {
        fprintf(out, "version %s (%s), not %s (%s)", is->version, is->git_commit, there->version,
                there->git_commit);
        comma = "; ";
    }
    if (strcmp(is->name, there->name) != 0) {
        fprintf(out, "%sscenario '%s', not '%s'", comma, is->name, there->name);
        comma = "; ";
    } else if (is->scenario_hash != there->scenario_hash) {
        fprintf(out, "%sthe scenario's text", comma);
        comma = "; ";
    }
    if (is->seed != there->seed) {
        fprintf(out, "%sseed %" PRIu64 ", not %" PRIu64, comma, is->seed, there->seed);
        comma = "; ";
    }
    if (is->n_cases != there->n_cases) {
        fprintf(out, "%s%zu cases, not %zu", comma, is->n_cases, there->n_cases);
        comma = "; ";
    }
    if (is->n_shards != there->n_shards) {
        fprintf(out, "%s%zu shards, not %zu", comma, is->n_shards, there->n_shards);
        comma = "; ";
    }
    if (is->design_hash != there->design_hash) {
        fprintf(out, "%sthe values of parameters", comma);
    }
    const bool whole = fclose(out) == 0;
    if (!whole) {
        free(text);
        text = NULL;
    }
    return text;
}

static void show_scenarios(const qf_merge *m, const char *directory)
{
    qf_context quiet = qf_context_default();
    char *text[2] = {NULL, NULL};
    size_t length;
    char *path[2] = {qf_sweep_file_path(m->home, QF_SWEEP_SCENARIO, 0, 0),
                     qf_sweep_file_path(directory, QF_SWEEP_SCENARIO, 0, 0)};
    if (m->complaints && path[0] && path[1] &&
        qf_text_file_read(&quiet, path[0], &text[0], &length) == QF_OK &&
        qf_text_file_read(&quiet, path[1], &text[1], &length) == QF_OK) {
        fprintf(m->complaints, "- %s\n+ %s\n", path[0], path[1]);
        (void)qf_text_diff(m->complaints, text[0], text[1], MOST_DIFFERENT_LINES);
    }
    for (int i = 0; i < 2; i++) {
        free(text[i]);
        free(path[i]);
    }
}

static qf_status refuse(qf_merge *m, qf_merge_source *source, const qf_sweep_identity *identity)
{
    source->left_out = true;
    if (source->is_target) {
        return m->options->force
                   ? QF_OK
                   : qf_fail(m->context, QF_ERROR_EXISTS,
                             "%s: %s than %s; choose another directory, or replace it with --force",
                             source->name, difference(&m->identity, identity), m->home);
    }
    char *differences = list_differences(identity, &m->identity);
    qf_merge_complain(m, "%s: %s than %s: %s", source->directory,
                      difference(&m->identity, identity), m->home, differences ? differences : "");
    free(differences);
    if (m->identity.scenario_hash != identity->scenario_hash) {
        show_scenarios(m, source->directory);
    }
    return QF_OK;
}

/* The first with a manifest says which sweep it is; others are to agree. */
static qf_status meet_source(qf_merge *m, qf_merge_source *source)
{
    qf_sweep_identity identity = {0};
    bool exists = false;
    qf_context *context = m->context;
    qf_status status = qf_manifest_read(context, source->directory, &exists, &identity);
    if (status == QF_ERROR_READ) {
        source->left_out = true;
        if (!source->is_target || !m->options->force) {
            qf_merge_complain(m, "%s", context->error);
        }
        status = QF_OK;
    } else if (status == QF_OK && exists && !m->home) {
        m->home = source->directory;
        m->identity = identity;
        return QF_OK;
    } else if (status == QF_OK && exists && !qf_sweep_identity_equal(&m->identity, &identity)) {
        status = refuse(m, source, &identity);
    } else if (status == QF_OK && !exists && source->shard == 0) {
        source->left_out = true;
        if (!source->is_target || m->options->n_sources == 0) {
            qf_merge_complain(m, "%s: is no sweep: it has no manifest.json", source->directory);
        }
    }
    qf_sweep_identity_free(&identity);
    return status;
}

qf_status qf_merge_identify(qf_merge *m)
{
    qf_status status = QF_OK;
    for (size_t pass = 0; pass < 2; pass++) { /* the target last */
        for (size_t i = 0; i < m->n_sources && status == QF_OK; i++) {
            if (m->sources[i].is_target == (pass == 1)) {
                status = meet_source(m, &m->sources[i]);
            }
        }
    }
    if (status == QF_OK && !m->home && m->n_complaints == 0) {
        qf_merge_complain(m, "%s: no source has a manifest.json, which says what sweep it is",
                          m->path);
    }
    return status;
}

static bool read_some(int fd, unsigned char *to, size_t *n)
{
    ssize_t got;
    *n = 0;
    while (*n < SLICE_BYTES && (got = read(fd, to + *n, SLICE_BYTES - *n)) != 0) {
        if (got > 0) {
            *n += (size_t)got;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

static qf_status compare_files(qf_context *context, const char *const path[2], bool *same)
{
    unsigned char *bytes[2] = {malloc(SLICE_BYTES), malloc(SLICE_BYTES)};
    int fd[2];
    size_t n[2] = {1, 1};
    bool good = bytes[0] && bytes[1];
    for (int i = 0; i < 2; i++) {
        fd[i] = open(path[i], O_RDONLY | O_CLOEXEC);
        good = good && fd[i] >= 0;
    }
    *same = true;
    while (good && *same && n[0] > 0) {
        good = read_some(fd[0], bytes[0], &n[0]) && read_some(fd[1], bytes[1], &n[1]);
        *same = good && n[0] == n[1] && memcmp(bytes[0], bytes[1], n[0]) == 0;
    }
    const int error = errno;
    for (int i = 0; i < 2; i++) {
        if (fd[i] >= 0) {
            (void)close(fd[i]);
        }
        free(bytes[i]);
    }
    return good ? QF_OK
                : qf_fail(context, QF_ERROR_READ, "%s or %s cannot be read: %s", path[0], path[1],
                          strerror(error));
}

/* A second file of a shard: it says the same, or one of both is wrong and nobody knows which. */
static qf_status meet_twin(qf_merge *m, size_t shard, const qf_merge_source *other)
{
    const qf_merge_source *source = &m->sources[m->source_of[shard - 1] - 1];
    const size_t n = m->identity.n_shards;
    bool same = true;
    char *path[2] = {qf_sweep_file_path(source->directory, QF_SWEEP_SHARD, shard, n),
                     qf_sweep_file_path(other->directory, QF_SWEEP_SHARD, shard, n)};
    qf_status status =
        path[0] && path[1] ? QF_OK : qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    if (status == QF_OK && !same_place(path[0], path[1])) {
        status = compare_files(m->context, (const char *const *)path, &same);
        m->n_same += status == QF_OK && same;
    }
    if (status == QF_ERROR_READ) {
        qf_merge_complain(m, "%s", m->context->error);
        status = QF_OK;
    } else if (status == QF_OK && !same && !other->is_target) {
        qf_merge_complain(m,
                          "%s and %s: have shard %zu of %zu with different bytes; 'qfleet verify' "
                          "tells which is damaged",
                          path[0], path[1], shard, n);
    }
    free(path[0]);
    free(path[1]);
    return status;
}

static qf_status offer(qf_merge *m, size_t shard, size_t i)
{
    if (m->source_of[shard - 1] > 0) {
        return meet_twin(m, shard, &m->sources[i]);
    }
    m->source_of[shard - 1] = i + 1;
    return QF_OK;
}

static int is_of_interest(const struct dirent *entry)
{
    return strncmp(entry->d_name, "shard-", 6) == 0 || strncmp(entry->d_name, "rank-", 5) == 0;
}

/* A job of several processes that is not done leaves its cases in journals of their own. */
static void meet_rank(qf_merge *m, const char *directory, const char *name)
{
    char *path = NULL;
    const char *ending = strrchr(name, '.');
    if (!ending || strcmp(ending, ".journal") != 0 ||
        asprintf(&path, "%s/%s", directory, name) < 0) {
        return;
    }
    qf_merge_complain(m, "%s: %s", path,
                      qf_partial_file_is_locked(path)
                          ? "a job is at work on this sweep"
                          : "was left by a job that did not end; 'mpirun qfleet sweep --resume' "
                            "goes on");
    free(path);
}

static qf_status meet_file(qf_merge *m, size_t i, const char *name)
{
    qf_sweep_file file;
    size_t shard;
    size_t n_shards;
    const char *directory = m->sources[i].directory;
    if (strncmp(name, "rank-", 5) == 0) {
        meet_rank(m, directory, name);
        return QF_OK;
    }
    if (!parse_name(name, &file, &shard, &n_shards) || file == QF_SWEEP_TIMING) {
        return QF_OK;
    }
    if (n_shards != m->identity.n_shards) {
        qf_merge_complain(m, "%s/%s: is of another division: this sweep has %zu shard%s", directory,
                          name, m->identity.n_shards, m->identity.n_shards == 1 ? "" : "s");
        return QF_OK;
    }
    if (file == QF_SWEEP_JOURNAL) {
        m->begun[shard - 1] = true;
        return QF_OK;
    }
    return offer(m, shard, i);
}

static qf_status search_directory(qf_merge *m, size_t i)
{
    struct dirent **entries = NULL;
    const int n = scandir(m->sources[i].directory, &entries, is_of_interest, versionsort);
    qf_status status = QF_OK;
    if (n < 0) {
        qf_merge_complain(m, "%s: %s", m->sources[i].directory, strerror(errno));
    }
    for (int e = 0; e < n; e++) {
        if (status == QF_OK) {
            status = meet_file(m, i, entries[e]->d_name);
        }
        free(entries[e]);
    }
    free(entries);
    return status;
}

qf_status qf_merge_find_shards(qf_merge *m)
{
    qf_status status = QF_OK;
    m->source_of = calloc(m->identity.n_shards, sizeof *m->source_of);
    m->begun = calloc(m->identity.n_shards, sizeof *m->begun);
    if (!m->source_of || !m->begun) {
        return qf_fail(m->context, QF_ERROR_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < m->n_sources && status == QF_OK; i++) {
        const qf_merge_source *source = &m->sources[i];
        if (source->left_out) {
            continue;
        }
        if (source->shard == 0) {
            status = search_directory(m, i);
        } else if (source->n_shards == m->identity.n_shards) {
            status = offer(m, source->shard, i);
        } else {
            qf_merge_complain(m, "%s: is of another division: this sweep has %zu shard%s",
                              source->name, m->identity.n_shards,
                              m->identity.n_shards == 1 ? "" : "s");
        }
    }
    return status;
}
