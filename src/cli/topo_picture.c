/* SPDX-License-Identifier: Apache-2.0 */
#include "topo_picture.h"

#include <stdlib.h>
#include <string.h>

/* from the outside in; each core has an index at each, or none */
typedef enum qf_level { MACHINE, PACKAGE, NODE, L3, L2, CORE } qf_level;

enum { EDGES = 4, LEAST_CAPTION = 24, GAP = 1, CAPTION_GAP = 2 };

/* neighbouring cores that share what the level says */
typedef struct qf_part {
    qf_level level;
    size_t begin;
    size_t end;
} qf_part;

typedef struct picture {
    qf_canvas *canvas;
    const qf_topology *topology;
    int *thread; /* of each core, -1: none is bound there */
} picture;

static qf_text_block draw(const picture *p, qf_part part, size_t width);

const char *qf_format_bytes(qf_arena *arena, size_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 999.5 && unit < 5) {
        value /= 1024.0;
        unit++;
    }
    return qf_arena_format(arena, "%.3g %s", value, units[unit]);
}

static int index_at(const picture *p, size_t core, qf_level level)
{
    const qf_core *c = &p->topology->cores[core];
    switch (level) {
    case PACKAGE:
        return c->package;
    case NODE:
        return c->node;
    case L3:
        return c->l3;
    case L2:
        return c->l2;
    case CORE:
        return (int)core;
    case MACHINE:
        break;
    }
    return 0;
}

static qf_part first_part(const picture *p, qf_part whole, qf_level level)
{
    qf_part made = {level, whole.begin, whole.begin + 1};
    while (made.end < whole.end && index_at(p, made.end, level) == index_at(p, made.begin, level)) {
        made.end++;
    }
    return made;
}

static const char *node_text(const picture *p, size_t core)
{
    const int node = p->topology->cores[core].node;
    qf_arena *arena = &p->canvas->arena;
    if (node == QF_NO_INDEX) {
        return "";
    }
    const qf_memory_node *memory = &p->topology->nodes[node];
    const char *size = memory->memory_bytes ? qf_format_bytes(arena, memory->memory_bytes) : NULL;
    return qf_arena_format(arena, "NUMA node %u%s%s", memory->number, size ? ", " : "",
                           size ? size : "");
}

static bool same_processors(const picture *p, const qf_core *a, const qf_core *b)
{
    if (a->n_processors != b->n_processors) {
        return false;
    }
    for (size_t i = 0; i < a->n_processors; i++) {
        if (p->topology->processors[a->first_processor + i].allowed !=
            p->topology->processors[b->first_processor + i].allowed) {
            return false;
        }
    }
    return true;
}

/* sizes as they are printed: memories of equal machines differ by some pages */
static bool same_memory(const picture *p, const qf_core *a, const qf_core *b)
{
    if (a->node == QF_NO_INDEX || b->node == QF_NO_INDEX) {
        return a->node == b->node;
    }
    qf_arena *arena = &p->canvas->arena;
    const char *one = qf_format_bytes(arena, p->topology->nodes[a->node].memory_bytes);
    const char *other = qf_format_bytes(arena, p->topology->nodes[b->node].memory_bytes);
    return one && other && strcmp(one, other) == 0;
}

/* whether two parts look the same but for their numbers */
static bool alike(const picture *p, qf_part a, qf_part b)
{
    if (a.end - a.begin != b.end - b.begin) {
        return false;
    }
    for (size_t i = 0; i < a.end - a.begin; i++) {
        const qf_core *x = &p->topology->cores[a.begin + i];
        const qf_core *y = &p->topology->cores[b.begin + i];
        if (x->l3_bytes != y->l3_bytes || x->l2_bytes != y->l2_bytes ||
            x->l1_bytes != y->l1_bytes || !same_processors(p, x, y) || !same_memory(p, x, y) ||
            (p->thread[a.begin + i] < 0) != (p->thread[b.begin + i] < 0)) {
            return false;
        }
        /* the same neighbours share the same things */
        for (qf_level l = NODE; i > 0 && l < CORE; l++) {
            if ((index_at(p, a.begin + i, l) == index_at(p, a.begin + i - 1, l)) !=
                (index_at(p, b.begin + i, l) == index_at(p, b.begin + i - 1, l))) {
                return false;
            }
        }
    }
    return true;
}

static int compare_numbers(const void *left, const void *right)
{
    const unsigned a = *(const unsigned *)left;
    const unsigned b = *(const unsigned *)right;
    return (a > b) - (a < b);
}

