/* SPDX-License-Identifier: Apache-2.0 */
/* Global heap collections: HDF5 File Format Specification 3.0, III.E. */
#include "hdf5_heap.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEADER_BYTES = 16, OBJECT_BYTES = 16 };

static uint64_t length_at(const unsigned char *at)
{
    uint64_t length;
    memcpy(&length, at, sizeof length);
    return length;
}

/* Objects follow one another up to the end of the collection; the one with the index 0 is what is free. */
static bool is_sound(const unsigned char *heap, uint64_t room)
{
    const uint64_t size = length_at(heap + 8);
    if (size < HEADER_BYTES || size > room) {
        return false;
    }
    uint64_t at = HEADER_BYTES;
    while (size - at >= OBJECT_BYTES) {
        const bool is_free = heap[at] == 0 && heap[at + 1] == 0;
        const uint64_t length = length_at(heap + at + 8);
        if (length > size - at) {
            return false;
        }
        const uint64_t need = is_free ? length : OBJECT_BYTES + (length + 7) / 8 * 8;
        if (need < OBJECT_BYTES || need > size - at) {
            return false;
        }
        at += need;
    }
    return true;
}

static bool are_sound(const unsigned char *bytes, size_t n)
{
    static const char signature[] = {'G', 'C', 'O', 'L', 1};
    size_t at = 0;
    const unsigned char *heap;
    while ((heap = memmem(bytes + at, n - at, signature, sizeof signature))) {
        at = (size_t)(heap - bytes);
        if (n - at < HEADER_BYTES || !is_sound(heap, n - at)) {
            return false;
        }
        at += sizeof signature;
    }
    return true;
}

bool qf_hdf5_heaps_are_sound(const char *path)
{
    struct stat file;
    bool sound = true;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &file) == 0 && file.st_size > 0) {
        const size_t n = (size_t)file.st_size;
        void *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes != MAP_FAILED) {
            sound = are_sound(bytes, n);
            (void)munmap(bytes, n);
        }
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return sound;
}
