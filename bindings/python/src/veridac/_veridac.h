/* SPDX-License-Identifier: Apache-2.0
 *
 * _veridac.h - what the files of the extension share.
 */
#ifndef PY_VERIDAC_H
#define PY_VERIDAC_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <veridac/veridac.h>

#define N_STATUS (VERIDAC_STOPPED + 1)

struct state {
    PyObject *errors[N_STATUS]; /* by status; [0] is the base class */
    PyObject *statuses;         /* see py_statuses */
    PyTypeObject *policy_type, *trust_type, *snapshot_type, *verifier_type, *result_type;
};

/* How often a handle is in use, and whether it goes away afterwards. Changed under the GIL only. */
struct use {
    int calls, closed;
};

struct policy {
    PyObject_HEAD
    veridac_policy policy;
};

struct trust {
    PyObject_HEAD
    veridac_trust *handle;
    struct use use;
    int sealed; /* a verifier shares it: nothing may be added */
};

struct snapshot {
    PyObject_HEAD
    veridac_snapshot *handle;
    struct use use;
};

extern PyType_Spec policy_spec, trust_spec, snapshot_spec, verifier_spec, result_spec;

struct state *state_of(PyTypeObject *defining);
/* The same through any class, also one that Python code derived. NULL: raised. */
struct state *state_through(PyTypeObject *type);
/* Raises the class of this status; `text` may be NULL. Returns NULL. */
PyObject *fail(struct state *m, veridac_status status, const char *text);
/* The bytes of an object; None is "not given". -1: raised. give_back() in any case after 0. */
int take(PyObject *object, Py_buffer *view, veridac_bytes *ret);
/* The same for calls without the GIL: what another thread could change meanwhile is copied. */
int take_still(PyObject *object, Py_buffer *view, veridac_bytes *ret);
void give_back(Py_buffer *view);
/* The library's buffer as an object; freed in any case. */
PyObject *as_bytes(veridac_buffer *buffer);
PyObject *as_text(veridac_buffer *buffer);
/* The handle out of a capsule that owned it; NULL: raised. */
void *adopt(PyObject *capsule, const char *name);
int counted(Py_ssize_t nargs, PyObject *kwnames, Py_ssize_t n);

int trust_enter(struct trust *t);
void trust_leave(struct trust *t);
int snapshot_enter(struct snapshot *s);
void snapshot_leave(struct snapshot *s);
PyObject *answer_tuple(const veridac_answer *a);

#define METHOD(f) ((PyCFunction)(void (*)(void))(f))

#endif