/* "0-7, 64-70:2" as taskset writes lists; sorts */
static const char *format_list(qf_arena *arena, unsigned *numbers, size_t n)
{
    const char *text = "";
    qsort(numbers, n, sizeof *numbers, compare_numbers);
    for (size_t i = 0; text && i < n;) {
        size_t last = i; /* of a run of equal steps */
        const unsigned step = i + 1 < n ? numbers[i + 1] - numbers[i] : 0;
        while (last + 1 < n && numbers[last + 1] - numbers[last] == step) {
            last++;
        }
        if (step != 1 && last < i + 2) {
            last = i;
        }
        const char *comma = i > 0 ? ", " : "";
        if (last == i) {
            text = qf_arena_format(arena, "%s%s%u", text, comma, numbers[i]);
        } else if (step == 1) {
            text = qf_arena_format(arena, "%s%s%u-%u", text, comma, numbers[i], numbers[last]);
        } else {
            text = qf_arena_format(arena, "%s%s%u-%u:%u", text, comma, numbers[i], numbers[last],
                                   step);
        }
        i = last + 1;
    }
    return text;
}

/* "8 cores like this: cores 0-7, cpus 0-15, threads 0-7" for the parts that are like the first */
static const char *caption(const picture *p, const qf_part *parts, size_t n, const char *noun,
                           size_t *n_alike)
{
    const qf_topology *topology = p->topology;
    qf_arena *arena = &p->canvas->arena;
    unsigned *cores = qf_arena_array(arena, topology->n_cores, sizeof *cores);
    unsigned *cpus = qf_arena_array(arena, topology->n_processors, sizeof *cpus);
    unsigned *threads = qf_arena_array(arena, topology->n_cores, sizeof *threads);
    size_t n_cores = 0;
    size_t n_cpus = 0;
    size_t n_threads = 0;
    *n_alike = 0;
    if (!cores || !cpus || !threads) {
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (!alike(p, parts[0], parts[i])) {
            continue;
        }
        (*n_alike)++;
        for (size_t c = parts[i].begin; c < parts[i].end; c++) {
            const qf_core *core = &topology->cores[c];
            cores[n_cores++] = (unsigned)c;
            for (size_t k = 0; k < core->n_processors; k++) {
                cpus[n_cpus++] = topology->processors[core->first_processor + k].number;
            }
            if (p->thread[c] >= 0) {
                threads[n_threads++] = (unsigned)p->thread[c];
            }
        }
    }
    const char *core_list = format_list(arena, cores, n_cores);
    const char *cpu_list = format_list(arena, cpus, n_cpus);
    const char *thread_list = format_list(arena, threads, n_threads);
    if (!core_list || !cpu_list || !thread_list) {
        return NULL;
    }
    return qf_arena_format(arena, "%zu %ss like this: cores %s; cpus %s%s%s", *n_alike, noun,
                           core_list, cpu_list, n_threads ? "; threads " : "", thread_list);
}

static const char *noun_of(qf_part part)
{
    static const char *const nouns[] = {[PACKAGE] = "package",
                                        [NODE] = "NUMA node",
                                        [L3] = "L3 cache",
                                        [L2] = "L2 cache",
                                        [CORE] = "core"};
    return nouns[part.level == L2 && part.end - part.begin == 1 ? CORE : part.level];
}

/* each look once, below each other, with a caption of who has it */
static qf_text_block draw_folded(const picture *p, const qf_part *parts, size_t n, size_t width)
{
    qf_text_block all = {0};
    for (size_t i = 0; i < n && !p->canvas->failed; i++) {
        bool drawn = false;
        for (size_t before = 0; before < i && !drawn; before++) {
            drawn = alike(p, parts[before], parts[i]);
        }
        if (drawn) {
            continue;
        }
        qf_text_block one = draw(p, parts[i], width);
        size_t n_alike;
        const char *text = caption(p, parts + i, n - i, noun_of(parts[i]), &n_alike);
        p->canvas->failed = p->canvas->failed || !text;
        if (n_alike > 1 && one.width + CAPTION_GAP + LEAST_CAPTION <= width) {
            const size_t room = width - one.width - CAPTION_GAP;
            one = qf_block_beside(p->canvas, one, CAPTION_GAP,
                                  qf_block_below(p->canvas, qf_block_text(p->canvas, " \n"),
                                                 qf_block_wrap(p->canvas, text, room)));
        } else if (n_alike > 1) {
            one = qf_block_below(p->canvas, one, qf_block_wrap(p->canvas, text, width));
        }
        all = i == 0 ? one : qf_block_below(p->canvas, all, one);
    }
    return all;
}

