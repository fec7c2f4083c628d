/* The C library as Python types: calls in, results out, and no logic of its own. What users see is
 * nosograph/__init__.py.
 *
 * Ownership: a Result owns its noso_result; the item of a batch holds the batch and owns nothing. Threads: a Handle may
 * be used from any; the interpreter's lock is left during a call that may wait (a service, a batch, a reload).
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <nosograph.h>
#include <string.h>

typedef struct {
  PyObject_HEAD noso_terminology* terminology;
  int remote;
  int closed; /* the handle is kept then: the library tells it from an open one */
} Handle;

typedef struct {
  PyObject_HEAD const noso_result* result;
  noso_result* owned; /* NULL of an item */
  PyObject* batch;    /* of an item */
} Result;

static PyObject* error_type;  /* called with status number, name and message */
static PyObject* result_type; /* what answers are made as: a subclass of Result */

static PyObject* text_of(const char* data, size_t size) {
  return PyUnicode_DecodeUTF8(data, (Py_ssize_t)size, "strict");
}

static PyObject* raise_status(noso_status status, const char* message, size_t size) {
  PyObject* error =
      PyObject_CallFunction(error_type, "iss#", (int)status, noso_status_name(status), message, (Py_ssize_t)size);
  if (error != NULL) {
    PyErr_SetObject((PyObject*)Py_TYPE(error), error);
    Py_DECREF(error);
  }
  return NULL;
}

static PyObject* raise_last(noso_status status) {
  size_t size = 0;
  const char* message = noso_last_error(&size);
  return raise_status(status, message, size);
}

/* Takes `owned`, also when it fails. */
static PyObject* wrap(noso_result* owned, const noso_result* result, PyObject* batch) {
  allocfunc allocate = (allocfunc)PyType_GetSlot((PyTypeObject*)result_type, Py_tp_alloc);
  Result* self = (Result*)allocate((PyTypeObject*)result_type, 0);
  if (self == NULL) {
    noso_result_free(owned);
    return NULL;
  }
  self->owned = owned;
  self->result = result;
  self->batch = Py_XNewRef(batch);
  return (PyObject*)self;
}

/* An answer, or the exception that its status is. */
static PyObject* answer(noso_status status, noso_result* result) {
  if (status == NOSO_OK) return wrap(result, result, NULL);
  if (result == NULL) return raise_last(status);
  size_t size = 0;
  const char* message = noso_result_message(result, &size);
  raise_status(status, message, size);
  noso_result_free(result);
  return NULL;
}

/* Result */

static void result_dealloc(PyObject* object) {
  Result* self = (Result*)object;
  PyTypeObject* type = Py_TYPE(object);
  noso_result_free(self->owned);
  Py_XDECREF(self->batch);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
  Py_DECREF(type);
}

static PyObject* result_get(PyObject* object, PyObject* args) {
  int list, field;
  Py_ssize_t index;
  size_t size = 0;
  if (!PyArg_ParseTuple(args, "ini:get", &list, &index, &field)) return NULL;
  const char* text = noso_result_get(((Result*)object)->result, list, (size_t)index, field, &size);
  return text_of(text, size);
}

static PyObject* result_flag(PyObject* object, PyObject* args) {
  int list, flag;
  Py_ssize_t index;
  if (!PyArg_ParseTuple(args, "ini:flag", &list, &index, &flag)) return NULL;
  return PyBool_FromLong(noso_result_flag(((Result*)object)->result, list, (size_t)index, flag));
}

static PyObject* result_count(PyObject* object, PyObject* args) {
  int list;
  if (!PyArg_ParseTuple(args, "i:count", &list)) return NULL;
  return PyLong_FromSize_t(noso_result_count(((Result*)object)->result, list));
}

static PyObject* result_item_count(PyObject* object, PyObject* unused) {
  (void)unused;
  return PyLong_FromSize_t(noso_result_item_count(((Result*)object)->result));
}

static PyObject* result_item(PyObject* object, PyObject* args) {
  Py_ssize_t index;
  size_t size = 0;
  if (!PyArg_ParseTuple(args, "n:item", &index)) return NULL;
  const noso_result* item = noso_result_item(((Result*)object)->result, (size_t)index);
  if (item == NULL) {
    PyErr_SetString(PyExc_IndexError, "no such item");
    return NULL;
  }
  if (noso_result_status(item) != NOSO_OK) {
    const char* message = noso_result_message(item, &size);
    return raise_status(noso_result_status(item), message, size);
  }
  return wrap(NULL, item, object);
}

static PyObject* result_outcome(PyObject* object, void* unused) {
  (void)unused;
  return PyLong_FromLong(noso_result_outcome(((Result*)object)->result));
}

static PyObject* result_release(PyObject* object, void* unused) {
  size_t size = 0;
  (void)unused;
  const char* text = noso_result_release(((Result*)object)->result, &size);
  return text_of(text, size);
}

