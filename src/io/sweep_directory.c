/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of a sweep before any case is taken: made, gone on in, refused or cleared. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sweep_store_internal.h"
#include "text_diff.h"

enum { MOST_DIFFERENT_LINES = 40 };

void qf_sweep_file_remove(const char *directory, const char *name)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s", directory, name) >= 0) {
        (void)unlink(path); /* where it stays, writing it anew will tell */
        free(path);
    }
}

static qf_status make_directory(qf_context *context, const char *path)
{
    struct stat there;
    if (path[0] == '\0') {
        return qf_fail(context, QF_ERROR_OUTPUT, "the name of the output directory is empty");
    }
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        const int error = errno;
        const qf_status refusal = qf_partial_file_refusal(error);
        return qf_fail(context, refusal == QF_ERROR_WRITE ? QF_ERROR_OUTPUT : refusal,
                       "%s: cannot be made: %s", path, strerror(error));
    }
    if (stat(path, &there) != 0 || !S_ISDIR(there.st_mode)) {
        return qf_fail(context, QF_ERROR_OUTPUT, "%s: is there, and is no directory", path);
    }
    return QF_OK;
}

typedef struct contents {
    bool foreign;   /* something that no sweep made */
    bool at_work;   /* a journal that belongs to a living process */
    bool has_cases; /* in a journal, a shard or their master */
} contents;

/* a file that a sweep made */
static void look_at(const char *directory, const char *name, contents *found)
{
    char *path = NULL;
    size_t shard;
    const char *ending = strrchr(name, '.');
    if (!qf_sweep_file_is_journal(name, &shard)) {
        found->has_cases = found->has_cases || (ending && strcmp(ending, ".h5") == 0);
    } else if (asprintf(&path, "%s/%s", directory, name) >= 0) {
        found->at_work = found->at_work || qf_partial_file_is_locked(path);
        found->has_cases = found->has_cases || !qf_journal_file_is_empty(path);
        free(path);
    } else {
        found->at_work = true; /* as far as can be known without memory */
    }
}

static contents look_into(const char *directory, bool remove)
{
    contents found = {0};
    DIR *entries = opendir(directory);
    const struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        const bool dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        const bool ours = qf_sweep_file_is_ours(entry->d_name);
        found.foreign = found.foreign || (!dots && !ours);
        if (ours) {
            look_at(directory, entry->d_name, &found);
        }
        if (remove && ours) {
            qf_sweep_file_remove(directory, entry->d_name);
        }
    }
    if (entries) {
        (void)closedir(entries);
    }
    return found;
}

bool qf_sweep_directory_at_work(const char *path)
{
    return look_into(path, false).at_work;
}

void qf_sweep_names_free(char **names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(names[i]);
    }
    free(names);
}

/* false: no memory */
static bool add_name(const char *name, char ***names, size_t *n)
{
    char **more = realloc(*names, (*n + 1) * sizeof **names);
    if (!more) {
        return false;
    }
    *names = more;
    char *copy = strdup(name);
    if (copy) {
        more[(*n)++] = copy;
    }
    return copy != NULL;
}

qf_status qf_sweep_directory_journals(qf_context *context, const char *path, char ***names,
                                      size_t *n)
{
    DIR *entries = opendir(path);
    *names = NULL;
    *n = 0;
    if (!entries) {
        return qf_fail(context, QF_ERROR_READ, "%s: cannot be read: %s", path, strerror(errno));
    }
    bool good = true;
    int error = 0;
    while (good) {
        size_t shard;
        errno = 0; /* at the end of the list it stays so; a server that is gone sets it */
        const struct dirent *entry = readdir(entries);
        if (!entry) {
            error = errno;
            break;
        }
        good =
            !qf_sweep_file_is_journal(entry->d_name, &shard) || add_name(entry->d_name, names, n);
    }
    (void)closedir(entries);
    if (good && error == 0) {
        return QF_OK;
    }
    qf_sweep_names_free(*names, *n);
    return good ? qf_fail(context, QF_ERROR_READ, "%s: cannot be read: %s", path, strerror(error))
                : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
}

