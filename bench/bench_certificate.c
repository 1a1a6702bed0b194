/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_certificate.c - reading one certificate and judging its profile, beside d2i_X509 on the same
 * bytes; and a chain of DAC, PAI and PAA, beside X509_verify_cert.
 *
 * The reader has no public function of its own, so this links the objects of the library.
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include <openssl/x509_vfy.h>

#include "bench.h"
#include "device.h"
#include "profile.h"

struct job {
    struct device device;
    veridac_bytes der, pai;
    struct vd_findings findings;
    X509_STORE *store;
    uint64_t sum;
};

static void read_and_judge(void *user)
{
    struct job *j = user;
    struct vd_cert c;
    j->findings.n = 0;
    if (!vd_cert_read((struct vd_span){ j->der.data, j->der.size }, &c))
        exit(1);
    vd_profile_check(&c, VD_ROLE_DAC, VD_ON_DAC, false, &j->findings);
    if (j->findings.n != 0)
        exit(1);
}

static X509 *openssl_reads(veridac_bytes der)
{
    const unsigned char *p = der.data;
    X509 *x = d2i_X509(NULL, &p, (long)der.size);
    if (x == NULL)
        exit(1);
    return x;
}

static void d2i(void *user)
{
    X509_free(openssl_reads(((struct job *)user)->der));
}

static void touch(void *user)
{
    struct job *j = user;
    const volatile uint8_t *p = j->der.data;
    for (size_t i = 0; i < j->der.size; i++)
        j->sum += p[i];
}

/* DAC and PAI alone: read, profiles, key ids, two signatures, trust. What else is missing is found. */
static void chain(void *user)
{
    struct job *j = user;
    veridac_result_view view = { .size = sizeof view };
    if (veridac_verify(NULL, &j->device.in, j->device.trust, NULL, 0, &j->device.policy, j->device.at,
                       j->device.result) != VERIDAC_OK ||
        veridac_result_look(j->device.result, &view) != VERIDAC_OK || view.verdict == VERIDAC_REJECT)
        exit(1);
}

static void openssl_chain(void *user)
{
    struct job *j = user;
    X509 *dac = openssl_reads(j->der), *pai = openssl_reads(j->pai);
    STACK_OF(X509) *between = sk_X509_new_null();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (between == NULL || ctx == NULL || sk_X509_push(between, pai) != 1 ||
        X509_STORE_CTX_init(ctx, j->store, dac, between) != 1)
        exit(70);
    X509_STORE_CTX_set_time(ctx, 0, (time_t)j->device.at);
    if (X509_verify_cert(ctx) != 1)
        exit(1);
    X509_STORE_CTX_free(ctx);
    sk_X509_free(between);
    X509_free(dac);
    X509_free(pai);
}

static void rows(struct job *j)
{
    struct bench_times t, base, floor, again;
    bench_pair(read_and_judge, d2i, j, 500, &t, &base);
    bench_pair(touch, touch, j, 2000, &floor, &again);
    bench_print(&(struct bench_line){ .id = "certificate.read",
                                      .what = "read and profile-check one certificate", .unit = "us",
                                      .measured = bench_times_by(t, 1e6), .sense = BENCH_MOST,
                                      .goal = 3, .baseline = "d2i_X509 and X509_free",
                                      .beside = base.median * 1e6, .limit = "reading its octets",
                                      .limit_is = floor.median * 1e6 });
    j->device.in.elements = j->device.in.signature = (veridac_bytes){ NULL, 0 };
    bench_pair(chain, openssl_chain, j, 50, &t, &base);
    bench_print(&(struct bench_line){ .id = "certificate.chain",
                                      .what = "DAC and PAI: profiles, signatures, trust", .unit = "us",
                                      .measured = bench_times_by(t, 1e6),
                                      .baseline = "twice d2i_X509, and X509_verify_cert",
                                      .beside = base.median * 1e6 });
}

int main(int argc, char **argv)
{
    static struct job j;
    X509 *paa;

    bench_begin(&argc, argv);
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_certificate [--quick] CASE-FOLDER\n");
        return 64;
    }
    device_load(argv[1], &j.device);
    j.der = j.device.in.dac;
    j.pai = j.device.in.pai;
    j.store = X509_STORE_new();
    paa = openssl_reads(device_file(argv[1], "trust/0-paa.der"));
    if (j.store == NULL || X509_STORE_add_cert(j.store, paa) != 1)
        return 70;
    rows(&j);
    X509_free(paa);
    X509_STORE_free(j.store);
    return 0;
}
