/* SPDX-License-Identifier: Apache-2.0
 *
 * reader.h - finds a certificate in a bundle (VDB1, see docs/FORMAT.md), in place.
 *
 * This folder is freestanding C99: no libc, no heap, no recursion, no floating point, no unaligned
 * access, either byte order. A hub or a microcontroller compiles reader.c, reader_open.c and, to settle
 * what a filter leaves open, reader_proof.c as they are, over memory or mapped flash; libveridac uses
 * the same files.
 *
 * Owns:           the layout of a bundle as bytes that somebody else may have written: what opens,
 *                 what a row says, where a key would be.
 * Must not know:  how SHA-256 is made (the caller brings it), signatures, clocks, policy.
 *
 * VDB_CLEAR is not yet "good": it says that the key is not listed. The row says whether its
 * absence means anything (complete, this_update, next_update, last_ok), and the signed head
 * whether the bundle is current.
 */
#ifndef VDB_READER_H
#define VDB_READER_H

#include <stddef.h>
#include <stdint.h>

#define VDB_ID 16u       /* octets of an issuer id */
#define VDB_DIGEST 32u
#define VDB_HEADER 64u   /* file header, and each entry of the directory */
#define VDB_ALIGN 64u    /* sections begin at multiples of this */
#define VDB_ROW 56u
#define VDB_LINE 64u     /* octets of a line of the Bloom tier */
#define VDB_PROBES 6u
#define VDB_RICE 40u     /* the Rice parameter: a wrong "revoked" has probability 2^-40 */
#define VDB_SMALL 64u    /* issuers below carry an exact list and no filter */
#define VDB_PAGE_KEYS 448u
#define VDB_MAX_KEYS (UINT32_C(1) << 27) /* of one issuer */
#define VDB_MAX_SECTIONS 16u
#define VDB_MAX_SIZE (UINT32_C(1) << 30) /* of a file: every offset has 32 bits */
#define VDB_FANOUT 16u   /* of the hash tree over pages */

enum vdb_kind { VDB_HUB = 1, VDB_FULL = 2 };

enum vdb_section {
    VDB_COVERAGE = 1,
    VDB_LISTS,
    VDB_LINES,
    VDB_PAGES,
    VDB_CODES,
    VDB_TREE,
    VDB_NAMES,
    VDB_PROVENANCE,
    VDB_COMPLIANCE
};

enum vdb_error {
    VDB_OK = 0,
    VDB_BAD_MAGIC,
    VDB_BAD_HEADER,
    VDB_BAD_SIZE,
    VDB_BAD_HEADER_HASH,
    VDB_BAD_DIRECTORY,
    VDB_UNSUPPORTED, /* a critical section of a later version */
    VDB_BAD_SECTION_HASH,
    VDB_BAD_COVERAGE,
    VDB_BAD_ROW,
    VDB_BAD_ROW_ORDER,
    VDB_BAD_EXTENT, /* rows do not add up to the sections they point into */
    VDB_BAD_PAGES,
    VDB_BAD_PROOF_SIZE, /* cut, or of another place */
    VDB_BAD_PROOF_PAGE, /* the page is not the one of its hash */
    VDB_BAD_PROOF_PATH, /* the hashes do not follow from each other */
    VDB_BAD_PROOF_ROOT  /* the hashes are those of another bundle */
};

struct vdb_bytes {
    const uint8_t *p;
    size_t n;
};

struct vdb {
    struct vdb_bytes file, directory;
    struct vdb_bytes part[VDB_CODES + 1]; /* the sections that a lookup needs, by type; 0 is not used */
    uint32_t n_rows, n_pages;
    uint8_t network, kind, n_sections;
};

/* One issuer. Times are seconds since 1970, 0: not known. */
struct vdb_row {
    const uint8_t *id;
    uint32_t n, base_n;
    uint32_t extent; /* octets of its list, or lines of its filter */
    uint32_t at;     /* first octet of its list, or first line of its filter */
    uint32_t page;   /* its first page */
    uint32_t this_update, next_update;
    uint32_t last_ok; /* 0: the evidence time of the bundle */
    uint8_t complete; /* 1: what is not listed is good while fresh */
    uint8_t reason;   /* else why it is not */
    uint8_t width, rice, page_bits;
};

enum vdb_answer {
    VDB_NOT_COVERED = 0, /* no such issuer in the bundle */
    VDB_CLEAR,           /* the issuer is there and does not list the key */
    VDB_LISTED,
    VDB_UNCONFIRMED, /* the filter says perhaps, and the exact tier is not in this bundle: see
                        vdb_confirm */
    VDB_DAMAGED      /* the codes make no sense: says nothing about the key */
};

