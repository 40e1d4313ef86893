/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "page_texts.h"

typedef struct section {
    char *id, *title;
    bool is_part, in_part;
} section;

struct qf_page {
    char *content; /* of all sections, written through `out` */
    size_t content_bytes;
    FILE *out;
    char *notices; /* below the headline, written through `noticed` */
    size_t notice_bytes;
    FILE *noticed;
    size_t n_notices;
    bool in_part;
    section *sections;
    size_t n_sections;
    qf_tone tone;
    char *verdict, *sentence;
    unsigned last_number;
    bool short_of_memory;
};

qf_page *qf_page_create(void)
{
    qf_page *page = calloc(1, sizeof *page);
    if (page) {
        page->out = open_memstream(&page->content, &page->content_bytes);
        page->noticed = open_memstream(&page->notices, &page->notice_bytes);
    }
    if (page && (!page->out || !page->noticed)) {
        qf_page_free(page);
        return NULL;
    }
    return page;
}

void qf_page_free(qf_page *page)
{
    if (!page) {
        return;
    }
    if (page->out) {
        fclose(page->out);
    }
    if (page->noticed) {
        fclose(page->noticed);
    }
    for (size_t i = 0; i < page->n_sections; i++) {
        free(page->sections[i].id);
        free(page->sections[i].title);
    }
    free(page->sections);
    free(page->verdict);
    free(page->sentence);
    free(page->content);
    free(page->notices);
    free(page);
}

static void keep_text(qf_page *page, char **kept, const char *text)
{
    free(*kept);
    *kept = strdup(text);
    page->short_of_memory = page->short_of_memory || !*kept;
}

void qf_page_headline(qf_page *page, qf_tone tone, const char *verdict, const char *sentence)
{
    page->tone = tone;
    keep_text(page, &page->verdict, verdict);
    keep_text(page, &page->sentence, sentence);
}

void qf_page_notice(qf_page *page, qf_tone tone, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    qf_html_note_list(page->noticed, tone, format, arguments);
    va_end(arguments);
    page->n_notices++;
}

static void begin_section(qf_page *page, const char *id, const char *title, bool is_part)
{
    section *more = realloc(page->sections, (page->n_sections + 1) * sizeof *more);
    if (!more) {
        page->short_of_memory = true;
        return;
    }
    fprintf(page->out, "%s<section id=\"%s\"%s>\n<h2>", page->n_sections > 0 ? "</section>\n" : "",
            id,
            is_part         ? " class=\"part\""
            : page->in_part ? " class=\"of-part\""
                            : "");
    qf_html_text(page->out, title);
    fputs("</h2>\n", page->out);
    page->sections = more;
    more[page->n_sections] = (section){.is_part = is_part, .in_part = !is_part && page->in_part};
    keep_text(page, &more[page->n_sections].id, id);
    keep_text(page, &more[page->n_sections].title, title);
    page->n_sections++;
}

void qf_page_section(qf_page *page, const char *id, const char *title)
{
    begin_section(page, id, title, false);
}

void qf_page_part(qf_page *page, const char *id, const char *title)
{
    page->in_part = id != NULL;
    if (id) {
        begin_section(page, id, title, true);
    }
}

FILE *qf_page_out(qf_page *page)
{
    return page->out;
}

unsigned qf_page_number(qf_page *page)
{
    return ++page->last_number;
}

/* A good verdict stays what it is, but is not believed before what stands below it is read. */
static void write_headline(const qf_page *page, FILE *out)
{
    const bool noted =
        page->n_notices > 0 && (page->tone == QF_TONE_GOOD || page->tone == QF_TONE_PLAIN);
    char *verdict = NULL;
    if (!page->verdict) {
        return;
    }
    if (noted && asprintf(&verdict, "%s, with %s", page->verdict,
                          page->n_notices == 1 ? "a notice" : "notices") < 0) {
        verdict = NULL; /* the sign stands for it */
    }
    qf_html_banner(out, noted ? QF_TONE_NOTED : page->tone, verdict ? verdict : page->verdict,
                   page->sentence);
    free(verdict);
}

static void write_head(const qf_page *page, const char *title, FILE *out)
{
    fputs(QF_PAGE_BEGINNING
          "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>",
          out);
    qf_html_text(out, title);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<header>\n<h1>",
            text_report_css);
    qf_html_text(out, title);
    fputs("</h1>\n", out);
    write_headline(page, out);
    fwrite(page->notices, 1, page->notice_bytes, out);
    fputs("</header>\n", out);
}

/* those of a part stand in a list of their own within its item */
static void write_contents(const qf_page *page, FILE *out)
{
    const char *end = ""; /* of the item before */
    bool in_part = false;
    fputs("<nav aria-label=\"Contents\"><ul>\n", out);
    for (size_t i = 0; i < page->n_sections; i++) {
        const section *s = &page->sections[i];
        const bool begins = s->in_part && !in_part;
        const bool ends = in_part && !s->in_part;
        fputs(begins ? "\n<ul>\n" : end, out);
        fputs(ends ? "</ul></li>\n" : "", out);
        fprintf(out, "<li><a href=\"#%s\">", s->id);
        qf_html_text(out, s->title);
        fputs("</a>", out);
        end = "</li>\n";
        in_part = s->in_part;
    }
    fputs(end, out);
    fputs(in_part ? "</ul></li>\n" : "", out);
    fputs("</ul></nav>\n", out);
}

qf_status qf_page_write(qf_context *context, qf_page *page, const char *title, FILE *out)
{
    fputs(page->n_sections > 0 ? "</section>\n" : "", page->out);
    const bool lost = page->short_of_memory || ferror(page->out) || ferror(page->noticed);
    const bool content_kept = fclose(page->out) == 0;
    const bool closed = fclose(page->noticed) == 0 && content_kept;
    page->out = NULL;
    page->noticed = NULL;
    if (lost || !closed) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the page");
    }
    write_head(page, title, out);
    write_contents(page, out);
    fwrite(page->content, 1, page->content_bytes, out);
    fputs("</main>\n</body>\n</html>\n", out);
    return ferror(out) ? qf_fail(context, QF_ERROR_WRITE, "the page could not be written") : QF_OK;
}
