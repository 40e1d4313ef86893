/* SPDX-License-Identifier: Apache-2.0 */
#include "machine_graph.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "machine_writer.h"
#include "scenario.h"

extern char **environ;

enum { WIDTH = 44 }; /* of a line of a label, in characters */

/* The ends of lines in labels: centred, or flush left. */
typedef struct label {
    FILE *out;
    const char *line_end;
} label;

/* within the quotes of Graphviz; broken at blanks where it would be wider than WIDTH */
static void put_text(const label *to, const char *text)
{
    size_t width = 0;
    for (; *text; text++) {
        const size_t word = *text == ' ' ? 1 + strcspn(text + 1, " ") : 0;
        if (*text == '\n' || (word > 0 && width > 0 && width + word > WIDTH)) {
            fprintf(to->out, "%s  ", to->line_end);
            width = 2;
            continue;
        }
        if (*text == '"' || *text == '\\') {
            fputc('\\', to->out);
        }
        fputc(*text, to->out);
        width++;
    }
}

static void put_line(const label *to, const char *head, const char *text)
{
    fputs(head, to->out);
    put_text(to, text);
    fputs(to->line_end, to->out);
}

/* `hits = hits + 1`, `motor 60`, `rcs axis forward, pct 40, duration_s 2` */
static void put_action(const label *to, const char *head, const qf_action_spec *action)
{
    const qf_command_row *row = &qf_command_table[action->kind];
    const bool is_set = action->kind == QF_COMMAND_SET;
    const bool only = !row->argument[1].name;
    const char *separator = " ";
    fputs(head, to->out);
    put_text(to, is_set ? action->name[0] : row->name);
    for (size_t a = is_set; a < QF_COMMAND_MAX_ARGUMENTS; a++) {
        if (!action->given[a]) {
            continue;
        }
        fprintf(to->out, "%s%s%s", separator, is_set ? "=" : (only ? "" : row->argument[a].name),
                only ? "" : " ");
        put_text(to, qf_argument_text(action, a));
        separator = ", ";
    }
    fputs(to->line_end, to->out);
}

static void put_actions(const label *to, const char *head, const qf_action_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        put_action(to, head, &list->actions[i]);
    }
}

static void put_transition(const label *to, const qf_transition_spec *transition)
{
    if (transition->trigger) {
        put_line(to, "", transition->trigger);
    }
    fputc('[', to->out);
    put_text(to, transition->condition.text);
    fprintf(to->out, "]%s", to->line_end);
    put_actions(to, "/ ", &transition->actions);
}

static void put_state(FILE *out, const qf_state_spec *state)
{
    const label box = {out, "\\l"};
    fprintf(out, "  \"%s\" [%slabel=\"%s\\n", state->name, state->terminal ? "peripheries=2, " : "",
            state->name);
    put_actions(&box, "enter: ", &state->on_enter);
    put_actions(&box, "while: ", &state->during);
    put_actions(&box, "exit: ", &state->on_exit);
    for (size_t t = 0; t < state->n_transitions; t++) {
        if (!state->transitions[t].target) {
            fputs("stay: ", out);
            put_transition(&box, &state->transitions[t]);
        }
    }
    fputs("\"];\n", out);
}

/* one arrow for all transitions between two states, in their order */
static void put_arrows(FILE *out, const char *from, const qf_transition_spec *transitions, size_t n)
{
    const label arrow = {out, "\\l"};
    for (size_t t = 0; t < n; t++) {
        const char *target = transitions[t].target;
        bool first = target != NULL;
        for (size_t before = 0; first && before < t; before++) {
            first = !transitions[before].target || strcmp(transitions[before].target, target) != 0;
        }
        if (!first) {
            continue;
        }
        fprintf(out, "  \"%s\" -> \"%s\" [label=\"", from, target);
        for (size_t i = t; i < n; i++) {
            if (transitions[i].target && strcmp(transitions[i].target, target) == 0) {
                put_transition(&arrow, &transitions[i]);
            }
        }
        fputs("\"];\n", out);
    }
}

/* transitions of `any` that stay have no arrow: they stand in the point's label */
static void put_any(FILE *out, const qf_machine_spec *spec)
{
    const label box = {out, "\\l"};
    if (spec->n_any == 0) {
        return;
    }
    fputs("  \" any\" [shape=ellipse, style=dashed, label=\"from any state\\n", out);
    for (size_t t = 0; t < spec->n_any; t++) {
        if (!spec->any[t].target) {
            fputs("stay: ", out);
            put_transition(&box, &spec->any[t]);
        }
    }
    fputs("\"];\n", out);
    put_arrows(out, " any", spec->any, spec->n_any);
}

