/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle.c - opening a bundle: the freestanding reader's checks, reasons and names.
 */
#include "bundle.h"

#include "limits.h"
#include "proof.h"
#include "sig.h"

struct vd_span vd_bundle_section(const struct vd_bundle *b, enum vdb_section type)
{
    const struct vdb_bytes s = vdb_section_of(&b->v, type);
    return vd_span_of(s.p, s.n);
}

/* header := ... evidence_time:i64 at 8 ... base_time:i64 base[32] at 24; a base names none, and its
 * time is its own */
bool vd_bundle_is_base(const struct vd_bundle *b)
{
    static const uint8_t none[VDB_DIGEST];
    struct vd_span at;
    return vd_span_slice(vd_span_of(b->v.file.p, b->v.file.n), 32, VDB_DIGEST, &at) &&
           vd_span_eq(at, VD_SPAN(none));
}

static bool read_times(struct vd_bundle *b)
{
    struct vd_span in = vd_span_skip(vd_span_of(b->v.file.p, b->v.file.n), 8);
    uint64_t evidence, size, base;

    if (!vd_take_le(&in, 8, &evidence) || !vd_take_le(&in, 8, &size) || !vd_take_le(&in, 8, &base))
        return false;
    b->evidence_time = (int64_t)evidence;
    return vd_bundle_is_base(b) ? base == evidence : (int64_t)base <= b->evidence_time;
}

static const char *error_text(enum vdb_error e)
{
    switch (e) {
    case VDB_OK:
        break;
    case VDB_BAD_MAGIC:
        return "magic";
    case VDB_BAD_HEADER:
        return "header values";
    case VDB_BAD_SIZE:
        return "size";
    case VDB_BAD_HEADER_HASH:
        return "header hash";
    case VDB_BAD_DIRECTORY:
        return "directory";
    case VDB_UNSUPPORTED:
        return "a critical section of a later version";
    case VDB_BAD_SECTION_HASH:
        return "section hash";
    case VDB_BAD_COVERAGE:
        return "coverage";
    case VDB_BAD_ROW:
        return "coverage row";
    case VDB_BAD_ROW_ORDER:
        return "order of coverage rows";
    case VDB_BAD_EXTENT:
        return "places of lists, lines and pages";
    case VDB_BAD_PAGES:
        return "page table";
    case VDB_BAD_PROOF_SIZE:
    case VDB_BAD_PROOF_PAGE:
    case VDB_BAD_PROOF_PATH:
    case VDB_BAD_PROOF_ROOT:
        return vd_proof_text(e);
    }
    return NULL;
}

/* `user` is told when there was no memory to do it. */
static int hash(void *user, const uint8_t *in, size_t n, uint8_t ret[VDB_DIGEST])
{
    bool *memory = user;
    const bool ok = vd_sha256(vd_span_of(in, n), ret);
    *memory = *memory || !ok;
    return ok;
}

bool vd_bundle_name(const struct vd_bundle *b, uint32_t i, struct vd_span *ret_key_id,
                    struct vd_span *ret_name)
{
    return vd_names_at(b->names, b->n_rows, i, ret_key_id, ret_name);
}

/* Names are those that the issuer ids are made of, one after the other, and nothing follows. */
static bool names_ok(const struct vd_bundle *b, struct vd_hash *h, bool *memory)
{
    const uint64_t table = ((uint64_t)b->n_rows + 1) * 4;
    struct vd_span ends = b->names, key_id, name;
    uint64_t end = 0;
    uint8_t id[VD_ISSUER_ID];

    if (b->names.n < table || !vd_take_le(&ends, 4, &end) || end != 0)
        return false;
    for (uint32_t i = 0; i < b->n_rows; i++) {
        if (!vd_take_le(&ends, 4, &end) || !vd_bundle_name(b, i, &key_id, &name) ||
            !vd_revkey_possible(name, key_id))
            return false;
        *memory = !vd_revkey_issuer(h, name, key_id, id);
        if (*memory || !vd_span_eq(VD_SPAN(id), vd_span_of(vdb_row_at(&b->v, i).id, VDB_ID)))
            return false;
    }
    return table + end == b->names.n;
}