/* Of the concept that matched; what is read most, so without a way through Python. */
static PyObject* result_matched(PyObject* object, void* field) {
  size_t size = 0;
  const char* text =
      noso_result_get(((Result*)object)->result, NOSO_LIST_MATCHED, 0, (noso_field)(intptr_t)field, &size);
  return text_of(text, size);
}

static PyMethodDef result_methods[] = {
    {"_get", result_get, METH_VARARGS, "The text of a field: list, index, field."},
    {"_flag", result_flag, METH_VARARGS, "Whether an entry has a flag: list, index, flag."},
    {"_count", result_count, METH_VARARGS, "How many entries a list has."},
    {"_item_count", result_item_count, METH_NOARGS, "How many answers a batch has."},
    {"_item", result_item, METH_VARARGS, "The answer of a batch with that index."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef result_getset[] = {
    {"_outcome", result_outcome, NULL, "NOSO_UNDETERMINED, NOSO_VALID or NOSO_INVALID.", NULL},
    {"release", result_release, NULL, "The release that was asked, as \"SYSTEM|VERSION\"; empty where there is none.",
     NULL},
    {"code", result_matched, NULL, "The code of the concept that matched; empty where none did.",
     (void*)(intptr_t)NOSO_FIELD_CODE},
    {"display", result_matched, NULL, "The title of the concept that matched; empty where none did.",
     (void*)(intptr_t)NOSO_FIELD_DISPLAY},
    {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot result_slots[] = {{Py_tp_dealloc, result_dealloc},
                                     {Py_tp_methods, result_methods},
                                     {Py_tp_getset, result_getset},
                                     {Py_tp_doc, "An answer of the C library."},
                                     {0, NULL}};

static PyType_Spec result_spec = {"nosograph._nosograph.Result", sizeof(Result), 0,
                                  Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, result_slots};

/* Handle */

static int handle_init(PyObject* object, PyObject* args, PyObject* keywords) {
  static char* names[] = {"conninfo", NULL};
  Handle* self = (Handle*)object;
  const char* conninfo;
  Py_ssize_t size;
  noso_status status;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "s#:open", names, &conninfo, &size)) return -1;
  if (self->terminology != NULL) {
    PyErr_SetString(PyExc_TypeError, "it is open already");
    return -1;
  }
  self->remote = strncmp(conninfo, "grpc", 4) == 0;
  Py_BEGIN_ALLOW_THREADS;
  status = noso_open(conninfo, (size_t)size, &self->terminology);
  Py_END_ALLOW_THREADS;
  if (status == NOSO_OK) return 0;
  raise_last(status);
  return -1;
}

static void handle_dealloc(PyObject* object) {
  Handle* self = (Handle*)object;
  PyTypeObject* type = Py_TYPE(object);
  if (!self->closed) noso_close(self->terminology);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
  Py_DECREF(type);
}

static PyObject* handle_close(PyObject* object, PyObject* unused) {
  Handle* self = (Handle*)object;
  (void)unused;
  if (!self->closed) {
    self->closed = 1;
    noso_close(self->terminology);
  }
  Py_RETURN_NONE;
}

static PyObject* handle_reload(PyObject* object, PyObject* unused) {
  Handle* self = (Handle*)object;
  noso_status status;
  (void)unused;
  Py_BEGIN_ALLOW_THREADS;
  status = noso_reload(self->terminology);
  Py_END_ALLOW_THREADS;
  if (status != NOSO_OK) return raise_last(status);
  Py_RETURN_NONE;
}

static PyObject* handle_closed(PyObject* object, void* unused) {
  (void)unused;
  return PyBool_FromLong(((Handle*)object)->closed);
}

/* What every question may say beside its codes, behind them. */
#define REQUEST_FORMAT "|$UUUppiL"
#define REQUEST_NAMES "system", "version", "date", "strict", "_other", "max_repairs", "deadline_milliseconds"

typedef struct {
  noso_request request;
  PyObject *system, *version, *date;
  int strict, other;
  long long deadline;
} Options;

#define REQUEST_TARGETS(options)                                                               \
  &(options).system, &(options).version, &(options).date, &(options).strict, &(options).other, \
      &(options).request.max_repairs, &(options).deadline

/* The text of a str, which keeps it; no text of NULL. */
static int read_text(PyObject* text, noso_text* target) {
  Py_ssize_t size = 0;
  if (text == NULL) return 1;
  target->data = PyUnicode_AsUTF8AndSize(text, &size);
  target->size = (size_t)size;
  return target->data != NULL;
}

static int complete(Options* options, noso_verb verb) {
  if (!read_text(options->system, &options->request.system) ||
      !read_text(options->version, &options->request.version) || !read_text(options->date, &options->request.date)) {
    return 0;
  }
  options->request.form = options->strict ? NOSO_FORM_STRICT : NOSO_FORM_LENIENT;
  options->request.deadline_milliseconds = options->deadline;
  if (!options->other) return 1;
  if (verb == NOSO_VERB_RESOLVE) options->request.on_miss = NOSO_ON_MISS_UNKNOWN;
  if (verb == NOSO_VERB_VALIDATE_CODE) options->request.use = NOSO_USE_TERMINOLOGY;
  return 1;
}

static PyObject* ask(PyObject* object, PyObject* args, PyObject* keywords, noso_verb verb) {
  static char* names[] = {"code", REQUEST_NAMES, NULL};
  Handle* self = (Handle*)object;
  Options options = {.request = NOSO_REQUEST_INIT};
  PyObject* given;
  noso_text code = {NULL, 0};
  noso_result* result = NULL;
  noso_status status;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "U" REQUEST_FORMAT, names, &given, REQUEST_TARGETS(options)) ||
      !read_text(given, &code) || !complete(&options, verb)) {
    return NULL;
  }
  PyThreadState* left = self->remote ? PyEval_SaveThread() : NULL;
  status = verb == NOSO_VERB_LOOKUP ? noso_lookup(self->terminology, &options.request, code.data, code.size, &result)
           : verb == NOSO_VERB_RESOLVE
               ? noso_resolve(self->terminology, &options.request, code.data, code.size, &result)
               : noso_validate_code(self->terminology, &options.request, code.data, code.size, &result);
  if (left != NULL) PyEval_RestoreThread(left);
  return answer(status, result);
}

