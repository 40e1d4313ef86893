/* SPDX-License-Identifier: Apache-2.0 */
#include "progress.h"

#include <sys/ioctl.h>
#include <time.h>

enum { WIDEST_BAR = 30, TEXT_COLUMNS = 62, USUAL_COLUMNS = 80 };

double qf_monotonic_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

qf_progress qf_progress_start(FILE *out, bool json, const char *name, int64_t n_ticks,
                              double n_vehicles)
{
    return (qf_progress){.out = out,
                         .json = json,
                         .name = name,
                         .n_ticks = n_ticks,
                         .n_vehicles = n_vehicles,
                         .started_s = qf_monotonic_s(),
                         .shown_s = -1.0};
}

int qf_terminal_columns(FILE *out)
{
    struct winsize size; /* a terminal without a width says 0: take the usual one */
    const bool known = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : USUAL_COLUMNS;
}

static void show_line(qf_progress *progress, double share, double rate_mega, double left_s)
{
    const int columns = qf_terminal_columns(progress->out);
    int bar = columns - TEXT_COLUMNS;
    bar = bar > WIDEST_BAR ? WIDEST_BAR : bar;
    fprintf(progress->out, "\r\033[K%.20s %5.1f %%", progress->name, 100.0 * share);
    if (bar > 4) {
        const int full = (int)(share * bar);
        fputs(" [", progress->out);
        for (int i = 0; i < bar; i++) {
            fputc(i < full ? '=' : i == full ? '>' : ' ', progress->out);
        }
        fputc(']', progress->out);
    }
    fprintf(progress->out, " %.1f M vehicle-ticks/s", rate_mega);
    if (columns >= USUAL_COLUMNS) {
        fprintf(progress->out, ", %.0f s left", left_s);
    }
    progress->line_open = true;
}

void qf_progress_update(qf_progress *progress, int64_t tick)
{
    const double now_s = qf_monotonic_s();
    const bool end = tick >= progress->n_ticks;
    if (!progress->out || (!end && now_s - progress->shown_s < QF_PROGRESS_EVERY_S)) {
        return;
    }
    progress->shown_s = now_s;
    const double elapsed_s = now_s - progress->started_s;
    const double share = (double)tick / (double)progress->n_ticks;
    const double done = (double)(tick - progress->first_tick);
    const double rate = elapsed_s > 0.0 ? done * progress->n_vehicles / elapsed_s : 0.0;
    const double left_s = done > 0.0 ? elapsed_s * (double)(progress->n_ticks - tick) / done : 0.0;
    if (progress->json) {
        fprintf(progress->out,
                "{\"tick\": %lld, \"n_ticks\": %lld, \"elapsed_s\": %.3f, \"left_s\": %.3f, "
                "\"vehicle_ticks_per_s\": %.0f}\n",
                (long long)tick, (long long)progress->n_ticks, elapsed_s, left_s, rate);
    } else {
        show_line(progress, share, rate / 1e6, left_s);
    }
    fflush(progress->out);
}

void qf_progress_end(qf_progress *progress)
{
    if (progress->out && progress->line_open) {
        fputs("\r\033[K", progress->out);
        fflush(progress->out);
    }
}
