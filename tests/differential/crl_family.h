/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_family.h - a CRL as a tree: bent and signed again.
 *
 * Owns:           the good CRLs to start from, the fields of a CRL in its tree.
 * Must not know:  the operators, what the answer should be.
 */
#ifndef DIFF_CRL_FAMILY_H
#define DIFF_CRL_FAMILY_H

#include "keys.h"
#include "rng.h"
#include "tree.h"

#define CRL_AT INT64_C(1735689600) /* 2025-01-01: thisUpdate of every good CRL is an hour before   \
                                    */

/* Elements of the unchanged CRL; they stay valid when an operator detaches them. */
struct crl_fields {
    struct element *tbs, *version, *inner, *issuer, *this_update, *next_update;
    struct element *entries; /* NULL when the good CRL lists nothing */
    struct element *explicit0, *extensions, *outer, *signature;
};

struct good_crl {
    const char *name, *signer_label, *ca_label;
    bool is_paa, delegated;
    struct bytes crl, ca, signer;
    const char *key_id; /* of the CA, upper-case hex */
};

struct good_crls {
    struct good_crl *v;
    size_t n;
    struct bytes paa;
    struct arena memory;
};

#define CRL_URL "http://crl.example/list.crl"

struct crl_family {
    struct rng *rng;
    struct arena *a;
    struct keys *keys;
    const struct good_crl *good;
    struct element *root;
    struct crl_fields f;
    const char *signer; /* label of the key that signs */
    enum keys_form form;
    struct bytes der; /* the result */
};

struct good_crls crl_family_good(struct keys *keys);
void crl_family_good_free(struct good_crls *g);

void crl_family_open(struct crl_family *f, const struct good_crl *good);
void crl_family_sign(struct crl_family *f);
void crl_family_write(struct crl_family *f);

/* The extension 2.5.29.id among these, or NULL. */
struct element *crl_family_extension(const struct element *extensions, unsigned id);
/* Its OCTET STRING, or NULL. */
struct element *crl_family_value(const struct element *extension);

#endif