static PyObject* handle_lookup(PyObject* self, PyObject* args, PyObject* keywords) {
  return ask(self, args, keywords, NOSO_VERB_LOOKUP);
}
static PyObject* handle_resolve(PyObject* self, PyObject* args, PyObject* keywords) {
  return ask(self, args, keywords, NOSO_VERB_RESOLVE);
}
static PyObject* handle_validate(PyObject* self, PyObject* args, PyObject* keywords) {
  return ask(self, args, keywords, NOSO_VERB_VALIDATE_CODE);
}

static PyObject* handle_subsumes(PyObject* object, PyObject* args, PyObject* keywords) {
  static char* names[] = {"code_a", "code_b", REQUEST_NAMES, NULL};
  Handle* self = (Handle*)object;
  Options options = {.request = NOSO_REQUEST_INIT};
  PyObject *given_a, *given_b;
  noso_text a = {NULL, 0}, b = {NULL, 0};
  noso_result* result = NULL;
  noso_status status;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "UU" REQUEST_FORMAT, names, &given_a, &given_b,
                                   REQUEST_TARGETS(options)) ||
      !read_text(given_a, &a) || !read_text(given_b, &b) || !complete(&options, 0)) {
    return NULL;
  }
  PyThreadState* left = self->remote ? PyEval_SaveThread() : NULL;
  status = noso_subsumes(self->terminology, &options.request, a.data, a.size, b.data, b.size, &result);
  if (left != NULL) PyEval_RestoreThread(left);
  return answer(status, result);
}

static PyObject* handle_search(PyObject* object, PyObject* args, PyObject* keywords) {
  static char* names[] = {"text", "system", "version",    "date", "deadline_milliseconds", "billable_only", "under",
                          "fold", "count",  "page_token", NULL};
  Handle* self = (Handle*)object;
  Options options = {.request = NOSO_REQUEST_INIT};
  noso_search_options search = NOSO_SEARCH_OPTIONS_INIT;
  PyObject *given, *under = NULL, *page_token = NULL;
  int billable_only = 0, fold = 0, count = 0;
  noso_text text = {NULL, 0};
  noso_result* result = NULL;
  noso_status status;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "U|$UUULpUiiU", names, &given, &options.system, &options.version,
                                   &options.date, &options.deadline, &billable_only, &under, &fold, &count,
                                   &page_token) ||
      !read_text(given, &text) || !read_text(under, &search.under) || !read_text(page_token, &search.page_token) ||
      !complete(&options, 0)) {
    return NULL;
  }
  search.billable_only = billable_only;
  search.fold = fold;
  search.count = count;
  Py_BEGIN_ALLOW_THREADS;
  status = noso_search(self->terminology, &options.request, &search, text.data, text.size, &result);
  Py_END_ALLOW_THREADS;
  return answer(status, result);
}

