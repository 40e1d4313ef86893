/* SPDX-License-Identifier: Apache-2.0 */
#include "text_block.h"

#include <string.h>

size_t qf_text_width(const char *text)
{
    size_t width = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
        width += (*c & 0xc0) != 0x80; /* bytes that continue a character take no column */
    }
    return width;
}

static qf_text_block allocate(qf_canvas *canvas, size_t n_lines)
{
    qf_text_block block = {.lines =
                               qf_arena_array(&canvas->arena, n_lines + 1, sizeof *block.lines)};
    canvas->failed = canvas->failed || !block.lines;
    return block;
}

/* takes a line from the arena, NULL when there was no memory for it */
static void add_line(qf_canvas *canvas, qf_text_block *block, const char *line)
{
    if (!line || canvas->failed) {
        canvas->failed = true;
        return;
    }
    const size_t width = qf_text_width(line);
    block->lines[block->n_lines++] = line;
    block->width = width > block->width ? width : block->width;
}

qf_text_block qf_block_text(qf_canvas *canvas, const char *text)
{
    size_t n = 1;
    for (const char *c = text; *c; c++) {
        n += *c == '\n';
    }
    qf_text_block block = allocate(canvas, n);
    while (*text) {
        const size_t length = strcspn(text, "\n");
        add_line(canvas, &block, qf_arena_text(&canvas->arena, text, length));
        text += length + (text[length] == '\n');
    }
    return block;
}

qf_text_block qf_block_wrap(qf_canvas *canvas, const char *text, size_t width)
{
    qf_text_block block = allocate(canvas, strlen(text) + 1);
    while (*text) {
        size_t length = strcspn(text, " "); /* of the line: one word at least */
        for (;;) {
            const size_t next = length + (text[length] == ' ');
            const size_t longer = next + strcspn(text + next, " ");
            if (longer == length || longer > width) {
                break;
            }
            length = longer;
        }
        add_line(canvas, &block, qf_arena_text(&canvas->arena, text, length));
        text += length + strspn(text + length, " ");
    }
    return block;
}

static const char *line_of(const qf_text_block *block, size_t i)
{
    return i < block->n_lines ? block->lines[i] : "";
}

/* `n` copies of a short text, in a buffer of the arena */
static const char *repeat(qf_canvas *canvas, const char *text, size_t n)
{
    const size_t length = strlen(text);
    char *made = qf_arena_array(&canvas->arena, n * length + 1, 1);
    for (size_t i = 0; made && i < n; i++) {
        memcpy(made + i * length, text, length);
    }
    canvas->failed = canvas->failed || !made;
    return made ? made : "";
}

static const char *pad(qf_canvas *canvas, const char *text, size_t width)
{
    const size_t own = qf_text_width(text);
    return repeat(canvas, " ", width > own ? width - own : 0);
}

qf_text_block qf_block_box(qf_canvas *canvas, const char *title, qf_text_block inside)
{
    static const char *const ascii[] = {"+", "+", "+", "+", "-", "|"};
    static const char *const unicode[] = {"┌", "┐", "└", "┘", "─", "│"};
    const char *const *edge = canvas->unicode ? unicode : ascii;
    const size_t title_width = qf_text_width(title);
    const size_t width = inside.width > title_width + 1 ? inside.width : title_width + 1;
    qf_text_block box = allocate(canvas, inside.n_lines + 2);
    add_line(canvas, &box,
             qf_arena_format(&canvas->arena, "%s %s %s%s", edge[0], title,
                             repeat(canvas, edge[4], width - title_width), edge[1]));
    for (size_t i = 0; i < inside.n_lines; i++) {
        add_line(canvas, &box,
                 qf_arena_format(&canvas->arena, "%s %s%s %s", edge[5], inside.lines[i],
                                 pad(canvas, inside.lines[i], width), edge[5]));
    }
    add_line(canvas, &box,
             qf_arena_format(&canvas->arena, "%s%s%s", edge[2], repeat(canvas, edge[4], width + 2),
                             edge[3]));
    return box;
}

qf_text_block qf_block_beside(qf_canvas *canvas, qf_text_block left, size_t gap,
                              qf_text_block right)
{
    const size_t n = left.n_lines > right.n_lines ? left.n_lines : right.n_lines;
    qf_text_block block = allocate(canvas, n);
    for (size_t i = 0; i < n; i++) {
        const char *before = line_of(&left, i);
        add_line(canvas, &block,
                 qf_arena_format(&canvas->arena, "%s%s%s", before,
                                 pad(canvas, before, left.width + gap), line_of(&right, i)));
    }
    return block;
}

qf_text_block qf_block_below(qf_canvas *canvas, qf_text_block upper, qf_text_block lower)
{
    qf_text_block block = allocate(canvas, upper.n_lines + lower.n_lines);
    for (size_t i = 0; i < upper.n_lines; i++) {
        add_line(canvas, &block, upper.lines[i]);
    }
    for (size_t i = 0; i < lower.n_lines; i++) {
        add_line(canvas, &block, lower.lines[i]);
    }
    return block;
}

void qf_block_print(const qf_text_block *block, FILE *out)
{
    for (size_t i = 0; i < block->n_lines; i++) {
        size_t length = strlen(block->lines[i]);
        while (length > 0 && block->lines[i][length - 1] == ' ') {
            length--;
        }
        fprintf(out, "%.*s\n", (int)length, block->lines[i]);
    }
}
