/* SPDX-License-Identifier: Apache-2.0
 *
 * unit.h - what the unit tests share: hex in tables, bytes from files, the name of a failing row.
 */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

/* cmocka tells the line, not the row: say which row it was. */
#define ROW_TRUE(row, what)                                                                          \
    do {                                                                                             \
        if (!(what)) {                                                                               \
            print_error("row: %s\n", (row));                                                         \
            fail_msg("%s", #what);                                                                   \
        }                                                                                            \
    } while (0)

#define ROW_EQ(row, a, b)                                                                            \
    do {                                                                                             \
        long long a_ = (long long)(a), b_ = (long long)(b);                                          \
        if (a_ != b_) {                                                                              \
            print_error("row: %s: %lld != %lld\n", (row), a_, b_);                                   \
            fail_msg("%s == %s", #a, #b);                                                            \
        }                                                                                            \
    } while (0)

/* The bytes of a hex string of a table, spaces allowed; the caller frees. */
static inline struct vd_buf unhex(const char *hex)
{
    struct vd_buf out = VD_BUF(1u << 20);
    int high = -1;
    for (; *hex; hex++) {
        int d = vd_hex_digit((uint8_t)*hex);
        if (*hex == ' ')
            continue;
        assert_true(d >= 0);
        if (high < 0) {
            high = d;
        } else {
            assert_true(vd_buf_u8(&out, (uint8_t)(high << 4 | d)));
            high = -1;
        }
    }
    assert_int_equal(high, -1);
    return out;
}

static inline const char *vectors_folder(void)
{
    const char *env = getenv("VERIDAC_VECTORS");
    return env != NULL ? env : VECTORS;
}

/* A file of the vectors; ends the test as skipped when the folder is not there. */
static inline struct vd_buf vector(const char *name)
{
    struct vd_buf out = VD_BUF(64u << 20);
    char path[1024];
    uint8_t part[4096];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", vectors_folder(), name);
    f = fopen(path, "rb");
    if (f == NULL) {
        print_message("skipped: no %s\n", path);
        skip();
    }
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        assert_true(vd_buf_put(&out, (struct vd_span){ part, n }));
    (void)fclose(f);
    return out;
}

#endif
