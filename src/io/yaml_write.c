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
        if (!fits_line(node->children[i]) || (node->keys && !fits_line(node->keys[i]))) {
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
            write_scalar(out, node->keys[i]);
            fputs(": ", out);
        }
        write_line(out, node->children[i]);
    }
    fputc(mapping ? '}' : ']', out);
}

static void write_entries(FILE *out, const qf_yaml_node *node, int indent)
{
    for (size_t i = 0; i < node->n_children; i++) {
        const qf_yaml_node *child = node->children[i];
        fprintf(out, "%*s", indent, "");
        if (node->kind == QF_YAML_MAPPING) {
            write_scalar(out, node->keys[i]);
            fputc(':', out);
        } else {
            fputc('-', out);
        }
        if (child->kind == QF_YAML_SCALAR || is_line(child)) {
            fputc(' ', out);
            write_line(out, child);
            fputc('\n', out);
        } else {
            fputc('\n', out);
            write_entries(out, child, indent + INDENT);
        }
    }
}

void qf_yaml_write(const qf_yaml_node *root, FILE *out)
{
    if (root->n_children == 0 || root->kind == QF_YAML_SCALAR) {
        write_line(out, root);
        fputc('\n', out);
    } else {
        write_entries(out, root, 0);
    }
}
