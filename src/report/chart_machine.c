/* SPDX-License-Identifier: Apache-2.0 */
#include "chart_machine.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "graph_layout.h"
#include "html.h"
#include "number_text.h"
#include "svg.h"
#include "text_lines.h"

enum { NAME_SIZE = 13, SMALL_SIZE = 12, LINE = 14 };
/* down to so much of its size texts are still readable; what is narrower scrolls */
static const double least_scale = 0.78;

static const double margin = 6.0;
static const double arrow_width = 8.0; /* that an arrow takes of a box it touches */
static const double head_length = 9.0;
static const double head_half_width = 4.2;

/* What the layout is given, and what is drawn after it. */
typedef struct scene {
    const qf_covered_machine *machine;
    qf_arena arena;
    qf_graph graph;
    qf_text_lines *names;  /* by node */
    qf_text_lines *labels; /* by edge */
    /* nodes: the start, where there is one, then points, then states; edges: from the start, then arrows */
    size_t first_point, first_state, first_arrow;
    size_t *n_arrows_at; /* by node */
    int64_t most_taken, evaluations;
} scene;

static double widest(const qf_text_lines *lines, double size)
{
    double width = 0.0;
    for (size_t i = 0; i < lines->n; i++) {
        width = fmax(width, size * qf_text_width_em(lines->line[i]));
    }
    return width;
}

static void times_text(int64_t n, char text[40])
{
    char digits[32];
    if (n == 0) {
        memcpy(text, "never", 6);
    } else {
        snprintf(text, 40, "%s\xc3\x97", qf_group_digits(n, digits));
    }
}

static void share_text(const scene *s, const qf_covered_state *state, char text[24])
{
    const double percent =
        s->evaluations > 0 ? 100.0 * (double)state->evaluations.all / (double)s->evaluations : 0.0;
    if (percent > 0.0 && percent < 0.1) {
        memcpy(text, "<0.1 %", 7);
    } else if (percent > 99.9 && percent < 100.0) {
        memcpy(text, ">99.9 %", 8);
    } else {
        snprintf(text, 24, percent < 10.0 ? "%.1f %%" : "%.0f %%", percent);
    }
}

/* the line below a state's name */
static void state_text(const scene *s, const qf_covered_state *state, char text[80])
{
    char times[40];
    char share[24];
    if (state->entered.all == 0 && state->evaluations.all == 0) {
        snprintf(text, 80, "never entered");
        return;
    }
    times_text(state->entered.all, times);
    share_text(s, state, share);
    snprintf(text, 80, "%s \xc2\xb7 %s", times, share);
}

static void measure_state(scene *s, size_t i)
{
    const qf_covered_state *state = &s->machine->states[i];
    qf_text_lines *name = &s->names[s->first_state + i];
    char text[80];
    state_text(s, state, text);
    *name = qf_text_break(state->name, 14, 3);
    /* bold letters are wider */
    const double width =
        fmax(1.1 * widest(name, NAME_SIZE), (double)SMALL_SIZE * qf_text_width_em(text));
    s->graph.nodes[s->first_state + i] = (qf_graph_node){
        .width = fmax(width + 18.0, 64.0), .height = LINE * ((double)name->n + 1.0) + 18.0};
}

/* the states that a point stands for, one below the other while they are few */
static qf_text_lines point_lines(const qf_covered_machine *m, const qf_machine_point *point)
{
    qf_text_lines lines = {0};
    if (point->any) {
        return qf_text_break("any", 14, 1);
    }
    if (point->n_states > QF_TEXT_MOST_LINES) {
        lines.n = 1;
        snprintf(lines.line[0], QF_TEXT_LINE_BYTES, "%zu states", point->n_states);
        return lines;
    }
    for (size_t s = 0; s < m->n_states; s++) {
        if (point->stands_for[s]) {
            const qf_text_lines name = qf_text_break(m->states[s].name, 18, 1);
            memcpy(lines.line[lines.n++], name.line[0], QF_TEXT_LINE_BYTES);
        }
    }
    return lines;
}

/* the same in one line, for a tooltip */
static char *source_text(const qf_covered_machine *m, const qf_machine_arrow *arrow,
                         qf_arena *arena)
{
    if (!arrow->from_point) {
        return qf_arena_format(arena, "%s", m->states[arrow->from].name);
    }
    char *text = qf_arena_format(arena, "%s", m->points[arrow->from].any ? "any of " : "");
    const char *separator = "";
    for (size_t s = 0; s < m->n_states && text; s++) {
        for (size_t t = 0; t < m->n_transitions; t++) {
            if (m->transitions[t].from == s &&
                m->transitions[t].arrow == (int)(arrow - m->arrows)) {
                text = qf_arena_format(arena, "%s%s%s", text, separator, m->states[s].name);
                separator = ", ";
                break;
            }
        }
    }
    return text;
}