static const char *names_wrong(const struct vd_bundle *b)
{
    struct vd_hash *h = vd_hash_make();
    bool memory = h == NULL;
    const bool ok = h != NULL && names_ok(b, h, &memory);
    vd_hash_free(h);
    return ok ? NULL : memory ? vd_no_memory : "they are of another bundle";
}

const char *vd_bundle_take_names(struct vd_bundle *b, struct vd_span part)
{
    struct vd_bundle with = *b;
    struct vd_names names;
    const char *wrong = vd_names_read(part, &names);

    if (wrong != NULL)
        return wrong;
    with.names = names.section;
    wrong = names.network == b->network && names.n == b->n_rows ? names_wrong(&with)
                                                                : "they are of another bundle";
    if (wrong != NULL)
        return wrong;
    b->names = names.section;
    return NULL;
}

/* Parts that can also be files of their own. */
static const char *read_parts(struct vd_bundle *b)
{
    const struct vd_span provenance = vd_bundle_section(b, VDB_PROVENANCE),
                         compliance = vd_bundle_section(b, VDB_COMPLIANCE);

    if (provenance.p != NULL && (vd_provenance_read(provenance, &b->provenance) != NULL ||
                                 b->provenance.network != b->network))
        return "provenance";
    if (compliance.p != NULL && (vd_compliance_read(compliance, &b->compliance) != NULL ||
                                 b->compliance.network != b->network))
        return "compliance";
    return NULL;
}

static const char *read_bundle(struct vd_span in, vdb_sha256 *sha256, struct vd_bundle *ret)
{
    struct vd_bundle b = { .network = VD_NETWORK_NONE,
                           .provenance = { .network = VD_NETWORK_NONE },
                           .compliance = { .network = VD_NETWORK_NONE } };
    bool memory = false;
    const enum vdb_error e = vdb_open(in.p, in.n, sha256, &memory, &b.v);
    const char *wrong;

    if (e != VDB_OK)
        return memory ? vd_no_memory : error_text(e);
    b.network = (enum vd_network)b.v.network;
    b.n_rows = b.v.n_rows;
    if (!read_times(&b))
        return "time of the base";
    b.names = vd_bundle_section(&b, VDB_NAMES);
    for (uint32_t i = 0; i < b.n_rows; i++) {
        const struct vdb_row r = vdb_row_at(&b.v, i);
        if (r.reason >= VD_REASONS)
            return "coverage row";
        b.n_keys += r.n;
    }
    if (b.n_rows > VD_MAX_ISSUERS)
        return "more issuers than the ceiling";
    wrong = b.names.p == NULL ? NULL : names_wrong(&b);
    if (wrong != NULL)
        return wrong == vd_no_memory ? wrong : "names";
    wrong = read_parts(&b);
    if (wrong != NULL)
        return wrong;
    *ret = b;
    return NULL;
}

const char *vd_bundle_read(struct vd_span in, struct vd_bundle *ret)
{
    return read_bundle(in, hash, ret);
}

const char *vd_bundle_read_vouched(struct vd_span in, struct vd_bundle *ret)
{
    return read_bundle(in, NULL, ret);
}

struct vd_bundle_row vd_bundle_row(const struct vd_bundle *b, uint32_t i)
{
    struct vd_bundle_row r = { .raw = vdb_row_at(&b->v, i) };
    const bool timed = r.raw.this_update != 0 || r.raw.next_update != 0 || r.raw.last_ok != 0;

    r.good = r.raw.complete == 1;
    r.reason = (enum vd_reason)r.raw.reason;
    r.this_update = r.raw.this_update;
    r.next_update = r.raw.next_update;
    r.last_ok = r.raw.last_ok != 0 ? r.raw.last_ok : timed ? b->evidence_time : 0;
    return r;
}
