/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"

static const struct {
    int exit_code;
    const char *sentence;
} table[QF_STATUS_COUNT] = {
#define QF_STATUS(name, exit_code, sentence) [name] = {exit_code, sentence},
#include "status.def"
#undef QF_STATUS
};

const char *qf_status_text(qf_status status)
{
    return (unsigned)status < QF_STATUS_COUNT ? table[status].sentence : "unknown status";
}

int qf_status_exit_code(qf_status status)
{
    return (unsigned)status < QF_STATUS_COUNT ? table[status].exit_code : 3;
}
