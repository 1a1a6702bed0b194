/* SPDX-License-Identifier: Apache-2.0
 *
 * _veridac.c - the C ABI for Python: handles, buffers, statuses. What a user sees is in __init__.py.
 *
 * Owns:           life times (a handle that is closed during a call is freed after it), the GIL (given
 *                 up where a call may take more than some 50 microseconds), buffers of the caller: what
 *                 another thread could change meanwhile is copied before.
 * Must not know:  rules, verdicts, what a status means.
 */
#include "_veridac.h"

#include <string.h>

struct state *state_of(PyTypeObject *defining)
{
    return PyType_GetModuleState(defining);
}

struct state *state_through(PyTypeObject *type)
{
    while (type != NULL) {
        struct state *m = PyType_GetModuleState(type);
        if (m != NULL)
            return m;
        PyErr_Clear();
        type = PyType_GetSlot(type, Py_tp_base);
    }
    PyErr_SetString(PyExc_SystemError, "a class without its module");
    return NULL;
}

/* ---- statuses and buffers ---- */

PyObject *fail(struct state *m, veridac_status status, const char *text)
{
    const int known = status > 0 && status < N_STATUS && status != VERIDAC_NO_MEMORY;
    PyObject *type = known ? m->errors[status] : m->errors[VERIDAC_INTERNAL], *args, *e;

    if (status == VERIDAC_NO_MEMORY)
        return PyErr_NoMemory();
    args = Py_BuildValue("(s)", text != NULL && text[0] ? text : veridac_status_text(status));
    e = args == NULL ? NULL : PyObject_CallObject(type, args);
    if (e != NULL)
        PyErr_SetObject(type, e);
    Py_XDECREF(e);
    Py_XDECREF(args);
    return NULL;
}

int take(PyObject *object, Py_buffer *view, veridac_bytes *ret)
{
    static const uint8_t empty;
    view->obj = NULL;
    *ret = (veridac_bytes){ NULL, 0 };
    if (object == Py_None)
        return 0;
    if (PyObject_GetBuffer(object, view, PyBUF_SIMPLE) != 0)
        return -1;
    *ret = (veridac_bytes){ view->len == 0 ? &empty : view->buf, (size_t)view->len };
    return 0;
}

/* Only exact bytes are known not to change: a class derived from them may hand out any buffer. */
int take_still(PyObject *object, Py_buffer *view, veridac_bytes *ret)
{
    PyObject *copy;
    int taken;

    if (object == Py_None || PyBytes_CheckExact(object))
        return take(object, view, ret);
    if (PyObject_GetBuffer(object, view, PyBUF_SIMPLE) != 0) {
        view->obj = NULL;
        return -1;
    }
    copy = PyBytes_FromStringAndSize(view->buf, view->len);
    PyBuffer_Release(view);
    view->obj = NULL;
    if (copy == NULL)
        return -1;
    taken = take(copy, view, ret); /* the view keeps it */
    Py_DECREF(copy);
    return taken;
}

void give_back(Py_buffer *view)
{
    if (view->obj != NULL)
        PyBuffer_Release(view);
}

PyObject *as_bytes(veridac_buffer *buffer)
{
    PyObject *ret = PyBytes_FromStringAndSize((const char *)buffer->data, (Py_ssize_t)buffer->size);
    veridac_buffer_free(buffer);
    return ret;
}

PyObject *as_text(veridac_buffer *buffer)
{
    PyObject *ret = PyUnicode_DecodeUTF8((const char *)buffer->data, (Py_ssize_t)buffer->size,
                                         "backslashreplace");
    veridac_buffer_free(buffer);
    return ret;
}

/* Once: an empty name is not `name`. */
void *adopt(PyObject *capsule, const char *name)
{
    void *handle = PyCapsule_GetPointer(capsule, name);
    if (handle == NULL)
        return NULL;
    (void)PyCapsule_SetDestructor(capsule, NULL);
    (void)PyCapsule_SetName(capsule, "");
    return handle;
}

/* Exactly n positional arguments. */
int counted(Py_ssize_t nargs, PyObject *kwnames, Py_ssize_t n)
{
    if (nargs == n && (kwnames == NULL || PyTuple_Size(kwnames) == 0))
        return 0;
    PyErr_Format(PyExc_TypeError, "expected %zd positional arguments", n);
    return -1;
}

/* ---- functions ---- */

static PyObject *py_version(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    return PyUnicode_FromString(veridac_version());
}

static PyObject *py_features(PyObject *module, PyObject *none)
{
    (void)module, (void)none;
    return PyLong_FromUnsignedLong(veridac_features());
}

