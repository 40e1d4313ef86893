/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QF_HDF5_HEAP_H
#define QF_HDF5_HEAP_H

#include <hdf5.h>
#include <stdbool.h>

/*
 * Texts stand in heaps, the only part of an HDF5 file's structure without a checksum, and HDF5 1.10 believes all that
 * is in them: it never returns from a heap in which an object has no length, and reads and writes past memory for a
 * text that is said to be somewhere else, or longer, than it is. So they are looked at before it sees them.
 */

/*
 * What is opened with `access` is read as H5FD_SEC2 does, but that reading a heap which cannot be walked fails, whatever it is
 * read for; also in the files that virtual datasets stand on. It costs nothing but for heaps. false: HDF5 refused.
 */
bool qf_hdf5_guard_heaps(hid_t access);

/*
 * Whether `count` texts of a variable from `start` on are where the variable says, and as long. True too of variables whose texts are in
 * other files, and of what is no variable of texts: of those nothing is known here.
 */
bool qf_hdf5_texts_are_sound(hid_t variable, hsize_t start, hsize_t count);

#endif
