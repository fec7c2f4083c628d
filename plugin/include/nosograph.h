/* Nosograph in a process of your own: from a code to the disease behind it, without a network.
 *
 *   noso_terminology *terminology = NULL;
 *   noso_result *answer = NULL;
 *   size_t size;
 *   if (noso_open(NOSO_STRING("snapshot:/var/lib/nosograph"), &terminology) != NOSO_OK) return complain();
 *   if (noso_lookup(terminology, NULL, NOSO_STRING("L94.2"), &answer) == NOSO_OK) {
 *     const char *display = noso_result_get(answer, NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY, &size);
 *     printf("%.*s\n", (int)size, display);  // Calcinosis cutis
 *   }
 *   noso_result_free(answer);
 *   noso_close(terminology);
 *
 * Conventions
 *
 *  1. Text is a pointer and a length in bytes, UTF-8, and ends with no zero. Text that goes in is read during the call
 *     and not kept. Text that comes out belongs to what it was asked of and lives as long; where there is none it is
 *     "" with length 0, never NULL. NULL with length 0 is empty text.
 *  2. Functions that may fail give a noso_status: NOSO_OK, or why there is no answer. What is wrong names field, value
 *     and remedy: noso_result_message() of the result, noso_last_error() of the thread.
 *  3. "The code is wrong" is an answer, never a status. The outcome of an answer is NOSO_VALID, NOSO_INVALID or
 *     NOSO_UNDETERMINED; whatever went wrong - no memory, no network, a NULL result - is
 *     NOSO_UNDETERMINED, so that an outage never reads as a wrong code.
 *  4. Functions that give a result store one in `*result` whatever their status is, unless there is no memory for it
 *     (then NULL is stored, which the accessors read as NOSO_UNDETERMINED). Whoever asked frees it by
 *     noso_result_free(). A result keeps what it shows alive: it may be read and freed after a reload and after
 *     noso_close().
 *  5. An answer, and all answers of a batch, come from one set of releases; NOSO_LIST_RELEASES of an answer, or of an
 * item of a batch, names those that took part.
 *  6. Structs begin with their size, which the caller sets, so that later versions can add members at the end. Members
 *     that are zero ask for the default. NULL instead of a noso_request asks for all defaults.
 *  7. Numbers of enumerations never change; later versions add to them. Ask for what is not known here and nothing is
 *     there: count 0, text "", flag 0.
 *  8. Thread class, stated at each function:
 *       [any]     from any thread, at any time, also at once for the same terminology
 *       [result]  from one thread at a time for each result
 *       [last]    once nobody else uses the object any more
 *  9. Nothing is printed, no signal handler is set, no thread is started by the snapshot back end, no exception leaves
 *     the library, and there is no state but what is opened here and the message of noso_last_error().
 * 10. fork(): a terminology may be used in the parent and in the child, whatever other threads do at the fork. The
 *     remote back end makes no calls in a child of a process that has opened a service, not even for what the child
 * opens itself: there it answers NOSO_UNDETERMINED, or from its fallback. Who forks workers opens the service in them,
 * not before, or begins them anew (exec; in Python the start method "spawn").
 * 11. dlclose() once every terminology is closed and every result is freed. The snapshot back end unloads; the remote
 *     one stays in memory, since its network library cannot go.
 */
#ifndef NOSOGRAPH_H_
#define NOSOGRAPH_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define NOSO_EXPORT __attribute__((visibility("default")))
#else
#define NOSO_EXPORT
#endif

/* The version that this header describes. A library of the same version or a later one serves it. */
#define NOSO_ABI_VERSION 1

/* The two arguments that a text is, of a literal. */
#define NOSO_STRING(literal) (literal), (sizeof(literal) - 1)

typedef struct noso_terminology noso_terminology; /* what is opened */
typedef struct noso_result noso_result;           /* an answer, or why there is none */

typedef struct noso_text {
  const char* data;
  size_t size;
} noso_text;

