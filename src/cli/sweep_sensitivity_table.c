/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "number_text.h"
#include "sweep_cells.h"
#include "sweep_tables.h"

/* of what lies between -1 and 1, or a little beyond */
static const char *index_text(qf_canvas *canvas, double value)
{
    return isnan(value) ? "-"
                        : qf_cell_or_dash(canvas, qf_arena_format(&canvas->arena, "%.3f", value));
}

static const char *index_interval(qf_canvas *canvas, qf_interval i)
{
    return isnan(i.low) && isnan(i.high)
               ? "-"
               : qf_cell_or_dash(canvas,
                                 qf_arena_format(&canvas->arena, "[%.3f, %.3f]", i.low, i.high));
}

static void add_sensitivity(qf_canvas *canvas, const qf_sweep_spec *spec, const qf_sensitivity *it,
                            qf_text_table *table)
{
    qf_arena *arena = &canvas->arena;
    const char *name = spec->parameters[it->parameter].name;
    if (spec->sampling == QF_SAMPLING_SALTELLI) {
        qf_table_add(table, (const char *const[]){name, index_text(canvas, it->total),
                                                  index_interval(canvas, it->of_total),
                                                  index_text(canvas, it->first),
                                                  index_interval(canvas, it->of_first)});
    } else if (spec->sampling == QF_SAMPLING_MORRIS) {
        qf_table_add(table, (const char *const[]){name, qf_text_number(arena, it->mu_star),
                                                  qf_cell_interval(canvas, it->of_mu_star),
                                                  qf_text_number(arena, it->mu),
                                                  qf_text_number(arena, it->sigma)});
    } else {
        qf_table_add(table, (const char *const[]){name, index_text(canvas, it->rank_correlation),
                                                  index_interval(canvas, it->of_rank_correlation),
                                                  index_text(canvas, it->regression),
                                                  index_interval(canvas, it->of_regression)});
    }
}

static void add_sensitivity_head(qf_canvas *canvas, const qf_sweep_spec *spec, qf_text_table *table)
{
    static const char of[] = "parameter";
    const char *sure = qf_cell_percent(canvas, spec->confidence);
    if (spec->sampling == QF_SAMPLING_SALTELLI) {
        qf_table_add(table, (const char *const[]){of, "total", sure, "first", sure});
    } else if (spec->sampling == QF_SAMPLING_MORRIS) {
        qf_table_add(table, (const char *const[]){of, "mu*", sure, "mu", "sigma"});
    } else {
        qf_table_add(table, (const char *const[]){of, "rank corr.", sure, "regression", sure});
    }
}

/* parameters of which nothing is told because their words have no order; "": none */
static const char *unordered_names(qf_canvas *canvas, const qf_sweep_spec *spec,
                                   const qf_sensitivity *const *ranked)
{
    const char *names = "";
    for (size_t i = 0; i < spec->n_parameters; i++) {
        const qf_sweep_parameter *parameter = &spec->parameters[ranked[i]->parameter];
        if (qf_sensitivity_weight(ranked[i]) < 0.0 && !qf_parameter_is_ordered(parameter)) {
            names = qf_cell_or_dash(canvas, qf_arena_format(&canvas->arena, "%s%s%s", names,
                                                            *names ? ", " : "", parameter->name));
        }
    }
    return names;
}

/* one metric's; empty where nothing is known */
static qf_text_block sensitivity_table(qf_canvas *canvas, const qf_sweep_summary *s, size_t metric,
                                       size_t indent, size_t width)
{
    enum { MOST_ROWS = 10 };
    const size_t n = s->spec->n_parameters;
    const size_t n_shown = n > MOST_ROWS ? MOST_ROWS : n;
    const qf_sensitivity **ranked =
        qf_sensitivities_ranked(&canvas->arena, s->spec, s->report, metric);
    canvas->failed = canvas->failed || !ranked;
    if (!ranked || n == 0) {
        return (qf_text_block){0};
    }
    const bool any = qf_sensitivity_weight(ranked[0]) >= 0.0;
    const char *unordered = qf_metric_varies(s->spec, s->report, metric)
                                ? unordered_names(canvas, s->spec, ranked)
                                : "";
    if (!any && !*unordered) {
        return (qf_text_block){0};
    }
    const char *title =
        qf_arena_format(&canvas->arena, "what %s depends on", qf_metric_title(s->spec, metric));
    qf_text_block block =
        qf_block_beside(canvas, (qf_text_block){0}, indent,
                        qf_block_wrap(canvas, qf_cell_or_dash(canvas, title), width - indent));
    if (any) {
        qf_text_table table = qf_table_start(canvas, "lrlrl", n_shown + 1);
        add_sensitivity_head(canvas, s->spec, &table);
        for (size_t i = 0; i < n_shown; i++) {
            add_sensitivity(canvas, s->spec, ranked[i], &table);
        }
        block = qf_block_below(canvas, block, qf_table_block(&table, indent + 2, width));
    }
    if (*unordered) {
        const char *note = qf_arena_format(
            &canvas->arena, "%s: three words or more have no order: compare by groups", unordered);
        block = qf_block_below(canvas, block,
                               qf_block_beside(canvas, (qf_text_block){0}, indent + 2,
                                               qf_block_wrap(canvas, qf_cell_or_dash(canvas, note),
                                                             width - indent - 2)));
    }
    if (any && n > n_shown) {
        const char *more = qf_arena_format(&canvas->arena, "%*s... and %zu more parameters",
                                           (int)indent + 2, "", n - n_shown);
        block = qf_block_below(canvas, block, qf_block_text(canvas, qf_cell_or_dash(canvas, more)));
    }
    if (!isnan(ranked[0]->r_squared)) {
        const char *note =
            qf_arena_format(&canvas->arena, "%*sthe regression explains %.3g %% of the variance",
                            (int)indent + 2, "", 100.0 * ranked[0]->r_squared);
        block = qf_block_below(canvas, block, qf_block_text(canvas, qf_cell_or_dash(canvas, note)));
    }
    return block;
}

qf_text_block qf_sensitivity_tables(qf_canvas *canvas, const qf_sweep_summary *s, size_t indent,
                                    size_t width)
{
    qf_text_block all = {0};
    for (size_t m = 0; s->report->sensitivities && m < s->spec->n_metrics && !canvas->failed; m++) {
        if (qf_metric_is_asked_for(s->spec, m)) {
            const qf_text_block table = sensitivity_table(canvas, s, m, indent, width);
            const bool both = all.n_lines > 0 && table.n_lines > 0;
            all = both ? qf_block_below(canvas, all, qf_block_text(canvas, "\n")) : all;
            all = qf_block_below(canvas, all, table);
        }
    }
    return all;
}
