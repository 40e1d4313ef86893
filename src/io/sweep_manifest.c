/* SPDX-License-Identifier: Apache-2.0 */
/* manifest.json: what all files of a sweep agree in. Its last line is the XXH3-64 of all before. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "json_text.h"
#include "manifest_values.h"
#include "sweep_store_internal.h"
#include "yaml_node.h"

static const char schema[] = "qfleet-sweep/1";
static const char before_checksum[] = "  \"checksum\": ";

uint64_t qf_design_hash(const qf_design *design)
{
    const uint64_t shape[] = {design->n_cases, design->n_parameters};
    return XXH3_64bits_withSeed(design->values,
                                design->n_cases * design->n_parameters * sizeof *design->values,
                                XXH3_64bits(shape, sizeof shape));
}

uint64_t qf_journal_key(const qf_sweep_identity *identity, size_t shard)
{
    const uint64_t words[] = {identity->scenario_hash,
                              identity->design_hash,
                              shard,
                              identity->n_shards,
                              XXH3_64bits(identity->version, strlen(identity->version)),
                              XXH3_64bits(identity->git_commit, strlen(identity->git_commit))};
    return XXH3_64bits(words, sizeof words);
}

qf_status qf_sweep_text(qf_context *context, const qf_sweep *sweep, char **text, size_t *length)
{
    *text = NULL;
    FILE *out = open_memstream(text, length);
    if (out) {
        qf_sweep_write(sweep, out);
    }
    if (!out || fclose(out) != 0) {
        free(*text);
        *text = NULL;
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    return QF_OK;
}

qf_status qf_sweep_identify(qf_context *context, const qf_sweep *sweep, const char *text,
                            size_t length, const char *version, const char *git_commit,
                            qf_sweep_identity *identity)
{
    const qf_scenario *scenario = qf_sweep_scenario(sweep);
    *identity = (qf_sweep_identity){.name = strdup(scenario->name),
                                    .version = strdup(version),
                                    .git_commit = strdup(git_commit),
                                    .seed = scenario->seed,
                                    .n_cases = qf_sweep_n_cases(qf_sweep_get_spec(sweep)),
                                    .scenario_hash = XXH3_64bits(text, length),
                                    .design_hash = qf_design_hash(qf_sweep_design(sweep))};
    if (!identity->name || !identity->version || !identity->git_commit) {
        qf_sweep_identity_free(identity);
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    return QF_OK;
}

void qf_sweep_identity_free(qf_sweep_identity *identity)
{
    free(identity->name);
    free(identity->version);
    free(identity->git_commit);
    *identity = (qf_sweep_identity){0};
}

bool qf_sweep_identity_equal(const qf_sweep_identity *a, const qf_sweep_identity *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->version, b->version) == 0 &&
           strcmp(a->git_commit, b->git_commit) == 0 && a->seed == b->seed &&
           a->n_cases == b->n_cases && a->n_shards == b->n_shards &&
           a->scenario_hash == b->scenario_hash && a->design_hash == b->design_hash;
}

static void put_text(FILE *out, const char *key, const char *text)
{
    fprintf(out, "  \"%s\": ", key);
    qf_json_put_text(out, text);
    fputs(",\n", out);
}

static void put_shards(FILE *out, const qf_sweep_identity *identity)
{
    char name[QF_SWEEP_NAME_BYTES];
    fprintf(out, "  \"shards\": [");
    for (size_t shard = 1; shard <= identity->n_shards; shard++) {
        fprintf(out, "%s\n    {\"file\": \"%s\", \"first_case\": %zu, \"cases\": %zu}",
                shard > 1 ? "," : "",
                qf_sweep_file_name(QF_SWEEP_SHARD, shard, identity->n_shards, name),
                qf_shard_first(identity->n_cases, shard, identity->n_shards),
                qf_shard_first(identity->n_cases, shard + 1, identity->n_shards) -
                    qf_shard_first(identity->n_cases, shard, identity->n_shards));
    }
    fprintf(out, "\n  ],\n");
}

static void put_identity(FILE *out, const qf_sweep_identity *identity)
{
    fputs("{\n", out);
    put_text(out, "schema", schema);
    put_text(out, "version", identity->version);
    put_text(out, "git_commit", identity->git_commit);
    put_text(out, "name", identity->name);
    fprintf(out, "  \"seed\": %" PRIu64 ",\n", identity->seed);
    fprintf(out, "  \"cases\": %zu,\n", identity->n_cases);
    fprintf(out, "  \"n_shards\": %zu,\n", identity->n_shards);
    put_shards(out, identity);
    fprintf(out, "  \"scenario_xxh3\": \"%016" PRIx64 "\",\n", identity->scenario_hash);
    fprintf(out, "  \"design_xxh3\": \"%016" PRIx64 "\",\n", identity->design_hash);
}

qf_status qf_manifest_write(qf_context *context, const char *directory,
                            const qf_sweep_identity *identity)
{
    char *text = NULL;
    size_t length = 0;
    char *path = qf_sweep_file_path(directory, QF_SWEEP_MANIFEST, 0, 0);
    FILE *out = open_memstream(&text, &length);
    bool good = path && out;
    if (good) {
        put_identity(out, identity);
        good = fflush(out) == 0;
    }
    if (good) {
        fprintf(out, "%s\"%016" PRIx64 "\"\n}\n", before_checksum, XXH3_64bits(text, length));
    }
    if (out) {
        good = fclose(out) == 0 && good;
    }
    const qf_status status = good ? qf_text_file_write(context, path, text, length, true)
                                  : qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    free(text);
    free(path);
    return status;
}

static bool read_count(const qf_yaml_node *root, const char *key, uint64_t *count,
                       qf_diagnostics *diagnostics)
{
    const qf_yaml_node *node = qf_yaml_get(root, key);
    return node && qf_yaml_read_uint64(node, count, diagnostics);
}

static bool read_identity(const qf_yaml_node *root, qf_diagnostics *diagnostics,
                          qf_sweep_identity *identity)
{
    uint64_t n_cases = 0;
    uint64_t n_shards = 0;
    *identity = (qf_sweep_identity){.name = qf_manifest_text(root, "name"),
                                    .version = qf_manifest_text(root, "version"),
                                    .git_commit = qf_manifest_text(root, "git_commit")};
    const bool good = identity->name && identity->version && identity->git_commit &&
                      read_count(root, "seed", &identity->seed, diagnostics) &&
                      read_count(root, "cases", &n_cases, diagnostics) && n_cases <= UINT32_MAX &&
                      read_count(root, "n_shards", &n_shards, diagnostics) && n_shards > 0 &&
                      n_shards <= UINT32_MAX &&
                      qf_manifest_hash(root, "scenario_xxh3", &identity->scenario_hash) &&
                      qf_manifest_hash(root, "design_xxh3", &identity->design_hash);
    identity->n_cases = (size_t)n_cases;
    identity->n_shards = (size_t)n_shards;
    if (!good) {
        qf_sweep_identity_free(identity);
    }
    return good;
}

/* Its own checksum stands on the line before the last. */
static bool is_whole(const char *text)
{
    const char *line = strstr(text, before_checksum);
    char expected[sizeof before_checksum + 24];
    if (!line) {
        return false;
    }
    snprintf(expected, sizeof expected, "%s\"%016" PRIx64 "\"\n}\n", before_checksum,
             XXH3_64bits(text, (size_t)(line - text)));
    return strcmp(line, expected) == 0;
}

