/* SPDX-License-Identifier: Apache-2.0
 *
 * address.c - is this an address of the public internet?
 *
 * Ranges: the special-purpose registries of RFC 6890, as far as they are not globally reachable.
 */
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"

/* ---- IPv4 ---- */

static const struct {
    uint32_t net;
    unsigned bits;
} v4_special[] = {
    { 0x00000000, 8 },  /* 0.0.0.0: this network */
    { 0x0A000000, 8 },  /* 10.0.0.0: private */
    { 0x64400000, 10 }, /* 100.64.0.0: carriers */
    { 0x7F000000, 8 },  /* 127.0.0.0: loopback */
    { 0xA9FE0000, 16 }, /* 169.254.0.0: link-local, where clouds keep their metadata */
    { 0xAC100000, 12 }, /* 172.16.0.0: private */
    { 0xC0000000, 24 }, /* 192.0.0.0: protocol assignments */
    { 0xC0000200, 24 }, /* 192.0.2.0: documentation */
    { 0xC0A80000, 16 }, /* 192.168.0.0: private */
    { 0xC6120000, 15 }, /* 198.18.0.0: benchmarks */
    { 0xC6336400, 24 }, /* 198.51.100.0: documentation */
    { 0xCB007100, 24 }, /* 203.0.113.0: documentation */
    { 0xE0000000, 3 },  /* 224.0.0.0 and above: multicast, reserved, broadcast */
};

static bool v4_public(uint32_t a)
{
    for (size_t i = 0; i < sizeof v4_special / sizeof v4_special[0]; i++) {
        if ((a ^ v4_special[i].net) >> (32 - v4_special[i].bits) == 0)
            return false;
    }
    return true;
}

/* ---- IPv6 ---- */

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool v6_public(const uint8_t a[16])
{
    static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };
    static const uint8_t nat64[12] = { 0, 0x64, 0xFF, 0x9B };

    if (memcmp(a, mapped, sizeof mapped) == 0 || memcmp(a, nat64, sizeof nat64) == 0)
        return v4_public(be32(&a[12]));
    if (a[0] == 0x20 && a[1] == 0x02) /* 2002::/16: 6to4 carries IPv4 behind it */
        return v4_public(be32(&a[2]));
    if (be32(a) >> 9 == 0x20010000u >> 9 || be32(a) == 0x20010DB8) /* Teredo and the like; documentation */
        return false;
    return a[0] >> 5 == 1; /* 2000::/3 is all that is assigned as global unicast */
}

bool vd_address_public(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET) {
        struct sockaddr_in in;
        return vd_copy(&in, sizeof in, vd_span_of(a, sizeof in)) &&
               v4_public(ntohl(in.sin_addr.s_addr));
    }
    if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        return vd_copy(&in, sizeof in, vd_span_of(a, sizeof in)) && v6_public(in.sin6_addr.s6_addr);
    }
    return false;
}

/* ---- texts ---- */

static bool without_brackets(const char *host, char ret[64])
{
    struct vd_span in = vd_span_str(host);
    if (in.n >= 2 && in.p[0] == '[' && in.p[in.n - 1] == ']')
        (void)vd_span_slice(in, 1, in.n - 2, &in);
    vd_zero(ret, 64);
    if (!vd_copy(ret, 63, in))
        return false;
    ret[strcspn(ret, "%")] = '\0'; /* a zone id */
    return true;
}

static bool read_address(const char *host, struct in_addr *v4, struct in6_addr *v6, int *ret_family)
{
    char text[64];
    if (!without_brackets(host, text))
        return false;
    *ret_family = inet_pton(AF_INET, text, v4) == 1    ? AF_INET
                  : inet_pton(AF_INET6, text, v6) == 1 ? AF_INET6
                                                       : AF_UNSPEC;
    return *ret_family != AF_UNSPEC;
}

bool vd_address_text_public(const char *text)
{
    struct in_addr v4;
    struct in6_addr v6;
    int family;
    if (!read_address(text, &v4, &v6, &family))
        return false;
    return family == AF_INET ? v4_public(ntohl(v4.s_addr)) : v6_public(v6.s6_addr);
}

bool vd_host_private(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    int family;
    if (strcasecmp(host, "localhost") == 0)
        return true;
    return read_address(host, &v4, &v6, &family) && !vd_address_text_public(host);
}

bool vd_host_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;
    int family;
    if (strcasecmp(host, "localhost") == 0)
        return true;
    if (!read_address(host, &v4, &v6, &family))
        return false;
    return family == AF_INET ? ntohl(v4.s_addr) >> 24 == 127 : IN6_IS_ADDR_LOOPBACK(&v6);
}

/* ---- proxies ---- */

/* One entry of no_proxy: a host, or a domain with or without a dot in front. */
static bool exempt(struct vd_span host, struct vd_span entry)
{
    if (entry.n > 0 && entry.p[0] == '.')
        entry = vd_span_skip(entry, 1);
    if (entry.n == 0 || entry.n > host.n ||
        strncasecmp((const char *)vd_span_skip(host, host.n - entry.n).p, (const char *)entry.p,
                    entry.n) != 0)
        return false;
    return entry.n == host.n || vd_at(host, host.n - entry.n - 1) == '.';
}

static bool no_proxy(const char *host)
{
    const char *list = getenv("no_proxy");
    if (list == NULL)
        list = getenv("NO_PROXY");
    if (list == NULL)
        return false;
    for (list += strspn(list, ", "); *list != '\0'; list += strspn(list, ", ")) {
        size_t n = strcspn(list, ", ");
        if ((n == 1 && list[0] == '*') ||
            exempt(vd_span_str(host), vd_span_of(list, n)))
            return true;
        list += n;
    }
    return false;
}

/* HTTP_PROXY in capitals is not looked at: a server's environment may hold a client's header by this name. */
const char *vd_proxy_for(const char *scheme, const char *host)
{
    static const char *const for_http[] = { "http_proxy", "all_proxy", "ALL_PROXY", NULL };
    static const char *const for_https[] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                             NULL };
    const char *const *names = strcmp(scheme, "https") == 0 ? for_https : for_http;
    for (; *names != NULL; names++) {
        const char *value = getenv(*names);
        if (value != NULL && value[0] != '\0')
            return no_proxy(host) ? NULL : value;
    }
    return NULL;
}
