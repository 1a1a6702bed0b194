/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_run.c - a ring of blocks: this thread reads and writes, others judge.
 *
 * Blocks are written in the order in which they were read, whichever thread is done first, so the output
 * is the same for any number of threads; and there are only so many of them, so memory is bounded.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit_int.h"
#include "files.h"

enum state { FREE = 0, READ, JUDGED };

struct slot {
    enum state state;
    struct vd_block block;
    struct vd_judged *judged; /* VD_INVENTORY_RECORDS */
    struct vd_buf text, json; /* json: for the trail, where the lines are text */
    veridac_status st;
};

struct ring {
    struct vd_audit *audit;
    pthread_mutex_t lock;
    pthread_cond_t read, judged;
    struct slot *slots;
    size_t n, put, next, got; /* counters: slots read, taken by a thread, written */
    bool stop;
};

/* ---- judging ---- */

static bool put_lines(const struct vd_audit *a, struct slot *s, struct vd_judged *j,
                      const struct vd_listed_device *d, struct vd_span serial)
{
    bool ok = true;

    j->from = s->text.n;
    j->json_from = s->json.n;
    if (j->quiet)
        return true;
    ok = a->o.json ? vd_audit_json_line(j, d, serial, &s->text) : vd_audit_text_line(j, d, &s->text);
    j->n = s->text.n - j->from;
    if (a->o.trail != NULL && !a->o.json) {
        ok = ok && vd_audit_json_line(j, d, serial, &s->json);
        j->json_n = s->json.n - j->json_from;
    }
    return ok;
}

static veridac_status judge_block(const struct vd_audit *a, struct vd_judge_kit *k, struct slot *s)
{
    struct vd_listed_device d;
    struct vd_span serial;
    veridac_status st = VERIDAC_OK;

    vd_buf_clear(&s->text);
    vd_buf_clear(&s->json);
    for (size_t i = 0; st == VERIDAC_OK && i < s->block.n_records; i++) {
        st = vd_audit_judge(a, k, &s->block.v[i], &s->judged[i], &d, &serial);
        if (st == VERIDAC_OK && !put_lines(a, s, &s->judged[i], &d, serial))
            st = VERIDAC_NO_MEMORY;
    }
    return st;
}

static void *judge_blocks(void *user)
{
    struct ring *r = user;
    struct vd_judge_kit kit = { .context = NULL };
    const veridac_status made = vd_judge_kit_make(&kit);

    (void)pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        struct slot *s;
        if (r->next == r->put) {
            (void)pthread_cond_wait(&r->read, &r->lock);
            continue;
        }
        s = &r->slots[r->next++ % r->n];
        (void)pthread_mutex_unlock(&r->lock);
        s->st = made == VERIDAC_OK ? judge_block(r->audit, &kit, s) : made;
        (void)pthread_mutex_lock(&r->lock);
        s->state = JUDGED;
        (void)pthread_cond_signal(&r->judged);
    }
    (void)pthread_mutex_unlock(&r->lock);
    vd_judge_kit_free(&kit);
    return NULL;
}

/* ---- writing ---- */

static veridac_status write_lines(const struct vd_audit *a, struct vd_output *out, struct vd_span text,
                                  veridac_error *err)
{
    if (text.n == 0)
        return VERIDAC_OK;
    if (out->fd >= 0 ? !vd_fd_write(out->fd, text)
                     : a->o.line != NULL &&
                           a->o.line(a->o.user, (veridac_bytes){ text.p, text.n }) != 0)
        return vd_fail(err, VERIDAC_IO, "%s: cannot write: %s", a->o.out ? a->o.out : "output",
                       strerror(errno));
    out->written += text.n;
    return VERIDAC_OK;
}

static veridac_status append_trail(const struct vd_audit *a, const struct slot *s, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; a->o.trail != NULL && st == VERIDAC_OK && i < s->block.n_records; i++) {
        const struct vd_judged *j = &s->judged[i];
        const struct vd_buf *from = a->o.json ? &s->text : &s->json;
        struct vd_span line;
        if (!vd_span_slice(vd_buf_span(from), a->o.json ? j->from : j->json_from,
                           a->o.json ? j->n : j->json_n, &line) ||
            line.n == 0)
            continue;
        st = veridac_trail_append(a->o.trail, "device", a->o.now, (veridac_bytes){ line.p, line.n - 1 },
                                  err);
    }
    return st;
}

static veridac_status write_block(struct vd_audit *a, struct slot *s, struct vd_progress *p,
                                  struct vd_tally *t, struct vd_output *out, veridac_error *err)
{
    veridac_status st = s->st;

