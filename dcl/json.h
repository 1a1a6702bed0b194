/* SPDX-License-Identifier: Apache-2.0
 *
 * json.h - JSON texts, strictly: RFC 8259 and nothing that a tokenizer lets through besides.
 *
 * Owns:           the grammar, duplicate keys, ceilings, values.
 * Must not know:  any field name.
 *
 * The text is checked against the whole grammar first; jsmn then only has to cut it into tokens.
 * A member name with an escape in it is refused: no ledger field needs one, and two spellings of
 * one name would hide a duplicate. A number, string or word alone is refused too: no answer is one.
 */
#ifndef DCL_JSON_H
#define DCL_JSON_H

#include "buf.h"

struct vd_json; /* a parsed text; the text must outlive it */

/* A value inside it. {NULL, 0} is the absent value; every function takes it and says no. */
struct vd_json_value {
    const struct vd_json *doc;
    size_t i;
};

/* What vd_json_read says when there was none: nothing is known against the text. */
extern const char vd_json_no_memory[];
/* NULL on success; else what is wrong, and *ret_at (may be NULL) the offset. */
const char *vd_json_read(struct vd_span text, struct vd_json **ret, size_t *ret_at);
/* The same for what this program wrote itself: as many CRLs as a run may have make a longer text than any
 * answer may be. */
const char *vd_json_read_own(struct vd_span text, struct vd_json **ret);
void vd_json_free(struct vd_json *doc);

struct vd_json_value vd_json_root(const struct vd_json *doc);
bool vd_json_is_object(struct vd_json_value v);
bool vd_json_is_array(struct vd_json_value v);
bool vd_json_is_string(struct vd_json_value v);
bool vd_json_is_null(struct vd_json_value v);
bool vd_json_present(struct vd_json_value v);
/* The member of an object, or the absent value. */
struct vd_json_value vd_json_member(struct vd_json_value object, const char *name);
/* Items of an array: first, then next of the one before, until absent. */
struct vd_json_value vd_json_first(struct vd_json_value array);
struct vd_json_value vd_json_next(struct vd_json_value item);
/* Members of an object: the first name, the value of a name, and vd_json_next of the value for the name that
 * follows. */
struct vd_json_value vd_json_first_name(struct vd_json_value object);
struct vd_json_value vd_json_of_name(struct vd_json_value name);

/* The text of any value, as it stands. */
struct vd_span vd_json_text(struct vd_json_value v);
/* A string with its escapes undone, appended to out; false for another type, and for a string with a
 * NUL in it: JSON allows that, a text in C does not, and one such record must not cost the others. */
bool vd_json_string(struct vd_json_value v, struct vd_buf *out);
bool vd_json_bool(struct vd_json_value v, bool *ret);
/* An integer from 0 to max, as a number or (as the ledger writes 64-bit ones) as a string. */
bool vd_json_uint(struct vd_json_value v, uint64_t max, uint64_t *ret);

#endif
