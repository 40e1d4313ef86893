/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "html.h"
#include "page.h"
#include "written.h"

/* the page from its body on, which written_free frees; ends `page` */
static const char *body_of(qf_page *page, const char *title, written *w)
{
    qf_context context = qf_context_default();
    assert_int_equal(qf_page_write(&context, page, title, written_begin(w)), QF_OK);
    qf_page_free(page);
    const char *text = written_end(w);
    assert_ptr_equal(strstr(text, QF_PAGE_BEGINNING), text);
    const char *body = strstr(text, "<body>");
    assert_non_null(body);
    return body;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, what)); at++) {
        n++;
    }
    return n;
}

static void sections_stand_in_their_order_and_are_listed(void **state)
{
    (void)state;
    written w;
    qf_page *page = qf_page_create();
    qf_page_section(page, "first", "The first");
    qf_html_paragraph(qf_page_out(page), "one");
    qf_page_section(page, "second", "The second");
    qf_html_paragraph(qf_page_out(page), "two");
    const char *body = body_of(page, "A title", &w);
    const char *const order[] = {"<h1>A title</h1>",
                                 "href=\"#first\">The first<",
                                 "href=\"#second\">The second<",
                                 "<section id=\"first\">",
                                 "<h2>The first</h2>",
                                 "<p>one</p>",
                                 "</section>",
                                 "<section id=\"second\">",
                                 "<p>two</p>",
                                 "</section>",
                                 "</html>"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const char *at = strstr(body, order[i]);
        assert_non_null(at);
        body = at + 1;
    }
    written_free(&w);
}

static void sections_of_a_part_are_listed_below_it(void **state)
{
    (void)state;
    written w;
    qf_page *page = qf_page_create();
    qf_page_section(page, "a", "A");
    qf_page_part(page, "p", "P");
    qf_page_section(page, "p-b", "B");
    qf_page_section(page, "p-c", "C");
    qf_page_part(page, "q", "Q");
    qf_page_part(page, NULL, NULL);
    qf_page_section(page, "d", "D");
    const char *body = body_of(page, "t", &w);
    assert_non_null(strstr(body, "<ul>\n<li><a href=\"#a\">A</a></li>\n"
                                 "<li><a href=\"#p\">P</a>\n"
                                 "<ul>\n"
                                 "<li><a href=\"#p-b\">B</a></li>\n"
                                 "<li><a href=\"#p-c\">C</a></li>\n"
                                 "</ul></li>\n"
                                 "<li><a href=\"#q\">Q</a></li>\n"
                                 "<li><a href=\"#d\">D</a></li>\n"
                                 "</ul></nav>"));
    assert_non_null(strstr(body, "<section id=\"p\" class=\"part\">"));
    assert_non_null(strstr(body, "<section id=\"p-b\" class=\"of-part\">"));
    assert_non_null(strstr(body, "<section id=\"d\">"));
    written_free(&w);
}

static void list_is_closed_where_a_part_is_last(void **state)
{
    (void)state;
    written w;
    qf_page *page = qf_page_create();
    qf_page_part(page, "p", "P");
    qf_page_section(page, "p-b", "B");
    const char *body = body_of(page, "t", &w);
    assert_int_equal(count(body, "<ul>"), count(body, "</ul>"));
    assert_int_equal(count(body, "<li>"), count(body, "</li>"));
    assert_int_equal(count(body, "<section"), count(body, "</section>"));
    written_free(&w);
}

static void last_headline_counts(void **state)
{
    (void)state;
    written w;
    qf_page *page = qf_page_create();
    qf_page_headline(page, QF_TONE_BAD, "Not met", "earlier");
    qf_page_headline(page, QF_TONE_GOOD, "Met <b>", "it is \"so\"");
    const char *body = body_of(page, "t", &w);
    assert_non_null(strstr(body, "<div class=\"banner good\">"));
    assert_non_null(strstr(body, "Met &lt;b&gt;"));
    assert_non_null(strstr(body, "it is &quot;so&quot;"));
    assert_null(strstr(body, "earlier"));
    written_free(&w);
}

static void notice_takes_the_good_out_of_a_headline(void **state)
{
    (void)state;
    static const struct {
        qf_tone before;
        const char *after;
    } tones[] = {{QF_TONE_GOOD, "<div class=\"banner open\">"},
                 {QF_TONE_PLAIN, "<div class=\"banner open\">"},
                 {QF_TONE_BAD, "<div class=\"banner bad\">"}};
    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++) {
        written w;
        qf_page *page = qf_page_create();
        qf_page_headline(page, tones[i].before, "Verdict", "sentence");
        qf_page_notice(page, QF_TONE_BAD, "Damaged: %s", "<a>");
        qf_page_section(page, "s", "S");
        const char *body = body_of(page, "t", &w);
        assert_non_null(strstr(body, tones[i].after));
        const char *notice = strstr(body, "Damaged: &lt;a&gt;");
        assert_non_null(notice);
        assert_true(notice < strstr(body, "</header>"));
        written_free(&w);
    }
}

static void names_and_titles_cannot_become_markup(void **state)
{
    (void)state;
    static const char evil[] = "</title><script>x</script>";
    written w;
    qf_page *page = qf_page_create();
    qf_page_headline(page, QF_TONE_PLAIN, evil, evil);
    qf_page_section(page, "s", evil);
    qf_page_part(page, "p", evil);
    body_of(page, evil, &w);
    assert_null(strstr(w.text, "<script"));
    assert_int_equal(count(w.text, "</title>"), 1);
    written_free(&w);
}

static void page_asks_for_nothing_outside_itself(void **state)
{
    (void)state;
    written w;
    qf_page *page = qf_page_create();
    qf_page_section(page, "s", "S");
    body_of(page, "t", &w);
    assert_null(strstr(w.text, "http:"));
    assert_null(strstr(w.text, "https:"));
    assert_null(strstr(w.text, "@import"));
    assert_null(strstr(w.text, "url("));
    assert_null(strstr(w.text, "<script"));
    written_free(&w);
}

static void full_disk_is_an_error(void **state)
{
    (void)state;
    qf_context context = qf_context_default();
    qf_page *page = qf_page_create();
    qf_page_section(page, "s", "S");
    FILE *full = fopen("/dev/full", "w");
    assert_non_null(full);
    setvbuf(full, NULL, _IONBF, 0);
    assert_int_equal(qf_page_write(&context, page, "t", full), QF_ERROR_WRITE);
    fclose(full);
    qf_page_free(page);
}

static void numbers_within_a_page_are_all_different(void **state)
{
    (void)state;
    qf_page *page = qf_page_create();
    const unsigned first = qf_page_number(page);
    assert_true(qf_page_number(page) != first);
    qf_page_free(page); /* also of a page that was never written */
    qf_page_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_stand_in_their_order_and_are_listed),
        cmocka_unit_test(sections_of_a_part_are_listed_below_it),
        cmocka_unit_test(list_is_closed_where_a_part_is_last),
        cmocka_unit_test(last_headline_counts),
        cmocka_unit_test(notice_takes_the_good_out_of_a_headline),
        cmocka_unit_test(names_and_titles_cannot_become_markup),
        cmocka_unit_test(page_asks_for_nothing_outside_itself),
        cmocka_unit_test(full_disk_is_an_error),
        cmocka_unit_test(numbers_within_a_page_are_all_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
