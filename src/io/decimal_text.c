/* SPDX-License-Identifier: Apache-2.0 */
/*
 * v = m 2^e is brought to w = v 10^k, of 17 or 18 digits before the point (9 or 10 for floats). While 5^k fits into 64
 * bits that product is exact in 128, and so is half the gap to the next number, 5^k in the same units: whether a decimal
 * of fewer digits reads back as v is one comparison of integers. What is out of that range goes through printf.
 */
#include "decimal_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_POWER = 27, /* 5^27 < 2^63 */
    DOUBLE_DIGITS = 17,
    FLOAT_DIGITS = 9,
    LONGEST_PLAIN = 16, /* digits before the point; longer ones have an exponent */
    ROUNDED_DIGITS = 6,
};

__extension__ typedef unsigned __int128 wide;

static const uint64_t powers_of_5[MOST_POWER + 1] = {
    1u,
    5u,
    25u,
    125u,
    625u,
    3125u,
    15625u,
    78125u,
    390625u,
    1953125u,
    9765625u,
    48828125u,
    244140625u,
    1220703125u,
    6103515625u,
    30517578125u,
    152587890625u,
    762939453125u,
    3814697265625u,
    19073486328125u,
    95367431640625u,
    476837158203125u,
    2384185791015625u,
    11920928955078125u,
    59604644775390625u,
    298023223876953125u,
    1490116119384765625u,
    7450580596923828125u,
};

static const uint64_t powers_of_10[] = {
    1u,
    10u,
    100u,
    1000u,
    10000u,
    100000u,
    1000000u,
    10000000u,
    100000000u,
    1000000000u,
    10000000000u,
    100000000000u,
    1000000000000u,
    10000000000000u,
    100000000000000u,
    1000000000000000u,
    10000000000000000u,
    100000000000000000u,
    1000000000000000000u,
};

/* Digits of an integer, at the end of `end`; returns where they begin. */
static char *digits_before(char *end, uint64_t value)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    while (value >= 100) {
        end -= 2;
        memcpy(end, pairs + 2 * (value % 100), 2);
        value /= 100;
    }
    if (value >= 10) {
        end -= 2;
        memcpy(end, pairs + 2 * value, 2);
    } else {
        *--end = (char)('0' + value);
    }
    return end;
}

char *qf_decimal_put_uint64(char *at, uint64_t value)
{
    char text[QF_DECIMAL_BYTES];
    char *begin = digits_before(text + sizeof text, value);
    const size_t n = (size_t)(text + sizeof text - begin);
    memcpy(at, begin, n);
    return at + n;
}

