/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bertsekas' auction with scaling of epsilon: whoever has nothing bids for what it likes best,
 *
 *   price += gain(best) - gain(second best) + epsilon        gains less prices
 *
 * and whoever had it bids again. When all have something each is within epsilon of what it would like best at these
 * prices, and the sum within one epsilon for each person of the largest. Then once more with a smaller epsilon, from the
 * prices so far: from coarse to fine it takes few rounds, whatever the gains.
 *
 * That needs as many things as persons, and all to be had. So each bidder has its own idleness, worth nothing, and each
 * lot a person who would leave it undone; these may also have any idleness. A bidder without a lot is
 * idle, and the persons of the lots that are done take the idleness of those who do them: sums are those of the lots.
 *
 * Gains and prices are whole numbers of a unit, a power of two that is at most half of epsilon: sums are exact, there
 * is no smallest step that rounding could lose, and no order of operations matters. Persons bid in the order in which they
 * came to have nothing, at first by number; of equals the first lot is liked best.
 * Source: D. P. Bertsekas, Linear Network Optimization (1991), section 4.1. Guarded by tests/test_auction.c.
 */
#include "auction.h"

#include <math.h>
#include <stdbool.h>

enum {
    SCALE_BITS = 40,     /* most of a gain, in units */
    COARSER_BY_BITS = 3, /* from phase to phase */
};

#define NOBODY  UINT32_MAX
#define NO_GAIN (INT64_MIN / 2) /* less than any price */

/*
 * Persons: bidders that want anything, by `wants`, then one for each lot. Things: lots, then an idleness for
 * each of those bidders.
 */
typedef struct auction {
    const qf_auction_bidder *bidders;
    const qf_auction_lot *lots;
    uint32_t n_bidders, n_lots, n; /* n: of persons, and of things */
    int64_t *gain;   /* by person that is a bidder, and lot; NO_GAIN: it does not want it */
    int64_t *price;  /* by thing */
    uint32_t *owner; /* by thing */
    uint32_t *has;   /* by person */
    uint32_t *queue; /* of persons who have nothing: a ring */
    uint32_t *wants; /* bidders of the caller's list */
    /* a tournament of the cheapest idleness: [n_leaves + i] is i or NOBODY, and each below the cheaper of its two */
    uint32_t *cheapest;
    uint32_t n_leaves; /* a power of two */
} auction;

double qf_auction_gain(const qf_auction_bidder *bidders, const qf_auction_lot *lots,
                       uint32_t bidder, uint32_t lot)
{
    const qf_auction_bidder *b = &bidders[bidder];
    const qf_auction_lot *l = &lots[lot];
    const double x = l->position_m[0] - b->position_m[0];
    const double y = l->position_m[1] - b->position_m[1];
    const double z = l->position_m[2] - b->position_m[2];
    return l->value - sqrt(x * x + y * y + z * z) + (b->held == lot ? l->keep : 0.0);
}

size_t qf_auction_bytes(size_t n_bidders, size_t n_lots)
{
    const size_t per_person = sizeof(int64_t) + 8 * sizeof(uint32_t);
    const size_t n = n_bidders + n_lots;
    if (n < n_bidders || n > SIZE_MAX / 4 / per_person ||
        (n_lots > 0 && n_bidders > SIZE_MAX / 4 / sizeof(int64_t) / n_lots)) {
        return 0;
    }
    return n_bidders * n_lots * sizeof(int64_t) + n * per_person;
}

/* what somebody likes best, and how it likes the next best */
typedef struct choice {
    uint32_t thing;
    int64_t best, second;
} choice;

static void consider(choice *c, uint32_t thing, int64_t net)
{
    if (net > c->best) {
        c->second = c->best;
        c->best = net;
        c->thing = thing;
    } else if (net > c->second) {
        c->second = net;
    }
}

/* a bidder: lots from which it gains, and its idleness */
static void choose_lot(const auction *a, uint32_t person, choice *c)
{
    const int64_t *gain = a->gain + (size_t)person * a->n_lots;
    for (uint32_t l = 0; l < a->n_lots; l++) {
        consider(c, l, gain[l] - a->price[l]);
    }
    consider(c, a->n_lots + person, -a->price[a->n_lots + person]);
}

static uint32_t cheaper(const auction *a, uint32_t left, uint32_t right)
{
    const int64_t *price = a->price + a->n_lots;
    return right == NOBODY || (left != NOBODY && price[left] <= price[right]) ? left : right;
}

/* after the price of an idleness has changed */
static void rank_idleness(const auction *a, uint32_t idleness)
{
    for (uint32_t k = (a->n_leaves + idleness) / 2; k > 0; k /= 2) {
        a->cheapest[k] = cheaper(a, a->cheapest[2 * k], a->cheapest[2 * k + 1]);
    }
}

static void rank_all(const auction *a)
{
    for (uint32_t k = 0; k < a->n_leaves; k++) {
        a->cheapest[a->n_leaves + k] = k < a->n_bidders ? k : NOBODY;
    }
    for (uint32_t k = a->n_leaves - 1; k > 0; k--) {
        a->cheapest[k] = cheaper(a, a->cheapest[2 * k], a->cheapest[2 * k + 1]);
    }
}

