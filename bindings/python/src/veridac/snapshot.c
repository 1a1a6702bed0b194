/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.c - veridac_snapshot: opening, and three ways to ask.
 */
#include "_veridac.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_WITH_GIL 64 /* serials: below that a batch is shorter than giving up the GIL is worth */

int snapshot_enter(struct snapshot *s)
{
    if (s->use.closed || s->handle == NULL) {
        PyErr_SetString(PyExc_ValueError, "the snapshot is closed");
        return -1;
    }
    s->use.calls++;
    return 0;
}

void snapshot_leave(struct snapshot *s)
{
    if (--s->use.calls == 0 && s->use.closed) {
        veridac_snapshot_free(s->handle);
        s->handle = NULL;
    }
}

static void snapshot_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = PyType_GetSlot(type, Py_tp_free);
    veridac_snapshot_free(((struct snapshot *)self)->handle);
    release(self);
    Py_DECREF(type);
}

/* ---- opening ---- */

#define MAX_PARTS 4
#define N_DOCUMENTS 3 /* bundle, head, root */

struct opening {
    veridac_snapshot_options o;
    veridac_bytes bundle, parts[MAX_PARTS];
    Py_buffer views[N_DOCUMENTS + MAX_PARTS];
    Py_ssize_t taken;
};

/* -1: raised. What was taken is to be given back in any case. */
static int take_all(struct opening *w, PyObject *const documents[N_DOCUMENTS], PyObject *parts)
{
    veridac_bytes *const into[N_DOCUMENTS] = { &w->bundle, &w->o.head, &w->o.root };
    const Py_ssize_t n = PyTuple_Size(parts);

    if (n > MAX_PARTS) {
        PyErr_SetString(PyExc_ValueError, "at most 4 parts");
        return -1;
    }
    for (; w->taken < N_DOCUMENTS; w->taken++)
        if (take_still(documents[w->taken], &w->views[w->taken], into[w->taken]) != 0)
            return -1;
    for (Py_ssize_t i = 0; i < n; i++, w->taken++) {
        PyObject *part = PyTuple_GetItem(parts, i);
        if (part == Py_None)
            PyErr_SetString(PyExc_TypeError, "a part is None");
        if (part == Py_None || take_still(part, &w->views[w->taken], &w->parts[i]) != 0)
            return -1;
    }
    w->o.parts = w->parts;
    w->o.n_parts = (size_t)n;
    return 0;
}

/* (bytes or None, path as bytes or None, head, root, label as str, tuple of parts) */
static PyObject *snapshot_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    struct opening w = { .o = { .size = sizeof w.o } };
    veridac_error err = { "" };
    veridac_status st = VERIDAC_OK; /* or raised already */
    PyObject *documents[N_DOCUMENTS], *path = NULL, *parts;
    struct snapshot *self;
    struct state *m;
    char *name = NULL;

    (void)kwargs;
    if (!PyArg_ParseTuple(args, "OOOOsO!", &documents[0], &path, &documents[1], &documents[2], &w.o.label,
                          &PyTuple_Type, &parts))
        return NULL;
    if (path != Py_None && PyBytes_AsStringAndSize(path, &name, NULL) != 0)
        return NULL; /* not bytes, or a NUL within */
    w.o.path = name;
    self = (struct snapshot *)PyType_GenericAlloc(type, 0);
    if (self == NULL)
        return NULL;
    if (take_all(&w, documents, parts) == 0) {
        Py_BEGIN_ALLOW_THREADS
        st = veridac_snapshot_open(w.bundle, &w.o, &self->handle, &err);
        Py_END_ALLOW_THREADS
    }
    while (w.taken > 0)
        give_back(&w.views[--w.taken]);
    if (self->handle != NULL)
        return (PyObject *)self;
    if (st != VERIDAC_OK && (m = state_through(type)) != NULL)
        (void)fail(m, st, err.text);
    Py_DECREF(self);
    return NULL;
}

/* ---- one certificate ---- */

struct question {
    Py_buffer views[3];
    veridac_bytes name, key_id, serial;
    const veridac_policy *policy;
    long long at;
};

static void forget(struct question *q)
{
    for (size_t i = 0; i < 3; i++)
        give_back(&q->views[i]);
}

typedef int take_fn(PyObject *, Py_buffer *, veridac_bytes *);

