/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_guard.c - what one client may take of a server.
 */
#include "serve_guard.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "buf.h"

#define COUNTERS 8192u

struct vd_guarded {
    int fd;
    uint32_t counter;               /* of its address */
    _Atomic uint64_t deadline;      /* a tick */
    struct vd_guarded *next, **at;  /* in the list of open ones; the lock is held */
};

struct vd_guard {
    uint32_t rate;
    _Atomic uint64_t now;
    _Atomic uint32_t counters[COUNTERS];
    pthread_mutex_t lock;
    struct vd_guarded *open;
};

struct vd_guard *vd_guard_make(uint32_t rate)
{
    struct vd_guard *g = calloc(1, sizeof *g);
    if (g == NULL)
        return NULL;
    g->rate = rate;
    if (pthread_mutex_init(&g->lock, NULL) != 0) {
        free(g);
        return NULL;
    }
    return g;
}

void vd_guard_free(struct vd_guard *g)
{
    if (g == NULL)
        return;
    while (g->open != NULL)
        vd_guard_close(g, g->open);
    (void)pthread_mutex_destroy(&g->lock);
    free(g);
}

/* FNV-1a over the octets that name a client. */
static uint32_t counter_of(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct vd_span octets = VD_NO_SPAN;
    uint32_t hash = 2166136261u;

    if (address != NULL && address->sa_family == AF_INET &&
        vd_copy(&v4, sizeof v4, vd_span_of(address, sizeof v4)))
        octets = vd_span_of(&v4.sin_addr, 4);
    else if (address != NULL && address->sa_family == AF_INET6 &&
             vd_copy(&v6, sizeof v6, vd_span_of(address, sizeof v6)))
        octets = vd_span_of(&v6.sin6_addr, 8);
    for (size_t i = 0; i < octets.n; i++)
        hash = (hash ^ octets.p[i]) * 16777619u;
    return (hash ^ hash >> 16) % COUNTERS;
}

struct vd_guarded *vd_guard_open(struct vd_guard *g, int fd, const struct sockaddr *address,
                                 uint32_t seconds)
{
    struct vd_guarded *c = calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->fd = fd;
    c->counter = counter_of(address);
    vd_guard_give(g, c, seconds);
    (void)pthread_mutex_lock(&g->lock);
    c->next = g->open;
    c->at = &g->open;
    if (c->next != NULL)
        c->next->at = &c->next;
    g->open = c;
    (void)pthread_mutex_unlock(&g->lock);
    return c;
}

void vd_guard_close(struct vd_guard *g, struct vd_guarded *c)
{
    if (c == NULL)
        return;
    (void)pthread_mutex_lock(&g->lock); /* the descriptor is still open here: a tick may not meet another */
    *c->at = c->next;
    if (c->next != NULL)
        c->next->at = c->at;
    (void)pthread_mutex_unlock(&g->lock);
    free(c);
}

void vd_guard_give(struct vd_guard *g, struct vd_guarded *c, uint64_t seconds)
{
    atomic_store_explicit(&c->deadline,
                          atomic_load_explicit(&g->now, memory_order_relaxed) + seconds,
                          memory_order_relaxed);
}

bool vd_guard_count(struct vd_guard *g, const struct vd_guarded *c)
{
    if (g->rate == 0)
        return true;
    return atomic_fetch_add_explicit(&g->counters[c->counter], 1, memory_order_relaxed) < g->rate;
}

void vd_guard_tick(struct vd_guard *g)
{
    uint64_t now = atomic_fetch_add(&g->now, 1) + 1;
    for (size_t i = 0; i < COUNTERS; i++)
        atomic_store_explicit(&g->counters[i], 0, memory_order_relaxed);
    (void)pthread_mutex_lock(&g->lock);
    for (struct vd_guarded *c = g->open; c != NULL; c = c->next) {
        if (atomic_load_explicit(&c->deadline, memory_order_relaxed) < now)
            (void)shutdown(c->fd, SHUT_RDWR);
    }
    (void)pthread_mutex_unlock(&g->lock);
}
