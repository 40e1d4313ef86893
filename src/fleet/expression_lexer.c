/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of expressions become tokens; a number takes the unit after it along. */
#include "expression_internal.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 128, NAME_BYTES = 128 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* the byte there, 0 at the end */
static char peek(const qf_lexer *lexer, size_t at)
{
    return at < lexer->length ? lexer->text[at] : '\0';
}

static size_t end_of_word(const qf_lexer *lexer, size_t at)
{
    while (is_letter(peek(lexer, at)) || is_digit(peek(lexer, at))) {
        at++;
    }
    return at;
}

static size_t end_of_digits(const qf_lexer *lexer, size_t at)
{
    while (is_digit(peek(lexer, at))) {
        at++;
    }
    return at;
}

static bool is_word(const qf_lexer *lexer, size_t begin, size_t end, const char *word)
{
    return end - begin == strlen(word) && memcmp(lexer->text + begin, word, end - begin) == 0;
}

static const struct {
    const char *word;
    qf_token_kind kind;
} keywords[] = {
    {"and", QF_TOKEN_AND},   {"or", QF_TOKEN_OR},       {"not", QF_TOKEN_NOT},
    {"true", QF_TOKEN_TRUE}, {"false", QF_TOKEN_FALSE},
};

static qf_token_kind kind_of_word(const qf_lexer *lexer, size_t begin, size_t end)
{
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        if (is_word(lexer, begin, end, keywords[i].word)) {
            return keywords[i].kind;
        }
    }
    if (lexer->reduces && peek(lexer, end) != '.') {
        return is_word(lexer, begin, end, "over") ? QF_TOKEN_OVER
               : is_word(lexer, begin, end, "of") ? QF_TOKEN_OF
                                                  : QF_TOKEN_NAME;
    }
    return QF_TOKEN_NAME;
}

/* `m/s`: without blanks, and only where a unit follows; any other `/` divides */
static size_t end_of_unit(const qf_lexer *lexer, size_t end)
{
    qf_unit unit;
    while (peek(lexer, end) == '/' && is_letter(peek(lexer, end + 1))) {
        const size_t next = end_of_word(lexer, end + 1);
        const char after = peek(lexer, next);
        if (after == '.' || after == '(' ||
            !qf_unit_parse(lexer->text + end + 1, next - end - 1, &unit)) {
            break;
        }
        end = next;
    }
    return end;
}

static bool fail_unit(const qf_lexer *lexer, size_t begin, size_t end)
{
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%.*s", end - begin < 64 ? (int)(end - begin) : 64,
             lexer->text + begin);
    const char *nearest = qf_unit_nearest(name);
    return qf_expression_fail(lexer->error, begin, end, "unknown unit '%s'%s%s%s", name,
                              nearest ? " (did you mean '" : "", nearest ? nearest : "",
                              nearest ? "'?)" : "");
}

/* what stands after a number, if that is a unit */
static bool read_unit(qf_lexer *lexer, qf_token *token)
{
    size_t begin = lexer->at;
    while (is_blank(peek(lexer, begin))) {
        begin++;
    }
    size_t end = begin;
    if (peek(lexer, begin) == '%') {
        end = begin + 1;
    } else if (is_letter(peek(lexer, begin))) {
        end = end_of_word(lexer, begin);
        if (kind_of_word(lexer, begin, end) != QF_TOKEN_NAME) {
            return true;
        }
        token->ticks = is_word(lexer, begin, end, "ticks") || is_word(lexer, begin, end, "tick");
    } else {
        return true;
    }
    if (!token->ticks) {
        if (!qf_unit_parse(lexer->text + begin, end - begin, &token->unit)) {
            return fail_unit(lexer, begin, end);
        }
        end = end_of_unit(lexer, end);
        if (!qf_unit_parse(lexer->text + begin, end - begin, &token->unit)) {
            return qf_expression_fail(lexer->error, begin, end,
                                      "this unit is beyond what units can be");
        }
        token->has_unit = true;
    }
    lexer->at = token->end = end;
    return true;
}

/* digits, with a point between them, with an exponent */
static bool read_number(qf_lexer *lexer, qf_token *token)
{
    const size_t begin = lexer->at;
    size_t end = end_of_digits(lexer, begin);
    if (peek(lexer, end) == '.') {
        if (!is_digit(peek(lexer, end + 1))) {
            return qf_expression_fail(lexer->error, begin, end + 1,
                                      "a number needs digits on both sides of its point");
        }
        end = end_of_digits(lexer, end + 1);
    }
    if (peek(lexer, end) == 'e' || peek(lexer, end) == 'E') {
        const bool sign = peek(lexer, end + 1) == '-' || peek(lexer, end + 1) == '+';
        const size_t digits = end + (sign ? 2 : 1);
        end = is_digit(peek(lexer, digits)) ? end_of_digits(lexer, digits) : end;
    }
    char number[NUMBER_BYTES];
    if (end - begin >= sizeof number) {
        return qf_expression_fail(lexer->error, begin, end, "a number of more than %d characters",
                                  NUMBER_BYTES - 1);
    }
    memcpy(number, lexer->text + begin, end - begin);
    number[end - begin] = '\0';
    /* a host program's locale must not move the decimal point */
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale) {
        return qf_expression_fail(lexer->error, begin, end, "out of memory");
    }
    errno = 0;
    token->value = strtod_l(number, NULL, c_locale);
    freelocale(c_locale);
    if (errno == ERANGE && (token->value == 0.0 || !isfinite(token->value))) {
        return qf_expression_fail(lexer->error, begin, end, "a number too %s to be computed with",
                                  token->value == 0.0 ? "small" : "large");
    }
    token->kind = QF_TOKEN_NUMBER;
    lexer->at = token->end = end;
    return read_unit(lexer, token);
}