static void label_arrow(scene *s, size_t a, bool with_trigger)
{
    const qf_machine_arrow *arrow = &s->machine->arrows[a];
    qf_graph_edge *edge = &s->graph.edges[s->first_arrow + a];
    qf_text_lines *lines = &s->labels[s->first_arrow + a];
    char times[40];
    times_text(arrow->taken, times);
    char number[24];
    snprintf(number, sizeof number, "%zu ", a + 1);
    *lines = (qf_text_lines){0};
    if (with_trigger && *arrow->trigger) {
        const qf_text_lines trigger = qf_text_break(arrow->trigger, 14, 3);
        *lines = trigger;
        snprintf(lines->line[0], QF_TEXT_LINE_BYTES, "%s%.120s", number, trigger.line[0]);
        snprintf(lines->line[lines->n++], QF_TEXT_LINE_BYTES, "%s", times);
    } else {
        snprintf(lines->line[lines->n++], QF_TEXT_LINE_BYTES, "%s\xc2\xb7 %s", number, times);
    }
    edge->label_width = widest(lines, SMALL_SIZE) + 2.0;
    edge->label_height = LINE * (double)lines->n + 2.0;
}

static void add_start(scene *s)
{
    size_t e = 0;
    for (size_t i = 0; i < s->machine->n_states; i++) {
        const qf_covered_state *state = &s->machine->states[i];
        if (state->started.all <= 0) {
            continue;
        }
        qf_text_lines *lines = &s->labels[e];
        char digits[32];
        snprintf(lines->line[lines->n++], QF_TEXT_LINE_BYTES, "%s start here",
                 qf_group_digits(state->started.all, digits));
        s->graph.edges[e++] = (qf_graph_edge){.from = 0,
                                              .to = s->first_state + i,
                                              .label_width = widest(lines, SMALL_SIZE) + 2.0,
                                              .label_height = LINE + 2.0};
    }
    if (e > 0) {
        s->graph.nodes[0] = (qf_graph_node){.width = 14.0 + 8.0 * (double)(e - 1), .height = 14.0};
    }
}

static bool allocate(scene *s)
{
    const qf_covered_machine *m = s->machine;
    size_t n_starts = 0;
    for (size_t i = 0; i < m->n_states; i++) {
        n_starts += m->states[i].started.all > 0;
        s->evaluations += m->states[i].evaluations.all;
    }
    s->first_point = n_starts > 0;
    s->first_state = s->first_point + m->n_points;
    s->first_arrow = n_starts;
    s->graph.n_nodes = s->first_state + m->n_states;
    s->graph.n_edges = n_starts + m->n_arrows;
    s->graph.nodes = qf_arena_array(&s->arena, s->graph.n_nodes + 1, sizeof *s->graph.nodes);
    s->graph.edges = qf_arena_array(&s->arena, s->graph.n_edges + 1, sizeof *s->graph.edges);
    s->names = qf_arena_array(&s->arena, s->graph.n_nodes + 1, sizeof *s->names);
    s->labels = qf_arena_array(&s->arena, s->graph.n_edges + 1, sizeof *s->labels);
    s->n_arrows_at = qf_arena_array(&s->arena, s->graph.n_nodes + 1, sizeof *s->n_arrows_at);
    return s->n_arrows_at && s->graph.nodes && s->graph.edges && s->names && s->labels;
}

static bool set_scene(scene *s, bool with_triggers)
{
    const qf_covered_machine *m = s->machine;
    if (!allocate(s)) {
        return false;
    }
    /* a box is as high as the arrows to itself take beside it */
    double *loops = qf_arena_array(&s->arena, s->graph.n_nodes + 1, sizeof *loops);
    if (!loops) {
        return false;
    }
    add_start(s);
    for (size_t i = 0; i < m->n_points; i++) {
        const qf_text_lines lines = point_lines(m, &m->points[i]);
        s->names[s->first_point + i] = lines;
        s->graph.nodes[s->first_point + i] = (qf_graph_node){
            .width = widest(&lines, SMALL_SIZE) + 18.0, .height = LINE * (double)lines.n + 8.0};
    }
    for (size_t i = 0; i < m->n_states; i++) {
        measure_state(s, i);
    }
    for (size_t a = 0; a < m->n_arrows; a++) {
        const qf_machine_arrow *arrow = &m->arrows[a];
        const size_t from = (arrow->from_point ? s->first_point : s->first_state) + arrow->from;
        s->graph.edges[s->first_arrow + a] =
            (qf_graph_edge){.from = from, .to = arrow->stays ? from : s->first_state + arrow->to};
        label_arrow(s, a, with_triggers);
        s->n_arrows_at[from]++;
        s->n_arrows_at[arrow->stays ? from : s->first_state + arrow->to]++;
        if (arrow->stays || from == s->first_state + arrow->to) {
            loops[from] += s->graph.edges[s->first_arrow + a].label_height + 4.0;
        }
        s->most_taken = arrow->taken > s->most_taken ? arrow->taken : s->most_taken;
    }
    for (size_t i = s->first_point; i < s->graph.n_nodes; i++) {
        qf_graph_node *node = &s->graph.nodes[i];
        node->height = fmax(node->height, loops[i]);
        node->width = fmax(node->width, 16.0 + arrow_width * (double)s->n_arrows_at[i]);
    }
    return true;
}

