/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_name.c - vendor and product ids in a Name (Matter 6.1.1, 6.2.2.2).
 */
#include <string.h>

#include "profile.h"

bool profile_same_name(const X509_NAME *a, const X509_NAME *b)
{
    const unsigned char *p, *q;
    size_t n, m;
    return X509_NAME_get0_der(a, &p, &n) == 1 && X509_NAME_get0_der(b, &q, &m) == 1 && n == m &&
           memcmp(p, q, n) == 0;
}

static int is_oid(const ASN1_OBJECT *o, const char *octets, size_t n)
{
    return OBJ_length(o) == n && memcmp(OBJ_get0_data(o), octets, n) == 0;
}

#define MATTER "\x2B\x06\x01\x04\x01\x82\xA2\x7C\x02"

/* -1: not four digits 0-9A-F. */
static int hex4(const unsigned char *p, int n)
{
    static const char digits[] = "0123456789ABCDEF";
    int value = 0;

    if (n < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        const char *d = p[i] == 0 ? NULL : strchr(digits, p[i]);
        if (d == NULL)
            return -1;
        value = value * 16 + (int)(d - digits);
    }
    return value;
}

static void take_attribute(const ASN1_STRING *value, enum id_found *found, unsigned *number,
                           bool *ok)
{
    int type = ASN1_STRING_type(value), n = ASN1_STRING_length(value);
    int v = n == 4 ? hex4(ASN1_STRING_get0_data(value), n) : -1;

    if (*found != ID_NONE) {
        *ok = false;
        return;
    }
    *found = v >= 0 && (type == V_ASN1_UTF8STRING || type == V_ASN1_PRINTABLESTRING) ? ID_GOOD
                                                                                     : ID_WRONG;
    *number = v >= 0 ? (unsigned)v : 0;
}

/* The leftmost correct marker counts; without any correct one, a marker makes the Name wrong. */
static void take_marker(const ASN1_STRING *cn, const char *marker, enum id_found *found,
                        unsigned *number)
{
    const unsigned char *p = ASN1_STRING_get0_data(cn);
    int n = ASN1_STRING_length(cn);

    for (int i = 0; i + 5 <= n && *found != ID_GOOD; i++) {
        int v;
        if (memcmp(p + i, marker, 5) != 0)
            continue;
        v = hex4(p + i + 5, n - i - 5);
        *found = v >= 0 ? ID_GOOD : ID_WRONG;
        *number = v >= 0 ? (unsigned)v : 0;
    }
}

/* The string types that the attributes of RFC 5280 A.1 have. */
static bool is_string(const ASN1_STRING *value)
{
    switch (ASN1_STRING_type(value)) {
    case V_ASN1_NUMERICSTRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_UNIVERSALSTRING:
    case V_ASN1_UTF8STRING:
    case V_ASN1_BMPSTRING:
        return true;
    default:
        return false;
    }
}

struct ids profile_ids(X509_NAME *name)
{
    struct ids ret = { .name_ok = X509_NAME_entry_count(name) > 0 };

    for (int i = 0; i < X509_NAME_entry_count(name); i++) {
        X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
        const ASN1_OBJECT *o = X509_NAME_ENTRY_get_object(e);
        const ASN1_STRING *value = X509_NAME_ENTRY_get_data(e);
        bool vid = is_oid(o, MATTER "\x01", 10), pid = is_oid(o, MATTER "\x02", 10);

        ret.name_ok = ret.name_ok && is_string(value);
        if ((vid || pid || OBJ_obj2nid(o) == NID_commonName) && ASN1_STRING_length(value) == 0)
            ret.name_ok = false;
        if (vid)
            take_attribute(value, &ret.vid, &ret.vid_value, &ret.name_ok);
        if (pid)
            take_attribute(value, &ret.pid, &ret.pid_value, &ret.name_ok);
    }
    if (ret.vid != ID_NONE || ret.pid != ID_NONE)
        return ret; /* then a common name is plain text */
    for (int i = 0; i < X509_NAME_entry_count(name); i++) {
        X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
        if (OBJ_obj2nid(X509_NAME_ENTRY_get_object(e)) != NID_commonName)
            continue;
        take_marker(X509_NAME_ENTRY_get_data(e), "Mvid:", &ret.vid, &ret.vid_value);
        take_marker(X509_NAME_ENTRY_get_data(e), "Mpid:", &ret.pid, &ret.pid_value);
    }
    return ret;
}
