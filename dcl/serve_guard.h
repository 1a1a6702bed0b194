/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_guard.h - what one client may take of a server: requests a second, and time.
 *
 * Owns:           counters by address, deadlines of connections.
 * Must not know:  requests, files. Time comes as ticks, one a second, from the server's own thread.
 *
 * Every function may be called by any thread. Memory does not grow with the number of clients: counters
 * are a table of fixed size, which addresses share by a hash.
 */
#ifndef DCL_SERVE_GUARD_H
#define DCL_SERVE_GUARD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct vd_guard;
struct vd_guarded; /* one connection */

/* `rate`: requests a second of one address (of one /64 with IPv6); 0: any number. NULL: no memory. */
struct vd_guard *vd_guard_make(uint32_t rate);
void vd_guard_free(struct vd_guard *g);

/* A new connection, which has `seconds` for its first request; NULL: no memory. */
struct vd_guarded *vd_guard_open(struct vd_guard *g, int fd, const struct sockaddr *address,
                                 uint32_t seconds);
void vd_guard_close(struct vd_guard *g, struct vd_guarded *c);
/* From now on the connection has that long for what it is doing. */
void vd_guard_give(struct vd_guard *g, struct vd_guarded *c, uint64_t seconds);
/* Counts a request; false when its address had enough of them in this second. */
bool vd_guard_count(struct vd_guard *g, const struct vd_guarded *c);

/* A second has passed: counts anew, and shuts the connections down whose time is over. */
void vd_guard_tick(struct vd_guard *g);

#endif
