/* SPDX-License-Identifier: Apache-2.0 */
#include "junit.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "partial_file.h"
#include "utf8.h"

enum { NUMBER_BYTES = 32 };

static const char begin[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>";

void qf_xml_put_text(FILE *out, const char *text)
{
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        const size_t n = qf_utf8_character_bytes((const char *)c);
        if (n == 0) {
            fputc('?', out);
        } else if (*c == '&') {
            fputs("&amp;", out);
        } else if (*c == '<') {
            fputs("&lt;", out);
        } else if (*c == '>') {
            fputs("&gt;", out);
        } else if (*c == '"') {
            fputs("&quot;", out);
        } else if (*c == '\n' || *c == '\t') {
            fprintf(out, "&#%d;", *c); /* in an attribute a plain one would become a blank */
        } else {
            fwrite(c, 1, n, out);
        }
        c += n > 0 ? n : 1;
    }
}

static void begin_case(const qf_sweep_summary *s, const char *name, FILE *out)
{
    fputs("    <testcase classname=\"", out);
    qf_xml_put_text(out, s->name);
    fputs("\" name=\"", out);
    qf_xml_put_text(out, name);
    fputc('"', out);
}

/* a number for people; there may be none */
static const char *number(double value, char text[NUMBER_BYTES])
{
    snprintf(text, NUMBER_BYTES, isnan(value) ? "none" : "%.6g", value);
    return text;
}

static void put_detail(const qf_sweep_summary *s, const qf_requirement_result *it, FILE *out)
{
    char text[2][NUMBER_BYTES];
    qf_xml_put_text(out, it->requirement->text);
    fprintf(out, ": %s\nestimate %s, ", qf_verdict_names[it->verdict],
            number(it->estimate, text[0]));
    if (!isnan(it->bound)) {
        fprintf(out, "bound %.6g, ", it->bound);
    }
    fprintf(out,
            "limit %.6g, margin %s\n%" PRIu64 " cases, %" PRIu64
            " failed, quarantined or without a value count against it; ",
            it->requirement->limit, number(it->margin, text[1]), it->n, it->n_against);
    qf_xml_put_text(out, it->method);
    if (it->has_worst && s->spec->function != QF_FUNCTION_NONE) {
        fprintf(out, "\nworst case: %" PRIu32, it->worst_case);
    } else if (it->has_worst) {
        fputs("\nworst case: qfleet replay ", out);
        qf_xml_put_text(out, s->directory);
        fprintf(out, " --case %" PRIu32, it->worst_case);
    }
    fputc('\n', out);
}

static void put_requirement(const qf_sweep_summary *s, const qf_requirement_result *it, FILE *out)
{
    begin_case(s, it->requirement->name, out);
    fputs(">\n", out);
    const char *element = it->verdict == QF_VERDICT_MET ? "system-out" : "failure";
    fprintf(out, "      <%s", element);
    if (it->verdict != QF_VERDICT_MET) {
        char text[NUMBER_BYTES];
        fprintf(out, " type=\"%s\" message=\"%s: estimate %s, limit %.6g\"",
                qf_verdict_names[it->verdict], qf_verdict_names[it->verdict],
                number(it->estimate, text), it->requirement->limit);
    }
    fputc('>', out);
    put_detail(s, it, out);
    fprintf(out, "</%s>\n    </testcase>\n", element);
}

static void put_outcomes(const qf_sweep_summary *s, const size_t *count, FILE *out)
{
    const size_t n_bad = count[QF_OUTCOME_QUARANTINED] + count[QF_OUTCOME_FAILED];
    begin_case(s, "every case ran to its end", out);
    if (n_bad == 0) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out,
            ">\n      <skipped message=\"of %zu cases %zu were quarantined and %zu failed\"/>\n"
            "    </testcase>\n",
            s->report->n_cases, count[QF_OUTCOME_QUARANTINED], count[QF_OUTCOME_FAILED]);
}

static void put_suite(const qf_sweep_summary *s, FILE *out)
{
    size_t count[QF_OUTCOMES] = {0};
    for (size_t k = 0; k < s->report->n_cases; k++) {
        count[s->table->outcome[k]]++;
    }
    size_t n_failures = 0;
    for (size_t r = 0; r < s->report->n_requirements; r++) {
        n_failures += s->report->requirements[r].verdict != QF_VERDICT_MET;
    }
    const bool skipped = count[QF_OUTCOME_QUARANTINED] + count[QF_OUTCOME_FAILED] > 0;
    fputs(begin, out);
    fputs("\n  <testsuite name=\"", out);
    qf_xml_put_text(out, s->name);
    fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%d\" time=\"%.3f\">\n",
            s->report->n_requirements + 1, n_failures, skipped, s->wall_s);
    fputs("    <properties>\n", out);
    for (size_t o = 0; o < QF_OUTCOMES; o++) {
        fprintf(out, "      <property name=\"%s\" value=\"%zu\"/>\n", qf_outcome_names[o],
                count[o]);
    }
    fprintf(out, "      <property name=\"hash\" value=\"%016" PRIx64 "\"/>\n", s->hash);
    fputs("    </properties>\n", out);
    for (size_t r = 0; r < s->report->n_requirements; r++) {
        put_requirement(s, &s->report->requirements[r], out);
    }
    put_outcomes(s, count, out);
    fputs("  </testsuite>\n</testsuites>\n", out);
}

static bool is_ours(const char *path)
{
    char head[sizeof begin];
    FILE *in = fopen(path, "r");
    const size_t n = in ? fread(head, 1, sizeof begin - 1, in) : 0;
    if (in) {
        fclose(in);
    }
    return n == sizeof begin - 1 && memcmp(head, begin, n) == 0;
}

qf_status qf_junit_open(qf_context *context, const char *path, qf_junit *junit)
{
    const size_t length = strlen(path) + sizeof ".partial";
    *junit = (qf_junit){.path = strdup(path), .partial = malloc(length)};
    qf_status status = QF_OK;
    if (!junit->path || !junit->partial) {
        status = qf_fail(context, QF_ERROR_MEMORY, "no memory for %s", path);
    } else if (access(path, F_OK) == 0 && !is_ours(path)) {
        status = qf_fail(context, QF_ERROR_EXISTS,
                         "%s: exists and holds no verdicts of a sweep: it is not replaced", path);
    } else {
        snprintf(junit->partial, length, "%s.partial", path);
        junit->out = fopen(junit->partial, "w");
        if (!junit->out) {
            status = qf_fail(context, QF_ERROR_OUTPUT, "%s: %s", path, strerror(errno));
        }
    }
    if (status != QF_OK) {
        qf_junit_discard(junit);
    }
    return status;
}

qf_status qf_junit_write(qf_context *context, const qf_sweep_summary *summary, qf_junit *junit)
{
    put_suite(summary, junit->out);
    errno = 0;
    bool good = fflush(junit->out) == 0 && !ferror(junit->out);
    good = fclose(junit->out) == 0 && good;
    junit->out = NULL;
    good = good && rename(junit->partial, junit->path) == 0;
    qf_status status = QF_OK;
    if (!good) {
        const int number = errno;
        status = qf_fail(context, qf_partial_file_refusal(number), "%s: %s", junit->path,
                         strerror(number));
        unlink(junit->partial);
    }
    qf_junit_discard(junit);
    return status;
}

void qf_junit_discard(qf_junit *junit)
{
    if (junit->out) {
        fclose(junit->out);
        unlink(junit->partial);
    }
    free(junit->path);
    free(junit->partial);
    *junit = (qf_junit){0};
}