static bool read_text(qf_lexer *lexer, qf_token *token)
{
    size_t at = lexer->at + 1;
    while (at < lexer->length && lexer->text[at] != '"') {
        const unsigned char byte = (unsigned char)lexer->text[at];
        if (byte < 0x20 || byte == 0x7f) {
            return qf_expression_fail(lexer->error, at, at + 1,
                                      "a control character (0x%02x) in quotes", byte);
        }
        at++;
    }
    if (at == lexer->length) {
        return qf_expression_fail(lexer->error, lexer->at, at, "a quote that does not end");
    }
    token->kind = QF_TOKEN_TEXT;
    lexer->at = token->end = at + 1;
    return true;
}

static bool read_name(qf_lexer *lexer, qf_token *token)
{
    size_t end = end_of_word(lexer, lexer->at);
    token->kind = kind_of_word(lexer, lexer->at, end);
    while (token->kind == QF_TOKEN_NAME && peek(lexer, end) == '.') {
        if (!is_letter(peek(lexer, end + 1))) {
            return qf_expression_fail(lexer->error, end, end + 1,
                                      "a name goes on with a letter after '.'");
        }
        end = end_of_word(lexer, end + 1);
    }
    lexer->at = token->end = end;
    return true;
}

static const struct {
    const char *sign;
    qf_token_kind kind;
} signs[] = {
    /* longer ones first */
    {"<=", QF_TOKEN_LESS_EQUAL}, {">=", QF_TOKEN_GREATER_EQUAL}, {"==", QF_TOKEN_EQUAL},
    {"!=", QF_TOKEN_NOT_EQUAL},  {"<", QF_TOKEN_LESS},           {">", QF_TOKEN_GREATER},
    {"(", QF_TOKEN_OPEN},        {")", QF_TOKEN_CLOSE},          {",", QF_TOKEN_COMMA},
    {"+", QF_TOKEN_PLUS},        {"-", QF_TOKEN_MINUS},          {"*", QF_TOKEN_TIMES},
    {"/", QF_TOKEN_DIVIDE},
};

/* what other languages write, and what it is here */
static const struct {
    const char *sign;
    const char *help;
} foreign[] = {
    {"&&", "'and' joins two truth values"},  {"&", "'and' joins two truth values"},
    {"||", "'or' joins two truth values"},   {"|", "'or' joins two truth values"},
    {"!", "'not' turns a truth value"},      {"=", "'==' compares"},
    {"'", "texts stand in \" quotes"},       {"^", "there are no powers: write x * x"},
    {"%", "'%' stands after a number only"},
};

static bool starts_with(const qf_lexer *lexer, const char *sign)
{
    const size_t length = strlen(sign);
    return lexer->length - lexer->at >= length &&
           memcmp(lexer->text + lexer->at, sign, length) == 0;
}

static bool read_sign(qf_lexer *lexer, qf_token *token)
{
    const size_t at = lexer->at;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (starts_with(lexer, signs[i].sign)) {
            token->kind = signs[i].kind;
            lexer->at = token->end = at + strlen(signs[i].sign);
            return true;
        }
    }
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        if (starts_with(lexer, foreign[i].sign)) {
            return qf_expression_fail(lexer->error, at, at + strlen(foreign[i].sign),
                                      "'%s' is not used here: %s", foreign[i].sign,
                                      foreign[i].help);
        }
    }
    const unsigned char byte = (unsigned char)lexer->text[at];
    if (byte == '.') {
        return qf_expression_fail(lexer->error, at, at + 1,
                                  "'.' belongs between the parts of a name or the digits of a "
                                  "number");
    }
    if (byte >= 0x80) {
        return qf_expression_fail(lexer->error, at, at + 1,
                                  "only ASCII outside of quotes (byte 0x%02x)", byte);
    }
    if (byte < 0x20 || byte == 0x7f) {
        return qf_expression_fail(lexer->error, at, at + 1, "a control character (0x%02x)", byte);
    }
    return qf_expression_fail(lexer->error, at, at + 1, "'%c' has no meaning here", byte);
}

bool qf_lexer_next(qf_lexer *lexer, qf_token *token)
{
    while (is_blank(peek(lexer, lexer->at))) {
        lexer->at++;
    }
    *token = (qf_token){.kind = QF_TOKEN_END, .begin = lexer->at, .end = lexer->at};
    if (lexer->at == lexer->length) {
        return true;
    }
    const char c = lexer->text[lexer->at];
    if (is_digit(c)) {
        return read_number(lexer, token);
    }
    if (is_letter(c)) {
        return read_name(lexer, token);
    }
    return c == '"' ? read_text(lexer, token) : read_sign(lexer, token);
}
