/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_LANES_H
#define QF_LANES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lanes_native.h"

/*
 * Lanes: a small set of operations on sixteen 32-bit or eight 64-bit numbers at once, for kernels
 * that the compiler does not vectorise by itself. One source for every instruction set, and the
 * same bits from each: every operation is either exact, or rounded once as IEEE 754 says, or one
 * of the fixed trees below. Only the sign and payload of a NaN that an operation makes differ between
 * machines; `canonical` removes that.
 *
 *   qf_f32x16  qf_u32x16  qf_i32x16   with masks qf_mask32x16
 *   qf_f64x8   qf_u64x8               with masks qf_mask64x8
 *
 * For each type T of element E (lanes_common.inc, lanes_float.inc, lanes_integer.inc):
 *   T_set1 T_iota T_load T_load_aligned T_store T_store_aligned T_gather T_compress
 *   T_add T_sub T_mul T_min T_max T_eq T_ne T_lt T_le T_gt T_ge T_select
 *   floats:    T_div T_fma T_neg T_abs T_sqrt T_sum T_argmin T_canonical
 *   integers:  T_and T_or T_xor T_not T_shl T_shr
 * For each mask M (lanes_mask.inc): M_and M_or M_not M_bits M_from_bits M_any M_all M_count
 * Between types: lanes_convert.h. Sine and the like: lanes_math.h. Lists of lanes: lanes_list.h.
 *
 * A column's last lanes are padding, so there are no partial loads: a second loop for the rest would
 * be a second source of bits. Guarded by tests/test_lanes.c on every instruction set of the machine.
 */

/* An element of a mask is all ones or all zeros. */
#define QF_M(operation) qf_mask32x16_##operation
#define QF_MASK         qf_mask32x16
#define QF_MASK_NATIVE  qf_native_i32
#define QF_MASK_ELEMENT int32_t
#define QF_MASK_LANES   16
#define QF_NATIVE_SIGNS qf_native_signs_32
#include "lanes_mask.inc"

#define QF_M(operation) qf_mask64x8_##operation
#define QF_MASK         qf_mask64x8
#define QF_MASK_NATIVE  qf_native_i64
#define QF_MASK_ELEMENT int64_t
#define QF_MASK_LANES   8
#define QF_NATIVE_SIGNS qf_native_signs_64
#include "lanes_mask.inc"

#define QF_T(operation)         qf_u32x16_##operation
#define QF_TYPE                 qf_u32x16
#define QF_PACKS                1
#define QF_ELEMENT              uint32_t
#define QF_COUNT                16
#define QF_NATIVE               qf_native_u32
#define QF_NATIVE_OF(operation) qf_native_##operation##_u32
#define QF_NATIVE_SELECT        qf_native_select_32
#define QF_M(operation)         qf_mask32x16_##operation
#define QF_MASK                 qf_mask32x16
#define QF_MASK_NATIVE          qf_native_i32
#define QF_INDEX                qf_u32x16
#include "lanes_common.inc"

#include "lanes_integer.inc"

#include "lanes_end.inc"

#define QF_T(operation)         qf_i32x16_##operation
#define QF_TYPE                 qf_i32x16
#define QF_PACKS                1
#define QF_ELEMENT              int32_t
#define QF_COUNT                16
#define QF_NATIVE               qf_native_i32
#define QF_NATIVE_OF(operation) qf_native_##operation##_i32
#define QF_NATIVE_SELECT        qf_native_select_32
#define QF_M(operation)         qf_mask32x16_##operation
#define QF_MASK                 qf_mask32x16
#define QF_MASK_NATIVE          qf_native_i32
#define QF_INDEX                qf_u32x16
#include "lanes_common.inc"

#include "lanes_integer.inc"

#include "lanes_end.inc"

#define QF_T(operation)         qf_u64x8_##operation
#define QF_TYPE                 qf_u64x8
#define QF_PACKS                0
#define QF_ELEMENT              uint64_t
#define QF_COUNT                8
#define QF_NATIVE               qf_native_u64
#define QF_NATIVE_OF(operation) qf_native_##operation##_u64
#define QF_NATIVE_SELECT        qf_native_select_64
#define QF_M(operation)         qf_mask64x8_##operation
#define QF_MASK                 qf_mask64x8
#define QF_MASK_NATIVE          qf_native_i64
#define QF_INDEX                qf_u64x8
#include "lanes_common.inc"

#include "lanes_integer.inc"

#include "lanes_end.inc"

#define QF_T(operation)         qf_f32x16_##operation
#define QF_TYPE                 qf_f32x16
#define QF_PACKS                1
#define QF_ELEMENT              float
#define QF_COUNT                16
#define QF_NATIVE               qf_native_f32
#define QF_NATIVE_OF(operation) qf_native_##operation##_f32
#define QF_NATIVE_SELECT        qf_native_select_32
#define QF_M(operation)         qf_mask32x16_##operation
#define QF_MASK                 qf_mask32x16
#define QF_MASK_NATIVE          qf_native_i32
#define QF_INDEX                qf_u32x16
#define QF_SIGN_BIT             INT32_MIN
#define QF_NAN                  __builtin_nanf("")
#define QF_INFINITY             __builtin_inff()
#include "lanes_common.inc"

#include "lanes_float.inc"

#include "lanes_end.inc"

#define QF_T(operation)         qf_f64x8_##operation
#define QF_TYPE                 qf_f64x8
#define QF_PACKS                0
#define QF_ELEMENT              double
#define QF_COUNT                8
#define QF_NATIVE               qf_native_f64
#define QF_NATIVE_OF(operation) qf_native_##operation##_f64
#define QF_NATIVE_SELECT        qf_native_select_64
#define QF_M(operation)         qf_mask64x8_##operation
#define QF_MASK                 qf_mask64x8
#define QF_MASK_NATIVE          qf_native_i64
#define QF_INDEX                qf_u64x8
#define QF_SIGN_BIT             INT64_MIN
#define QF_NAN                  __builtin_nan("")
#define QF_INFINITY             __builtin_inf()
#include "lanes_common.inc"

#include "lanes_float.inc"

#include "lanes_end.inc"

#endif
