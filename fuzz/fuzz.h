/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz.h - what harnesses share. One file is one harness; its head says which functions its corpus has
 * to reach, and it asserts properties, not only that nothing crashes.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something that holds for every input. */
#define INVARIANT(what)                                                                              \
    do {                                                                                             \
        if (!(what)) {                                                                               \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what);          \
            abort();                                                                                 \
        }                                                                                            \
    } while (0)

#endif
