/* SPDX-License-Identifier: Apache-2.0 */
#include "open_files.h"

#include <stdbool.h>
#include <sys/resource.h>

enum { OTHERS = 64 }; /* that are open besides: of a shell, libraries, messages between ranks */

qf_status qf_open_files_allow(qf_context *context, const char *path, size_t n)
{
    struct rlimit limit;
    const rlim_t wanted = (rlim_t)n + OTHERS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) {
        return QF_OK;
    }
    const rlim_t soft = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        limit.rlim_cur = soft;
    }
    return limit.rlim_cur >= wanted
               ? QF_OK
               : qf_fail(context, QF_ERROR_READ,
                         "%s: reading it keeps %zu files open, %llu with what is open besides, and "
                         "this process may open %llu: raise the limit (ulimit -Hn)",
                         path, n, (unsigned long long)wanted, (unsigned long long)limit.rlim_cur);
}
