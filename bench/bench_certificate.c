/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_certificate.c - reading one certificate and judging its profile, beside d2i_X509 on the same
 * bytes. The reader has no public function of its own, so this links the objects of the library.
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include <openssl/x509.h>

#include "bench.h"
#include "device.h"
#include "profile.h"

struct job {
    veridac_bytes der;
    struct vd_findings findings;
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

static void d2i(void *user)
{
    struct job *j = user;
    const unsigned char *p = j->der.data;
    X509 *x = d2i_X509(NULL, &p, (long)j->der.size);
    if (x == NULL)
        exit(1);
    X509_free(x);
}

int main(int argc, char **argv)
{
    static struct job j;
    struct bench_times t, base;

    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_certificate CASE-FOLDER\n");
        return 64;
    }
    j.der = device_file(argv[1], "dac.der");
    bench_pair(read_and_judge, d2i, &j, 2000, &t, &base);
    bench_limit("read and profile-check one certificate", "bench/run", 3.0, t.median * 1e6, "us");
    bench_row("read and profile-check one certificate", "bench/run", 1.0, t, "d2i_X509 and X509_free",
              base);
    return 0;
}
