/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <xxhash.h>

#include "sweep_store_internal.h"

enum { HEAD_WORDS = 4 };

size_t qf_case_words(const qf_sweep_spec *spec)
{
    return HEAD_WORDS + spec->n_parameters + spec->n_metrics + QF_CASE_CAUSE_BYTES / 8;
}

static uint64_t *append(uint64_t *words, const double *values, size_t n, size_t stride)
{
    for (size_t i = 0; i < n; i++) {
        memcpy(&words[i], &values[i * stride], sizeof *words);
    }
    return words + n;
}

uint64_t qf_case_checksum(const qf_case_content *content, uint64_t *words)
{
    uint64_t *end = words;
    *end++ = content->number;
    *end++ = content->outcome;
    *end++ = (uint64_t)content->ticks;
    *end++ = content->hash;
    end = append(end, content->parameters, content->n_parameters, content->parameter_stride);
    end = append(end, content->metrics, content->n_metrics, content->metric_stride);
    const size_t n_cause = content->cause ? strnlen(content->cause, QF_CASE_CAUSE_BYTES) : 0;
    if (n_cause > 0) {
        memcpy(end, content->cause, n_cause);
    }
    return XXH3_64bits(words, (size_t)(end - words) * sizeof *words + n_cause);
}
