/* SPDX-License-Identifier: Apache-2.0
 *
 * ask.c - ten thousand questions to the golden bundles through the freestanding reader: three
 * characters for each (the bundle of kind full, the hub, the hub with the page), the same on every
 * machine. No libc: say() is the caller's.
 */
#include "ask.h"

#include "data.h" /* full, hub, proofs, ends of the proofs; made from tests/golden */
#include "reader.h"
#include "sha256.h"

#define QUESTIONS 10000u

static int hash(void *user, const uint8_t *in, size_t n, uint8_t ret[VDB_DIGEST])
{
    (void)user;
    sha256(in, n, ret);
    return 1;
}

static char letter(enum vdb_answer a)
{
    switch (a) {
    case VDB_NOT_COVERED:
        return 'n';
    case VDB_CLEAR:
        return '.';
    case VDB_LISTED:
        return 'R';
    case VDB_UNCONFIRMED:
        return '?';
    case VDB_DAMAGED:
        break;
    }
    return '!';
}

/* The hub's answer, and what the page makes of it. */
static char confirmed(const struct vdb *b, enum vdb_answer a, const struct vdb_found *found,
                      uint64_t key)
{
    struct vdb_bytes proof;
    if (a != VDB_UNCONFIRMED)
        return letter(a);
    proof.p = proofs + ends[found->page];
    proof.n = ends[found->page + 1] - ends[found->page];
    if (vdb_confirm(b, found, key, proof, hash, NULL, &a) != VDB_OK)
        return '!';
    return letter(a);
}

static void ask(const struct vdb *f, const struct vdb *h, uint32_t i, char ret[4])
{
    static const uint8_t stranger[VDB_ID] = { 1, 2, 3 };
    const uint32_t issuer = i % (f->n_rows + 1), number = i / (f->n_rows + 1) + 1;
    const uint8_t *id = issuer < f->n_rows ? vdb_row_at(f, issuer).id : stranger;
    uint8_t serial[2];
    struct vdb_found found;
    enum vdb_answer a;
    uint64_t key;

    serial[0] = (uint8_t)(number >> 8);
    serial[1] = (uint8_t)(number & 0xFF);
    ret[0] = ret[1] = ret[2] = '!';
    ret[3] = '\0';
    if (!vdb_key(id, number < 256 ? serial + 1 : serial, number < 256 ? 1 : 2, hash, NULL, &key))
        return;
    ret[0] = letter(vdb_find(f, id, key, NULL));
    a = vdb_find(h, id, key, &found);
    ret[1] = letter(a);
    ret[2] = confirmed(h, a, &found, key);
}

int ask_all(void)
{
    struct vdb f, h;
    char text[4];
    uint32_t i;

    if (vdb_open(full, sizeof full, hash, NULL, &f) != VDB_OK ||
        vdb_open(hub, sizeof hub, hash, NULL, &h) != VDB_OK) {
        say("not opened\n");
        return 1;
    }
    for (i = 0; i < QUESTIONS; i++) {
        ask(&f, &h, i, text);
        say(text);
        if (i % 16 == 15)
            say("\n");
    }
    return 0;
}
