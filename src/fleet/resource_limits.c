/* SPDX-License-Identifier: Apache-2.0 */
#include "resource_limits.h"

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ranks.h"

enum { PATH_BYTES = 4096 }; /* of the kernel's own limit; the formats below know it */

/* a control group of this process: its directory, and how far up its hierarchy reaches */
typedef struct hierarchy {
    char directory[PATH_BYTES];
    size_t top_length; /* of `directory`: where the hierarchy is mounted */
} hierarchy;

/* a line of /proc/self/mountinfo, as far as it matters */
typedef struct mount_line {
    char root[PATH_BYTES]; /* what of the hierarchy is mounted */
    char point[PATH_BYTES];
    char type[16];
    char options[256];
} mount_line;

static FILE *open_below(const char *root, const char *path)
{
    char whole[2 * PATH_BYTES];
    snprintf(whole, sizeof whole, "%s%s", root, path);
    return fopen(whole, "r");
}

/* the text of a small file, false when there is none */
static bool read_small(const char *root, const char *path, char *text, size_t size)
{
    FILE *file = open_below(root, path);
    if (!file) {
        return false;
    }
    const size_t n = fread(text, 1, size - 1, file);
    fclose(file);
    text[n] = '\0';
    return n > 0;
}

size_t qf_read_figure(const char *root, const char *path, const char *key)
{
    FILE *file = open_below(root, path);
    size_t value = 0;
    char line[256];
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        const char *at = strstr(line, key);
        found = at && sscanf(at + strlen(key), " %zu", &value) == 1;
    }
    if (file) {
        fclose(file);
    }
    return value;
}

/* whether a list with commas has that item */
static bool has_item(const char *list, const char *item)
{
    const size_t length = strlen(item);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        if (strcspn(at, ",\n") == length && strncmp(at, item, length) == 0) {
            return true;
        }
    }
    return false;
}

/* blanks and the like stand in mountinfo as \040 */
static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; to++) {
        unsigned code;
        if (*from == '\\' && sscanf(from + 1, "%3o", &code) == 1) {
            *to = (char)code;
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

/* path of this process in the hierarchy of `controller`, NULL standing for version 2 */
static bool find_group(const char *root, const char *controller, char *path, size_t size)
{
    FILE *file = open_below(root, "/proc/self/cgroup");
    char line[PATH_BYTES + 128];
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':');
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (group) {
            *controllers++ = '\0';
            *group++ = '\0';
            group[strcspn(group, "\n")] = '\0';
            found = controller ? has_item(controllers, controller) : strcmp(line, "0") == 0;
            snprintf(path, size, "%s", group);
        }
    }
    if (file) {
        fclose(file);
    }
    return found;
}

static bool find_mount(const char *root, const char *controller, mount_line *mount)
{
    FILE *file = open_below(root, "/proc/self/mountinfo");
    char line[3 * PATH_BYTES];
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        const char *after = strstr(line, " - ");
        found =
            after && sscanf(line, "%*s %*s %*s %4095s %4095s", mount->root, mount->point) == 2 &&
            sscanf(after, " - %15s %*s %255s", mount->type, mount->options) == 2 &&
            (controller ? strcmp(mount->type, "cgroup") == 0 && has_item(mount->options, controller)
                        : strcmp(mount->type, "cgroup2") == 0);
    }
    if (file) {
        fclose(file);
    }
    return found;
}

/*
 * The directory of this process's group. Inside a container the mount may show only a part of the
 * hierarchy, and the path may lead out of it; then the top of what is shown is all there is.
 */
static bool find_hierarchy(const char *root, const char *controller, hierarchy *h)
{
    char group[PATH_BYTES];
    mount_line mount;
    if (!find_group(root, controller, group, sizeof group) ||
        !find_mount(root, controller, &mount)) {
        return false;
    }
    unescape(mount.root);
    unescape(mount.point);
    const size_t hidden = strcmp(mount.root, "/") == 0 ? 0 : strlen(mount.root);
    const bool shown = strncmp(group, mount.root, hidden) == 0 &&
                       (group[hidden] == '/' || group[hidden] == '\0') && !strstr(group, "/..");
    h->top_length = strlen(mount.point);
    const int n = snprintf(h->directory, sizeof h->directory, "%s%s", mount.point,
                           shown && strcmp(group + hidden, "/") != 0 ? group + hidden : "");
    return n > 0 && (size_t)n < sizeof h->directory;
}

/* one level up; false at the top */
static bool go_up(hierarchy *h)
{
    char *slash = strrchr(h->directory, '/');
    if (!slash || (size_t)(slash - h->directory) < h->top_length) {
        return false;
    }
    *slash = '\0';
    return true;
}

static void join(char path[2 * PATH_BYTES], const hierarchy *h, const char *name)
{
    snprintf(path, (size_t)2 * PATH_BYTES, "%s/%s", h->directory, name);
}

/* of a path that is too long for people its end, which tells more */
static void name_source(char name[QF_LIMIT_SOURCE_BYTES], const char *path)
{
    const size_t length = strlen(path);
    const size_t room = QF_LIMIT_SOURCE_BYTES - 1;
    const char *dots = length > room ? "..." : "";
    const char *end = length > room ? path + length - (room - strlen(dots)) : path;
    memcpy(stpcpy(name, dots), end, strlen(end) + 1);
}

static void note_quota(qf_limits *limits, const char *path, long long quota_us, long long period_us)
{
    const double cpus = period_us > 0 ? (double)quota_us / (double)period_us : 0.0;
    if (cpus > 0.0 && (limits->quota_cpus <= 0.0 || cpus < limits->quota_cpus)) {
        limits->quota_cpus = cpus;
        name_source(limits->quota_file, path);
    }
}