/* Says how the sweep on disk is another; lines of both scenarios go to `difference`. */
static qf_status refuse_other(qf_context *context, const qf_sweep_begun *begun,
                              const qf_sweep_identity *other, FILE *difference)
{
    const qf_sweep_identity *mine = begun->identity;
    const char *path = begun->options->path;
    if (strcmp(mine->version, other->version) != 0 ||
        strcmp(mine->git_commit, other->git_commit) != 0) {
        qf_fail(context, QF_ERROR_SCENARIO,
                "%s: was begun by version %s (%s), and this is %s (%s), which may compute other "
                "bits",
                path, other->version, other->git_commit, mine->version, mine->git_commit);
    } else if (mine->scenario_hash != other->scenario_hash) {
        qf_fail(context, QF_ERROR_SCENARIO, "%s: holds a sweep of another scenario", path);
    } else if (mine->n_shards != other->n_shards) {
        qf_fail(context, QF_ERROR_SCENARIO, "%s: is divided into %zu shard%s, not into %zu", path,
                other->n_shards, other->n_shards == 1 ? "" : "s", mine->n_shards);
    } else {
        qf_fail(context, QF_ERROR_SCENARIO, "%s: holds a sweep with another design", path);
    }
    if (difference && mine->scenario_hash != other->scenario_hash) {
        qf_context quiet = qf_context_default();
        char *text = NULL;
        size_t length;
        char *file = qf_sweep_file_path(path, QF_SWEEP_SCENARIO, 0, 0);
        if (file && qf_text_file_read(&quiet, file, &text, &length) == QF_OK) {
            fprintf(difference, "- %s\n+ the scenario as it is now\n", file);
            (void)qf_text_diff(difference, text, begun->scenario, MOST_DIFFERENT_LINES);
        }
        free(text);
        free(file);
    }
    return QF_ERROR_SCENARIO;
}

static qf_status replace_other(qf_context *context, const char *path)
{
    if (look_into(path, false).at_work) {
        return qf_fail(context, QF_ERROR_EXISTS, "%s: another process is at work on it", path);
    }
    (void)look_into(path, true);
    return QF_OK;
}

static qf_status settle_manifest(qf_context *context, const qf_sweep_begun *begun,
                                 FILE *difference);

/* A directory with a manifest: the same sweep's, or refused, or cleared. */
static qf_status meet_manifest(qf_context *context, const qf_sweep_begun *begun,
                               const qf_sweep_identity *there, FILE *difference)
{
    const qf_store_options *options = begun->options;
    const size_t n_shards = begun->identity->n_shards;
    if (options->resume && options->shard == 0) {
        begun->identity->n_shards = there->n_shards; /* all of them, however many they are */
    }
    if (qf_sweep_identity_equal(begun->identity, there)) {
        return QF_OK;
    }
    begun->identity->n_shards = n_shards;
    if (options->resume) {
        return refuse_other(context, begun, there, difference);
    }
    begun->identity->n_shards = there->n_shards;
    const bool same = qf_sweep_identity_equal(begun->identity, there);
    begun->identity->n_shards = n_shards;
    const contents found = look_into(options->path, false);
    /* a start that was ended before it had done anything is none */
    const bool anew = options->force || (same && !found.has_cases && !found.at_work);
    if (!anew && same) {
        return qf_fail(context, QF_ERROR_EXISTS,
                       "%s: was begun already, in %zu shard%s; go on with --resume, or replace it "
                       "with --force",
                       options->path, there->n_shards, there->n_shards == 1 ? "" : "s");
    }
    if (!anew) {
        return qf_fail(context, QF_ERROR_EXISTS,
                       "%s: holds another sweep, %s; choose another name, or replace it with "
                       "--force",
                       options->path, there->name);
    }
    const qf_status status = replace_other(context, options->path);
    return status ? status : settle_manifest(context, begun, difference);
}

