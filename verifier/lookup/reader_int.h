/* SPDX-License-Identifier: Apache-2.0
 *
 * reader_int.h - what the two files of the reader share: octets as numbers.
 */
#ifndef VDB_READER_INT_H
#define VDB_READER_INT_H

#include "reader.h"

/* Where size counts: two walks through codes, a short one and a fast one, say the same. */
#if defined(__OPTIMIZE_SIZE__) && !defined(VDB_SHORT)
#define VDB_SHORT 1
#endif

/* Where size counts these are called, elsewhere they become one load. */
#if defined(__GNUC__) && defined(VDB_SHORT)
#define VDB_SMALL_CODE __attribute__((noinline, unused))
#elif defined(__GNUC__)
#define VDB_SMALL_CODE __attribute__((unused))
#else
#define VDB_SMALL_CODE
#endif

/* Where the machine loads four octets from anywhere, this is one instruction, and no call is shorter. */
#if defined(__ARM_FEATURE_UNALIGNED)
__attribute__((unused, always_inline)) static inline uint32_t vdb_le32(const uint8_t *p)
#else
VDB_SMALL_CODE static uint32_t vdb_le32(const uint8_t *p)
#endif
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline int vdb_compare(const uint8_t *a, const uint8_t *b, uint32_t n)
{
    for (; n > 0; n--, a++, b++) {
        if (*a != *b)
            return *a < *b ? -1 : 1;
    }
    return 0;
}

static inline const uint8_t *vdb_entry(const struct vdb *b, uint32_t i)
{
    return b->directory.p + (size_t)i * VDB_HEADER;
}

#endif