/* The canonical codes of gRPC (google.rpc.Code). */
typedef int32_t noso_status;
enum {
  NOSO_OK = 0,
  NOSO_CANCELLED = 1,
  NOSO_UNKNOWN = 2,
  NOSO_INVALID_ARGUMENT = 3,
  NOSO_DEADLINE_EXCEEDED = 4,
  NOSO_NOT_FOUND = 5,
  NOSO_ALREADY_EXISTS = 6,
  NOSO_PERMISSION_DENIED = 7,
  NOSO_RESOURCE_EXHAUSTED = 8,
  NOSO_FAILED_PRECONDITION = 9,
  NOSO_ABORTED = 10,
  NOSO_OUT_OF_RANGE = 11,
  NOSO_UNIMPLEMENTED = 12,
  NOSO_INTERNAL = 13,
  NOSO_UNAVAILABLE = 14,
  NOSO_DATA_LOSS = 15,
  NOSO_UNAUTHENTICATED = 16
};

typedef int32_t noso_outcome;
enum {
  NOSO_UNDETERMINED = 0, /* it cannot be told; nothing is said of the code */
  NOSO_VALID = 1,        /* there is such a concept; of validate_code: it may be used so; of subsumes: both there are */
  NOSO_INVALID = 2
};

/* Other ways to write a code ("l94.2", "L942") are accepted, or not. */
enum { NOSO_FORM_LENIENT = 0, NOSO_FORM_STRICT = 1 };
/* Of resolve: the nearest ancestor answers for a code that there is not, or nothing does. */
enum { NOSO_ON_MISS_PARENT_FALLBACK = 0, NOSO_ON_MISS_UNKNOWN = 1 };
/* Of validate_code: must be billable where the code system knows that, active, no mere group; or only a concept. */
enum { NOSO_USE_CLAIM = 0, NOSO_USE_TERMINOLOGY = 1 };

typedef struct noso_request {
  size_t size;         /* sizeof(noso_request) */
  noso_text system;    /* canonical URI or object identifier of the code system; empty: whatever has the code */
  noso_text version;   /* the version of a release; empty: the active one */
  noso_text date;      /* a day, YYYY-MM-DD, on which the release must be valid; not beside `version` */
  int32_t form;        /* NOSO_FORM_... */
  int32_t on_miss;     /* NOSO_ON_MISS_... */
  int32_t use;         /* NOSO_USE_... */
  int32_t max_repairs; /* codes named in NOSO_LIST_REPAIRS at most, 1 to 1000; 0: 10 */
  int64_t deadline_milliseconds; /* of the remote back end; 0: that of its conninfo */
} noso_request;

/* A request that asks for all defaults. */
#define NOSO_REQUEST_INIT {sizeof(noso_request), {NULL, 0}, {NULL, 0}, {NULL, 0}, 0, 0, 0, 0, 0}

/* Of search: whether codes with a 7th character stand under the code they are made of, as one hit with their number. */
enum { NOSO_FOLD_WHEN_MANY = 0, NOSO_FOLD_ALWAYS = 1, NOSO_FOLD_NEVER = 2 };

/* What a search takes beside the request, whose form, on_miss, use and max_repairs say nothing to it. */
typedef struct noso_search_options {
  size_t size;           /* sizeof(noso_search_options) */
  noso_text under;       /* a code, block or chapter: only what is below it, and itself */
  noso_text page_token;  /* of the answer before, for the next page; all else is to be the same */
  int32_t billable_only; /* 1: only what may stand on a claim */
  int32_t fold;          /* NOSO_FOLD_... */
  int32_t count;         /* hits on a page, 1 to 1000; 0: 20 */
} noso_search_options;

/* Options that ask for all defaults. */
#define NOSO_SEARCH_OPTIONS_INIT {sizeof(noso_search_options), {NULL, 0}, {NULL, 0}, 0, 0, 0}

