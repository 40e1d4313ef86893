/* SPDX-License-Identifier: Apache-2.0 */
#include "context.h"

#include <stdarg.h>
#include <stdio.h>

qf_context qf_context_default(void)
{
    return (qf_context){.n_threads = 1};
}

qf_status qf_fail(qf_context *context, qf_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(context->error, sizeof context->error, format, args);
    va_end(args);
    return status;
}

void qf_log(const qf_context *context, qf_log_level level, const char *format, ...)
{
    if (!context->log) {
        return;
    }
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    context->log(context->log_user, level, line);
}
