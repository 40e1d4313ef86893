/* SPDX-License-Identifier: Apache-2.0 */
/* Trees as YAML that loads to the same tree, but for places and comments. */
#include <string.h>

#include "writer.h"
#include "yaml_node.h"

enum { INDENT = 2 };

/* what a plain scalar cannot be within brackets, or in one line */
static bool is_plain(const qf_yaml_node *node)
{
    return !node->quoted && !strpbrk(node->text, "\n\r\t");
}

static void write_scalar(FILE *out, const qf_yaml_node *node)
{
    if (!is_plain(node)) {
        qf_write_text(out, node->text);
    } else {
        fputs(node->text[0] ? node->text : "~", out);
    }
}

/* quotes of a key mean nothing */
static void write_key(FILE *out, const qf_yaml_node *key)
{
    const char *text = key->text;
    bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || *text == '_';
    for (; *text; text++) {
        plain = plain && (strchr("_-.", *text) || (*text >= '0' && *text <= '9') ||
                          (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z'));
    }
    if (plain) {
        fputs(key->text, out);
    } else {
        qf_write_text(out, key->text);
    }
}

/* in one line: scalars that need no care within brackets */
static bool fits_line(const qf_yaml_node *node)
{
    if (node->kind != QF_YAML_SCALAR) {
        return node->n_children == 0;
    }
    return !is_plain(node) || !strpbrk(node->text, "[]{},:?#&*!|>'\"%@`");
}

static bool is_line(const qf_yaml_node *node)
{
    for (size_t i = 0; i < node->n_children; i++) {
        if (!fits_line(node->children[i])) {
            return false;
        }
    }
    return true;
}

static void write_line(FILE *out, const qf_yaml_node *node)
{
    const bool mapping = node->kind == QF_YAML_MAPPING;
    if (node->kind == QF_YAML_SCALAR) {
        write_scalar(out, node);
        return;
    }
    fputc(mapping ? '{' : '[', out);
    for (size_t i = 0; i < node->n_children; i++) {
        fputs(i ? ", " : "", out);
        if (mapping) {
            write_key(out, node->keys[i]);
            fputs(": ", out);
        }
        write_line(out, node->children[i]);
    }
    fputc(mapping ? '}' : ']', out);
}

/* `begun`: the first stands in a line that is indented already */
static void write_entries(FILE *out, const qf_yaml_node *node, int indent, bool begun)
{
    for (size_t i = 0; i < node->n_children; i++) {
        const qf_yaml_node *child = node->children[i];
        const bool mapping = node->kind == QF_YAML_MAPPING;
        fprintf(out, "%*s", begun && i == 0 ? 0 : indent, "");
        if (mapping) {
            write_key(out, node->keys[i]);
        }
        fputc(mapping ? ':' : '-', out);
        if (child->kind == QF_YAML_SCALAR || is_line(child)) {
            fputc(' ', out);
            write_line(out, child);
            fputc('\n', out);
        } else {
            fputs(mapping ? "\n" : " ", out);
            write_entries(out, child, indent + INDENT, !mapping);
        }
    }
}

void qf_yaml_write(const qf_yaml_node *root, FILE *out)
{
    if (root->n_children == 0 || root->kind == QF_YAML_SCALAR) {
        write_line(out, root);
        fputc('\n', out);
    } else {
        write_entries(out, root, 0, false);
    }
}
