/* SPDX-License-Identifier: Apache-2.0 */
/* /identities: the texts that transponders say. */
#include <string.h>

#include "results_internal.h"

enum {
    SLICE = 16384,
    /* per text: identity, and a reference to the text */
    IDENTITY_BYTES = 8 + 16,
};

uint64_t qf_identities_bytes(const qf_identities *identities)
{
    size_t longest = 0;
    for (size_t i = 0; i < identities->n; i++) {
        const size_t length = strlen(identities->text[i]);
        longest = length > longest ? length : longest;
    }
    return identities->n * IDENTITY_BYTES + qf_text_heap_bytes(identities->n, longest);
}

void qf_identities_write(qf_nc *nc, const qf_identities *identities)
{
    const hid_t group = qf_nc_group(nc, "identities");
    const hid_t string_type = qf_nc_string_type(nc);
    const hsize_t n = identities->n;
    const qf_nc_variable number = {"identity", H5T_NATIVE_INT64, "1", "number of the identity",
                                   NULL};
    const qf_nc_variable text = {"text", string_type, "1", "what a transponder says", NULL};
    const hid_t scale = qf_nc_dimension(nc, group, &number, n, 0);
    const hid_t variable =
        qf_nc_define(nc, group, &text, &(qf_nc_shape){.rank = 1, .scales = {scale}, .length = {n}});
    qf_nc_write_numbers(nc, scale, n);
    for (hsize_t begin = 0; begin < n && !nc->failed; begin += SLICE) {
        const hsize_t some = n - begin < SLICE ? n - begin : SLICE;
        qf_nc_write(nc, variable, string_type, begin, some, 0, identities->text + begin);
    }
    qf_nc_close_type(nc, string_type);
}
