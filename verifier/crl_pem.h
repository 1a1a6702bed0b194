/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_pem.h - PEM around a CRL, undone as a stream. DER passes through untouched.
 *
 * Owns:           the "X509 CRL" armour (RFC 7468 section 6), one block and nothing else.
 * Must not know:  what is inside.
 */
#ifndef VD_CRL_PEM_H
#define VD_CRL_PEM_H

#include "buf.h"

enum vd_crl_pem_state { PEM_DETECT = 0, PEM_DER, PEM_BEGIN, PEM_BODY, PEM_END, PEM_TAIL };

struct vd_crl_pem {
    enum vd_crl_pem_state state;
    char line[32];   /* the armour line that is being read */
    size_t n_line;
    bool line_start; /* the next character is the first of a line */
    uint32_t quad;   /* base64 digits not yet put out */
    unsigned n_quad, n_pad;
    struct vd_buf out;
};

void vd_crl_pem_start(struct vd_crl_pem *p);
void vd_crl_pem_free(struct vd_crl_pem *p);
/* Hands the DER bytes of `chunk` to `take`, in pieces; false when the armour is not right or
 * `take` says false. */
bool vd_crl_pem_feed(struct vd_crl_pem *p, struct vd_span chunk,
                     bool (*take)(void *user, struct vd_span der), void *user);
/* True when the armour, if any, was closed. */
bool vd_crl_pem_end(const struct vd_crl_pem *p);

#endif