static PyObject* handle_batch(PyObject* object, PyObject* args, PyObject* keywords) {
  static char* names[] = {"verb", "codes", REQUEST_NAMES, NULL};
  Handle* self = (Handle*)object;
  Options options = {.request = NOSO_REQUEST_INIT};
  int verb;
  PyObject* codes;
  noso_result* result = NULL;
  noso_status status;
  if (!PyArg_ParseTupleAndKeywords(args, keywords, "iO!" REQUEST_FORMAT, names, &verb, &PyTuple_Type, &codes,
                                   REQUEST_TARGETS(options)) ||
      !complete(&options, verb)) {
    return NULL;
  }
  const Py_ssize_t count = PyTuple_Size(codes);
  noso_text* texts = PyMem_Calloc(count > 0 ? (size_t)count : 1, sizeof(noso_text));
  if (texts == NULL) return PyErr_NoMemory();
  for (Py_ssize_t i = 0; i < count; ++i) {
    PyObject* code = PyTuple_GetItem(codes, i);
    if (!PyUnicode_Check(code))
      PyErr_Format(PyExc_TypeError, "code %zd must be str, not %R", i, (PyObject*)Py_TYPE(code));
    if (PyErr_Occurred() != NULL || !read_text(code, &texts[i])) {
      PyMem_Free(texts);
      return NULL;
    }
  }
  Py_BEGIN_ALLOW_THREADS;
  status = noso_batch(self->terminology, &options.request, verb, texts, (size_t)count, &result);
  Py_END_ALLOW_THREADS;
  PyMem_Free(texts);
  return answer(status, result);
}

#define WITH_KEYWORDS(function) (PyCFunction)(void (*)(void))(function)

static PyMethodDef handle_methods[] = {
    {"lookup", WITH_KEYWORDS(handle_lookup), METH_VARARGS | METH_KEYWORDS, "See Terminology."},
    {"_resolve", WITH_KEYWORDS(handle_resolve), METH_VARARGS | METH_KEYWORDS, "See Terminology."},
    {"_validate_code", WITH_KEYWORDS(handle_validate), METH_VARARGS | METH_KEYWORDS, "See Terminology."},
    {"subsumes", WITH_KEYWORDS(handle_subsumes), METH_VARARGS | METH_KEYWORDS, "See Terminology."},
    {"_search", WITH_KEYWORDS(handle_search), METH_VARARGS | METH_KEYWORDS, "See Terminology."},
    {"_batch", WITH_KEYWORDS(handle_batch), METH_VARARGS | METH_KEYWORDS, "See Terminology."},
    {"close", handle_close, METH_NOARGS, "Closes it; results live on. Closing again does nothing."},
    {"reload", handle_reload, METH_NOARGS, "Takes up what was imported or activated since it was opened."},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef handle_getset[] = {{"closed", handle_closed, NULL, "Whether it was closed.", NULL},
                                      {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot handle_slots[] = {{Py_tp_init, handle_init},
                                     {Py_tp_dealloc, handle_dealloc},
                                     {Py_tp_methods, handle_methods},
                                     {Py_tp_getset, handle_getset},
                                     {Py_tp_new, PyType_GenericNew},
                                     {Py_tp_doc, "An open terminology of the C library."},
                                     {0, NULL}};

static PyType_Spec handle_spec = {"nosograph._nosograph.Handle", sizeof(Handle), 0,
                                  Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, handle_slots};

static PyObject* set_types(PyObject* module, PyObject* args) {
  PyObject *error, *result;
  (void)module;
  if (!PyArg_ParseTuple(args, "OO:set_types", &error, &result)) return NULL;
  Py_XDECREF(error_type);
  Py_XDECREF(result_type);
  error_type = Py_NewRef(error);
  result_type = Py_NewRef(result);
  Py_RETURN_NONE;
}

static PyObject* build_info(PyObject* module, PyObject* unused) {
  size_t size = 0;
  (void)module;
  (void)unused;
  const char* text = noso_build_info(&size);
  return text_of(text, size);
}

static PyMethodDef module_methods[] = {
    {"set_types", set_types, METH_VARARGS,
     "What raises an error, and the subclass of Result that answers are made as."},
    {"build_info", build_info, METH_NOARGS, "Name, version and compiler of the library."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef module_definition = {
    PyModuleDef_HEAD_INIT, "_nosograph", "The C library of Nosograph.", -1, module_methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__nosograph(void) {
  if (noso_abi_version() < NOSO_ABI_VERSION) {
    PyErr_SetString(PyExc_ImportError, "libnosograph is older than this package; install them together");
    return NULL;
  }
  PyObject* module = PyModule_Create(&module_definition);
  if (module == NULL) return NULL;
  PyObject* handle = PyType_FromSpec(&handle_spec);
  PyObject* result = PyType_FromSpec(&result_spec);
  if (handle == NULL || result == NULL || PyModule_AddObjectRef(module, "Handle", handle) < 0 ||
      PyModule_AddObjectRef(module, "Result", result) < 0) {
    Py_CLEAR(module);
  }
  Py_XDECREF(handle);
  Py_XDECREF(result);
  return module;
}
