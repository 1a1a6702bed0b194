/* SPDX-License-Identifier: Apache-2.0
 *
 * _dcl.c - libveridac-dcl for Python: the calls that use the network and the disk. An extension of its
 * own, so that who only judges devices loads no HTTP client.
 *
 * Owns:           the GIL (given up during the calls, taken for the caller's functions), texts and lists
 *                 on their way in.
 * Must not know:  what reports say.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>
#include <veridac/dcl.h>

#define MAX_TEXTS 64
#define PROGRESS_STEP 65536u /* octets: the caller's function is not called for each packet */

/* ---- statuses, buffers ---- */

/* Raises what the other extension raises for this status. */
static PyObject *fail(veridac_status status, const char *text)
{
    static const char *const names[] = { "VeridacError", "MisuseError", "", "DataError", "TooLargeError",
                                         "SignatureError", "OtherNetworkError", "InputOutputError",
                                         "InternalError", "StoppedError" };
    const int known = status > 0 && (size_t)status < sizeof names / sizeof names[0];
    PyObject *module, *type;

    if (status == VERIDAC_NO_MEMORY)
        return PyErr_NoMemory();
    module = PyImport_ImportModule("veridac._veridac");
    type = module == NULL ? NULL : PyObject_GetAttrString(module, known ? names[status] : names[0]);
    if (type != NULL)
        PyErr_SetString(type, text[0] != '\0' ? text : veridac_status_text(status));
    Py_XDECREF(type);
    Py_XDECREF(module);
    return NULL;
}

static PyObject *as_text(veridac_buffer *buffer)
{
    PyObject *ret = PyUnicode_DecodeUTF8((const char *)buffer->data, (Py_ssize_t)buffer->size,
                                         "backslashreplace");
    veridac_buffer_free(buffer);
    return ret;
}

/* A tuple of bytes objects, none with a NUL within; they belong to the tuple. */
static int take_texts(PyObject *tuple, const char *ret[MAX_TEXTS], size_t *ret_n)
{
    const Py_ssize_t n = PyTuple_Check(tuple) ? PyTuple_Size(tuple) : -1;

    if (n < 0 || n > MAX_TEXTS) {
        PyErr_Format(PyExc_ValueError, "expected a tuple of at most %d", MAX_TEXTS);
        return -1;
    }
    for (Py_ssize_t i = 0; i < n; i++) {
        char *text;
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(tuple, i), &text, NULL) != 0)
            return -1;
        ret[i] = text;
    }
    *ret_n = (size_t)n;
    return 0;
}

/* ---- functions of the caller ---- */

struct caller {
    PyObject *stop, *progress; /* or None */
    int raised;                /* the exception is set in this thread's state */
    uint64_t told;
};

/* Signals are looked at as well, so that an interrupt from the keyboard ends the call. */
static int32_t ask(void *user)
{
    struct caller *c = user;
    PyGILState_STATE gil;
    int ret = 1;

    if (c->raised)
        return 1;
    gil = PyGILState_Ensure();
    if (PyErr_CheckSignals() != 0) {
        c->raised = 1;
    } else if (c->stop == Py_None) {
        ret = 0;
    } else {
        PyObject *answer = PyObject_CallNoArgs(c->stop);
        ret = answer == NULL ? -1 : PyObject_IsTrue(answer);
        Py_XDECREF(answer);
        c->raised = ret < 0;
    }
    PyGILState_Release(gil);
    return ret != 0;
}

static void tell(void *user, uint64_t done, uint64_t total)
{
    struct caller *c = user;
    PyGILState_STATE gil;
    PyObject *answer;

    if (c->raised || (done != total && done >= c->told && done - c->told < PROGRESS_STEP))
        return;
    c->told = done;
    gil = PyGILState_Ensure();
    answer = PyObject_CallFunction(c->progress, "KK", (unsigned long long)done,
                                   (unsigned long long)total);
    c->raised = answer == NULL;
    Py_XDECREF(answer);
    PyGILState_Release(gil);
}

/* The report, or what was raised: by the caller's own functions, or of the status. */
static PyObject *end(const struct caller *c, veridac_status st, veridac_buffer *report,
                     const veridac_error *err)
{
    if (c->raised) {
        if (st == VERIDAC_OK)
            veridac_buffer_free(report);
        return NULL;
    }
    return st == VERIDAC_OK ? as_text(report) : fail(st, err->text);
}

/* ---- calls ---- */

/* (urls, store, root, at, kind, if_due, object_s, budget_s, max_bytes, random, stop, progress) */
static PyObject *py_pull(PyObject *module, PyObject *args)
{
    veridac_pull_options o = { .size = sizeof o };
    struct caller c = { NULL, NULL, 0, 0 };
    const char *urls[MAX_TEXTS];
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    long long at, object_s, budget_s;
    unsigned long long max_bytes, random;
    Py_buffer root = { .obj = NULL };
    PyObject *list, *given, *store;
    veridac_status st;

    (void)module;
    if (!PyArg_ParseTuple(args, "OSOLipLLKKOO", &list, &store, &given, &at, &o.tier, &o.if_due,
                          &object_s, &budget_s, &max_bytes, &random, &c.stop, &c.progress) ||
        take_texts(list, urls, &o.n_urls) != 0 ||
        PyBytes_AsStringAndSize(store, (char **)&o.store, NULL) != 0 ||
        (given != Py_None && PyObject_GetBuffer(given, &root, PyBUF_SIMPLE) != 0))
        return NULL;
    if (root.obj != NULL)
        o.root = (veridac_bytes){ root.buf, (size_t)root.len };
    o.urls = urls;
    o.at = at;
    o.timeout_s = object_s;
    o.budget_s = budget_s;
    o.max_bytes = max_bytes;
    o.random = random;
    o.stop = ask;
    o.progress = c.progress == Py_None ? NULL : tell;
    o.user = &c;
    Py_BEGIN_ALLOW_THREADS
    st = veridac_pull(&o, &report, &err);
    Py_END_ALLOW_THREADS
    if (root.obj != NULL)
        PyBuffer_Release(&root);
    return end(&c, st, &report, &err);
}

