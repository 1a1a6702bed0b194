/* SPDX-License-Identifier: Apache-2.0
 *
 * verifier.c - veridac_verify, and what it found.
 *
 * A verifier holds a trust store, snapshots and a policy. Each call takes a context out of a pool, so
 * that any number of threads may use one verifier. What the device sent is copied before the GIL is
 * given up: another thread may change a bytearray meanwhile.
 */
#include "_veridac.h"

#include <stdlib.h>
#include <string.h>

#define N_BYTES 9 /* byte strings of a device, in the order of FIELDS */
#define MAX_EVIDENCE (1u << 20)
#define MAX_SNAPSHOTS 16

struct context {
    veridac_context *handle;
    struct context *next;
};

struct verifier {
    PyObject_HEAD
    struct trust *trust;
    PyObject *snapshots; /* tuple of Snapshot */
    struct policy *policy;
    struct context *idle;
};

struct result {
    PyObject_HEAD
    veridac_result *handle;
};

/* ---- results ---- */

static void result_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = PyType_GetSlot(type, Py_tp_free);
    veridac_result_free(((struct result *)self)->handle);
    release(self);
    Py_DECREF(type);
}

static PyObject *result_text(PyObject *self, PyTypeObject *defining, PyObject *const *args,
                             Py_ssize_t nargs, PyObject *kwnames)
{
    const struct result *r = (const struct result *)self;
    veridac_buffer out = { NULL, 0 };
    veridac_status st;
    long form;

    if (counted(nargs, kwnames, 1) != 0)
        return NULL;
    form = PyLong_AsLong(args[0]); /* 0 plain, 1 coloured, 2 JSON */
    if (form == -1 && PyErr_Occurred())
        return NULL;
    st = form == 2 ? veridac_result_json(r->handle, &out)
                   : veridac_result_text(r->handle, (int32_t)form, &out);
    return st == VERIDAC_OK ? as_text(&out) : fail(state_of(defining), st, NULL);
}

