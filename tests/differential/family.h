/* SPDX-License-Identifier: Apache-2.0
 *
 * family.h - PAA, PAI and DAC as trees: bent, made to fit each other again, signed again.
 *
 * Owns:           the good chains to start from, the fields of a certificate in its tree, which
 *                 parts follow when one of them changes.
 * Must not know:  the operators, what the answer should be.
 */
#ifndef DIFF_FAMILY_H
#define DIFF_FAMILY_H

#include "keys.h"
#include "rng.h"
#include "tree.h"

enum role { PAA, PAI, DAC, ROLES };
extern const char *const role_names[ROLES];

/* Elements of the unchanged certificate; they stay valid when an operator detaches them. */
struct fields {
    struct element *tbs, *version, *serial, *inner, *issuer, *validity, *subject, *spki;
    struct element *explicit3, *extensions, *outer, *signature;
};

struct good_chain {
    const char *name;
    struct bytes der[ROLES];
};

struct family {
    struct rng *rng;
    struct arena *a;
    struct keys *keys;
    const struct good_chain *good;
    enum role target; /* the certificate that is bent */
    bool follow;      /* names and key ids of the others follow */
    struct element *root[ROLES];
    struct fields f[ROLES];
    const char *key[ROLES]; /* label of the key that the certificate carries */
    const char *signer;     /* of the target, when it is not its issuer's key */
    enum keys_form form;
    struct bytes der[ROLES]; /* the result */
};

/* All good chains; `seed` decides their keys. */
struct good_chains {
    struct good_chain *v;
    size_t n;
    struct arena memory;
};
struct good_chains family_good(struct keys *keys);
void family_good_free(struct good_chains *g);

void family_open(struct family *f, const struct good_chain *good);
/* After the operators on what is signed: others follow, all are signed. */
void family_sign(struct family *f);
/* After the operators on signatures and around the certificate. */
void family_write(struct family *f);

/* The extension 2.5.29.id of a certificate, or NULL. */
struct element *family_extension(const struct fields *f, unsigned id);
/* Its OCTET STRING, or NULL. */
struct element *family_value(const struct element *extension);

#endif
