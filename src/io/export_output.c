/* SPDX-License-Identifier: Apache-2.0 */
#include "export_output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

qf_status qf_export_output_open(qf_context *context, const char *path, bool force,
                                qf_export_output *output)
{
    *output = (qf_export_output){.name = path, .is_file = strcmp(path, "-") != 0};
    qf_status status = QF_OK;
    if (output->is_file) {
        status = qf_partial_file_open_text(context, path, force, &output->file);
    } else {
        output->name = "standard output";
    }
    output->is_open = status == QF_OK;
    return status;
}

static qf_status fail(qf_context *context, qf_export_output *output, int error)
{
    output->reader_gone = error == EPIPE && !output->is_file;
    return qf_fail(context, qf_partial_file_refusal(error), "%s: cannot be written: %s",
                   output->name, strerror(error));
}

qf_status qf_export_output_write(qf_context *context, qf_export_output *output, const char *bytes,
                                 size_t n)
{
    const int fd = output->is_file ? output->file.fd : STDOUT_FILENO;
    const int refusal =
        output->is_file ? qf_partial_file_reserve(&output->file, output->n_bytes, n) : 0;
    if (refusal) {
        return fail(context, output, refusal);
    }
    while (n > 0) {
        const ssize_t written = write(fd, bytes, n);
        if (written < 0 && errno != EINTR) {
            return fail(context, output, errno);
        }
        if (written > 0) {
            bytes += written;
            n -= (size_t)written;
            output->n_bytes += (uint64_t)written;
        }
    }
    return QF_OK;
}

qf_status qf_export_output_close(qf_context *context, qf_export_output *output, qf_status status)
{
    if (output->is_open && output->is_file) {
        if (status == QF_OK) {
            status = qf_partial_file_publish(context, &output->file);
        } else {
            qf_partial_file_discard(&output->file);
        }
    }
    output->is_open = false;
    return status;
}
