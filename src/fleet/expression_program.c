/* SPDX-License-Identifier: Apache-2.0 */
/* The instructions of a program while it grows, each of which is found again by its content. */
#include "expression_program.h"

#include <string.h>

qf_program_builder *qf_program_builder_create(qf_arena *arena)
{
    qf_program_builder *builder = qf_arena_array(arena, 1, sizeof *builder);
    if (builder) {
        builder->arena = arena;
    }
    return builder;
}

bool qf_program_fail(const qf_program_builder *builder, const char *message)
{
    return qf_expression_fail(builder->error, builder->expression->begin, builder->expression->end,
                              "%s", message);
}

static bool same_operand(const qf_operand *a, const qf_operand *b)
{
    return a->kind == b->kind && a->index == b->index &&
           (a->kind != QF_OPERAND_CONSTANT || memcmp(&a->value, &b->value, sizeof a->value) == 0);
}

static bool same_instruction(const qf_instruction *a, const qf_instruction *b)
{
    return a->operation == b->operation && a->truth[0] == b->truth[0] &&
           a->truth[1] == b->truth[1] && a->count == b->count && a->mask == b->mask &&
           same_operand(&a->a, &b->a) && same_operand(&a->b, &b->b);
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static uint64_t mix_operand(uint64_t hash, const qf_operand *operand)
{
    uint64_t bits = operand->index;
    if (operand->kind == QF_OPERAND_CONSTANT) {
        memcpy(&bits, &operand->value, sizeof bits);
    }
    return mix(mix(hash, (uint64_t)operand->kind), bits);
}

static uint64_t hash_of(const qf_instruction *in)
{
    uint64_t hash = mix(in->operation, (uint64_t)in->truth[0] << 16 | in->truth[1]);
    hash = mix(mix(hash, in->count), in->mask);
    return mix_operand(mix_operand(hash, &in->a), &in->b);
}

/* where the instruction stands in the table, or where it would */
static size_t place_of(const qf_program_builder *builder, const qf_instruction *in)
{
    size_t at = (size_t)hash_of(in) & (builder->table_size - 1);
    while (builder->table[at] != 0 &&
           !same_instruction(&builder->drafts[builder->table[at] - 1].instruction, in)) {
        at = (at + 1) & (builder->table_size - 1);
    }
    return at;
}

/* the latest of equal drafts is the one that is found */
static void fill_table(qf_program_builder *builder)
{
    memset(builder->table, 0, builder->table_size * sizeof *builder->table);
    for (size_t i = 0; i < builder->n; i++) {
        builder->table[place_of(builder, &builder->drafts[i].instruction)] = (uint32_t)i + 1;
    }
}

/* room for one more qf_draft */
static bool grow(qf_program_builder *builder)
{
    if (builder->n < builder->capacity) {
        return true;
    }
    const size_t capacity = builder->capacity > 0 ? 2 * builder->capacity : 64;
    qf_draft *drafts = qf_arena_array(builder->arena, capacity, sizeof *drafts);
    uint32_t *table = qf_arena_array(builder->arena, 4 * capacity, sizeof *table);
    if (!drafts || !table) {
        return qf_program_fail(builder, "out of memory");
    }
    if (builder->n > 0) {
        memcpy(drafts, builder->drafts, builder->n * sizeof *drafts);
    }
    builder->drafts = drafts;
    builder->capacity = capacity;
    builder->table = table;
    builder->table_size = 4 * capacity;
    fill_table(builder);
    return true;
}

/* Adds an instruction unless there is an equal one; *index is that of the draft. */
static bool emit(qf_program_builder *builder, const qf_instruction *in, bool is_truth,
                 size_t *index)
{
    if (!grow(builder)) {
        return false;
    }
    const size_t place = place_of(builder, in);
    if (builder->table[place] != 0) {
        *index = builder->table[place] - 1;
        if (is_truth || *index >= builder->reuse_from) {
            return true;
        }
    }
    if (builder->n == QF_PROGRAM_MOST_INSTRUCTIONS) {
        return qf_program_fail(builder,
                               "the program has too many instructions with this (32768 are most)");
    }
    if (is_truth && builder->n_truths == QF_PROGRAM_MOST_TRUTHS) {
        return qf_program_fail(builder,
                               "the program has too many truth values with this (8192 are most)");
    }
    qf_draft *made = &builder->drafts[builder->n];
    *made = (qf_draft){.instruction = *in, .is_truth = is_truth, .pinned = QF_NO_REGISTER};
    if (is_truth) {
        made->instruction.out = (uint16_t)builder->n_truths++;
    }
    *index = builder->n++;
    builder->table[place] = (uint32_t)*index + 1;
    return true;
}

bool qf_program_emit_number(qf_program_builder *builder, const qf_instruction *in, qf_operand *out)
{
    size_t index;
    if (!emit(builder, in, false, &index)) {
        return false;
    }
    *out = (qf_operand){.kind = QF_OPERAND_NUMBER, .index = (uint32_t)index};
    return true;
}

bool qf_program_emit_truth(qf_program_builder *builder, const qf_instruction *in, uint16_t *out)
{
    size_t index;
    if (!emit(builder, in, true, &index)) {
        return false;
    }
    *out = builder->drafts[index].instruction.out;
    return true;
}

void qf_program_go_back(qf_program_builder *builder, const qf_program_builder *before)
{
    builder->n = before->n;
    builder->n_truths = before->n_truths;
    builder->n_holds = before->n_holds;
    for (size_t i = 0; i < builder->n; i++) {
        qf_draft *d = &builder->drafts[i];
        d->pinned = d->pinned >= before->n_pinned ? QF_NO_REGISTER : d->pinned;
    }
    builder->n_pinned = before->n_pinned;
    if (builder->table) {
        fill_table(builder);
    }
}

size_t qf_program_n_holds(const qf_program_builder *builder)
{
    return builder->n_holds;
}