/* Makes sure that the directory has the manifest of this sweep. */
static qf_status settle_manifest(qf_context *context, const qf_sweep_begun *begun, FILE *difference)
{
    const char *path = begun->options->path;
    qf_sweep_identity there = {0};
    bool exists = false;
    qf_status status = qf_manifest_read(context, path, &exists, &there);
    if (status == QF_ERROR_READ && begun->options->force) {
        status = replace_other(context, path); /* a damaged one */
        exists = false;
    }
    if (status == QF_OK && !exists) {
        if (look_into(path, false).foreign) {
            return qf_fail(context, QF_ERROR_EXISTS,
                           "%s: is no sweep's directory, and not empty; choose another name", path);
        }
        status = qf_manifest_write(context, path, begun->identity);
        if (status == QF_OK) {
            status = qf_manifest_read(context, path, &exists, &there); /* perhaps another's */
        }
        if (status == QF_OK && !exists) {
            return qf_fail(context, QF_ERROR_EXISTS, "%s: another process has just removed it",
                           path);
        }
    }
    if (status == QF_OK) {
        status = meet_manifest(context, begun, &there, difference);
    }
    qf_sweep_identity_free(&there);
    return status;
}

/* what somebody has changed in it is made good: the manifest tells what it is to be */
static qf_status put_scenario(qf_context *context, const qf_sweep_begun *begun)
{
    qf_context quiet = qf_context_default();
    char *text = NULL;
    size_t length = 0;
    char *path = qf_sweep_file_path(begun->options->path, QF_SWEEP_SCENARIO, 0, 0);
    if (!path) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    const bool same = qf_file_exists(path) &&
                      qf_text_file_read(&quiet, path, &text, &length) == QF_OK &&
                      length == begun->scenario_bytes && memcmp(text, begun->scenario, length) == 0;
    const qf_status status =
        same ? QF_OK
             : qf_text_file_write(context, path, begun->scenario, begun->scenario_bytes, false);
    free(text);
    free(path);
    return status;
}

/* Waits until no other process makes, clears or ends a sweep in the directory. -1: it cannot be locked. */
static int lock_directory(qf_context *context, const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = fd < 0 ? errno : 0;
    while (fd >= 0 && (error = flock(fd, LOCK_EX) == 0 ? 0 : errno) == EINTR) {
    }
    if (error) {
        /* some network file systems have no locks: two writers cannot be told apart there */
        qf_log(context, QF_LOG_WARNING, "directory_not_locked path=%s reason=\"%s\"", path,
               strerror(error));
    }
    return fd;
}

void qf_sweep_directory_unlock(int lock)
{
    if (lock >= 0) {
        (void)close(lock); /* nothing was written through it */
    }
}

qf_status qf_sweep_directory_open(qf_context *context, const qf_sweep_begun *begun,
                                  FILE *difference, int *lock)
{
    *lock = -1;
    qf_status status = make_directory(context, begun->options->path);
    if (status == QF_OK) {
        *lock = lock_directory(context, begun->options->path);
        const qf_store_options *options = begun->options;
        const bool anew = options->force && options->shard == 0 && qf_is_sweep(options->path);
        status = anew ? replace_other(context, options->path) : QF_OK;
    }
    if (status == QF_OK) {
        status = settle_manifest(context, begun, difference);
    }
    return status ? status : put_scenario(context, begun);
}

qf_status qf_sweep_directory_reopen(qf_context *context, const char *path,
                                    const qf_sweep_identity *identity, int *lock)
{
    qf_sweep_identity there = {0};
    bool exists = false;
    *lock = lock_directory(context, path);
    qf_status status = qf_manifest_read(context, path, &exists, &there);
    if (status == QF_OK && (!exists || !qf_sweep_identity_equal(identity, &there))) {
        status =
            qf_fail(context, QF_ERROR_EXISTS, "%s: another process has replaced this sweep", path);
    }
    qf_sweep_identity_free(&there);
    return status;
}
