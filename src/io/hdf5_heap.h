/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_HDF5_HEAP_H
#define QF_HDF5_HEAP_H

#include <stdbool.h>

/*
 * Whether the heaps of texts of an HDF5 file can be walked. They are the only part of its structure without a checksum,
 * and HDF5 1.10 never returns from one in which an object has no length: what may be damaged is looked at before it is
 * opened. True also where the file cannot be read, which opening it will tell.
 */
bool qf_hdf5_heaps_are_sound(const char *path);

#endif
