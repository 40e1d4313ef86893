/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_AUCTION_H
#define QF_AUCTION_H

#include <stddef.h>
#include <stdint.h>

/*
 * Who gets which of some lots that lie about: at most one each, such that the sum of values less ways is as large as
 * can be, nearly. A bidder's gain from a lot is its value less the distance, and `keep` more of the one it holds; of
 * lots without gain it wants none.
 */
#define QF_NO_LOT UINT32_MAX

typedef struct qf_auction_bidder {
    double position_m[3];
    uint32_t held; /* lot that it has from before, QF_NO_LOT */
} qf_auction_bidder;

typedef struct qf_auction_lot {
    double position_m[3];
    double value; /* in m */
    double keep;  /* m */
} qf_auction_lot;

/* Gain of the bidder from that lot. */
double qf_auction_gain(const qf_auction_bidder *bidders, const qf_auction_lot *lots,
                       uint32_t bidder, uint32_t lot);

/* Bytes of memory that an auction works in, aligned to 8, most of them 8 for each bidder and lot; 0: too many to
   count. */
size_t qf_auction_bytes(size_t n_bidders, size_t n_lots);

/*
 * lot_of[n_bidders] is set, QF_NO_LOT: none. The sum of gains is within (n_bidders + n_lots) * epsilon of the largest
 * there is; an epsilon (> 0) below 2^-39 of the largest gain counts as that. The same whatever computes it: who of
 * equals gets a lot follows from the order of bidders and lots alone. n_bidders + n_lots < 2^20.
 */
void qf_auction(const qf_auction_bidder *bidders, size_t n_bidders, const qf_auction_lot *lots,
                size_t n_lots, double epsilon, void *memory, uint32_t *lot_of);

#endif
