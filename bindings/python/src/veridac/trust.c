/* SPDX-License-Identifier: Apache-2.0
 *
 * trust.c - veridac_trust, and veridac_policy as an object that does not change.
 */
#include "_veridac.h"

#include <string.h>

/* ---- policy ---- */

static PyObject *policy_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    veridac_policy p = { .size = sizeof p };
    unsigned accept;
    long long crl_age, head_age;
    struct policy *self;

    (void)kwargs;
    if (!PyArg_ParseTuple(args, "iiIpLL", &p.preset, &p.network, &accept, &p.sdk_compat, &crl_age,
                          &head_age))
        return NULL;
    p.accept_unknown = accept;
    p.max_crl_age_s = crl_age;
    p.max_head_age_s = head_age;
    self = (struct policy *)PyType_GenericAlloc(type, 0);
    if (self != NULL)
        self->policy = p;
    return (PyObject *)self;
}

static void policy_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyType_Slot policy_slots[] = { { Py_tp_new, policy_new },
                                      { Py_tp_dealloc, policy_dealloc },
                                      { 0, NULL } };
PyType_Spec policy_spec = { "veridac._veridac.Policy", sizeof(struct policy), 0,
                            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, policy_slots };

/* ---- trust ---- */

int trust_enter(struct trust *t)
{
    if (t->use.closed || t->handle == NULL) {
        PyErr_SetString(PyExc_ValueError, "the trust store is closed");
        return -1;
    }
    t->use.calls++;
    return 0;
}

void trust_leave(struct trust *t)
{
    if (--t->use.calls == 0 && t->use.closed) {
        veridac_trust_free(t->handle);
        t->handle = NULL;
    }
}

static PyObject *trust_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    struct trust *self;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, ""))
        return NULL;
    self = (struct trust *)PyType_GenericAlloc(type, 0);
    if (self != NULL && veridac_trust_new(&self->handle) != VERIDAC_OK) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    return (PyObject *)self;
}

static void trust_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = PyType_GetSlot(type, Py_tp_free);
    veridac_trust_free(((struct trust *)self)->handle);
    release(self);
    Py_DECREF(type);
}

typedef veridac_status add_fn(veridac_trust *, veridac_bytes, const veridac_trust_source *,
                              veridac_trust_report *);

static int may_add(struct trust *t)
{
    if (t->sealed) {
        PyErr_SetString(PyExc_ValueError, "a verifier uses this trust store: make a new one to add");
        return -1;
    }
    if (t->use.calls > 0) {
        PyErr_SetString(PyExc_RuntimeError, "another thread is adding to this trust store");
        return -1;
    }
    return trust_enter(t);
}

/* (data, network, withdrawn, as_of) -> (accepted, refused, text) */
static PyObject *add(struct trust *t, PyTypeObject *defining, PyObject *const *args,
                     Py_ssize_t nargs, PyObject *kwnames, add_fn *f)
{
    veridac_trust_report report = { .size = sizeof report };
    veridac_trust_source source = { .size = sizeof source };
    Py_buffer view;
    veridac_bytes in;
    veridac_status st;

    if (counted(nargs, kwnames, 4) != 0)
        return NULL;
    source.network = (int32_t)PyLong_AsLong(args[1]);
    source.withdrawn = PyObject_IsTrue(args[2]);
    source.as_of = PyLong_AsLongLong(args[3]);
    if (PyErr_Occurred() || may_add(t) != 0)
        return NULL;
    if (take_still(args[0], &view, &in) != 0) {
        trust_leave(t);
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    st = f(t->handle, in, &source, &report);
    Py_END_ALLOW_THREADS
    give_back(&view);
    trust_leave(t);
    if (st != VERIDAC_OK)
        return fail(state_of(defining), st, report.text);
    return Py_BuildValue("(IIs)", report.accepted, report.refused, report.text);
}

static PyObject *trust_add_paa(PyObject *self, PyTypeObject *defining, PyObject *const *args,
                               Py_ssize_t nargs, PyObject *kwnames)
{
    return add((struct trust *)self, defining, args, nargs, kwnames, veridac_trust_add_paa);
}

static PyObject *trust_add_cd_signer(PyObject *self, PyTypeObject *defining, PyObject *const *args,
                                     Py_ssize_t nargs, PyObject *kwnames)
{
    return add((struct trust *)self, defining, args, nargs, kwnames, veridac_trust_add_cd_signer);
}

static PyObject *trust_look(PyObject *self, PyObject *none)
{
    veridac_trust_view view = { .size = sizeof view };
    struct trust *t = (struct trust *)self;
    (void)none;
    if (trust_enter(t) != 0)
        return NULL;
    (void)veridac_trust_look(t->handle, &view);
    trust_leave(t);
    return Py_BuildValue("(IIIIL)", view.main_paas, view.test_paas, view.cd_signers,
                         view.withdrawn_paas, (long long)view.as_of);
}

/* A handle that _dcl made. */
static PyObject *trust_adopt(PyObject *type, PyObject *capsule)
{
    struct trust *self = (struct trust *)PyType_GenericAlloc((PyTypeObject *)type, 0);
    if (self != NULL && (self->handle = adopt(capsule, "veridac_trust")) == NULL)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static PyObject *trust_close(PyObject *self, PyObject *none)
{
    struct trust *t = (struct trust *)self;
    (void)none;
    t->use.closed = 1;
    t->use.calls++;
    trust_leave(t);
    Py_RETURN_NONE;
}

static PyMethodDef trust_methods[] = {
    { "_add_paa", METHOD(trust_add_paa), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL },
    { "_add_cd_signer", METHOD(trust_add_cd_signer), METH_METHOD | METH_FASTCALL | METH_KEYWORDS,
      NULL },
    { "_look", trust_look, METH_NOARGS, NULL },
    { "_adopt", trust_adopt, METH_O | METH_CLASS, NULL },
    { "close", trust_close, METH_NOARGS, "Frees the store; twice does nothing." },
    { NULL, NULL, 0, NULL },
};

static PyType_Slot trust_slots[] = { { Py_tp_new, trust_new },
                                     { Py_tp_dealloc, trust_dealloc },
                                     { Py_tp_methods, trust_methods },
                                     { 0, NULL } };
PyType_Spec trust_spec = { "veridac._veridac.Trust", sizeof(struct trust), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, trust_slots };