struct vdb_found {
    struct vdb_row row;
    uint32_t page; /* the page that settles the key; 0 for an issuer with a list */
};

/* Hashes `in`; 0 when it could not. */
typedef int vdb_sha256(void *user, const uint8_t *in, size_t n, uint8_t ret[VDB_DIGEST]);

/* Checks hashes, directory, rows and page table, and keeps pointers into `p`, which must stay as it
 * is. With `sha256` NULL the hashes are not checked: for bytes that were checked when they were
 * stored. */
enum vdb_error vdb_open(const uint8_t *p, size_t n, vdb_sha256 *sha256, void *user, struct vdb *ret);

/* SHA-256(id || u8 n || serial), its first 64 bits; `serial` is the magnitude without leading
 * zeros, 1 to 20 octets. 0 when n is not that or the hash failed. */
int vdb_key(const uint8_t id[VDB_ID], const uint8_t *serial, size_t n, vdb_sha256 *sha256,
            void *user, uint64_t *ret);

/* Is this key listed? ret (may be NULL) is written unless the answer is VDB_NOT_COVERED. */
enum vdb_answer vdb_find(const struct vdb *b, const uint8_t id[VDB_ID], uint64_t key,
                         struct vdb_found *ret);

/* Settles VDB_UNCONFIRMED, which vdb_find gave for this key with `found`: `proof` is page found->page
 * of the bundle of kind full with the hashes up to the root in our coverage (docs/FORMAT.md). ret is
 * written only on VDB_OK: VDB_LISTED or VDB_CLEAR (or VDB_DAMAGED: the publisher coded badly). */
enum vdb_error vdb_confirm(const struct vdb *b, const struct vdb_found *found, uint64_t key,
                           struct vdb_bytes proof, vdb_sha256 *sha256, void *user,
                           enum vdb_answer *ret);
/* Only whether the proof leads from this page to this root; the page, for somebody who has no bundle. */
enum vdb_error vdb_proof_check(const uint8_t root[VDB_DIGEST], uint32_t n_pages, uint32_t page,
                               struct vdb_bytes proof, vdb_sha256 *sha256, void *user,
                               struct vdb_bytes *ret_page);
/* The hashes of one level that a proof of `page` holds; level 0 are the pages'. 0 behind the top. */
struct vdb_group {
    uint32_t at, n; /* first hash, counted in the section tree, and how many */
    uint32_t place; /* of the page's own among them */
    uint8_t top;
};
int vdb_proof_group(uint32_t n_pages, uint32_t page, uint32_t level, struct vdb_group *ret);

/* The steps of vdb_find, for those who have the issuer or the page already. */
int vdb_find_row(const struct vdb *b, const uint8_t id[VDB_ID], uint32_t *ret);
enum vdb_answer vdb_find_in(const struct vdb *b, uint64_t key, struct vdb_found *found);
enum vdb_answer vdb_find_on_page(const struct vdb_row *row, const uint8_t *page, size_t n,
                                 uint64_t key);

/* i is below n_rows (n_pages); the page is of a bundle of kind full. */
struct vdb_row vdb_row_at(const struct vdb *b, uint32_t i);
struct vdb_bytes vdb_page_at(const struct vdb *b, uint32_t i);
struct vdb_bytes vdb_list_of(const struct vdb *b, const struct vdb_row *row);
/* A section of any type; {NULL, 0} when it is not there. */
struct vdb_bytes vdb_section_of(const struct vdb *b, uint32_t type);

/* What a base fixes for an issuer with this many keys. */
struct vdb_params {
    uint8_t width, page_bits;
    uint32_t lines; /* 0: an exact list */
};
struct vdb_params vdb_params_of(uint32_t base_n);
/* So many keys an issuer may have before it is given parameters anew. */
static inline uint32_t vdb_most_keys(uint32_t base_n)
{
    return base_n + base_n / 4;
}

/* The six bits of a key in its line, 9 bits each from the low end, and the line. */
uint64_t vdb_probes(uint64_t key, uint32_t lines, uint32_t *ret_line);

/* Walks the keys of a page or list, as differences to the first value of the page. */
struct vdb_codes {
    const uint8_t *p;
    size_t n, front, back; /* octets: all, remainders taken, quotients loaded */
    uint64_t word, low; /* quotient bits not used yet; sum of remainders */
    uint32_t count, done, rice_octets; /* count: keys so far */
};
enum vdb_step { VDB_STEP_END = 0, VDB_STEP_KEY, VDB_STEP_DAMAGED };
struct vdb_codes vdb_codes_of(const uint8_t *p, size_t n, uint32_t rice);
enum vdb_step vdb_next(struct vdb_codes *c, uint64_t *ret);

#endif