/* (issuer name, key id, serial, policy, at); `get` is take_still for calls without the GIL */
static int ask(struct state *m, PyObject *const *args, struct question *q, take_fn *get)
{
    for (size_t i = 0; i < 3; i++)
        q->views[i].obj = NULL;
    if (!PyObject_TypeCheck(args[3], m->policy_type)) {
        PyErr_SetString(PyExc_TypeError, "expected a Policy");
        return -1;
    }
    q->policy = &((struct policy *)args[3])->policy;
    q->at = PyLong_AsLongLong(args[4]);
    if ((q->at == -1 && PyErr_Occurred()) || get(args[0], &q->views[0], &q->name) != 0 ||
        get(args[1], &q->views[1], &q->key_id) != 0 || get(args[2], &q->views[2], &q->serial) != 0) {
        forget(q);
        return -1;
    }
    return 0;
}

static PyObject *status_object(struct state *m, int32_t status, int32_t reason)
{
    PyObject *ret = PyTuple_GetItem(m->statuses, status * 16 + reason);
    Py_XINCREF(ret);
    return ret;
}

PyObject *answer_tuple(const veridac_answer *a)
{
    return Py_BuildValue("(iisLLL)", a->status, a->reason, a->source, (long long)a->this_update,
                         (long long)a->next_update, (long long)a->last_ok);
}

static veridac_status look_up(struct snapshot *s, const struct question *q, veridac_answer *a)
{
    const veridac_bytes no_proof = { NULL, 0 };
    return veridac_snapshot_lookup(s->handle, q->name, q->key_id, q->serial, no_proof, q->policy,
                                   q->at, a, NULL);
}

static PyObject *one(PyObject *self, PyTypeObject *defining, PyObject *const *args,
                     Py_ssize_t nargs, PyObject *kwnames, int brief)
{
    veridac_answer a = { .size = sizeof a };
    struct state *m = state_of(defining);
    struct snapshot *s = (struct snapshot *)self;
    struct question q;
    veridac_status st;
    PyObject *ret;

    if (counted(nargs, kwnames, 5) != 0 || ask(m, args, &q, take) != 0)
        return NULL;
    if (snapshot_enter(s) != 0) {
        forget(&q);
        return NULL;
    }
    st = look_up(s, &q, &a); /* less than a microsecond: with the GIL */
    forget(&q);
    ret = st != VERIDAC_OK ? fail(m, st, NULL)
          : brief          ? status_object(m, a.status, a.status == VERIDAC_UNKNOWN ? a.reason : 0)
                           : answer_tuple(&a);
    snapshot_leave(s);
    return ret;
}

static PyObject *snapshot_check(PyObject *self, PyTypeObject *defining, PyObject *const *args,
                                Py_ssize_t nargs, PyObject *kwnames)
{
    return one(self, defining, args, nargs, kwnames, 1);
}

static PyObject *snapshot_lookup(PyObject *self, PyTypeObject *defining, PyObject *const *args,
                                 Py_ssize_t nargs, PyObject *kwnames)
{
    return one(self, defining, args, nargs, kwnames, 0);
}

/* ---- many ---- */

/* The ends of n serials as the library wants them: a buffer of 32-bit numbers, or None. It is an array that
 * check_many made and nobody else has: it does not change. */
static int take_ends(PyObject *object, Py_buffer *view, size_t n, const uint32_t **ret)
{
    view->obj = NULL;
    *ret = NULL;
    if (object == Py_None)
        return 0;
    if (PyObject_GetBuffer(object, view, PyBUF_SIMPLE) != 0)
        return -1;
    if ((size_t)view->len / sizeof **ret != n || (size_t)view->len % sizeof **ret != 0 ||
        (n > 0 && (uintptr_t)view->buf % _Alignof(uint32_t) != 0)) { /* an empty array's may lie anywhere */
        PyBuffer_Release(view);
        PyErr_SetString(PyExc_ValueError, "expected one 32-bit number for each serial");
        return -1;
    }
    if (n > 0)
        *ret = view->buf;
    return 0;
}

