/* SPDX-License-Identifier: Apache-2.0
 *
 * json_grammar.h - is this text JSON, exactly as RFC 8259 says?
 */
#ifndef DCL_JSON_GRAMMAR_H
#define DCL_JSON_GRAMMAR_H

#include "span.h"

/* NULL when it is one JSON text; else what is wrong, and where. */
const char *vd_json_grammar(struct vd_span text, size_t *ret_at);

#endif