/* what a box holds: the parts of the next level that tells cores apart */
static qf_text_block draw_inside(const picture *p, qf_part whole, size_t width)
{
    qf_text_block head = {0};
    qf_level next = whole.level + 1;
    for (; next < CORE; next++) {
        const qf_part first = first_part(p, whole, next);
        const bool one = first.end == whole.end;
        if (next == NODE && one) {
            /* all share it: a line says so, no box */
            head = qf_block_text(p->canvas, node_text(p, whole.begin));
        } else if (!one || index_at(p, whole.begin, next) != QF_NO_INDEX) {
            break;
        }
    }
    qf_part *parts = qf_arena_array(&p->canvas->arena, whole.end - whole.begin, sizeof *parts);
    if (!parts) {
        p->canvas->failed = true;
        return head;
    }
    size_t n = 0;
    qf_text_block row = {0};
    bool fits = true;
    for (qf_part rest = whole; rest.begin < whole.end; rest.begin = parts[n++].end) {
        parts[n] = first_part(p, rest, next);
        if (fits) {
            const qf_text_block one = draw(p, parts[n], width);
            row = n == 0 ? one : qf_block_beside(p->canvas, row, GAP, one);
            fits = row.width <= width;
        }
    }
    return qf_block_below(p->canvas, head, fits || n == 1 ? row : draw_folded(p, parts, n, width));
}

/* a box of one core, which its own second-level cache names where it has one */
static qf_text_block draw_core(const picture *p, size_t index, bool named_by_l2)
{
    qf_canvas *canvas = p->canvas;
    qf_arena *arena = &canvas->arena;
    const qf_core *core = &p->topology->cores[index];
    qf_text_block inside = {0};
    if (core->l1_bytes) {
        const char *size = qf_format_bytes(arena, core->l1_bytes);
        const char *line = size ? qf_arena_format(arena, "L1 %s", size) : NULL;
        inside = qf_block_text(canvas, line ? line : "");
    }
    const char *name = qf_arena_format(arena, "core %zu", index);
    const char *l2 = named_by_l2 ? qf_format_bytes(arena, core->l2_bytes) : NULL;
    const char *title = l2 ? qf_arena_format(arena, "L2 %s", l2) : name;
    if (l2 && name) {
        inside = qf_block_below(canvas, inside, qf_block_text(canvas, name));
    }
    bool bound = p->thread[index] < 0; /* whether the thread has its mark, or none needs one */
    for (size_t i = 0; i < core->n_processors; i++) {
        const qf_processor *processor = &p->topology->processors[core->first_processor + i];
        const char *line =
            qf_arena_format(arena, "cpu %u%s", processor->number, processor->allowed ? "" : " x");
        if (processor->allowed && !bound) {
            line = qf_arena_format(arena, "cpu %u t%d", processor->number, p->thread[index]);
            bound = true;
        }
        inside = qf_block_below(canvas, inside, qf_block_text(canvas, line ? line : ""));
    }
    return qf_block_box(canvas, title ? title : "", inside);
}

static qf_text_block draw(const picture *p, qf_part part, size_t width)
{
    qf_canvas *canvas = p->canvas;
    const qf_core *first = &p->topology->cores[part.begin];
    const char *size = NULL;
    const char *title = NULL;
    switch (part.level) {
    case MACHINE:
        return draw_inside(p, part, width);
    case PACKAGE:
        title = qf_arena_format(&canvas->arena, "package %d", first->package);
        break;
    case NODE:
        title = node_text(p, part.begin);
        break;
    case L3:
        size = qf_format_bytes(&canvas->arena, first->l3_bytes);
        title = size ? qf_arena_format(&canvas->arena, "L3 %s", size) : NULL;
        break;
    case L2:
        if (part.end - part.begin == 1) {
            return draw_core(p, part.begin, true);
        }
        size = qf_format_bytes(&canvas->arena, first->l2_bytes);
        title = size ? qf_arena_format(&canvas->arena, "L2 %s", size) : NULL;
        break;
    case CORE:
        return draw_core(p, part.begin, false);
    }
    return qf_block_box(canvas, title ? title : "", draw_inside(p, part, width - EDGES));
}

qf_text_block qf_topo_picture(qf_canvas *canvas, const qf_topology *topology, size_t n_bound,
                              size_t width)
{
    picture p = {.canvas = canvas, .topology = topology};
    p.thread = qf_arena_array(&canvas->arena, topology->n_cores, sizeof *p.thread);
    if (!p.thread) {
        canvas->failed = true;
        return (qf_text_block){0};
    }
    for (size_t c = 0; c < topology->n_cores; c++) {
        p.thread[c] = -1;
    }
    for (size_t t = 0; t < n_bound; t++) {
        p.thread[qf_topology_core_of_thread(topology, n_bound, t)] = (int)t;
    }
    return draw(&p, (qf_part){MACHINE, 0, topology->n_cores}, width);
}