static void read_quota(const char *root, const hierarchy *h, bool version_2, qf_limits *limits)
{
    char path[2 * PATH_BYTES];
    char text[64];
    long long quota_us;
    long long period_us;
    join(path, h, version_2 ? "cpu.max" : "cpu.cfs_quota_us");
    if (!read_small(root, path, text, sizeof text)) {
        return;
    }
    /* "max 100000" has no number in front and -1 is no quota either */
    if (version_2) {
        if (sscanf(text, "%lld %lld", &quota_us, &period_us) == 2) {
            note_quota(limits, path, quota_us, period_us);
        }
        return;
    }
    char period_path[2 * PATH_BYTES];
    char period[64];
    join(period_path, h, "cpu.cfs_period_us");
    if (sscanf(text, "%lld", &quota_us) == 1 &&
        read_small(root, period_path, period, sizeof period) &&
        sscanf(period, "%lld", &period_us) == 1) {
        note_quota(limits, path, quota_us, period_us);
    }
}

/* a group's limit, and what is left of it when the pages go that the kernel can drop at once */
static void read_memory(const char *root, const hierarchy *h, bool version_2, qf_limits *limits)
{
    char path[2 * PATH_BYTES];
    char used_path[2 * PATH_BYTES];
    char stat_path[2 * PATH_BYTES];
    char text[64];
    uint64_t limit;
    uint64_t used = 0;
    join(path, h, version_2 ? "memory.max" : "memory.limit_in_bytes");
    join(used_path, h, version_2 ? "memory.current" : "memory.usage_in_bytes");
    join(stat_path, h, "memory.stat");
    /* version 1 writes "no limit" as the largest number of pages, some 8 EiB */
    if (!read_small(root, path, text, sizeof text) || sscanf(text, "%" SCNu64, &limit) != 1 ||
        limit >= (uint64_t)1 << 62) {
        return;
    }
    if (read_small(root, used_path, text, sizeof text)) {
        (void)sscanf(text, "%" SCNu64, &used);
    }
    const uint64_t cached =
        qf_read_figure(root, stat_path, version_2 ? "inactive_file " : "total_inactive_file ");
    used -= cached < used ? cached : used;
    const uint64_t left = used < limit ? limit - used : 0;
    if (limits->group_memory_bytes == 0 || left < limits->group_free_bytes) {
        limits->group_memory_bytes = limit;
        limits->group_free_bytes = left;
        name_source(limits->group_file, path);
    }
}

static void read_groups(const char *root, qf_limits *limits)
{
    static const struct {
        const char *controller; /* NULL: version 2, which has one hierarchy for all */
        bool cpu;
        bool memory;
    } kinds[] = {{NULL, true, true}, {"cpu", true, false}, {"memory", false, true}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        hierarchy h;
        bool more = find_hierarchy(root, kinds[i].controller, &h);
        while (more) {
            if (kinds[i].cpu) {
                read_quota(root, &h, !kinds[i].controller, limits);
            }
            if (kinds[i].memory) {
                read_memory(root, &h, !kinds[i].controller, limits);
            }
            more = go_up(&h);
        }
    }
}

/* a variable of Slurm, at least `least`; 0: not set */
static long read_slurm(const qf_context *context, const char *name, long least, const char *what)
{
    const char *text = getenv(name);
    if (!text || !*text) {
        return 0;
    }
    char *end;
    const long number = strtol(text, &end, 10);
    if (*end || number < least || number > INT_MAX) {
        qf_log(context, QF_LOG_WARNING, "not a number of %s, not used: %s='%s'", what, name, text);
        return 0;
    }
    return number;
}

/* both are in MiB; --mem=0 stands for all of the machine */
static size_t read_slurm_memory(const qf_context *context)
{
    if (!getenv("SLURM_JOB_ID")) {
        return 0;
    }
    const long of_node = read_slurm(context, "SLURM_MEM_PER_NODE", 0, "MiB");
    const long of_cpu = read_slurm(context, "SLURM_MEM_PER_CPU", 0, "MiB");
    const long cpus = read_slurm(context, "SLURM_CPUS_ON_NODE", 1, "processors");
    return ((size_t)of_node > 0 ? (size_t)of_node : (size_t)of_cpu * (size_t)cpus) << 20;
}

qf_limits qf_limits_read(const qf_context *context, const char *root)
{
    const qf_launch launch = qf_ranks_launched();
    qf_limits limits = {.slurm_cpus =
                            (int)read_slurm(context, "SLURM_CPUS_PER_TASK", 1, "processors"),
                        .slurm_memory_bytes = read_slurm_memory(context),
                        .local_rank = launch.local_rank,
                        .local_ranks = launch.n_local};
    limits.memory_total_bytes = qf_read_figure(root, "/proc/meminfo", "MemTotal:") * 1024;
    limits.memory_free_bytes = qf_read_figure(root, "/proc/meminfo", "MemAvailable:") * 1024;
    read_groups(root, &limits);
    return limits;
}

size_t qf_limits_free_bytes(const qf_limits *limits, const char **source)
{
    const struct {
        bool known;
        size_t bytes;
        const char *name;
    } all[] = {
        {limits->memory_free_bytes > 0, limits->memory_free_bytes, "MemAvailable"},
        {limits->group_memory_bytes > 0, limits->group_free_bytes, limits->group_file},
        {limits->slurm_memory_bytes > 0, limits->slurm_memory_bytes, "granted by Slurm"},
    };
    size_t least = 0;
    const char *name = NULL;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].known && (!name || all[i].bytes < least)) {
            least = all[i].bytes;
            name = all[i].name;
        }
    }
    if (source) {
        *source = name ? name : "MemAvailable";
    }
    return least;
}
