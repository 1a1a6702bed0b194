/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_memory.c - memory of a process that holds many PAAs and verifies; calls of the allocator for
 * one warm device, ours and libcrypto's apart; the slowest answer to inputs of 64 KiB.
 *
 * This program replaces malloc and its kin, as glibc allows, and tells callers by return address.
 */
#include <link.h>
#include <string.h>

#include "bench.h"
#include "device.h"

/* ---- counting ---- */

#define EXPORTED __attribute__((visibility("default"))) /* so that the libraries call these */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static struct {
    uintptr_t from, to; /* where libveridac's code is */
    uint64_t ours, others;
    bool on;
} count;

static void seen(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    if (!count.on)
        return;
    if (at >= count.from && at < count.to)
        count.ours++;
    else
        count.others++;
}

EXPORTED void *malloc(size_t n)
{
    seen(__builtin_return_address(0));
    return __libc_malloc(n);
}

EXPORTED void *calloc(size_t n, size_t size)
{
    seen(__builtin_return_address(0));
    return __libc_calloc(n, size);
}

EXPORTED void *realloc(void *p, size_t n)
{
    seen(__builtin_return_address(0));
    return __libc_realloc(p, n);
}

static int find_library(struct dl_phdr_info *info, size_t size, void *user)
{
    (void)size, (void)user;
    if (strstr(info->dlpi_name, "libveridac.so") == NULL)
        return 0;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X) != 0) {
            count.from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            count.to = count.from + info->dlpi_phdr[i].p_memsz;
        }
    }
    return 1;
}

/* ---- memory ---- */

static double peak_mib(void)
{
    char line[256];
    double kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtod(line + 6, NULL);
    }
    if (f != NULL)
        (void)fclose(f);
    return kib / 1024;
}

/* ---- the slowest answer ---- */

static double one_answer(struct device *d, const veridac_device *in)
{
    double t = bench_now();
    if (veridac_verify(NULL, in, d->trust, NULL, 0, &d->policy, d->at, d->result) != VERIDAC_OK)
        exit(70);
    return bench_now() - t;
}

static double shorter(double a, double b)
{
    return a < b ? a : b;
}

/* Each argument in turn becomes 64 KiB of one octet, of noise, of DER or TLV that nests and repeats. */
static double slowest(struct device *d)
{
    static uint8_t junk[65536];
    static const uint8_t starts[][4] = { { 0x30, 0x82, 0xFF, 0xFC }, { 0x15, 0x15, 0x15, 0x15 },
                                         { 0x30, 0x80, 0x30, 0x80 }, { 0x15, 0x31, 0x01, 0xF0 } };
    double worst = 0;
    uint64_t noise = 1;
    for (unsigned kind = 0; kind < 256 + 16; kind++) {
        for (size_t i = 0; i < sizeof junk; i++) {
            noise = noise * 6364136223846793005u + 1442695040888963407u;
            junk[i] = kind < 256 ? (uint8_t)kind
                      : kind < 264 ? starts[kind % 4][i % 4]
                                   : (uint8_t)(noise >> 56);
        }
        if (kind >= 260)
            (void)memcpy(junk, starts[kind % 4], 4);
        for (unsigned which = 0; which < 7; which++) {
            veridac_device in = d->in;
            veridac_bytes *const fields[] = { &in.dac, &in.pai, &in.elements, &in.signature,
                                              &in.challenge, &in.nonce, &in.nocsr };
            double t;
            *fields[which] = (veridac_bytes){ junk, sizeof junk };
            t = one_answer(d, &in);
            /* slow is what is slow each time, not what was interrupted */
            for (unsigned again = 0; again < 4 && t > worst; again++)
                t = shorter(t, one_answer(d, &in));
            worst = t > worst ? t : worst;
        }
    }
    return worst;
}

/* The samples are whole rounds over all inputs, in milliseconds. */
static struct bench_times slowest_ms(struct device *d)
{
    double samples[BENCH_SAMPLES];
    const size_t n = bench_samples(5);
    for (size_t i = 0; i < n; i++)
        samples[i] = slowest(d) * 1e3;
    return bench_sum_up(samples, n);
}

int main(int argc, char **argv)
{
    static struct device d;
    char what[96];
    unsigned n;

    bench_begin(&argc, argv);
    if (argc != 3) {
        (void)fprintf(stderr, "usage: bench_memory [--quick] CASE-FOLDER PAA-FOLDER\n");
        return 64;
    }
    device_load(argv[1], &d);
    n = device_add_paas(&d, argv[2]);
    if (veridac_context_new(&d.context) != VERIDAC_OK || !device_attest(&d) || !device_attest(&d))
        return 1;
    (void)snprintf(what, sizeof what, "peak RSS with %u PAAs after verifying", n);
    bench_print(&(struct bench_line){ .id = "attestation.memory", .what = what, .unit = "MiB",
                                      .measured = bench_exactly(peak_mib()), .sense = BENCH_MOST,
                                      .goal = 8 });
    (void)dl_iterate_phdr(find_library, NULL);
    if (count.from == 0)
        return 70;
    count.on = true;
    (void)device_attest(&d);
    count.on = false;
    if (count.others == 0) /* libcrypto allocates for each check: then nothing was counted */
        return 70;
    bench_print(&(struct bench_line){ .id = "attestation.warm.allocations",
                                      .what = "calls of the allocator for a warm device",
                                      .unit = "calls", .measured = bench_exactly((double)count.ours),
                                      .sense = BENCH_MOST, .goal = 0,
                                      .baseline = "libcrypto's own",
                                      .beside = (double)count.others });
    bench_print(&(struct bench_line){ .id = "attestation.slowest",
                                      .what = "slowest of 1904 answers to 64 KiB of junk",
                                      .unit = "ms", .measured = slowest_ms(&d), .sense = BENCH_MOST,
                                      .goal = 5 });
    return 0;
}
