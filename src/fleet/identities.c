/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Distinct texts of transponders, found by hashing. All texts lie one after the other in one piece of
 * memory, which is as long as it would be if none were equal.
 */
#include "identities.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "draw.h"

#define INDEX_MARK  "{index}"
#define SPOOF_STEM  "SPOOF-"
#define SPOOF_BYTES (sizeof SPOOF_STEM + SPOOF_DIGITS)

enum {
    INDEX_MARK_LENGTH = sizeof INDEX_MARK - 1,
    SPOOF_STEM_LENGTH = sizeof SPOOF_STEM - 1,
    SPOOF_DIGITS = 6,
    MOST_DIGITS = 20,
};

/* A place of the hash table. */
typedef struct slot {
    uint32_t tag;    /* half of the hash, so that few texts are compared in vain */
    uint32_t number; /* identity + 1; 0: free */
} slot;

typedef struct table {
    qf_identities *identities;
    const char **text;
    int32_t *own, *spoof;
    char *end; /* of the texts so far */
    slot *slots;
    size_t mask; /* slots - 1, of which there are a power of two */
} table;

/* What can be needed at most. */
typedef struct room {
    size_t n_texts;
    size_t bytes;
    bool good; /* false: more than can be addressed */
} room;

static size_t count_digits(size_t value)
{
    size_t digits = 1;
    for (; value >= 10; value /= 10) {
        digits++;
    }
    return digits;
}

static size_t count_marks(const char *pattern)
{
    size_t n = 0;
    for (; (pattern = strstr(pattern, INDEX_MARK)); pattern += INDEX_MARK_LENGTH) {
        n++;
    }
    return n;
}

/* a pattern without a mark is the same text for the whole group, and worlds never differ */
static size_t own_texts(const qf_group_spec *group)
{
    if (!group->transponder_id) {
        return 0;
    }
    return count_marks(group->transponder_id) > 0 ? group->count : 1;
}

static bool spoofs(const qf_group_spec *group)
{
    return group->transponder_mode == QF_TRANSPONDER_SPOOF;
}

static void add_room(room *r, size_t n_texts, size_t bytes_each)
{
    size_t bytes;
    r->good = r->good && qf_size_multiply(n_texts, bytes_each, &bytes) &&
              !__builtin_add_overflow(r->bytes, bytes, &r->bytes) &&
              !__builtin_add_overflow(r->n_texts, n_texts, &r->n_texts);
}

static room measure(const qf_scenario *scenario)
{
    room r = {.good = true};
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        const char *pattern = group->transponder_id;
        if (pattern) {
            const size_t marks = count_marks(pattern);
            add_room(&r, own_texts(group),
                     strlen(pattern) + 1 - marks * INDEX_MARK_LENGTH +
                         marks * count_digits(group->count - 1));
        }
        if (spoofs(group)) {
            add_room(&r, group->count * scenario->n_worlds, SPOOF_BYTES);
        }
    }
    /* numbers are int32, and slots hold them plus one */
    r.good = r.good && r.n_texts < INT32_MAX;
    return r;
}

static char *put_decimal(char *to, size_t value)
{
    char digits[MOST_DIGITS];
    size_t n = 0;
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (n > 0) {
        *to++ = digits[--n];
    }
    return to;
}

/* Both put a text with its terminating zero, and return where that stands. */
static char *put_own(char *to, const char *pattern, size_t index)
{
    for (const char *mark; (mark = strstr(pattern, INDEX_MARK));
         pattern = mark + INDEX_MARK_LENGTH) {
        to = mempcpy(to, pattern, (size_t)(mark - pattern));
        to = put_decimal(to, index);
    }
    return stpcpy(to, pattern);
}

