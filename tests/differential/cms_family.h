/* SPDX-License-Identifier: Apache-2.0
 *
 * cms_family.h - a Certification Declaration's envelope (CMS SignedData) as a tree: bent, signed
 * again.
 *
 * Owns:           the good envelopes to start from, the fields in the tree.
 * Must not know:  the operators, what the answer should be.
 *
 * What is enveloped is opaque here. Two of the good envelopes hold a small DER structure, so that
 * the operators on trees find places that nobody may mind.
 */
#ifndef DIFF_CMS_FAMILY_H
#define DIFF_CMS_FAMILY_H

#include "keys.h"
#include "rng.h"
#include "tree.h"

/* Elements of the unchanged envelope; they stay valid when an operator detaches them. */
struct cms_fields {
    struct element *type, *explicit0, *signed_data, *version, *digests, *digest;
    struct element *encapsulated, *content_type, *content, *octets, *signers;
    struct element *signer, *signer_version, *signer_id, *signer_digest, *algorithm, *signature;
};

struct good_cms {
    const char *name, *signer; /* label of the key */
    struct bytes der;
};

/* The certificates of the signers that both sides trust, and of one that nobody does. */
#define CMS_SIGNERS 2
struct good_cmss {
    struct good_cms *v;
    size_t n;
    struct bytes signer[CMS_SIGNERS], stranger;
    struct arena memory;
};

struct cms_family {
    struct rng *rng;
    struct arena *a;
    struct keys *keys;
    const struct good_cmss *all;
    const struct good_cms *good;
    struct element *root;
    struct cms_fields f;
    const char *signer;
    enum keys_form form;
    struct bytes over; /* what is signed, when it is not the content */
    struct bytes der;  /* the result */
};

struct good_cmss cms_family_good(struct keys *keys);
void cms_family_good_free(struct good_cmss *g);

void cms_family_open(struct cms_family *f, const struct good_cms *good);
void cms_family_sign(struct cms_family *f);
void cms_family_write(struct cms_family *f);

#endif