/* What of an answer is read: one of its lists, ... */
typedef int32_t noso_list;
enum {
  NOSO_LIST_ANSWER = 0,       /* one entry: OUTCOME REASON NORMALIZED CANONICAL MESSAGE REMEDY, of search OUTCOME TOTAL
                                 NEXT_PAGE_TOKEN; flags STALE CACHED */
  NOSO_LIST_MATCHED = 1,      /* one concept, or none; of subsumes the first code's */
  NOSO_LIST_MATCHED_B = 2,    /* of subsumes the second code's */
  NOSO_LIST_FALLBACK = 3,     /* of resolve: the nearest ancestor of a code that there is not */
  NOSO_LIST_BILLABLE = 4,     /* of resolve: CODE of the published code to bill, or none */
  NOSO_LIST_ANCESTORS = 5,    /* concepts, nearest first, up to the chapter; of resolve and lookup */
  NOSO_LIST_CHILDREN = 6,     /* concepts; of lookup */
  NOSO_LIST_REPAIRS = 7,      /* concepts that may have been meant, best first; of validate_code */
  NOSO_LIST_NOTES = 8,        /* KIND TEXT STANDS_AT; flag INHERITED; of resolve and lookup */
  NOSO_LIST_DESIGNATIONS = 9, /* LANGUAGE USE VALUE SOURCE; of lookup */
  NOSO_LIST_PROPERTIES = 10,  /* CODE TYPE VALUE SYSTEM DISPLAY SOURCE; of lookup */
  NOSO_LIST_KNOWLEDGE =
      11, /* one entry or none: CODE TITLE REVIEW_STATE DISCLAIMER SOURCE, INHERITED_FROM; of resolve */
  NOSO_LIST_STATEMENTS = 12, /* of the condition knowledge: SECTION TEXT LANGUAGE SOURCE_IDS REVIEW_STATE FREQUENCY
                                QUALIFIER SYSTEM CODE DISPLAY LOW HIGH UNIT VALUE RELATION KIND AGENT STRENGTH ROUTE
                                CONDITION_OF_USE CITATION DOI PMID; flags OPEN MACHINE_TRANSLATED; of resolve */
  NOSO_LIST_SOURCES = 13,    /* of the condition knowledge: ID TITLE AUTHOR DATE LICENCE LANGUAGE URL CITATION DOI PMID;
                                flag MACHINE_TRANSLATED; of resolve */
  NOSO_LIST_RELEASES = 14, /* those that took part, the release asked first: SYSTEM VERSION TITLE ID VALID_FROM VALID_TO
                              PUBLISHER COPYRIGHT SOURCE_NAME SOURCE_SHA256 EXTENDS SUPPLEMENTS; flags ACTIVE FRAGMENT;
                              of a search through a service SYSTEM VERSION ID alone */
  NOSO_LIST_ISSUES = 15,   /* SEVERITY KIND FIELD VALUE MESSAGE REMEDY; of resolve and lookup */
  NOSO_LIST_HITS = 16,     /* concepts, best first, each with TEXT TYPE SCORE COUNT; of search */
  NOSO_LIST_MATCHES =
      17, /* HIT BEGIN END QUERY_BEGIN QUERY_END REASON: the words of a hit's TEXT that matched; of search
           */
  NOSO_LIST_CORRECTIONS = 18 /* VALUE as written, TEXT as read in the best hit; of search */
};

/* ... and of an entry one of its fields. A concept has SYSTEM CODE DISPLAY KIND DEFINITION STATUS and the flags
 * BILLABLE INACTIVE ABSTRACT, of which STATUS, INACTIVE and ABSTRACT are told by lookup alone. */
