/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "page_texts.h"

typedef struct section {
    char *id, *title;
} section;

struct qf_page {
    char *content; /* of all sections, written through `out` */
    size_t content_bytes;
    FILE *out;
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
    }
    if (!page || !page->out) {
        free(page);
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
    for (size_t i = 0; i < page->n_sections; i++) {
        free(page->sections[i].id);
        free(page->sections[i].title);
    }
    free(page->sections);
    free(page->verdict);
    free(page->sentence);
    free(page->content);
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

void qf_page_section(qf_page *page, const char *id, const char *title)
{
    section *more = realloc(page->sections, (page->n_sections + 1) * sizeof *more);
    if (!more) {
        page->short_of_memory = true;
        return;
    }
    fprintf(page->out, "%s<section id=\"%s\">\n<h2>", page->n_sections > 0 ? "</section>\n" : "",
            id);
    qf_html_text(page->out, title);
    fputs("</h2>\n", page->out);
    page->sections = more;
    more[page->n_sections] = (section){0};
    keep_text(page, &more[page->n_sections].id, id);
    keep_text(page, &more[page->n_sections].title, title);
    page->n_sections++;
}

FILE *qf_page_out(qf_page *page)
{
    return page->out;
}

unsigned qf_page_number(qf_page *page)
{
    return ++page->last_number;
}

static void write_head(const qf_page *page, const char *title, FILE *out)
{
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<link rel=\"icon\" href=\"data:,\">\n<title>",
          out);
    qf_html_text(out, title);
    fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n<header>\n<h1>",
            text_report_css);
    qf_html_text(out, title);
    fputs("</h1>\n", out);
    if (page->verdict) {
        qf_html_banner(out, page->tone, page->verdict, page->sentence);
    }
    fputs("</header>\n", out);
}

static void write_contents(const qf_page *page, FILE *out)
{
    fputs("<nav aria-label=\"Contents\"><ul>\n", out);
    for (size_t i = 0; i < page->n_sections; i++) {
        fprintf(out, "<li><a href=\"#%s\">", page->sections[i].id);
        qf_html_text(out, page->sections[i].title);
        fputs("</a></li>\n", out);
    }
    fputs("</ul></nav>\n", out);
}

qf_status qf_page_write(qf_context *context, qf_page *page, const char *title, FILE *out)
{
    fputs(page->n_sections > 0 ? "</section>\n" : "", page->out);
    const bool lost = page->short_of_memory || ferror(page->out);
    const bool closed = fclose(page->out) == 0;
    page->out = NULL;
    if (lost || !closed) {
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the page");
    }
    write_head(page, title, out);
    write_contents(page, out);
    fwrite(page->content, 1, page->content_bytes, out);
    fputs("</main>\n</body>\n</html>\n", out);
    return ferror(out) ? qf_fail(context, QF_ERROR_WRITE, "the page could not be written") : QF_OK;
}
