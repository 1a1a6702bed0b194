/* SPDX-License-Identifier: Apache-2.0
 *
 * address.h - is this an address of the public internet?
 *
 * Owns:           the ranges that are not, and the environment's proxies.
 * Must not know:  who wants to connect.
 */
#ifndef DCL_ADDRESS_H
#define DCL_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* True only for global unicast; an address family that is not known is not. IPv4 inside IPv6 is looked at
 * as IPv4. */
bool vd_address_public(const struct sockaddr *a);
/* The same of a text such as "10.0.0.1" or "fe80::1"; false for names too. */
bool vd_address_text_public(const char *text);
/* A URL's host that is an address, brackets or not, and not a public one; or "localhost". */
bool vd_host_private(const char *host);
/* A host of this machine: localhost, 127.0.0.0/8, ::1. */
bool vd_host_loopback(const char *host);

/* The proxy that the environment (http_proxy, https_proxy, all_proxy, no_proxy) has for this, or NULL. */
const char *vd_proxy_for(const char *scheme, const char *host);

#endif
