/* SPDX-License-Identifier: Apache-2.0
 *
 * device.h - one made device with its trust, as a folder of veridac-testpki (dac.der, pai.der, ...).
 */
#ifndef BENCH_DEVICE_H
#define BENCH_DEVICE_H

#include <stdbool.h>
#include <veridac/veridac.h>

struct device {
    veridac_device in;
    veridac_trust *trust;
    veridac_result *result;
    veridac_policy policy;
    int64_t at;
    veridac_context *context; /* NULL: nothing cached */
};

/* Ends the program when something is missing. */
veridac_bytes device_file(const char *folder, const char *name);
void device_load(const char *folder, struct device *ret);
/* Adds every PAA of the folders below `root`; how many the store has then. */
unsigned device_add_paas(struct device *d, const char *root);
bool device_attest(struct device *d); /* accepted? */

#endif
