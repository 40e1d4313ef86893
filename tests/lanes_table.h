/* SPDX-License-Identifier: Apache-2.0 */
/* The table of a set's functions, in the one order: for lanes_cases.c and lanes_twin.c. */
#define ROW(type, id, name, exact, math) {#type " " #name, id, exact, math, run_##type##_##name},
#define U32(name, exact, lanes, twin)    ROW(u32, LANES_U32, name, exact, 0)
#define I32(name, exact, lanes, twin)    ROW(i32, LANES_I32, name, exact, 0)
#define U64(name, exact, lanes, twin)    ROW(u64, LANES_U64, name, exact, 0)
#define F32(name, exact, lanes, twin)    ROW(f32, LANES_F32, name, exact, 0)
#define F64(name, exact, lanes, twin)    ROW(f64, LANES_F64, name, exact, 0)
#define MF32(name, exact, lanes, twin)   ROW(f32, LANES_F32, name, exact, 1)
#define MF64(name, exact, lanes, twin)   ROW(f64, LANES_F64, name, exact, 1)

static const lanes_op ops[] = {
    /* clang-format off */
    LANES_COMMON_OPS(U32) LANES_INTEGER_OPS(U32) LANES_UNSIGNED_OPS(U32) LANES_WORD_OPS(U32)
    LANES_COMMON_OPS(I32) LANES_INTEGER_OPS(I32) LANES_SIGNED_OPS(I32)
    LANES_COMMON_OPS(U64) LANES_INTEGER_OPS(U64) LANES_UNSIGNED_OPS(U64)
    LANES_COMMON_OPS(F32) LANES_FLOAT_OPS(F32) LANES_F32_OPS(F32) LANES_MATH_OPS(MF32)
    LANES_COMMON_OPS(F64) LANES_FLOAT_OPS(F64) LANES_MATH_OPS(MF64)
    /* clang-format on */
    {0},
};