typedef int32_t noso_field;
enum {
  NOSO_FIELD_OUTCOME = 1, /* of resolve EXACT EXTENSION PARENT_FALLBACK UNKNOWN; of lookup and search FOUND NOT_FOUND;
                             of validate_code VALID INVALID; of subsumes equivalent subsumes subsumed-by not-subsumed
                             unknown-code; of any UNDETERMINED */
  NOSO_FIELD_REASON = 2,  /* of validate_code: HEADER, SEVENTH_CHARACTER_MISSING, RETIRED ...; empty: nothing to say; of
                             a match: exact stem prefix synonym spelling */
  NOSO_FIELD_NORMALIZED = 3, /* the canonical form, where the code was written in another */
  NOSO_FIELD_MESSAGE = 4,    /* a sentence */
  NOSO_FIELD_REMEDY = 5,     /* what to do */
  NOSO_FIELD_SYSTEM = 6,     /* canonical URI */
  NOSO_FIELD_VERSION = 7,
  NOSO_FIELD_CODE = 8,
  NOSO_FIELD_DISPLAY = 9, /* the title of a concept */
  NOSO_FIELD_KIND = 10,   /* of a concept: chapter block category subcategory concept; of a note: excludes1 ... */
  NOSO_FIELD_DEFINITION = 11,
  NOSO_FIELD_STATUS = 12,
  NOSO_FIELD_TEXT = 13,
  NOSO_FIELD_STANDS_AT = 14, /* the code that a note stands at */
  NOSO_FIELD_LANGUAGE = 15,  /* BCP 47 */
  NOSO_FIELD_USE = 16,
  NOSO_FIELD_VALUE = 17,
  NOSO_FIELD_SOURCE = 18, /* canonical URI of who says it */
  NOSO_FIELD_TYPE = 19,   /* of a property that of its value; of a hit what its TEXT is: title, inclusion term ... */
  NOSO_FIELD_TITLE = 20,
  NOSO_FIELD_ID = 21, /* of a release: SHA-256 of its snapshot; the same id, the same answers */
  NOSO_FIELD_VALID_FROM = 22,
  NOSO_FIELD_VALID_TO = 23,
  NOSO_FIELD_PUBLISHER = 24,
  NOSO_FIELD_COPYRIGHT = 25,
  NOSO_FIELD_SOURCE_NAME = 26,
  NOSO_FIELD_SOURCE_SHA256 = 27,
  NOSO_FIELD_EXTENDS = 28,
  NOSO_FIELD_SUPPLEMENTS = 29,
  NOSO_FIELD_SEVERITY = 30,   /* INFORMATION WARNING ERROR */
  NOSO_FIELD_FIELD = 31,      /* of the request */
  NOSO_FIELD_SECTION = 32,    /* definition synonyms aetiology onset sites ... */
  NOSO_FIELD_SOURCE_IDS = 33, /* joined by blanks */
  NOSO_FIELD_REVIEW_STATE = 34,
  NOSO_FIELD_FREQUENCY = 35,
  NOSO_FIELD_QUALIFIER = 36,
  NOSO_FIELD_LOW = 37,
  NOSO_FIELD_HIGH = 38,
  NOSO_FIELD_UNIT = 39, /* UCUM */
  NOSO_FIELD_RELATION = 40,
  NOSO_FIELD_AGENT = 41,
  NOSO_FIELD_STRENGTH = 42,
  NOSO_FIELD_ROUTE = 43,
  NOSO_FIELD_CONDITION_OF_USE = 44,
  NOSO_FIELD_CITATION = 45,
  NOSO_FIELD_DOI = 46,
  NOSO_FIELD_PMID = 47,
  NOSO_FIELD_AUTHOR = 48,
  NOSO_FIELD_DATE = 49,
  NOSO_FIELD_LICENCE = 50,
  NOSO_FIELD_URL = 51,
  NOSO_FIELD_DISCLAIMER = 52,
  NOSO_FIELD_INHERITED_FROM = 53, /* the ancestor whose condition knowledge it is */
  NOSO_FIELD_CANONICAL =
      54,                /* of validate_code: the canonical form, whatever the code was written in; empty: malformed */
  NOSO_FIELD_SCORE = 55, /* higher is better; of this search alone, no probability */
  NOSO_FIELD_COUNT = 56, /* of a hit: how many codes below it it stands for; empty: for itself alone */
  NOSO_FIELD_TOTAL = 57, /* of the answer of a search: hits on all pages */
  NOSO_FIELD_NEXT_PAGE_TOKEN = 58,
  NOSO_FIELD_HIT = 59,   /* of a match: the index of its hit */
  NOSO_FIELD_BEGIN = 60, /* bytes of the hit's TEXT */
  NOSO_FIELD_END = 61,
  NOSO_FIELD_QUERY_BEGIN = 62, /* bytes of the text that was searched for */
  NOSO_FIELD_QUERY_END = 63
};

