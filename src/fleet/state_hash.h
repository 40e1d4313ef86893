/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_STATE_HASH_H
#define QF_STATE_HASH_H

/* Vehicles of a group in one world that are hashed together: part of every hash (state_hash.c). */
enum { QF_LEAF_VEHICLES = 1024 };

#endif