/* the curve up to the head, whose base it ends in */
static void draw_curve(qf_svg *svg, const char *class, const qf_graph_edge *edge, double thickness)
{
    const qf_graph_point *p = edge->points;
    const size_t n = edge->n_points;
    const double dx = p[n - 1].x - p[n - 2].x;
    const double dy = p[n - 1].y - p[n - 2].y;
    const double length = fmax(hypot(dx, dy), 1e-9);
    const double ux = dx / length;
    const double uy = dy / length;
    const double head = head_length + thickness;
    const double half = head_half_width + 0.6 * thickness;
    const qf_graph_point base = {p[n - 1].x - ux * head, p[n - 1].y - uy * head};
    qf_svg_path path = qf_svg_path_begin(svg, class);
    qf_svg_path_to(&path, p[0].x, p[0].y);
    for (size_t i = 1; i + 2 < n; i += 3) {
        const bool last = i + 3 == n;
        const qf_graph_point end = last ? base : p[i + 2];
        if (p[i - 1].x == p[i].x && p[i].x == p[i + 1].x && p[i + 1].x == p[i + 2].x) {
            qf_svg_path_to(&path, end.x, end.y);
        } else {
            qf_svg_path_curve_to(&path, p[i].x, p[i].y, p[i + 1].x, p[i + 1].y, end.x, end.y);
        }
    }
    qf_svg_path_end(&path, false);
    path = qf_svg_path_begin(svg, "head");
    qf_svg_path_to(&path, p[n - 1].x, p[n - 1].y);
    qf_svg_path_to(&path, base.x - uy * half, base.y + ux * half);
    qf_svg_path_to(&path, base.x + uy * half, base.y - ux * half);
    qf_svg_path_end(&path, true);
}

static void draw_label(qf_svg *svg, const qf_graph_edge *edge, const qf_text_lines *lines)
{
    double y = edge->label_y - 0.5 * LINE * (double)lines->n + 11.0;
    for (size_t i = 0; i < lines->n; i++, y += LINE) {
        qf_svg_text(svg, "tick", 's', edge->label_x, y, "%s", lines->line[i]);
    }
}

static void draw_start(qf_svg *svg, const scene *s)
{
    for (size_t e = 0; e < s->first_arrow; e++) {
        draw_curve(svg, "arrow", &s->graph.edges[e], 1.2);
        draw_label(svg, &s->graph.edges[e], &s->labels[e]);
    }
    if (s->first_arrow > 0) {
        const qf_graph_node *node = &s->graph.nodes[0];
        qf_svg_rect(svg, "start", node->x - 0.5 * node->width, node->y - 7.0, node->width, 14.0,
                    "where vehicles begin");
    }
}

static void draw_arrow(qf_svg *svg, scene *s, size_t a)
{
    const qf_covered_machine *m = s->machine;
    const qf_machine_arrow *arrow = &m->arrows[a];
    const qf_graph_edge *edge = &s->graph.edges[s->first_arrow + a];
    const double share =
        arrow->taken > 0 ? log1p((double)arrow->taken) / log1p((double)s->most_taken) : 0.0;
    const double thickness = 1.2 + 3.0 * share;
    const char *source = source_text(m, arrow, &s->arena);
    /* without memory for it the picture is still right */
    const char *tooltip =
        source ? qf_arena_format(&s->arena,
                                 "%zu %s: %s \xe2\x86\x92 %s\nwhen %s\ntaken %" PRId64
                                 " times, held %" PRId64 " times",
                                 a + 1, arrow->trigger, source,
                                 arrow->stays ? "stays" : m->states[arrow->to].name,
                                 arrow->condition, arrow->taken, arrow->held)
               : NULL;
    qf_svg_group_begin(svg, arrow->taken > 0 ? "taken" : "never", thickness, tooltip);
    draw_curve(svg, "arrow", edge, thickness);
    draw_label(svg, edge, &s->labels[s->first_arrow + a]);
    qf_svg_group_end(svg);
}