void qf_write_machine_graph(FILE *out, const qf_machine_spec *spec)
{
    fprintf(
        out,
        "digraph \"%s\" {\n"
        "  graph [rankdir=TB, nodesep=0.5, ranksep=0.7, fontname=\"DejaVu Sans\"];\n"
        "  node [shape=box, style=\"rounded,filled\", fillcolor=\"#eef2f7\", color=\"#44546a\", "
        "fontname=\"DejaVu Sans\", fontsize=11];\n"
        "  edge [color=\"#44546a\", fontname=\"DejaVu Sans\", fontsize=9];\n"
        "  \" start\" [shape=point, width=0.15, fillcolor=black];\n"
        "  \" start\" -> \"%s\";\n",
        spec->name, spec->states[spec->initial].name);
    for (size_t s = 0; s < spec->n_states; s++) {
        put_state(out, &spec->states[s]);
    }
    for (size_t s = 0; s < spec->n_states; s++) {
        put_arrows(out, spec->states[s].name, spec->states[s].transitions,
                   spec->states[s].n_transitions);
    }
    put_any(out, spec);
    fputs("}\n", out);
}

static qf_status save_text(qf_context *context, const qf_machine_spec *spec, const char *path)
{
    FILE *out = fopen(path, "w");
    if (!out) {
        return qf_fail(context, QF_ERROR_WRITE, "%s: %s", path, strerror(errno));
    }
    qf_write_machine_graph(out, spec);
    const bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        return qf_fail(context, QF_ERROR_WRITE, "%s: cannot be written", path);
    }
    return QF_OK;
}

/* the program `dot` with the text on its standard input; no shell */
static qf_status draw(qf_context *context, FILE *text, const char *path)
{
    char *const arguments[] = {"dot", "-Tsvg", "-o", (char *)path, NULL};
    posix_spawn_file_actions_t files;
    pid_t child;
    int status;
    int error = posix_spawn_file_actions_init(&files);
    if (error == 0) {
        error = posix_spawn_file_actions_adddup2(&files, fileno(text), STDIN_FILENO);
        error = error ? error : posix_spawnp(&child, "dot", &files, NULL, arguments, environ);
        posix_spawn_file_actions_destroy(&files);
    }
    if (error == ENOENT) {
        return qf_fail(context, QF_ERROR_WRITE,
                       "the program 'dot' of Graphviz is not installed: install it, or give a "
                       "name that ends in .dot");
    }
    if (error != 0) {
        return qf_fail(context, QF_ERROR_WRITE, "dot: %s", strerror(error));
    }
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return qf_fail(context, QF_ERROR_WRITE, "dot: %s", strerror(errno));
        }
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? QF_OK
               : qf_fail(context, QF_ERROR_WRITE, "dot could not draw the picture");
}

static qf_status save_picture(qf_context *context, const qf_machine_spec *spec, const char *path)
{
    FILE *text = tmpfile();
    if (!text) {
        return qf_fail(context, QF_ERROR_WRITE, "no temporary file: %s", strerror(errno));
    }
    qf_write_machine_graph(text, spec);
    const bool written = fflush(text) == 0 && !ferror(text);
    rewind(text);
    const qf_status status =
        written ? draw(context, text, path) : qf_fail(context, QF_ERROR_WRITE, "no temporary file");
    fclose(text);
    return status;
}

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path);
    return length > strlen(ending) && strcmp(path + length - strlen(ending), ending) == 0;
}

/* before anything is drawn: dot would only say that it failed */
static qf_status find_folder(qf_context *context, const char *path)
{
    const char *slash = strrchr(path, '/');
    qf_arena arena = {0};
    const char *folder = slash ? qf_arena_text(&arena, path, (size_t)(slash - path) + 1) : "./";
    qf_status status = QF_OK;
    if (!folder) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for a file's name");
    } else if (access(folder, F_OK) != 0) {
        status = qf_fail(context, QF_ERROR_OUTPUT, "%s: the folder '%.*s' does not exist", path,
                         (int)strlen(folder) - 1, folder);
    }
    qf_arena_free(&arena);
    return status;
}

qf_status qf_save_machine_graph(qf_context *context, const qf_machine_spec *spec, const char *path,
                                bool force)
{
    const bool is_picture = ends_in(path, ".svg");
    qf_status status;
    if (!is_picture && !ends_in(path, ".dot")) {
        return qf_fail(context, QF_ERROR_USAGE, "%s: expected a name that ends in .dot or .svg",
                       path);
    }
    if (!force && access(path, F_OK) == 0) {
        return qf_fail(context, QF_ERROR_EXISTS, "%s: exists; --force replaces it", path);
    }
    status = find_folder(context, path);
    if (status != QF_OK) {
        return status;
    }
    /* a picture that could not be finished must not be mistaken for one */
    qf_arena arena = {0};
    const char *partial = qf_arena_format(&arena, "%s.partial", path);
    if (!partial) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for a file's name");
    }
    status = is_picture ? save_picture(context, spec, partial) : save_text(context, spec, partial);
    if (status == QF_OK && rename(partial, path) != 0) {
        status = qf_fail(context, QF_ERROR_WRITE, "%s: %s", path, strerror(errno));
    }
    if (status != QF_OK) {
        unlink(partial);
    }
    qf_arena_free(&arena);
    return status;
}
