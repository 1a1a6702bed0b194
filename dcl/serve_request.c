/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_request.c - what the header fields of a request ask for.
 */
#include "serve_request.h"

#include <string.h>
#include <strings.h>

static bool starts(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static const char *skip_blanks(const char *p)
{
    while (blank(*p))
        p++;
    return p;
}

const char *vd_request_path(const char *target)
{
    if (starts(target, "http://")) /* 9112, 3.2.2: a server takes the absolute form, too */
        target = strchr(target + strlen("http://"), '/');
    return target != NULL && target[0] == '/' ? target : NULL;
}

/* ---- entity tags ---- */

/* entity-tag = [ "W/" ] DQUOTE *etagc DQUOTE ; etagc has no DQUOTE, no blank and no control. Returns
 * what stands behind it, or NULL. */
static const char *take_tag(const char *p, struct vd_span *ret, bool *ret_weak)
{
    const char *begin;
    *ret_weak = p[0] == 'W' && p[1] == '/';
    if (*ret_weak)
        p += 2;
    begin = p;
    if (*p++ != '"')
        return NULL;
    while (*p != '"') {
        if ((unsigned char)*p <= 0x20 || *p == 0x7F)
            return NULL;
        p++;
    }
    p++;
    *ret = vd_span_of(begin, (size_t)(p - begin));
    return p;
}

bool vd_request_has(const char *list, const char *etag)
{
    struct vd_span tag;
    bool weak, found = false;

    if (list == NULL)
        return false;
    list = skip_blanks(list);
    if (list[0] == '*')
        return *skip_blanks(list + 1) == '\0';
    while (*list != '\0') {
        if (*list == ',') { /* empty elements are allowed */
            list = skip_blanks(list + 1);
            continue;
        }
        list = take_tag(list, &tag, &weak);
        if (list == NULL)
            return false;
        found = found || vd_span_is(tag, etag);
        list = skip_blanks(list);
        if (*list != '\0' && *list != ',')
            return false;
    }
    return found;
}

bool vd_request_same(const char *if_range, const char *etag)
{
    return if_range == NULL || strcmp(if_range, etag) == 0;
}

/* ---- Accept-Encoding ---- */

/* weight = OWS ";" OWS "q=" qvalue ; is it zero? Other parameters do not exist here. */
static bool weight_is_zero(struct vd_span in)
{
    while (in.n > 0 && blank((char)in.p[0]))
        in = vd_span_skip(in, 1);
    if (in.n == 0)
        return false;
    in = vd_span_skip(in, 1); /* the semicolon */
    while (in.n > 0 && blank((char)in.p[0]))
        in = vd_span_skip(in, 1);
    if (!vd_take_tag(&in, "q=") && !vd_take_tag(&in, "Q="))
        return true; /* not understood: not asked for */
    for (size_t i = 0; i < in.n; i++) {
        if (in.p[i] >= '1' && in.p[i] <= '9')
            return false;
    }
    return true;
}

bool vd_request_gzip(const char *accept)
{
    int named = -1, any = -1; /* not said, no, yes */

    while (accept != NULL && *accept != '\0') {
        struct vd_span word = vd_span_of(accept, strcspn(accept, ",")), coding;
        accept += word.n + (accept[word.n] == ',');
        while (word.n > 0 && blank((char)word.p[0]))
            word = vd_span_skip(word, 1);
        for (coding = word, coding.n = 0;
             coding.n < word.n && !blank((char)word.p[coding.n]) && word.p[coding.n] != ';';)
            coding.n++;
        if (coding.n == 4 && starts((const char *)coding.p, "gzip"))
            named = !weight_is_zero(vd_span_skip(word, coding.n));
        else if (vd_span_is(coding, "*"))
            any = !weight_is_zero(vd_span_skip(word, coding.n));
    }
    return named >= 0 ? named == 1 : any == 1;
}

/* ---- Range ---- */

/* Digits, at least one; a number that does not fit is the greatest. */
static const char *take_number(const char *p, uint64_t *ret)
{
    const char *begin = p;
    for (*ret = 0; *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        *ret = *ret > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *ret * 10 + digit;
    }
    return p == begin ? NULL : p;
}

/* "-n": the last n bytes. */
static enum vd_range suffix(const char *p, uint64_t size, uint64_t *ret_first, uint64_t *ret_n)
{
    uint64_t n;
    p = take_number(p, &n);
    if (p == NULL || *skip_blanks(p) != '\0')
        return VD_RANGE_NONE;
    if (n == 0 || size == 0)
        return VD_RANGE_BEYOND;
    *ret_n = n < size ? n : size;
    *ret_first = size - *ret_n;
    return VD_RANGE_PART;
}

enum vd_range vd_request_range(const char *range, uint64_t size, uint64_t *ret_first, uint64_t *ret_n)
{
    uint64_t first, last = UINT64_MAX;
    const char *p;

    if (range == NULL || !starts(range, "bytes="))
        return VD_RANGE_NONE;
    p = skip_blanks(range + strlen("bytes="));
    if (*p == '-')
        return suffix(p + 1, size, ret_first, ret_n);
    p = take_number(p, &first);
    if (p == NULL || *p++ != '-')
        return VD_RANGE_NONE;
    if (*p >= '0' && *p <= '9')
        p = take_number(p, &last);
    if (p == NULL || *skip_blanks(p) != '\0' || last < first)
        return VD_RANGE_NONE; /* junk, or a list of ranges: 14.2 allows to send the whole */
    if (first >= size)
        return VD_RANGE_BEYOND;
    *ret_first = first;
    *ret_n = (last < size ? last + 1 : size) - first;
    return VD_RANGE_PART;
}