static char *put_spoofed(char *to, uint64_t seed, uint32_t world, size_t vehicle)
{
    static const char hexadecimal[] = "0123456789abcdef";
    const qf_draw_key key = {
        .seed = seed, .world = world, .vehicle = (uint32_t)vehicle, .stream = QF_STREAM_SPOOF};
    const uint32_t bits = qf_draw_block(key).word[0];
    to = stpcpy(to, SPOOF_STEM);
    for (unsigned digit = 0; digit < SPOOF_DIGITS; digit++) {
        *to++ = hexadecimal[bits >> (28 - 4 * digit) & 0xf];
    }
    *to = '\0';
    return to;
}

/* The number of the text that stands behind the last one and ends at `zero`; it stays there when it is new. */
static int32_t number_of(table *t, const char *zero)
{
    const char *text = t->end;
    const uint64_t hash = XXH3_64bits(text, (size_t)(zero - text));
    const uint32_t tag = (uint32_t)(hash >> 32);
    size_t s = (size_t)hash & t->mask;
    while (t->slots[s].number &&
           (t->slots[s].tag != tag || strcmp(t->text[t->slots[s].number - 1], text) != 0)) {
        s = (s + 1) & t->mask;
    }
    if (!t->slots[s].number) {
        t->text[t->identities->n++] = text;
        t->slots[s] = (slot){tag, (uint32_t)t->identities->n};
        t->end += zero + 1 - text;
    }
    return (int32_t)t->slots[s].number - 1;
}

static void number_own(table *t, const qf_scenario *scenario)
{
    size_t entity = 0;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        const size_t n_texts = own_texts(group);
        int32_t *own = t->own + entity;
        for (size_t v = 0; v < group->count * scenario->n_worlds; v++) {
            if (v < n_texts) {
                own[v] = number_of(t, put_own(t->end, group->transponder_id, v));
            } else {
                own[v] = n_texts > 0 ? own[v - n_texts] : QF_NO_IDENTITY;
            }
        }
        entity += group->count * scenario->n_worlds;
    }
}

static void number_spoofed(table *t, const qf_scenario *scenario)
{
    size_t vehicle = 0; /* first of the group within each world */
    int32_t *spoof = t->spoof;
    for (size_t g = 0; g < scenario->n_groups; g++) {
        const qf_group_spec *group = &scenario->groups[g];
        for (size_t world = 0; world < scenario->n_worlds; world++) {
            const uint32_t number = qf_world_number(scenario, world);
            for (size_t v = 0; v < group->count; v++) {
                *spoof++ =
                    spoofs(group)
                        ? number_of(t, put_spoofed(t->end, scenario->seed, number, vehicle + v))
                        : QF_NO_IDENTITY;
            }
        }
        vehicle += group->count;
    }
}

/* At most half of the slots are ever taken. */
static slot *allocate_slots(size_t n_texts, size_t *mask)
{
    size_t n = 2;
    while (n < 2 * n_texts) {
        n *= 2;
    }
    *mask = n - 1;
    return calloc(n, sizeof(slot));
}

qf_status qf_identities_create(qf_context *context, qf_arena *arena, const qf_scenario *scenario,
                               qf_identities *identities)
{
    *identities = (qf_identities){0};
    const room r = measure(scenario);
    if (r.good && r.n_texts == 0) {
        return QF_OK;
    }
    const size_t n_vehicles = qf_scenario_n_vehicles(scenario);
    table t = {.identities = identities};
    if (r.good) {
        t.text = qf_arena_array(arena, r.n_texts, sizeof *t.text);
        t.end = qf_arena_array(arena, r.bytes, 1);
        t.own = qf_arena_array(arena, n_vehicles, sizeof *t.own);
        t.spoof = qf_arena_array(arena, n_vehicles, sizeof *t.spoof);
        t.slots = allocate_slots(r.n_texts, &t.mask);
    }
    if (!t.text || !t.end || !t.own || !t.spoof || !t.slots) {
        free(t.slots);
        return qf_fail(context, QF_ERROR_MEMORY, "no memory for the identities of %zu vehicles",
                       n_vehicles);
    }
    number_own(&t, scenario);
    number_spoofed(&t, scenario);
    free(t.slots);
    identities->text = t.text;
    identities->own = t.own;
    identities->spoof = t.spoof;
    return QF_OK;
}