/* (nodes, state, network, at, accept, allow_private, dry_run, offline, object_s, run_s, ca_file, seed,
 *  stop) */
static PyObject *py_sync(PyObject *module, PyObject *args)
{
    veridac_sync_options o = { .size = sizeof o };
    struct caller c = { NULL, NULL, 0, 0 };
    const char *nodes[MAX_TEXTS], *accept[MAX_TEXTS];
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    long long at, object_s, run_s;
    unsigned long long seed;
    PyObject *list, *state, *hashes, *ca_file;
    veridac_status st;

    (void)module;
    if (!PyArg_ParseTuple(args, "OSiLOpppLLOKO", &list, &state, &o.network, &at, &hashes,
                          &o.allow_private, &o.dry_run, &o.offline, &object_s, &run_s, &ca_file,
                          &seed, &c.stop) ||
        take_texts(list, nodes, &o.n_nodes) != 0 || take_texts(hashes, accept, &o.n_accept) != 0 ||
        PyBytes_AsStringAndSize(state, (char **)&o.state, NULL) != 0 ||
        (ca_file != Py_None && PyBytes_AsStringAndSize(ca_file, (char **)&o.ca_file, NULL) != 0))
        return NULL;
    o.nodes = nodes;
    o.accept = accept;
    o.at = at;
    o.timeout_s = object_s;
    o.run_s = run_s;
    o.seed = seed;
    o.stop = ask;
    o.user = &c;
    Py_BEGIN_ALLOW_THREADS
    st = veridac_sync(&o, &report, &err);
    Py_END_ALLOW_THREADS
    return end(&c, st, &report, &err);
}

/* ---- stores ---- */

static void drop_snapshot(PyObject *capsule)
{
    veridac_snapshot_free(PyCapsule_GetPointer(capsule, "veridac_snapshot"));
}

static void drop_trust(PyObject *capsule)
{
    veridac_trust_free(PyCapsule_GetPointer(capsule, "veridac_trust"));
}

/* (store) -> capsule that Snapshot._adopt takes */
static PyObject *py_store_open(PyObject *module, PyObject *store)
{
    veridac_snapshot *s = NULL;
    veridac_error err = { "" };
    veridac_status st;
    PyObject *ret;
    char *path;

    (void)module;
    if (PyBytes_AsStringAndSize(store, &path, NULL) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    st = veridac_store_open(path, &s, &err);
    Py_END_ALLOW_THREADS
    if (st != VERIDAC_OK)
        return fail(st, err.text);
    ret = PyCapsule_New(s, "veridac_snapshot", drop_snapshot);
    if (ret == NULL)
        veridac_snapshot_free(s);
    return ret;
}

/* (store) -> capsule that Trust._adopt takes */
static PyObject *py_store_trust(PyObject *module, PyObject *store)
{
    veridac_trust *t = NULL;
    veridac_error err = { "" };
    veridac_status st;
    PyObject *ret;
    char *path;

    (void)module;
    if (PyBytes_AsStringAndSize(store, &path, NULL) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    st = veridac_trust_new(&t);
    if (st == VERIDAC_OK)
        st = veridac_store_trust(path, t, &err);
    Py_END_ALLOW_THREADS
    ret = st != VERIDAC_OK ? fail(st, err.text) : PyCapsule_New(t, "veridac_trust", drop_trust);
    if (ret == NULL)
        veridac_trust_free(t);
    return ret;
}

/* (store, check) */
static PyObject *py_store_report(PyObject *module, PyObject *args)
{
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;
    PyObject *store;
    char *path;
    int check;

    (void)module;
    if (!PyArg_ParseTuple(args, "Sp", &store, &check) ||
        PyBytes_AsStringAndSize(store, &path, NULL) != 0)
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    st = veridac_store_report(path, check, &report, &err);
    Py_END_ALLOW_THREADS
    return st == VERIDAC_OK ? as_text(&report) : fail(st, err.text);
}

static PyMethodDef functions[] = {
    { "pull", py_pull, METH_VARARGS, NULL },
    { "sync", py_sync, METH_VARARGS, NULL },
    { "store_open", py_store_open, METH_O, NULL },
    { "store_trust", py_store_trust, METH_O, NULL },
    { "store_report", py_store_report, METH_VARARGS, NULL },
    { NULL, NULL, 0, NULL },
};

static PyModuleDef_Slot slots[] = { { 0, NULL } };

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_dcl", NULL, 0, functions, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__dcl(void)
{
    return PyModuleDef_Init(&definition);
}