typedef int32_t noso_flag;
enum {
  NOSO_FLAG_BILLABLE = 1,
  NOSO_FLAG_INACTIVE = 2,
  NOSO_FLAG_ABSTRACT = 3,
  NOSO_FLAG_INHERITED = 4, /* stands at an ancestor */
  NOSO_FLAG_ACTIVE = 5,
  NOSO_FLAG_FRAGMENT = 6,
  NOSO_FLAG_OPEN = 7,
  NOSO_FLAG_MACHINE_TRANSLATED = 8,
  NOSO_FLAG_STALE = 9,  /* the service could not be asked: the answer is an older one of its, or the fallback's */
  NOSO_FLAG_CACHED = 10 /* the service was not asked, having answered this before from the same releases */
};

/* What a batch asks of each code. */
typedef int32_t noso_verb;
enum { NOSO_VERB_RESOLVE = 1, NOSO_VERB_LOOKUP = 2, NOSO_VERB_VALIDATE_CODE = 3 };

/* The ABI version of the library. [any] */
NOSO_EXPORT uint32_t noso_abi_version(void);

/* What the library is, for a log: name, version, compiler. Lives as long as the library. [any] */
NOSO_EXPORT const char* noso_build_info(size_t* size);

/* Opens what `conninfo` names:
 *   snapshot:DIR                  a data folder of Nosograph (nosograph import ... --data DIR), mapped into memory
 *   grpc://HOST:PORT[?KEY=VALUE&...]   a service, plaintext; needs libnosograph_remote
 *   grpcs://HOST:PORT[?KEY=VALUE&...]  a service, TLS
 *     deadline_ms      of a call, its retries included; 2000
 *     fallback         data folder that answers when the service does not; none
 *     cache_bytes      of answers that are kept, at most; 8388608; 0: none
 *     cache_check_ms   after which the service is asked whether its releases are still those; 1000
 *     ca, cert, key    of grpcs: PEM files of the authority, and of the own certificate and key
 *     server_name      of grpcs: the name in the service's certificate, where it is not HOST
 * A value stands as it is; it holds no '&'. Of a snapshot the header and the table of sections are checked, not every
 * byte: "nosograph releases verify" reads them all. Nothing is called here: a service that is down is told by the first
 * answer.
 * `*terminology` is NULL unless NOSO_OK. At most 256 are open at once in a process. [any]
 * NOSO_INVALID_ARGUMENT: conninfo cannot be read. NOSO_NOT_FOUND: no folder, or nothing imported.
 * NOSO_RESOURCE_EXHAUSTED: 256 are open. NOSO_DATA_LOSS: an active release is damaged. NOSO_UNIMPLEMENTED:
 * libnosograph_remote cannot be loaded. */
NOSO_EXPORT noso_status noso_open(const char* conninfo, size_t conninfo_size, noso_terminology** terminology);

/* Closes it; NULL is nothing to close. Results live on. [last]
 * NOSO_FAILED_PRECONDITION: it is closed already. */
NOSO_EXPORT noso_status noso_close(noso_terminology* terminology);

/* Takes up what was imported or activated since it was opened. Calls that run go on with what they began with. After an
 * error everything is as it was. A snapshot that is open already is not read again. A service is asked what it serves
 * now; what is kept of other releases is only told as stale from then on. [any] Errors: as noso_open;
 * NOSO_FAILED_PRECONDITION: it is closed; of a service also as of a question. */
NOSO_EXPORT noso_status noso_reload(noso_terminology* terminology);

/* The concept behind a code: published, of an extension, or the nearest ancestor. [any]
 * Errors of this and the next five: NOSO_INVALID_ARGUMENT: NULL where there must be something, a code over 64 bytes,
 * text that is not UTF-8, a date that is none, a request of a wrong size. NOSO_NOT_FOUND: the system or release is not
 * loaded. NOSO_FAILED_PRECONDITION: the terminology is closed. NOSO_RESOURCE_EXHAUSTED: no memory. Of the remote back
 * end also NOSO_UNAVAILABLE, NOSO_DEADLINE_EXCEEDED, NOSO_DATA_LOSS (it answered from another release than asked), and
 * whatever the service says. */