static PyObject *py_unwrap(PyObject *module, PyObject *args)
{
    veridac_buffer out = { NULL, 0 };
    veridac_error err = { "" };
    Py_buffer view;
    veridac_bytes in;
    veridac_status st;
    PyObject *data;
    size_t others = 0;
    int meant;

    if (!PyArg_ParseTuple(args, "Oi", &data, &meant) || take_still(data, &view, &in) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    st = veridac_unwrap(in, meant, &out, &others, &err);
    Py_END_ALLOW_THREADS
    give_back(&view);
    return st == VERIDAC_OK ? as_bytes(&out) : fail(PyModule_GetState(module), st, err.text);
}

static PyObject *py_show(PyObject *module, PyObject *args)
{
    veridac_buffer out = { NULL, 0 };
    veridac_error err = { "" };
    Py_buffer view;
    veridac_bytes in;
    veridac_status st;
    PyObject *data;
    int flags;

    if (!PyArg_ParseTuple(args, "Oi", &data, &flags) || take_still(data, &view, &in) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    st = veridac_show(in, flags, &out, &err);
    Py_END_ALLOW_THREADS
    give_back(&view);
    return st == VERIDAC_OK ? as_text(&out) : fail(PyModule_GetState(module), st, err.text);
}

/* What __init__.py defines and this file hands out: 16 Status objects for each of the three answers,
 * by status * 16 + reason. */
static PyObject *py_statuses(PyObject *module, PyObject *table)
{
    struct state *m = PyModule_GetState(module);
    if (!PyTuple_Check(table) || PyTuple_Size(table) != 48) {
        PyErr_SetString(PyExc_TypeError, "expected a tuple of 48");
        return NULL;
    }
    Py_INCREF(table);
    Py_XDECREF(m->statuses);
    m->statuses = table;
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    { "version", py_version, METH_NOARGS, NULL },
    { "features", py_features, METH_NOARGS, NULL },
    { "unwrap", py_unwrap, METH_VARARGS, NULL },
    { "show", py_show, METH_VARARGS, NULL },
    { "_statuses", py_statuses, METH_O, NULL },
    { NULL, NULL, 0, NULL },
};

/* ---- the module ---- */

static int add_error(PyObject *module, struct state *m, veridac_status status, const char *name,
                     PyObject *second)
{
    char full[64] = "veridac.";
    PyObject *base = m->errors[0], *bases;

    (void)strcat(full, name);
    bases = base == NULL ? NULL : second == NULL ? PyTuple_Pack(1, base) : PyTuple_Pack(2, base, second);
    m->errors[status] = PyErr_NewException(full, base == NULL ? second : bases, NULL);
    Py_XDECREF(bases);
    if (m->errors[status] == NULL)
        return -1;
    return PyModule_AddObjectRef(module, name, m->errors[status]);
}

static int add_errors(PyObject *module, struct state *m)
{
    return add_error(module, m, 0, "VeridacError", PyExc_Exception) ||
           add_error(module, m, VERIDAC_MISUSE, "MisuseError", PyExc_ValueError) ||
           add_error(module, m, VERIDAC_BAD_DATA, "DataError", PyExc_ValueError) ||
           add_error(module, m, VERIDAC_TOO_LARGE, "TooLargeError", PyExc_ValueError) ||
           add_error(module, m, VERIDAC_BAD_SIGNATURE, "SignatureError", PyExc_ValueError) ||
           add_error(module, m, VERIDAC_OTHER_NETWORK, "OtherNetworkError", PyExc_ValueError) ||
           add_error(module, m, VERIDAC_IO, "InputOutputError", PyExc_OSError) ||
           add_error(module, m, VERIDAC_INTERNAL, "InternalError", NULL) ||
           add_error(module, m, VERIDAC_STOPPED, "StoppedError", NULL)
               ? -1
               : 0;
}

static int add_type(PyObject *module, PyTypeObject **slot, PyType_Spec *spec)
{
    *slot = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    return *slot == NULL ? -1 : PyModule_AddType(module, *slot);
}

static int module_exec(PyObject *module)
{
    struct state *m = PyModule_GetState(module);
    return add_errors(module, m) != 0 || add_type(module, &m->policy_type, &policy_spec) != 0 ||
                   add_type(module, &m->trust_type, &trust_spec) != 0 ||
                   add_type(module, &m->snapshot_type, &snapshot_spec) != 0 ||
                   add_type(module, &m->verifier_type, &verifier_spec) != 0 ||
                   add_type(module, &m->result_type, &result_spec) != 0
               ? -1
               : 0;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    struct state *m = PyModule_GetState(module);
    for (size_t i = 0; i < N_STATUS; i++)
        Py_VISIT(m->errors[i]);
    Py_VISIT(m->statuses);
    Py_VISIT(m->policy_type);
    Py_VISIT(m->trust_type);
    Py_VISIT(m->snapshot_type);
    Py_VISIT(m->verifier_type);
    Py_VISIT(m->result_type);
    return 0;
}

static int module_clear(PyObject *module)
{
    struct state *m = PyModule_GetState(module);
    for (size_t i = 0; i < N_STATUS; i++)
        Py_CLEAR(m->errors[i]);
    Py_CLEAR(m->statuses);
    Py_CLEAR(m->policy_type);
    Py_CLEAR(m->trust_type);
    Py_CLEAR(m->snapshot_type);
    Py_CLEAR(m->verifier_type);
    Py_CLEAR(m->result_type);
    return 0;
}

static PyModuleDef_Slot slots[] = { { Py_mod_exec, module_exec }, { 0, NULL } };

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_veridac", NULL, sizeof(struct state), functions, slots,
    module_traverse, module_clear, NULL,
};

PyMODINIT_FUNC PyInit__veridac(void)
{
    return PyModuleDef_Init(&definition);
}
