/* SPDX-License-Identifier: Apache-2.0
 *
 * name.h - X.501 Names: attributes, Matter vendor and product ids, comparison, text.
 *
 * Owns:           RDNSequence and the VID/PID encodings of Matter 6.1.1 and 6.2.2.2.
 * Must not know:  which certificate must carry which id.
 */
#ifndef VD_NAME_H
#define VD_NAME_H

#include "buf.h"

enum vd_id_state {
    VD_ID_ABSENT = 0,
    VD_ID_PRESENT,
    VD_ID_BAD /* there, and not four upper-case hex digits in an allowed string */
};

struct vd_id {
    enum vd_id_state state;
    uint16_t value;
    bool repeated;        /* the Matter attribute occurs more than once */
    bool printable;       /* it is a PrintableString */
    struct vd_span text;  /* what was read, for evidence */
};

struct vd_name {
    struct vd_span der;   /* the whole RDNSequence */
    bool well_formed;
    bool empty;           /* no attribute at all, or an empty CN, vendor id or product id */
    bool has_matter_oid;  /* then CNs are plain text */
    bool cn_ignored;      /* a CN with markers stands beside a Matter attribute */
    bool cn_long;         /* a CN of more than 64 characters */
    struct vd_id vid, pid;
};

/* Reads the DER of one Name; always fills *ret. */
void vd_name_read(struct vd_span der, struct vd_name *ret);
/* Equal after RFC 5280 7.1-like folding: string type, ASCII case and white space. Only used to
 * explain why a byte-for-byte comparison failed. */
bool vd_name_eq_normalised(struct vd_span a, struct vd_span b);
/* "CN=..., O=..., VID=FFF1": printable, escaped, in order. */
bool vd_name_text(struct vd_span der, struct vd_buf *out);
/* Bytes of unknown origin as printable text: UTF-8 kept, the rest as \xNN. */
bool vd_printable(struct vd_span bytes, struct vd_buf *out);

#endif