    if (st == VERIDAC_OK)
        st = write_lines(a, out, vd_buf_span(&s->text), err);
    if (st == VERIDAC_OK)
        st = append_trail(a, s, err);
    if (st != VERIDAC_OK)
        return st;
    for (size_t i = 0; i < s->block.n_records; i++)
        vd_tally_add(t, &s->judged[i]);
    p->line = s->block.end_line;
    p->written = out->written;
    if (a->o.progress != NULL)
        a->o.progress(a->o.user, s->block.end, a->in.size);
    /* a file of where we are now and then: what it says must be on disk first */
    if (a->o.resume != NULL && s->block.whole && s->block.end - p->at >= VD_AUDIT_RESUME_EVERY) {
        if (fsync(out->fd) != 0)
            return vd_fail(err, VERIDAC_IO, "%s: %s", a->o.out, strerror(errno));
        if (a->o.trail != NULL)
            st = veridac_trail_sync(a->o.trail, NULL, err);
        p->at = s->block.end;
        return st == VERIDAC_OK ? vd_resume_write(a, p, t, err) : st;
    }
    return VERIDAC_OK;
}

/* ---- the ring ---- */

static bool make_slot(struct slot *s)
{
    s->judged = calloc(VD_INVENTORY_RECORDS, sizeof *s->judged);
    s->text = VD_BUF(VD_AUDIT_TEXT);
    s->json = VD_BUF(VD_AUDIT_TEXT);
    return vd_block_make(&s->block) && s->judged != NULL;
}

static void free_ring(struct ring *r)
{
    for (size_t i = 0; r->slots != NULL && i < r->n; i++) {
        vd_block_free(&r->slots[i].block);
        vd_buf_free(&r->slots[i].text);
        vd_buf_free(&r->slots[i].json);
        free(r->slots[i].judged);
    }
    free(r->slots);
}

static veridac_status make_ring(struct ring *r, size_t jobs)
{
    r->n = 2 * jobs + 1;
    r->slots = calloc(r->n, sizeof *r->slots);
    for (size_t i = 0; r->slots != NULL && i < r->n; i++) {
        if (!make_slot(&r->slots[i]))
            return VERIDAC_NO_MEMORY;
    }
    return r->slots == NULL ? VERIDAC_NO_MEMORY : VERIDAC_OK;
}

/* Hands a block to the threads. */
static void publish(struct ring *r, struct slot *s)
{
    (void)pthread_mutex_lock(&r->lock);
    s->state = READ;
    r->put++;
    (void)pthread_cond_signal(&r->read);
    (void)pthread_mutex_unlock(&r->lock);
}

static void wait_for(struct ring *r, const struct slot *s)
{
    (void)pthread_mutex_lock(&r->lock);
    while (s->state != JUDGED)
        (void)pthread_cond_wait(&r->judged, &r->lock);
    (void)pthread_mutex_unlock(&r->lock);
}

static veridac_status turn(struct ring *r, struct vd_progress *p, struct vd_tally *t,
                           struct vd_output *out, veridac_error *err)
{
    struct vd_audit *a = r->audit;
    veridac_status st = VERIDAC_OK;
    bool more = true;

    while (st == VERIDAC_OK && (more || r->got < r->put)) {
        if (more && r->put - r->got < r->n) {
            struct slot *s = &r->slots[r->put % r->n];
            more = vd_inventory_next(&a->in, &s->block);
            if (more)
                publish(r, s);
            continue;
        }
        wait_for(r, &r->slots[r->got % r->n]);
        st = write_block(a, &r->slots[r->got % r->n], p, t, out, err);
        r->slots[r->got % r->n].state = FREE;
        r->got++;
    }
    if (st == VERIDAC_OK && a->in.failed != NULL)
        st = vd_fail(err, VERIDAC_IO, "%s: cannot read: %s", a->o.inventory, a->in.failed);
    return st;
}

veridac_status vd_audit_run(struct vd_audit *a, struct vd_progress *p, struct vd_tally *t,
                            struct vd_output *out, veridac_error *err)
{
    const size_t jobs = a->o.jobs == 0 ? 1 : a->o.jobs;
    struct ring r = { .audit = a, .lock = PTHREAD_MUTEX_INITIALIZER,
                      .read = PTHREAD_COND_INITIALIZER, .judged = PTHREAD_COND_INITIALIZER };
    pthread_t threads[VD_AUDIT_JOBS];
    size_t n = 0;
    veridac_status st = make_ring(&r, jobs);

    while (st == VERIDAC_OK && n < jobs) {
        if (pthread_create(&threads[n], NULL, judge_blocks, &r) != 0)
            break;
        n++;
    }
    if (st == VERIDAC_OK && n == 0)
        st = vd_fail(err, VERIDAC_NO_MEMORY, "no thread can be started");
    if (st == VERIDAC_OK)
        st = turn(&r, p, t, out, err);
    (void)pthread_mutex_lock(&r.lock);
    r.stop = true;
    (void)pthread_cond_broadcast(&r.read);
    (void)pthread_mutex_unlock(&r.lock);
    while (n > 0)
        (void)pthread_join(threads[--n], NULL);
    free_ring(&r);
    return st;
}