NOSO_EXPORT noso_status noso_resolve(noso_terminology* terminology, const noso_request* request, const char* code,
                                     size_t code_size, noso_result** result);

/* All that a release says of a concept. The cheapest call; what is not read is not worked out. [any] */
NOSO_EXPORT noso_status noso_lookup(noso_terminology* terminology, const noso_request* request, const char* code,
                                    size_t code_size, noso_result** result);

/* Whether a code may be used, why not, and what may have been meant. A code of any length is an answer, and so is a
 * system or release that is not loaded: NOSO_UNDETERMINED. [any] */
NOSO_EXPORT noso_status noso_validate_code(noso_terminology* terminology, const noso_request* request, const char* code,
                                           size_t code_size, noso_result** result);

/* Whether one code is the other's ancestor. [any] */
NOSO_EXPORT noso_status noso_subsumes(noso_terminology* terminology, const noso_request* request, const char* code_a,
                                      size_t code_a_size, const char* code_b, size_t code_b_size, noso_result** result);

/* From words to concepts: beginnings of words in any order, other forms, synonyms and misspellings; a code or the
 * beginning of one finds what it names. At most 1,000 bytes of text, of which the first 32 words count. NOSO_VALID:
 * something was found; NOSO_INVALID: nothing was. `options` may be NULL. [any] Errors: also NOSO_INVALID_ARGUMENT for
 * text without a letter or digit, for `under` that is no code and for a page token of another search. */
NOSO_EXPORT noso_status noso_search(noso_terminology* terminology, const noso_request* request,
                                    const noso_search_options* options, const char* text, size_t text_size,
                                    noso_result** result);

/* One question for many codes, answered from one set of releases. What is wrong with one code is the status of its
 * item. At most 1,000,000 codes. [any] */
NOSO_EXPORT noso_status noso_batch(noso_terminology* terminology, const noso_request* request, noso_verb verb,
                                   const noso_text* codes, size_t code_count, noso_result** result);

/* The answer for the code with that index; NULL beyond the last one. Belongs to the batch: not to be freed. [result] */
NOSO_EXPORT const noso_result* noso_result_item(const noso_result* batch, size_t index);
/* How many answers a batch has; 0 of any other result. [result] */
NOSO_EXPORT size_t noso_result_item_count(const noso_result* batch);

/* Of NULL: NOSO_INVALID_ARGUMENT. [result] */
NOSO_EXPORT noso_status noso_result_status(const noso_result* result);
/* Of an answer that is an error: what is wrong, and what to do. [result] */
NOSO_EXPORT const char* noso_result_message(const noso_result* result, size_t* size);
/* Of NULL, of every error and of a batch, whose items have their own: NOSO_UNDETERMINED. [result] */
NOSO_EXPORT noso_outcome noso_result_outcome(const noso_result* result);
/* How many entries a list has. [result] */
NOSO_EXPORT size_t noso_result_count(const noso_result* result, noso_list list);
/* A field of an entry. `size` may be NULL. [result] */
NOSO_EXPORT const char* noso_result_get(const noso_result* result, noso_list list, size_t index, noso_field field,
                                        size_t* size);
/* Whether an entry has a flag: 1 or 0. [result] */
NOSO_EXPORT int32_t noso_result_flag(const noso_result* result, noso_list list, size_t index, noso_flag flag);
/* The first of NOSO_LIST_RELEASES, as "SYSTEM|VERSION"; empty where there is none, and of a batch. [result] */
NOSO_EXPORT const char* noso_result_release(const noso_result* result, size_t* size);
/* NULL is nothing to free, nor is an item of a batch. [last] */
NOSO_EXPORT void noso_result_free(noso_result* result);

/* The message of the last call of this thread that was not NOSO_OK; at most 1,023 bytes. Lives until the next one.
 * [any] */
NOSO_EXPORT const char* noso_last_error(size_t* size);

/* "NOT_FOUND"; "UNRECOGNIZED" for a number that is none. Lives as long as the library. [any] */
NOSO_EXPORT const char* noso_status_name(noso_status status);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* NOSOGRAPH_H_ */
