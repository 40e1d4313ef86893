/* SPDX-License-Identifier: Apache-2.0 */
#include "html.h"

#include <stdlib.h>
#include <string.h>

#include "decimal_text.h"
#include "message_text.h"
#include "utf8.h"

/* what a tone is called to style sheets, and the sign that those have who see no colours */
static const char *const tone_class[QF_TONES] = {"plain", "good", "bad", "open", "open"};
static const char *const tone_sign[QF_TONES] = {"", "✓", "✗", "?", "!"};

static void put_character(FILE *out, const char *c, size_t bytes)
{
    switch (*c) {
    case '&':
        fputs("&amp;", out);
        break;
    case '<':
        fputs("&lt;", out);
        break;
    case '>':
        fputs("&gt;", out);
        break;
    case '"':
        fputs("&quot;", out);
        break;
    default:
        fwrite(c, 1, bytes, out);
        break;
    }
}

void qf_html_text(FILE *out, const char *text)
{
    while (*text) {
        const size_t bytes = qf_utf8_character_bytes(text);
        if (bytes > 0) {
            put_character(out, text, bytes);
        } else {
            fputs("\xef\xbf\xbd", out);
        }
        text += bytes > 0 ? bytes : 1;
    }
}

void qf_html_text_list(FILE *out, const char *format, va_list arguments)
{
    char *text = NULL;
    /* without memory a word is missing, and not the page */
    if (vasprintf(&text, format, arguments) < 0) {
        fputc('?', out);
        return;
    }
    qf_html_text(out, text);
    free(text);
}

void qf_html_textf(FILE *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    qf_html_text_list(out, format, arguments);
    va_end(arguments);
}

/* formats the arguments after `format` as the content of an element */
#define PUT_ELEMENT(out, begin, end)                                                               \
    do {                                                                                           \
        va_list arguments;                                                                         \
        va_start(arguments, format);                                                               \
        fputs(begin, out);                                                                         \
        qf_html_text_list(out, format, arguments);                                                 \
        fputs(end, out);                                                                           \
        va_end(arguments);                                                                         \
    } while (0)

void qf_html_paragraph(FILE *out, const char *format, ...)
{
    PUT_ELEMENT(out, "<p>", "</p>\n");
}

void qf_html_heading(FILE *out, const char *format, ...)
{
    PUT_ELEMENT(out, "<h3>", "</h3>\n");
}

static void put_sign(FILE *out, qf_tone tone)
{
    if (*tone_sign[tone]) {
        fprintf(out, "<span class=\"sign\" aria-hidden=\"true\">%s</span> ", tone_sign[tone]);
    }
}

void qf_html_badge(FILE *out, qf_tone tone, const char *text)
{
    fprintf(out, "<span class=\"badge %s\">", tone_class[tone]);
    put_sign(out, tone);
    qf_html_text(out, text);
    fputs("</span>", out);
}

void qf_html_banner(FILE *out, qf_tone tone, const char *verdict, const char *sentence)
{
    fprintf(out, "<div class=\"banner %s\"><p class=\"verdict\">", tone_class[tone]);
    put_sign(out, tone);
    qf_html_text(out, verdict);
    fputs("</p><p>", out);
    qf_html_text(out, sentence);
    fputs("</p></div>\n", out);
}

void qf_html_facts_begin(FILE *out)
{
    fputs("<dl>\n", out);
}

void qf_html_fact(FILE *out, const char *name, const char *format, ...)
{
    fputs("<div><dt>", out);
    qf_html_text(out, name);
    PUT_ELEMENT(out, "</dt><dd>", "</dd></div>\n");
}

void qf_html_facts_end(FILE *out)
{
    fputs("</dl>\n", out);
}

static const char *cell_begin(bool numeric, bool head)
{
    return head ? (numeric ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">")
                : (numeric ? "<td class=\"number\">" : "<td>");
}

