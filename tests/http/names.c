/* SPDX-License-Identifier: Apache-2.0
 *
 * names.c - a library in front of libc: what a name resolves to, and a public address on this machine.
 *
 *   NAMES_ANSWERS=A,B+C    the first lookup of a name has the address A, each later one B and then C; the last
 *                          answer is repeated. Addresses are looked up as ever.
 *   NAMES_PUBLIC=P=L       whoever connects to P is connected with L, and told that it is P. Other addresses that
 *                          are not of 127.0.0.0/8 refuse.
 *   NAMES_LOG=FILE         gets a line for each lookup
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HERE __attribute__((visibility("default")))
#define FDS 1024

typedef int lookup_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static atomic_uint lookups;
static atomic_int moved[FDS]; /* sockets that were connected with L */

HERE int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret);
HERE int connect(int fd, const struct sockaddr *to, socklen_t n);
HERE int getpeername(int fd, struct sockaddr *to, socklen_t *n);

static int is_address(const char *text)
{
    struct in6_addr a;
    return inet_pton(AF_INET, text, &a) == 1 || inet_pton(AF_INET6, text, &a) == 1;
}

/* The k-th answer of the list, or the last. */
static void answer(unsigned k, char ret[256])
{
    const char *at = getenv("NAMES_ANSWERS"), *next;
    while (k-- > 0 && (next = strchr(at, ',')) != NULL)
        at = next + 1;
    (void)snprintf(ret, 256, "%.*s", (int)strcspn(at, ","), at);
}

static void note(const char *node, const char *addresses)
{
    const char *name = getenv("NAMES_LOG");
    FILE *file = name == NULL ? NULL : fopen(name, "a");
    if (file == NULL)
        return;
    (void)fprintf(file, "%s %s\n", node, addresses);
    (void)fclose(file);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **ret)
{
    lookup_fn *real = NULL;
    struct addrinfo **end = ret;
    char addresses[256], *save = NULL;
    int wrong = 0;

    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (node == NULL || getenv("NAMES_ANSWERS") == NULL || is_address(node))
        return real(node, service, hints, ret);
    answer(atomic_fetch_add(&lookups, 1), addresses);
    note(node, addresses);
    for (char *one = strtok_r(addresses, "+", &save); one != NULL && wrong == 0; one = strtok_r(NULL, "+", &save)) {
        wrong = real(one, service, hints, end);
        while (wrong == 0 && *end != NULL)
            end = &(*end)->ai_next;
    }
    return wrong;
}

/* P and L of NAMES_PUBLIC. */
static int public_address(struct in_addr *p, struct in_addr *l)
{
    char text[64];
    const char *all = getenv("NAMES_PUBLIC"), *is = all == NULL ? NULL : strchr(all, '=');
    if (is == NULL)
        return 0;
    (void)snprintf(text, sizeof text, "%.*s", (int)(is - all), all);
    return inet_pton(AF_INET, text, p) == 1 && inet_pton(AF_INET, is + 1, l) == 1;
}

int connect(int fd, const struct sockaddr *to, socklen_t n)
{
    struct sockaddr_in in;
    struct in_addr p, l;

    if (to->sa_family != AF_INET || n != sizeof in || !public_address(&p, &l))
        return (int)syscall(SYS_connect, fd, to, n);
    memcpy(&in, to, sizeof in);
    if (in.sin_addr.s_addr != p.s_addr && ntohl(in.sin_addr.s_addr) >> 24 != 127) {
        errno = ECONNREFUSED;
        return -1;
    }
    if (fd >= 0 && fd < FDS)
        atomic_store(&moved[fd], in.sin_addr.s_addr == p.s_addr);
    if (in.sin_addr.s_addr == p.s_addr)
        in.sin_addr = l;
    return (int)syscall(SYS_connect, fd, &in, sizeof in);
}

int getpeername(int fd, struct sockaddr *to, socklen_t *n)
{
    struct sockaddr_in in;
    struct in_addr p, l;
    const int wrong = (int)syscall(SYS_getpeername, fd, to, n);

    if (wrong != 0 || fd < 0 || fd >= FDS || !atomic_load(&moved[fd]) || *n != sizeof in || !public_address(&p, &l))
        return wrong;
    memcpy(&in, to, sizeof in);
    in.sin_addr = p;
    memcpy(to, &in, sizeof in);
    return 0;
}