/* the person of a lot: that, and any idleness, of which the two cheapest matter */
static void choose_idleness(const auction *a, uint32_t lot, choice *c)
{
    const int64_t *price = a->price + a->n_lots;
    const uint32_t best = a->cheapest[1];
    uint32_t second = NOBODY;
    for (uint32_t k = a->n_leaves + best; k > 1; k /= 2) {
        second = cheaper(a, second, a->cheapest[k ^ 1]);
    }
    consider(c, lot, -a->price[lot]);
    consider(c, a->n_lots + best, -price[best]);
    if (second != NOBODY) {
        consider(c, a->n_lots + second, -price[second]);
    }
}

/* until everybody has something; prices stay */
static void sell(const auction *a, int64_t epsilon)
{
    uint32_t first = 0;
    uint32_t n_waiting = a->n;
    for (uint32_t p = 0; p < a->n; p++) {
        a->queue[p] = p;
        a->owner[p] = NOBODY;
    }
    while (n_waiting > 0) {
        const uint32_t person = a->queue[first];
        choice c = {.thing = NOBODY, .best = INT64_MIN, .second = INT64_MIN};
        first = first + 1 == a->n ? 0 : first + 1;
        n_waiting--;
        if (person < a->n_bidders) {
            choose_lot(a, person, &c);
        } else {
            choose_idleness(a, person - a->n_bidders, &c);
        }
        const uint32_t before = a->owner[c.thing];
        /* everybody has two choices: whoever has none is not here */
        a->price[c.thing] += c.best - c.second + epsilon;
        a->owner[c.thing] = person;
        if (c.thing >= a->n_lots) {
            rank_idleness(a, c.thing - a->n_lots);
        }
        a->has[person] = c.thing;
        if (before != NOBODY) {
            const uint32_t last = first + n_waiting;
            a->queue[last < a->n ? last : last - a->n] = before;
            n_waiting++;
        }
    }
}

/* lists who gains from any lot; returns the largest gain */
static double list_bidders(auction *a, size_t n_bidders)
{
    double most = 0.0;
    a->n_bidders = 0;
    for (uint32_t b = 0; b < n_bidders; b++) {
        double most_of_bidder = 0.0;
        for (uint32_t l = 0; l < a->n_lots; l++) {
            const double gain = qf_auction_gain(a->bidders, a->lots, b, l);
            most_of_bidder = gain > most_of_bidder ? gain : most_of_bidder;
        }
        if (most_of_bidder > 0.0) {
            a->wants[a->n_bidders++] = b;
        }
        most = most_of_bidder > most ? most_of_bidder : most;
    }
    return most;
}

/* gains in units */
static void count_gains(const auction *a, double most, double epsilon)
{
    int exponent;
    int least;
    (void)frexp(epsilon, &exponent);
    (void)frexp(most, &least);
    /* at most half of epsilon */
    const int unit = exponent - 2 > least - SCALE_BITS ? exponent - 2 : least - SCALE_BITS;
    const double per_unit = ldexp(1.0, -unit);
    for (uint32_t p = 0; p < a->n_bidders; p++) {
        for (uint32_t l = 0; l < a->n_lots; l++) {
            const double gain = qf_auction_gain(a->bidders, a->lots, a->wants[p], l);
            a->gain[(size_t)p * a->n_lots + l] = gain > 0.0 ? (int64_t)(gain * per_unit) : NO_GAIN;
        }
    }
}

static int64_t largest_gain(const auction *a)
{
    int64_t most = 0;
    for (size_t k = 0; k < (size_t)a->n_bidders * a->n_lots; k++) {
        most = a->gain[k] > most ? a->gain[k] : most;
    }
    return most;
}

void qf_auction(const qf_auction_bidder *bidders, size_t n_bidders, const qf_auction_lot *lots,
                size_t n_lots, double epsilon, void *memory, uint32_t *lot_of)
{
    const size_t n = n_bidders + n_lots;
    int64_t *gain = memory;
    int64_t *price = gain + n_bidders * n_lots;
    uint32_t *word = (uint32_t *)(price + n);
    auction a = {.bidders = bidders,
                 .lots = lots,
                 .n_lots = (uint32_t)n_lots,
                 .gain = gain,
                 .price = price,
                 .owner = word,
                 .has = word + n,
                 .queue = word + 2 * n,
                 .wants = word + 3 * n,
                 .cheapest = word + 4 * n, /* at most four for each bidder */
                 .n_leaves = 1};
    for (size_t b = 0; b < n_bidders; b++) {
        lot_of[b] = QF_NO_LOT;
    }
    const double most = list_bidders(&a, n_bidders);
    if (a.n_bidders == 0) {
        return;
    }
    a.n = a.n_bidders + a.n_lots;
    count_gains(&a, most, epsilon);
    for (uint32_t t = 0; t < a.n; t++) {
        a.price[t] = 0;
    }
    while (a.n_leaves < a.n_bidders) {
        a.n_leaves *= 2;
    }
    rank_all(&a);
    const int64_t coarse = largest_gain(&a) >> COARSER_BY_BITS;
    int64_t step = 1;
    while (step < coarse) {
        step <<= COARSER_BY_BITS;
    }
    for (; step > 0; step >>= COARSER_BY_BITS) {
        sell(&a, step);
    }
    for (uint32_t p = 0; p < a.n_bidders; p++) {
        if (a.has[p] < a.n_lots) {
            lot_of[a.wants[p]] = a.has[p];
        }
    }
}
