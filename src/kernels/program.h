/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_PROGRAM_H
#define QF_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Expressions, compiled to a flat list of instructions over registers, each of which holds a value
 * of every vehicle of a block: an instruction is done for the whole block before the next, so that
 * nothing is interpreted per vehicle. Numbers are doubles, 8 bytes a vehicle; truth values are
 * bits, one a vehicle, so that what follows after comparisons costs next to nothing.
 *
 * Arithmetic is IEEE 754 in double precision. A comparison with NaN is false, but for NOT_EQUAL,
 * which is true. MIN and MAX are a < b ? a : b and a > b ? a : b.
 */
enum {
    QF_PROGRAM_MOST_NUMBERS = 64,  /* registers */
    QF_PROGRAM_MOST_TRUTHS = 8192, /* registers */
    QF_PROGRAM_MOST_INSTRUCTIONS = 32768,
    QF_PROGRAM_VEHICLES = 256, /* of a block: QF_BLOCK_VEHICLES */
    QF_PROGRAM_BYTES = QF_PROGRAM_VEHICLES / 8,
};

typedef enum qf_operation {
    /* a number of numbers a, b */
    QF_DO_NEGATE, /* of a alone, as ABS */
    QF_DO_ABS,
    QF_DO_ADD,
    QF_DO_SUBTRACT,
    QF_DO_MULTIPLY,
    QF_DO_DIVIDE,
    QF_DO_MIN,
    QF_DO_MAX,
    QF_DO_WHOLE,  /* a number of the int64 column a */
    QF_DO_CHOOSE, /* a number: of b where truth `truth[0]` holds, else of a */
    /* a truth value of numbers a, b */
    QF_DO_LESS,
    QF_DO_LESS_EQUAL,
    QF_DO_EQUAL,
    QF_DO_NOT_EQUAL,
    QF_DO_FINITE, /* of a alone */
    /* a truth value of the uint64 column a and the bits `mask` */
    QF_DO_ALL_BITS, /* all of them are set */
    QF_DO_ANY_BITS,
    /* a truth value of truth values truth[0], truth[1] */
    QF_DO_AND,
    QF_DO_OR,
    QF_DO_NOT,  /* of truth[0] alone */
    QF_DO_TRUE, /* of nothing */
    QF_DO_FALSE,
    /*
     * Whether truth[0] holds in this evaluation and has held in at least `count` - 1 before it
     * without a break. The int64 column a counts in how many it has, up to `count`; only valid
     * vehicles count, for others it is false.
     */
    QF_DO_HOLD,
} qf_operation;

/* What is the same for all vehicles but not always the same. */
typedef enum qf_uniform {
    QF_UNIFORM_TICK,   /* ticks done */
    QF_UNIFORM_TIME_S, /* simulated time: that of so many ticks */
    QF_UNIFORMS,
} qf_uniform;

typedef enum qf_operand_kind {
    QF_OPERAND_NUMBER,   /* register `index` */
    QF_OPERAND_COLUMN,   /* of doubles, or what the operation says, indexed by slot */
    QF_OPERAND_CONSTANT, /* `value` */
    QF_OPERAND_UNIFORM,  /* number `index`, a qf_uniform */
} qf_operand_kind;

typedef struct qf_operand {
    qf_operand_kind kind;
    uint32_t index;
    union {
        void *column;
        double value;
    };
} qf_operand;

typedef struct qf_instruction {
    uint16_t operation; /* qf_operation */
    uint16_t out;       /* register, of truth values or numbers as the operation says */
    uint16_t truth[2];  /* registers */
    uint32_t count;     /* HOLD */
    uint64_t mask;      /* *_BITS */
    qf_operand a, b;
} qf_instruction;

typedef struct qf_program {
    const qf_instruction *instructions;
    size_t n_instructions;
    size_t n_numbers; /* registers */
    size_t n_truths;
} qf_program;

/* A thread's registers; 64-byte aligned. */
typedef struct qf_registers {
    double (*number)[QF_PROGRAM_VEHICLES]; /* as many as any program has */
    uint8_t (*truth)[QF_PROGRAM_BYTES];    /* bit i of byte k: vehicle 8 k + i */
} qf_registers;

/* Some vehicles in one evaluation: slots [first, first + 8 n_bytes), of which those with a valid
   bit count. */
typedef struct qf_evaluation {
    size_t first;   /* a multiple of 8 */
    size_t n_bytes; /* at most QF_PROGRAM_BYTES */
    uint8_t valid[QF_PROGRAM_BYTES];
    double uniform[QF_UNIFORMS];
} qf_evaluation;

/*
 * Columns may be read up to slot first + 8 n_bytes; HOLD writes its counters there, others
 * unchanged. Of registers of numbers as many vehicles are written; those of truth values are
 * written as a whole, and what lies beyond means nothing.
 */
typedef void qf_program_kernel(const qf_program *program, const qf_evaluation *evaluation,
                               const qf_registers *registers);

#endif