static void draw_point(qf_svg *svg, const scene *s, size_t i)
{
    const qf_graph_node *node = &s->graph.nodes[s->first_point + i];
    const qf_text_lines *lines = &s->names[s->first_point + i];
    qf_svg_rect(svg, "point", node->x - 0.5 * node->width, node->y - 0.5 * node->height,
                node->width, node->height, NULL);
    for (size_t l = 0; l < lines->n; l++) {
        qf_svg_text(svg, "tick", 'm', node->x,
                    node->y - 0.5 * node->height + 15.0 + LINE * (double)l, "%s", lines->line[l]);
    }
}

static void draw_state(qf_svg *svg, const scene *s, size_t i)
{
    const qf_covered_state *state = &s->machine->states[i];
    const qf_graph_node *node = &s->graph.nodes[s->first_state + i];
    const qf_text_lines *name = &s->names[s->first_state + i];
    const bool never = state->entered.all == 0 && state->evaluations.all == 0;
    const double x = node->x - 0.5 * node->width;
    const double y = node->y - 0.5 * node->height;
    const double share =
        s->evaluations > 0 ? (double)state->evaluations.all / (double)s->evaluations : 0.0;
    char text[80];
    state_text(s, state, text);
    qf_svg_group_begin(svg, never ? "never" : "entered", 1.4, state->name);
    qf_svg_rect(svg, "state", x, y, node->width, node->height, NULL);
    if (state->terminal) {
        qf_svg_rect(svg, "terminal", x + 3.0, y + 3.0, node->width - 6.0, node->height - 6.0, NULL);
    }
    if (!never) {
        qf_svg_rect(svg, "faint", x + 8.0, y + node->height - 11.0, node->width - 16.0, 5.0, NULL);
        qf_svg_rect(svg, "f0", x + 8.0, y + node->height - 11.0, share * (node->width - 16.0), 5.0,
                    NULL);
    }
    /* in the middle of a box that is higher than its text */
    const double content = LINE * ((double)name->n + 1.0) + 18.0;
    double line_y = y + 0.5 * (node->height - content) + 17.0;
    for (size_t l = 0; l < name->n; l++, line_y += LINE) {
        qf_svg_text(svg, "strong", 'm', node->x, line_y, "%s", name->line[l]);
    }
    qf_svg_text(svg, "tick", 'm', node->x, line_y, "%s", text);
    qf_svg_group_end(svg);
}

static void draw(FILE *out, scene *s, const char *title)
{
    const qf_covered_machine *m = s->machine;
    for (size_t i = 0; i < s->graph.n_nodes; i++) {
        s->graph.nodes[i].x += margin;
        s->graph.nodes[i].y += margin;
    }
    for (size_t e = 0; e < s->graph.n_edges; e++) {
        qf_graph_edge *edge = &s->graph.edges[e];
        edge->label_x += margin;
        edge->label_y += margin;
        for (size_t i = 0; i < edge->n_points; i++) {
            edge->points[i].x += margin;
            edge->points[i].y += margin;
        }
    }
    const double width = s->graph.width + 2.0 * margin;
    /* a region that scrolls is reached by keys too, and is called something */
    fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", out);
    qf_html_text(out, title);
    fprintf(out, "\"><div class=\"machine\" style=\"width:%.0fpx;min-width:%.0fpx\">\n", width,
            least_scale * width);
    qf_svg svg = qf_svg_begin(out, width, s->graph.height + 2.0 * margin, title, NULL);
    draw_start(&svg, s);
    /* what was taken lies above what never was */
    for (int taken = 0; taken < 2; taken++) {
        for (size_t a = 0; a < m->n_arrows; a++) {
            if ((m->arrows[a].taken > 0) == taken) {
                draw_arrow(&svg, s, a);
            }
        }
    }
    for (size_t i = 0; i < m->n_points; i++) {
        draw_point(&svg, s, i);
    }
    for (size_t i = 0; i < m->n_states; i++) {
        draw_state(&svg, s, i);
    }
    qf_svg_end(&svg);
    fputs("</div></div>\n", out);
}

bool qf_chart_machine(FILE *out, const qf_covered_machine *machine, qf_machine_width width,
                      const char *title)
{
    const double wanted =
        (width == QF_MACHINE_NARROW ? QF_FIGURE_WIDTH : QF_FIGURE_WIDE_WIDTH) - 2.0 * margin;
    bool good = true;
    bool drawn = false;
    for (int triggers = 1; triggers >= 0 && good && !drawn; triggers--) {
        scene s = {.machine = machine};
        good = set_scene(&s, triggers) && qf_graph_lay_out(&s.arena, &s.graph, wanted);
        if (good && (triggers == 0 || s.graph.width <= wanted)) {
            draw(out, &s, title);
            drawn = true;
        }
        qf_arena_free(&s.arena);
    }
    return good;
}
