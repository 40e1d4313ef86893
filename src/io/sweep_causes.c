/* SPDX-License-Identifier: Apache-2.0 */
#include "sweep_causes.h"

#include <stdlib.h>
#include <string.h>

typedef struct told {
    const char *cause;
    uint8_t outcome;
    uint32_t number;
} told;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* order of texts in which all numbers are the same number */
static int compare_kinds(const char *a, const char *b)
{
    while (*a && *b) {
        if (is_digit(*a) && is_digit(*b)) {
            a += strspn(a, "0123456789.");
            b += strspn(b, "0123456789.");
        } else if (*a != *b) {
            break;
        } else {
            a++;
            b++;
        }
    }
    return (*a > *b) - (*a < *b);
}

static bool same_kind(const told *a, const told *b)
{
    return a->outcome == b->outcome && compare_kinds(a->cause, b->cause) == 0;
}

static int by_kind(const void *left, const void *right)
{
    const told *a = left, *b = right;
    const int kind = a->outcome != b->outcome
                         ? (a->outcome > b->outcome) - (a->outcome < b->outcome)
                         : compare_kinds(a->cause, b->cause);
    return kind ? kind : (a->number > b->number) - (a->number < b->number);
}

static int by_number(const void *left, const void *right)
{
    const qf_cause_group *a = left, *b = right;
    const int most = (a->n < b->n) - (a->n > b->n);
    return most ? most : (a->first_case > b->first_case) - (a->first_case < b->first_case);
}

const qf_cause_group *qf_sweep_causes(qf_arena *arena, const qf_sweep_table *table, size_t n_cases,
                                      size_t *n)
{
    size_t n_told = 0;
    for (size_t k = 0; k < n_cases; k++) {
        n_told += table->cause[k] != NULL;
    }
    told *all = qf_arena_array(arena, n_told + 1, sizeof *all);
    qf_cause_group *groups = qf_arena_array(arena, n_told + 1, sizeof *groups);
    *n = 0;
    if (!all || !groups) {
        return NULL;
    }
    size_t next = 0;
    for (size_t k = 0; k < n_cases; k++) {
        if (table->cause[k]) {
            all[next++] = (told){table->cause[k], table->outcome[k], (uint32_t)k};
        }
    }
    qsort(all, n_told, sizeof *all, by_kind);
    for (size_t i = 0; i < n_told; i++) {
        if (i == 0 || !same_kind(&all[i - 1], &all[i])) {
            groups[(*n)++] = (qf_cause_group){.outcome = (qf_outcome)all[i].outcome,
                                              .first_case = all[i].number,
                                              .cause = all[i].cause};
        }
        groups[*n - 1].n++;
    }
    qsort(groups, *n, sizeof *groups, by_number);
    return groups;
}