static qf_status parse(qf_context *context, const char *path, const char *text, size_t length,
                       qf_sweep_identity *identity)
{
    qf_arena arena = {0};
    qf_diagnostics diagnostics;
    qf_diagnostics_init(&diagnostics);
    const qf_yaml_node *root = qf_yaml_load_text(&arena, path, text, length, &diagnostics);
    qf_status status = qf_manifest_check(context, path, root, schema, "a sweep");
    if (status == QF_OK && (!is_whole(text) || !read_identity(root, &diagnostics, identity))) {
        status = qf_fail(context, QF_ERROR_READ, "%s: is damaged", path);
    }
    qf_diagnostics_free(&diagnostics);
    qf_arena_free(&arena);
    return status;
}

qf_status qf_manifest_read(qf_context *context, const char *directory, bool *exists,
                           qf_sweep_identity *identity)
{
    char *path = qf_sweep_file_path(directory, QF_SWEEP_MANIFEST, 0, 0);
    char *text = NULL;
    size_t length = 0;
    if (!path) {
        return qf_fail(context, QF_ERROR_MEMORY, "out of memory");
    }
    qf_status status = QF_OK;
    *exists = qf_file_exists(path);
    if (*exists) {
        status = qf_text_file_read(context, path, &text, &length);
    }
    if (*exists && status == QF_OK) {
        status = parse(context, path, text, length, identity);
    }
    free(text);
    free(path);
    return status;
}