static PyMethodDef result_methods[] = {
    { "_text", METHOD(result_text), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot result_slots[] = { { Py_tp_dealloc, result_dealloc },
                                      { Py_tp_methods, result_methods },
                                      { 0, NULL } };
PyType_Spec result_spec = { "veridac._veridac.Result", sizeof(struct result), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, result_slots };

static PyObject *findings_of(const veridac_result *r, uint32_t n)
{
    PyObject *all = PyTuple_New((Py_ssize_t)n);
    for (uint32_t i = 0; all != NULL && i < n; i++) {
        veridac_finding f = { .size = sizeof f };
        PyObject *one;
        (void)veridac_result_finding(r, i, &f);
        one = Py_BuildValue("(ssssssssi)", f.id, f.severity, f.clause, f.subject, f.text, f.found,
                            f.wanted, f.hint, f.sdk_code);
        if (one == NULL)
            Py_CLEAR(all);
        else
            (void)PyTuple_SetItem(all, (Py_ssize_t)i, one);
    }
    return all;
}

/* -> (verdict, enforced, findings, dac, pai, result); takes over `r`. */
static PyObject *result_tuple(struct state *m, veridac_result *r)
{
    veridac_result_view v = { .size = sizeof v };
    struct result *object = (struct result *)PyType_GenericAlloc(m->result_type, 0);

    if (object == NULL) {
        veridac_result_free(r);
        return NULL;
    }
    object->handle = r;
    (void)veridac_result_look(r, &v);
    return Py_BuildValue("(iNNNNN)", v.verdict, PyBool_FromLong(v.enforced),
                         findings_of(r, v.n_findings), answer_tuple(v.dac), answer_tuple(v.pai),
                         object);
}

/* ---- a device ---- */

/* Copies the caller's byte strings into one block: *ret points into it. */
static uint8_t *copy_inputs(PyObject *const *args, veridac_bytes *const into[N_BYTES])
{
    Py_buffer views[N_BYTES];
    size_t total = 1, taken = 0;
    uint8_t *block = NULL, *at;

    while (taken < N_BYTES && take(args[taken], &views[taken], into[taken]) == 0)
        total += into[taken++]->size;
    if (taken < N_BYTES) {
        ; /* raised already */
    } else if (total > MAX_EVIDENCE) {
        PyErr_SetString(PyExc_ValueError, "a device with more than 1 MiB of evidence");
    } else if ((block = malloc(total)) == NULL) {
        (void)PyErr_NoMemory();
    } else {
        at = block;
        for (size_t i = 0; i < N_BYTES; i++) {
            if (into[i]->data == NULL)
                continue;
            memcpy(at, into[i]->data, into[i]->size);
            into[i]->data = at;
            at += into[i]->size;
        }
    }
    while (taken > 0)
        give_back(&views[--taken]);
    return block;
}

static int number(PyObject *object, int64_t *ret)
{
    *ret = object == Py_None ? -1 : PyLong_AsLongLong(object);
    if (object != Py_None && *ret < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_ValueError, "expected a number that is not negative, or None");
        return -1;
    }
    return 0;
}

/* (9 byte strings, vid, pid, software version, at) */
static uint8_t *read_device(PyObject *const *args, veridac_device *d, int64_t *at)
{
    veridac_bytes *const into[N_BYTES] = { &d->dac,       &d->pai,   &d->elements,
                                           &d->signature, &d->challenge, &d->nonce,
                                           &d->nocsr,     &d->nocsr_signature, &d->csr_nonce };
    int64_t vid, pid;

    *d = (veridac_device){ .size = sizeof *d };
    if (number(args[9], &vid) != 0 || number(args[10], &pid) != 0 ||
        number(args[11], &d->software_version) != 0)
        return NULL;
    if (vid > 0xFFFF || pid > 0xFFFF || d->software_version > UINT32_MAX) {
        PyErr_SetString(PyExc_ValueError, "a vendor, product or software number is out of range");
        return NULL;
    }
    d->vid = (int32_t)vid;
    d->pid = (int32_t)pid;
    *at = PyLong_AsLongLong(args[12]);
    if (*at == -1 && PyErr_Occurred())
        return NULL;
    return copy_inputs(args, into);
}

/* ---- verifying ---- */

static struct context *take_context(struct verifier *v)
{
    struct context *c = v->idle;
    if (c != NULL) {
        v->idle = c->next;
        return c;
    }
    c = calloc(1, sizeof *c);
    if (c != NULL && veridac_context_new(&c->handle) != VERIDAC_OK) {
        free(c);
        c = NULL;
    }
    if (c == NULL)
        (void)PyErr_NoMemory();
    return c;
}

/* All handles stay alive until leave(), whoever closes them. How many snapshots; -1: raised. */
static Py_ssize_t enter(struct verifier *v, const veridac_snapshot *ret[MAX_SNAPSHOTS])
{
    const Py_ssize_t n = PyTuple_Size(v->snapshots);
    Py_ssize_t i = 0;

    if (trust_enter(v->trust) != 0)
        return -1;
    for (; i < n; i++) {
        struct snapshot *s = (struct snapshot *)PyTuple_GetItem(v->snapshots, i);
        if (snapshot_enter(s) != 0)
            break;
        ret[i] = s->handle;
    }
    if (i == n)
        return n;
    while (i > 0)
        snapshot_leave((struct snapshot *)PyTuple_GetItem(v->snapshots, --i));
    trust_leave(v->trust);
    return -1;
}

static void leave(struct verifier *v, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        snapshot_leave((struct snapshot *)PyTuple_GetItem(v->snapshots, i));
    trust_leave(v->trust);
}

static PyObject *judge(struct verifier *v, struct state *m, const veridac_device *d, int64_t at)
{
    const veridac_snapshot *snapshots[MAX_SNAPSHOTS];
    const Py_ssize_t n = enter(v, snapshots);
    veridac_result *r = NULL;
    struct context *c;
    veridac_status st;

    if (n < 0)
        return NULL;
    c = take_context(v);
    if (c == NULL) {
        leave(v, n);
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    st = veridac_result_new(&r);
    if (st == VERIDAC_OK)
        st = veridac_verify(c->handle, d, v->trust->handle, snapshots, (size_t)n,
                            &v->policy->policy, at, r);
    Py_END_ALLOW_THREADS
    c->next = v->idle;
    v->idle = c;
    leave(v, n);
    if (st != VERIDAC_OK) {
        veridac_result_free(r);
        return fail(m, st, NULL);
    }
    return result_tuple(m, r);
}

static PyObject *verifier_verify(PyObject *self, PyTypeObject *defining, PyObject *const *args,
                                 Py_ssize_t nargs, PyObject *kwnames)
{
    veridac_device d;
    PyObject *ret;
    uint8_t *block;
    int64_t at;

    if (counted(nargs, kwnames, 13) != 0)
        return NULL;
    block = read_device(args, &d, &at);
    if (block == NULL)
        return NULL;
    ret = judge((struct verifier *)self, state_of(defining), &d, at);
    free(block);
    return ret;
}

/* ---- life ---- */

static int snapshots_ok(struct state *m, PyObject *tuple)
{
    if (!PyTuple_Check(tuple) || PyTuple_Size(tuple) > MAX_SNAPSHOTS) {
        PyErr_SetString(PyExc_ValueError, "at most 16 snapshots");
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_Size(tuple); i++) {
        if (!PyObject_TypeCheck(PyTuple_GetItem(tuple, i), m->snapshot_type)) {
            PyErr_SetString(PyExc_TypeError, "expected Snapshot objects");
            return -1;
        }
    }
    return 0;
}

static PyObject *verifier_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    struct state *m = state_through(type);
    PyObject *trust, *snapshots, *policy;
    struct verifier *self;

    (void)kwargs;
    if (m == NULL || !PyArg_ParseTuple(args, "O!OO!", m->trust_type, &trust, &snapshots,
                                       m->policy_type, &policy) ||
        snapshots_ok(m, snapshots) != 0)
        return NULL;
    if (((struct trust *)trust)->use.calls > 0) {
        PyErr_SetString(PyExc_RuntimeError, "another thread is adding to this trust store");
        return NULL;
    }
    self = (struct verifier *)PyType_GenericAlloc(type, 0);
    if (self == NULL)
        return NULL;
    Py_INCREF(trust);
    Py_INCREF(snapshots);
    Py_INCREF(policy);
    self->trust = (struct trust *)trust;
    self->trust->sealed = 1;
    self->snapshots = snapshots;
    self->policy = (struct policy *)policy;
    return (PyObject *)self;
}

static void verifier_dealloc(PyObject *self)
{
    struct verifier *v = (struct verifier *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = PyType_GetSlot(type, Py_tp_free);

    while (v->idle != NULL) {
        struct context *c = v->idle;
        v->idle = c->next;
        veridac_context_free(c->handle);
        free(c);
    }
    Py_XDECREF((PyObject *)v->trust);
    Py_XDECREF(v->snapshots);
    Py_XDECREF((PyObject *)v->policy);
    release(self);
    Py_DECREF(type);
}

static PyMethodDef verifier_methods[] = {
    { "_verify", METHOD(verifier_verify), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot verifier_slots[] = { { Py_tp_new, verifier_new },
                                        { Py_tp_dealloc, verifier_dealloc },
                                        { Py_tp_methods, verifier_methods },
                                        { 0, NULL } };
PyType_Spec verifier_spec = { "veridac._veridac.Verifier", sizeof(struct verifier), 0,
                              Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, verifier_slots };