/* (issuer name, key id, serials, policy, at, ends, n) -> bytes, two a serial */
static PyObject *snapshot_check_block(PyObject *self, PyTypeObject *defining, PyObject *const *args,
                                      Py_ssize_t nargs, PyObject *kwnames)
{
    struct state *m = state_of(defining);
    struct snapshot *s = (struct snapshot *)self;
    PyObject *ret = NULL;
    const uint32_t *ends;
    struct question q;
    Py_buffer view;
    veridac_status st = VERIDAC_OK;
    Py_ssize_t n;

    if (counted(nargs, kwnames, 7) != 0)
        return NULL;
    n = PyLong_AsSsize_t(args[6]);
    if ((n == -1 && PyErr_Occurred()) || ask(m, args, &q, n > BATCH_WITH_GIL ? take_still : take) != 0)
        return NULL;
    if (n < 0 || (size_t)n > q.serial.size) {
        forget(&q);
        PyErr_SetString(PyExc_ValueError, "every serial has at least one octet");
        return NULL;
    }
    if (take_ends(args[5], &view, (size_t)n, &ends) != 0) {
        forget(&q);
        return NULL;
    }
    if (snapshot_enter(s) == 0) {
        ret = PyBytes_FromStringAndSize(NULL, n * (Py_ssize_t)sizeof(veridac_brief));
        if (ret != NULL) {
            veridac_brief *out = (veridac_brief *)(void *)PyBytes_AsString(ret);
            PyThreadState *save = n > BATCH_WITH_GIL ? PyEval_SaveThread() : NULL;
            st = veridac_snapshot_lookup_batch(s->handle, q.name, q.key_id, q.serial, ends,
                                               (size_t)n, q.policy, q.at, out);
            if (save != NULL)
                PyEval_RestoreThread(save);
        }
        snapshot_leave(s);
    }
    give_back(&view);
    forget(&q);
    if (st != VERIDAC_OK) {
        Py_XDECREF(ret);
        return fail(m, st, st == VERIDAC_MISUSE ? "the policy, or serials that do not fill the block"
                                                : NULL);
    }
    return ret;
}

static PyObject *snapshot_look(PyObject *self, PyObject *none)
{
    veridac_snapshot_view v = { .size = sizeof v };
    struct snapshot *s = (struct snapshot *)self;
    (void)none;
    if (snapshot_enter(s) != 0)
        return NULL;
    (void)veridac_snapshot_look(s->handle, &v);
    snapshot_leave(s);
    return Py_BuildValue("(iNKLLLIIKs)", v.network, PyBool_FromLong(v.has_head),
                         (unsigned long long)v.sequence, (long long)v.created, (long long)v.expires,
                         (long long)v.evidence_time, v.n_issuers, v.n_good,
                         (unsigned long long)v.n_revoked, v.sha256);
}

/* A handle that _dcl made. */
static PyObject *snapshot_adopt(PyObject *type, PyObject *capsule)
{
    struct snapshot *self = (struct snapshot *)PyType_GenericAlloc((PyTypeObject *)type, 0);
    if (self != NULL && (self->handle = adopt(capsule, "veridac_snapshot")) == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyObject *snapshot_close(PyObject *self, PyObject *none)
{
    struct snapshot *s = (struct snapshot *)self;
    (void)none;
    s->use.closed = 1;
    s->use.calls++;
    snapshot_leave(s);
    Py_RETURN_NONE;
}

static PyMethodDef snapshot_methods[] = {
    { "check", METHOD(snapshot_check), METH_METHOD | METH_FASTCALL | METH_KEYWORDS,
      "check($self, issuer_name, key_id, serial, policy, at, /)\n--\n\n"
      "Revocation of one certificate as a Status: the fastest way to ask.\n\n"
      "issuer_name is the issuer's Name in DER, key_id its 20 octets, serial the content octets of\n"
      "the INTEGER, at whole seconds since 1970. Raises OtherNetworkError when the snapshot is of\n"
      "another network than the policy." },
    { "_lookup", METHOD(snapshot_lookup), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL },
    { "_check_block", METHOD(snapshot_check_block), METH_METHOD | METH_FASTCALL | METH_KEYWORDS,
      NULL },
    { "_look", snapshot_look, METH_NOARGS, NULL },
    { "_adopt", snapshot_adopt, METH_O | METH_CLASS, NULL },
    { "close", snapshot_close, METH_NOARGS,
      "Frees the snapshot, after calls that still run; twice does nothing." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot snapshot_slots[] = { { Py_tp_new, snapshot_new },
                                        { Py_tp_dealloc, snapshot_dealloc },
                                        { Py_tp_methods, snapshot_methods },
                                        { 0, NULL } };
PyType_Spec snapshot_spec = { "veridac._veridac.Snapshot", sizeof(struct snapshot), 0,
                              Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, snapshot_slots };