void qf_html_table_begin(FILE *out, const char *caption, const qf_html_column *columns, size_t n)
{
    /* a region that scrolls is reached by keys too, and is called something */
    fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", out);
    qf_html_text(out, caption ? caption : "Table");
    fputs("\"><table>", out);
    if (caption) {
        fputs("<caption>", out);
        qf_html_text(out, caption);
        fputs("</caption>", out);
    }
    fputs("<thead><tr>", out);
    for (size_t i = 0; i < n; i++) {
        fputs(cell_begin(columns[i].numeric, true), out);
        qf_html_text(out, columns[i].title);
        fputs("</th>", out);
    }
    fputs("</tr></thead><tbody>\n", out);
}

void qf_html_row_begin(FILE *out)
{
    fputs("<tr>", out);
}

void qf_html_cell(FILE *out, bool numeric, const char *format, ...)
{
    PUT_ELEMENT(out, cell_begin(numeric, false), "</td>");
}

void qf_html_cell_exact(FILE *out, const char *text, double exact)
{
    char digits[QF_DECIMAL_BYTES];
    *qf_decimal_put_double(digits, exact) = '\0';
    fprintf(out, "<td class=\"number\" title=\"%s\">", digits);
    qf_html_text(out, text);
    fputs("</td>", out);
}

void qf_html_cell_begin(FILE *out, bool numeric)
{
    fputs(cell_begin(numeric, false), out);
}

void qf_html_cell_end(FILE *out)
{
    fputs("</td>", out);
}

void qf_html_row_end(FILE *out)
{
    fputs("</tr>\n", out);
}

void qf_html_table_end(FILE *out)
{
    fputs("</tbody></table></div>\n", out);
}

void qf_html_figures_begin(FILE *out)
{
    fputs("<div class=\"figures\">\n", out);
}

void qf_html_figure_begin(FILE *out, qf_figure_size size, const char *title)
{
    static const char *const classes[] = {
        [QF_FIGURE_SMALL] = "small", [QF_FIGURE_WIDE] = "wide", [QF_FIGURE_LARGE] = "large"};
    fprintf(out, "<figure class=\"%s\"><h3>", classes[size]);
    qf_html_text(out, title);
    fputs("</h3>\n", out);
}

void qf_html_figure_end(FILE *out, const char *caption)
{
    if (caption) {
        fputs("<figcaption>", out);
        qf_html_text(out, caption);
        fputs("</figcaption>", out);
    }
    fputs("</figure>\n", out);
}

void qf_html_figures_end(FILE *out)
{
    fputs("</div>\n", out);
}

void qf_html_command(FILE *out, const char *format, ...)
{
    PUT_ELEMENT(out, "<pre class=\"command\"><code>", "</code></pre>\n");
}

static void put_shell_word(FILE *out, const char *word)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *quoted = open_memstream(&text, &bytes);
    if (quoted) {
        qf_put_shell_word(quoted, word);
    }
    /* without memory a word is missing, and not the page */
    qf_html_text(out, quoted && fclose(quoted) == 0 ? text : "?");
    free(text);
}

void qf_html_command_on(FILE *out, const char *before, const char *path, const char *after)
{
    fputs("<pre class=\"command\"><code>", out);
    qf_html_textf(out, "%s ", before);
    put_shell_word(out, path);
    qf_html_textf(out, "%s%s", *after ? " " : "", after);
    fputs("</code></pre>\n", out);
}

void qf_html_note_list(FILE *out, qf_tone tone, const char *format, va_list arguments)
{
    fprintf(out, "<p class=\"note %s\">", tone_class[tone]);
    put_sign(out, tone);
    qf_html_text_list(out, format, arguments);
    fputs("</p>\n", out);
}

void qf_html_note(FILE *out, qf_tone tone, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    qf_html_note_list(out, tone, format, arguments);
    va_end(arguments);
}

void qf_html_details_begin(FILE *out, const char *title)
{
    fputs("<details><summary>", out);
    qf_html_text(out, title);
    fputs("</summary>\n", out);
}

void qf_html_details_end(FILE *out)
{
    fputs("</details>\n", out);
}
