/* SPDX-License-Identifier: Apache-2.0
 *
 * names.c - who the issuers of a bundle are.
 *
 *   section := end:u32[issuers + 1] (key_id_size:u8 key_id name)[issuers]
 *   part    := "VDN1" network:u8 zero[3] issuers:u32 zero[4] section
 */
#include "names.h"

bool vd_is_names(struct vd_span in)
{
    return vd_take_tag(&in, VD_NAMES_MAGIC);
}

bool vd_names_at(struct vd_span section, uint32_t n, uint32_t i, struct vd_span *ret_key_id,
                 struct vd_span *ret_name)
{
    struct vd_span ends, texts, part;
    uint64_t from, to;
    uint8_t size;

    if (section.p == NULL || !vd_span_slice(section, (size_t)i * 4, 8, &ends) ||
        !vd_take_le(&ends, 4, &from) || !vd_take_le(&ends, 4, &to) || to < from)
        return false;
    texts = vd_span_skip(section, ((size_t)n + 1) * 4);
    if (!vd_span_slice(texts, (size_t)from, (size_t)(to - from), &part) || !vd_take_u8(&part, &size) ||
        !vd_take(&part, size, ret_key_id))
        return false;
    *ret_name = part;
    return true;
}

/* Issuer ids ascend; the first entry begins the texts, and the last one ends the file. */
static const char *section_wrong(struct vd_span section, uint32_t n)
{
    const uint64_t table = ((uint64_t)n + 1) * 4;
    uint8_t id[VD_ISSUER_ID], last[VD_ISSUER_ID];
    struct vd_span ends = section, key_id, name;
    uint64_t end = 0;

    if (section.n < table || !vd_take_le(&ends, 4, &end) || end != 0)
        return "entries";
    for (uint32_t i = 0; i < n; i++) {
        if (!vd_take_le(&ends, 4, &end) || !vd_names_at(section, n, i, &key_id, &name) ||
            !vd_revkey_possible(name, key_id))
            return "entries";
        if (!vd_revkey_issuer(NULL, name, key_id, id))
            return vd_no_memory;
        if ((i > 0 && vd_span_cmp(VD_SPAN(last), VD_SPAN(id)) >= 0) || !vd_copy(last, sizeof last, VD_SPAN(id)))
            return "entries";
    }
    return table + end == section.n ? NULL : "entries";
}

const char *vd_names_read(struct vd_span in, struct vd_names *ret)
{
    uint64_t network, zero, n, zero2;
    const char *wrong;

    if (!vd_take_tag(&in, VD_NAMES_MAGIC))
        return "magic";
    if (!vd_take_le(&in, 1, &network) || !vd_take_le(&in, 3, &zero) || !vd_take_le(&in, 4, &n) ||
        !vd_take_le(&in, 4, &zero2))
        return "header";
    if ((network != VD_NETWORK_MAIN && network != VD_NETWORK_TEST) || zero != 0 || zero2 != 0)
        return "header values";
    wrong = section_wrong(in, (uint32_t)n);
    if (wrong != NULL)
        return wrong;
    *ret = (struct vd_names){ (enum vd_network)network, (uint32_t)n, in };
    return NULL;
}

bool vd_names_write(enum vd_network network, uint32_t n, struct vd_span section, struct vd_buf *out)
{
    return vd_buf_str(out, VD_NAMES_MAGIC) && vd_buf_le(out, 4, (uint64_t)network) &&
           vd_buf_le(out, 4, n) && vd_buf_le(out, 4, 0) && vd_buf_put(out, section);
}