char *qf_decimal_put_int64(char *at, int64_t value)
{
    if (value < 0) {
        *at++ = '-';
    }
    return qf_decimal_put_uint64(at, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

/* e+07 */
static char *put_exponent(char *at, int exponent)
{
    *at++ = 'e';
    *at++ = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;
    if (exponent < 10) {
        *at++ = '0';
    }
    return qf_decimal_put_uint64(at, (uint64_t)exponent);
}

/* digits 10^power > 0, without zeros at its end; with an exponent where printf's %g of `most` digits has one */
static char *put_decimal(char *at, uint64_t digits, int power, int most)
{
    char text[QF_DECIMAL_BYTES];
    while (digits % 10 == 0) {
        digits /= 10;
        power++;
    }
    const char *begin = digits_before(text + sizeof text, digits);
    const int n = (int)(text + sizeof text - begin);
    const int point = n + power; /* digits before it */
    if (point <= -4 || point > most) {
        *at++ = *begin;
        if (n > 1) {
            *at++ = '.';
            memcpy(at, begin + 1, (size_t)n - 1);
            at += n - 1;
        }
        return put_exponent(at, point - 1);
    }
    if (point <= 0) {
        memcpy(at, "0.0000", 6);
        at += 2 - point;
        memcpy(at, begin, (size_t)n);
        return at + n;
    }
    if (point >= n) {
        memcpy(at, begin, (size_t)n);
        memset(at + n, '0', (size_t)(point - n));
        return at + point;
    }
    memcpy(at, begin, (size_t)point);
    at[point] = '.';
    memcpy(at + point + 1, begin + point, (size_t)(n - point));
    return at + n + 1;
}

/*
 * A number v > 0 in units of half of 10^-k, as many as fit into an integer, and the rest of it in units of 2^-shift of
 * those: whole numbers of 64 bits are enough then to tell which decimals of fewer digits are near.
 */
typedef struct scaled {
    uint64_t halves;
    wide rest;
    uint64_t half_gap; /* to the next number, in units of the rest */
    int n_digits;      /* of halves / 2 */
    int shift, k;
} scaled;

/* m 2^e; false: out of range. `least_digits`: so many, or one more, before the point. */
static bool scale(uint64_t m, int e, int least_digits, scaled *s)
{
    const int bits = 64 - __builtin_clzll(m) + e;    /* 2^(bits - 1) <= v < 2^bits */
    const int magnitude = ((bits - 1) * 1233) >> 12; /* log10(v), rounded down, or one less */
    s->k = least_digits - 1 - magnitude;
    s->shift = -e - s->k;
    if (s->k < 0 || s->k > MOST_POWER || s->shift < 0 || s->shift > 119) {
        return false;
    }
    s->half_gap = powers_of_5[s->k];
    const wide value = (wide)(2 * m) * s->half_gap;
    s->halves = (uint64_t)(value >> s->shift);
    s->rest = value - ((wide)s->halves << s->shift);
    s->n_digits = least_digits + (s->halves >= 2 * powers_of_10[least_digits]);
    return true;
}

/* by constants, of which compilers make products */
static uint64_t divide(uint64_t digits, int power)
{
    switch (power) {
    case 0:
        return digits;
    case 1:
        return digits / 10;
    case 2:
        return digits / 100;
    case 3:
        return digits / 1000;
    case 4:
        return digits / 10000;
    default:
        return digits / powers_of_10[power];
    }
}

/* The number without its last `drop` digits, rounded down. */
typedef struct shortened {
    uint64_t digits;
    uint64_t below, above; /* halves from it to the number, without the rest, and on to the next */
    bool up;               /* the next is nearer, or as near and even */
} shortened;

static shortened shorten(const scaled *s, int drop)
{
    const uint64_t step = 2 * powers_of_10[drop];
    const uint64_t digits = divide(s->halves / 2, drop);
    const uint64_t below = s->halves - digits * step;
    const bool tie = 2 * below == step && s->rest == 0;
    return (shortened){.digits = digits,
                       .below = below,
                       .above = step - below,
                       .up = tie ? (digits & 1) != 0 : 2 * below >= step};
}

/* the least number of halves that is no less than `length`, in units of the rest */
static uint64_t halves_up(const scaled *s, wide length)
{
    return (uint64_t)((length + (((wide)1 << s->shift) - 1)) >> s->shift);
}

/* less than `near` away. `sure`: DBL_DIG or FLT_DIG digits, of which at most one decimal is near enough to the number */
static bool put_shortest(char **at, const scaled *s, wide near, int sure)
{
    const uint64_t near_below = near > s->rest ? halves_up(s, near - s->rest) : 0;
    const uint64_t near_above = halves_up(s, near + s->rest);
    for (int drop = s->n_digits - sure; drop >= 0; drop--) {
        const shortened n = shorten(s, drop);
        if (n.up ? n.above < near_above : n.below < near_below) {
            *at = put_decimal(*at, n.digits + n.up, drop - s->k, LONGEST_PLAIN);
            return true;
        }
    }
    return false;
}

static char *put_special(char *at, double value)
{
    const char *text = isnan(value) ? "nan" : value > 0.0 ? "inf" : value < 0.0 ? "-inf" : "0";
    if (value == 0.0 && signbit(value)) {
        text = "-0";
    }
    const size_t n = strlen(text);
    memcpy(at, text, n);
    return at + n;
}

static char *put_printed(char *at, double value, int from, int to, bool single)
{
    int n = 0;
    for (int digits = from; digits <= to; digits++) {
        n = snprintf(at, QF_DECIMAL_BYTES, "%.*g", digits, value);
        const double back = strtod(at, NULL);
        /* as a float, and not by way of what is just as near to another */
        if (single ? (float)back == (float)value && strtof(at, NULL) == (float)value
                   : back == value) {
            break;
        }
    }
    return at + n;
}

/* *power: it is a power of two, below which the gap is half as wide */
static bool scale_double(double value, scaled *s, bool *power)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const int biased = (int)(bits >> 52 & 0x7ff);
    const uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    *power = fraction == 0;
    return biased > 0 && scale(fraction | UINT64_C(1) << 52, biased - 1075, DOUBLE_DIGITS, s);
}

char *qf_decimal_put_double(char *at, double value)
{
    if (!isfinite(value) || value == 0.0) {
        return put_special(at, value);
    }
    scaled s;
    bool power;
    char *signed_at = at;
    if (value < 0.0) {
        *signed_at++ = '-';
    }
    if (scale_double(value, &s, &power) &&
        put_shortest(&signed_at, &s, power ? (s.half_gap + 1) / 2 : s.half_gap, 15)) {
        return signed_at;
    }
    return put_printed(at, value, 15, DOUBLE_DIGITS, false);
}

char *qf_decimal_put_float(char *at, float value)
{
    if (!isfinite(value) || value == 0.0f) {
        return put_special(at, (double)value);
    }
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const int biased = (int)(bits >> 23 & 0xff);
    const uint32_t fraction = bits & 0x7fffff;
    scaled s;
    char *signed_at = at;
    if (value < 0.0f) {
        *signed_at++ = '-';
    }
    if (biased > 0 && scale(fraction | 0x800000u, biased - 150, FLOAT_DIGITS, &s)) {
        /* what is left of the gap is more than a double rounds by */
        const wide gap = fraction == 0 ? s.half_gap / 2 : s.half_gap;
        if (put_shortest(&signed_at, &s, gap - (gap >> 26), 6)) {
            return signed_at;
        }
    }
    return put_printed(at, (double)value, 6, FLOAT_DIGITS, true);
}

char *qf_decimal_put_rounded(char *at, double value)
{
    if (!isfinite(value) || value == 0.0) {
        return put_special(at, value);
    }
    scaled s;
    bool power;
    if (!scale_double(value, &s, &power)) {
        return at + snprintf(at, QF_DECIMAL_BYTES, "%.*g", ROUNDED_DIGITS, value);
    }
    if (value < 0.0) {
        *at++ = '-';
    }
    const int drop = s.n_digits - ROUNDED_DIGITS;
    const shortened n = shorten(&s, drop);
    return put_decimal(at, n.digits + n.up, drop - s.k, ROUNDED_DIGITS);
}
