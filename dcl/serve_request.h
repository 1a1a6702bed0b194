/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_request.h - what the header fields of a request ask for (RFC 9110).
 *
 * Owns:           If-None-Match, Range, If-Range, Accept-Encoding, the target of a request.
 * Must not know:  the server, files.
 *
 * Fields are NULL when they are absent. One that cannot be read asks for nothing.
 */
#ifndef DCL_SERVE_REQUEST_H
#define DCL_SERVE_REQUEST_H

#include "span.h"

/* The path of "/path" and of "http://host/path"; NULL for anything else. Nothing is unescaped. */
const char *vd_request_path(const char *target);

/* Is `etag`, with its quotes, in the list? Weak comparison, as 13.1.2 asks for; "*" is always. */
bool vd_request_has(const char *if_none_match, const char *etag);

/* May a Range be honoured? Only with an If-Range that is absent or exactly this strong etag. */
bool vd_request_same(const char *if_range, const char *etag);

/* Does Accept-Encoding name gzip or *, with a weight above zero? */
bool vd_request_gzip(const char *accept_encoding);

enum vd_range {
    VD_RANGE_NONE,  /* the whole: absent, not read, another unit, or several ranges */
    VD_RANGE_PART,
    VD_RANGE_BEYOND /* not satisfiable */
};

/* One byte range over `size` bytes. On VD_RANGE_PART first + n <= size and n > 0. */
enum vd_range vd_request_range(const char *range, uint64_t size, uint64_t *ret_first, uint64_t *ret_n);

#endif
