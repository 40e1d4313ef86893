/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "html.h"
#include "written.h"

static void assert_text(const char *text, const char *expected)
{
    written w;
    qf_html_text(written_begin(&w), text);
    assert_string_equal(written_end(&w), expected);
    written_free(&w);
}

static void text_cannot_become_markup(void **state)
{
    (void)state;
    assert_text("<script>alert(\"1\")</script> & more",
                "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more");
    assert_text("&lt;", "&amp;lt;");
    assert_text("", "");
}

static void what_is_no_utf8_becomes_the_sign_of_replacement(void **state)
{
    (void)state;
    assert_text("Grüße ✓ 𝛼", "Grüße ✓ 𝛼");
    assert_text("a\xff"
                "b",
                "a\xef\xbf\xbd"
                "b");
    /* cut short within a character: nothing of what follows is swallowed */
    assert_text("\xe2\x82<b>", "\xef\xbf\xbd\xef\xbf\xbd&lt;b&gt;");
    /* an overlong form of < */
    assert_text("\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd");
    /* control characters, which no page may hold */
    assert_text("\x01", "\xef\xbf\xbd");
}

static void formatted_values_are_escaped_after_they_are_put_together(void **state)
{
    (void)state;
    written w;
    qf_html_paragraph(written_begin(&w), "%s < %d", "\"a\"&", 3);
    assert_string_equal(written_end(&w), "<p>&quot;a&quot;&amp; &lt; 3</p>\n");
    written_free(&w);
}

/* every piece with the name of a malicious vehicle in every place */
static void no_piece_lets_a_name_through(void **state)
{
    (void)state;
    static const char evil[] = "\"><script>x</script>";
    const qf_html_column columns[] = {{evil, false}, {evil, true}};
    written w;
    FILE *out = written_begin(&w);
    qf_html_heading(out, "%s", evil);
    qf_html_badge(out, QF_TONE_GOOD, evil);
    qf_html_banner(out, QF_TONE_BAD, evil, evil);
    qf_html_facts_begin(out);
    qf_html_fact(out, evil, "%s", evil);
    qf_html_facts_end(out);
    qf_html_table_begin(out, evil, columns, 2);
    qf_html_row_begin(out);
    qf_html_cell(out, true, "%s", evil);
    qf_html_row_end(out);
    qf_html_table_end(out);
    qf_html_figures_begin(out);
    qf_html_figure_begin(out, QF_FIGURE_SMALL, evil);
    qf_html_figure_end(out, evil);
    qf_html_figures_end(out);
    qf_html_command(out, "%s", evil);
    qf_html_command_on(out, evil, evil, evil);
    qf_html_note(out, QF_TONE_OPEN, "%s", evil);
    qf_html_details_begin(out, evil);
    qf_html_details_end(out);
    const char *text = written_end(&w);
    assert_null(strstr(text, "<script"));
    assert_null(strstr(text, "\"\">"));
    assert_null(strstr(text, "=\"\"&"));
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, "&lt;script&gt;x&lt;/script&gt;")); at++) {
        n++;
    }
    /* each place once; the table's caption also is what its region is called */
    assert_int_equal(n, 19);
    written_free(&w);
}

static void tones_have_a_sign_besides_their_colour(void **state)
{
    (void)state;
    static const struct {
        qf_tone tone;
        const char *expected;
    } signs[] = {{QF_TONE_GOOD, "good\"><span class=\"sign\" aria-hidden=\"true\">✓"},
                 {QF_TONE_BAD, "bad\"><span class=\"sign\" aria-hidden=\"true\">✗"},
                 {QF_TONE_OPEN, "open\"><span class=\"sign\" aria-hidden=\"true\">?"},
                 {QF_TONE_PLAIN, "plain\">it"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        written w;
        qf_html_badge(written_begin(&w), signs[i].tone, "it");
        assert_non_null(strstr(written_end(&w), signs[i].expected));
        written_free(&w);
    }
}

static void assert_command(const char *path, const char *expected)
{
    written w;
    qf_html_command_on(written_begin(&w), "qfleet info", path, "");
    const char *text = written_end(&w);
    assert_non_null(strstr(text, expected));
    written_free(&w);
}

static void names_of_files_are_quoted_as_a_shell_wants_them(void **state)
{
    (void)state;
    assert_command("/out/a-b_1.h5", "<code>qfleet info /out/a-b_1.h5</code>");
    assert_command("my run.h5", "<code>qfleet info 'my run.h5'</code>");
    assert_command("a'b", "<code>qfleet info 'a'\\''b'</code>");
    assert_command("'", "<code>qfleet info ''\\'''</code>");
    assert_command("$(x)", "<code>qfleet info '$(x)'</code>");
    /* as messages of the program have it */
    assert_command("mass=2.h5", "<code>qfleet info mass=2.h5</code>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_cannot_become_markup),
        cmocka_unit_test(what_is_no_utf8_becomes_the_sign_of_replacement),
        cmocka_unit_test(formatted_values_are_escaped_after_they_are_put_together),
        cmocka_unit_test(no_piece_lets_a_name_through),
        cmocka_unit_test(tones_have_a_sign_besides_their_colour),
        cmocka_unit_test(names_of_files_are_quoted_as_a_shell_wants_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
