/* SPDX-License-Identifier: Apache-2.0 */
#include "provenance_parts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "netcdf_read.h"

void qf_provenance_attribute(FILE *out, hid_t file, const char *label, const char *name)
{
    char *text = qf_nc_get_text(file, name);
    if (text && *text) {
        qf_html_fact(out, label, "%s", text);
    }
    free(text);
}

void qf_provenance_machine(FILE *out, hid_t file)
{
    int threads = 0;
    int ranks = 1;
    char *host = qf_nc_get_text(file, "host");
    char *isa = qf_nc_get_text(file, "isa");
    (void)qf_nc_get_number(file, "ranks", H5T_NATIVE_INT, &ranks);
    if (host && isa && qf_nc_get_number(file, "threads", H5T_NATIVE_INT, &threads)) {
        char of_ranks[40] = "";
        if (ranks > 1) {
            snprintf(of_ranks, sizeof of_ranks, " on each of %d ranks", ranks);
        }
        qf_html_fact(out, "Machine", "%s, %d thread%s%s, instruction set %s", host, threads,
                     threads == 1 ? "" : "s", of_ranks, isa);
    }
    free(host);
    free(isa);
}

void qf_provenance_bytes(FILE *out, const char *label, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double size = (double)bytes;
    size_t unit = 0;
    while (size >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        size /= 1e3;
        unit++;
    }
    qf_html_fact(out, label, "%.3g %s", size, units[unit]);
}

/* bytes of whole lines that fit */
static size_t whole_lines(const char *text, size_t length)
{
    if (length <= QF_SCENARIO_BYTES) {
        return length;
    }
    size_t n = QF_SCENARIO_BYTES;
    while (n > 0 && text[n - 1] != '\n') {
        n--;
    }
    return n > 0 ? n : QF_SCENARIO_BYTES;
}

static size_t count_lines(const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        n += text[i] == '\n' || i + 1 == length;
    }
    return n;
}

void qf_provenance_scenario(FILE *out, const char *yaml, const char *command, const char *where)
{
    const size_t length = strlen(yaml);
    const size_t shown = whole_lines(yaml, length);
    const size_t n_lines = count_lines(yaml, length);
    char title[120];
    if (shown < length) {
        snprintf(title, sizeof title, "The effective scenario: the first %zu of %zu lines",
                 count_lines(yaml, shown), n_lines);
    } else {
        snprintf(title, sizeof title, "The effective scenario, %zu lines", n_lines);
    }
    fputs("<div class=\"screen-only\">\n", out);
    qf_html_details_begin(out, title);
    qf_html_paragraph(out,
                      "What ran, with every default filled in: qfleet %s of it repeats the result. "
                      "All of it is in %s.",
                      command, where);
    fputs("<pre class=\"listing\" tabindex=\"0\"><code>", out);
    qf_html_textf(out, "%.*s", (int)shown, yaml);
    fputs("</code></pre>\n", out);
    qf_html_details_end(out);
    fputs("</div>\n<p class=\"print-only\">", out);
    qf_html_textf(out, "The effective scenario, %zu lines, is not printed: it is in %s.", n_lines,
                  where);
    fputs("</p>\n", out);
}
