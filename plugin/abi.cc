// The functions of nosograph.h: they check what comes in, ask the backend, and let nothing but a status out.
#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "plugin/conninfo.h"
#include "plugin/embedded.h"
#include "plugin/error_result.h"
#include "plugin/handle_table.h"
#include "plugin/include/nosograph.h"
#include "plugin/remote_loader.h"
#include "terminology/base/field_error.h"
#include "terminology/base/mutex.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/model/date.h"

namespace nosograph::plugin {
namespace {

constexpr size_t kMaxBatch = 1'000'000;
constexpr size_t kMaxRequestBytes = 4096;
constexpr int32_t kMaxRepairs = 1000;
constexpr int32_t kMaxHits = 1000;
constexpr char kBuildInfo[] = "nosograph " NOSOGRAPH_VERSION " (" NOSOGRAPH_COMPILER ")";

// Of writers alone: open, close, reload. Held at a fork, so that the child finds it free and nothing half done.
base::Mutex writers;
HandleTable table;

// Plain memory, since a destructor of a thread would keep the library loaded.
struct LastError {
  size_t size;
  char text[1024];
};
thread_local LastError last_error{};

void LockAtFork() NOSOGRAPH_THREAD_ATTRIBUTE(no_thread_safety_analysis) { writers.Lock(); }
void UnlockAfterFork() NOSOGRAPH_THREAD_ATTRIBUTE(no_thread_safety_analysis) { writers.Unlock(); }
__attribute__((constructor)) void GuardForks() { pthread_atfork(LockAtFork, UnlockAfterFork, UnlockAfterFork); }

noso_status Fail(noso_status status, absl::string_view message) {
  last_error.size = std::min(message.size(), sizeof(last_error.text) - 1);
  while (last_error.size < message.size() && last_error.size > 0 &&
         (static_cast<unsigned char>(message[last_error.size]) & 0xC0U) == 0x80U) {
    --last_error.size;  // not within a character
  }
  std::memcpy(last_error.text, message.data(), last_error.size);
  last_error.text[last_error.size] = '\0';
  return status;
}

noso_status Fail(const absl::Status& status) {
  return Fail(status.raw_code(), absl::string_view(status.message().data(), status.message().size()));
}

// What `body` gives; a status where it throws.
template <typename Body>
noso_status Guarded(const Body& body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return Fail(NOSO_RESOURCE_EXHAUSTED, "out of memory");
  } catch (const std::exception& error) {
    return Fail(NOSO_INTERNAL, error.what());
  } catch (...) {
    return Fail(NOSO_INTERNAL, "an exception that says nothing");
  }
}

absl::Status Wrong(absl::string_view field, absl::string_view value, absl::string_view problem,
                   absl::string_view remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, field, base::Excerpt(value), problem, remedy);
}

absl::Status CheckText(absl::string_view field, const char* data, size_t size) {
  if (data == nullptr && size != 0) {
    return Wrong(field, "NULL", absl::StrCat("is NULL with a length of ", size), "give the text, or length 0");
  }
  const absl::string_view text(data, size);
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; });
  if (ascii || base::IsValidUtf8(text)) return absl::OkStatus();
  return Wrong(field, text, absl::StrCat("'", base::Excerpt(text), "' is not UTF-8"), "convert it to UTF-8");
}

absl::Status CheckNumber(absl::string_view field, int64_t number, int64_t high) {
  if (number >= 0 && number <= high) return absl::OkStatus();
  return Wrong(field, absl::StrCat(number), absl::StrCat(number, " is not between 0 and ", high),
               "give a number in between");
}

// Whether a struct that a caller gave holds what this library knows of it, and nothing else.
template <typename Struct>
absl::Status CheckSize(absl::string_view name, absl::string_view begin_with, const Struct& given) {
  const std::string field = absl::StrCat(name, ".size");
  if (given.size < sizeof(Struct) || given.size > kMaxRequestBytes) {
    return Wrong(field, absl::StrCat(given.size), absl::StrCat(given.size, " is no size of a noso_", name),
                 absl::StrCat("begin with ", begin_with));
  }
  const char* bytes = reinterpret_cast<const char*>(&given);
  if (std::any_of(bytes + sizeof(Struct), bytes + given.size, [](char byte) { return byte != 0; })) {
    return Wrong(field, absl::StrCat(given.size),
                 absl::StrCat("the ", name, " has members that this library does not know"),
                 "leave them zero, or load a newer library");
  }
  return absl::OkStatus();
}

absl::StatusOr<Request> ReadRequest(const noso_request* given) {
  Request request;
  if (given == nullptr) return request;
  RETURN_IF_ERROR(CheckSize("request", "NOSO_REQUEST_INIT", *given));
  RETURN_IF_ERROR(CheckText("request.system", given->system.data, given->system.size));
  RETURN_IF_ERROR(CheckText("request.version", given->version.data, given->version.size));
  RETURN_IF_ERROR(CheckText("request.date", given->date.data, given->date.size));
  RETURN_IF_ERROR(CheckNumber("request.form", given->form, NOSO_FORM_STRICT));
  RETURN_IF_ERROR(CheckNumber("request.on_miss", given->on_miss, NOSO_ON_MISS_UNKNOWN));
  RETURN_IF_ERROR(CheckNumber("request.use", given->use, NOSO_USE_TERMINOLOGY));
  RETURN_IF_ERROR(CheckNumber("request.max_repairs", given->max_repairs, kMaxRepairs));
  RETURN_IF_ERROR(CheckNumber("request.deadline_milliseconds", given->deadline_milliseconds, 3'600'000));
  request.system = {given->system.data, given->system.size};
  request.version = {given->version.data, given->version.size};
  request.date = {given->date.data, given->date.size};
  if (!request.version.empty() && !request.date.empty()) {
    return Wrong("request.date", request.date,
                 absl::StrCat("'", base::Excerpt(request.date), "' stands beside the version '",
                              base::Excerpt(request.version), "'"),
                 "give one of the two");
  }
  request.strict = given->form == NOSO_FORM_STRICT;
  request.parent_fallback = given->on_miss != NOSO_ON_MISS_UNKNOWN;
  request.claim = given->use != NOSO_USE_TERMINOLOGY;
  if (given->max_repairs != 0) request.max_repairs = given->max_repairs;
  request.deadline_milliseconds = given->deadline_milliseconds;
  return request;
}

absl::StatusOr<SearchOptions> ReadSearchOptions(const noso_search_options* given) {
  SearchOptions options;
  if (given == nullptr) return options;
  RETURN_IF_ERROR(CheckSize("search_options", "NOSO_SEARCH_OPTIONS_INIT", *given));
  RETURN_IF_ERROR(CheckText("search_options.under", given->under.data, given->under.size));
  RETURN_IF_ERROR(CheckText("search_options.page_token", given->page_token.data, given->page_token.size));
  RETURN_IF_ERROR(CheckNumber("search_options.billable_only", given->billable_only, 1));
  RETURN_IF_ERROR(CheckNumber("search_options.fold", given->fold, NOSO_FOLD_NEVER));
  RETURN_IF_ERROR(CheckNumber("search_options.count", given->count, kMaxHits));
  options.under = {given->under.data, given->under.size};
  options.page_token = {given->page_token.data, given->page_token.size};
  options.billable_only = given->billable_only != 0;
  options.fold = given->fold;
  options.count = static_cast<uint32_t>(given->count);
  return options;
}

// Asks an open terminology, with a request that was checked. `ask` gives a result.
template <typename Ask>
noso_status Answer(noso_terminology* terminology, const noso_request* given, noso_result** result,
                   const Ask& ask) noexcept {
  if (result == nullptr) return Fail(NOSO_INVALID_ARGUMENT, "result: is NULL; give where the result is to be stored");
  *result = nullptr;
  return Guarded([&]() -> noso_status {
    std::unique_ptr<noso_result> answer;
    Backend* backend = table.Find(terminology);
    if (backend == nullptr) {
      answer = std::make_unique<ErrorResult>(
          terminology == nullptr
              ? Wrong("terminology", "NULL", "is NULL", "open one by noso_open")
              : absl::FailedPreconditionError("terminology: is closed, or was never open; open one by noso_open"));
    } else if (absl::StatusOr<Request> request = ReadRequest(given); !request.ok()) {
      answer = std::make_unique<ErrorResult>(request.status());
    } else {
      answer = ask(*backend, *request);
    }
    const noso_status status = answer->status();
    if (status != NOSO_OK) Fail(status, answer->message());
    *result = answer.release();
    return status;
  });
}

noso_status AskOne(noso_verb verb, noso_terminology* terminology, const noso_request* request, const char* code,
                   size_t code_size, noso_result** result) noexcept {
  return Answer(terminology, request, result, [&](Backend& backend, const Request& checked) {
    if (const absl::Status text = CheckText("code", code, code_size); !text.ok()) return ErrorOf(text);
    return backend.Ask(verb, checked, {code, code_size});
  });
}

absl::StatusOr<std::unique_ptr<Backend>> OpenBackend(absl::string_view text) {
  ASSIGN_OR_RETURN(const Conninfo conninfo, ParseConninfo(text));
  if (!conninfo.folder.empty()) return OpenEmbedded("conninfo", conninfo.folder);
  return OpenService(conninfo);
}

const char* Out(absl::string_view text, size_t* size) {
  if (size != nullptr) *size = text.size();
  return text.empty() ? "" : text.data();
}

// An entry, or null. Filling lists may throw; then nothing is there.
const Entry* Find(const noso_result* result, noso_list list, size_t index) noexcept {
  const Entry* entry = nullptr;
  if (result == nullptr) return entry;
  Guarded([&] {
    entry = result->lists().Find(list, index);
    return NOSO_OK;
  });
  return entry;
}

}  // namespace
}  // namespace nosograph::plugin

using nosograph::plugin::Answer;
using nosograph::plugin::AskOne;
using nosograph::plugin::Backend;
using nosograph::plugin::Fail;
using nosograph::plugin::Guarded;
using nosograph::plugin::Out;
using nosograph::plugin::Request;

uint32_t noso_abi_version(void) { return NOSO_ABI_VERSION; }

const char* noso_build_info(size_t* size) { return Out(nosograph::plugin::kBuildInfo, size); }

noso_status noso_open(const char* conninfo, size_t conninfo_size, noso_terminology** terminology) {
  if (terminology == nullptr) {
    return Fail(NOSO_INVALID_ARGUMENT, "terminology: is NULL; give where the handle is to be stored");
  }
  *terminology = nullptr;
  return Guarded([&]() -> noso_status {
    if (conninfo == nullptr) return Fail(NOSO_INVALID_ARGUMENT, "conninfo: is NULL; give snapshot:DIR");
    absl::StatusOr<std::unique_ptr<Backend>> backend = nosograph::plugin::OpenBackend({conninfo, conninfo_size});
    if (!backend.ok()) return Fail(backend.status());
    const nosograph::base::MutexLock lock(nosograph::plugin::writers);
    *terminology = nosograph::plugin::table.Open(*std::move(backend));
    if (*terminology == nullptr) {
      return Fail(NOSO_RESOURCE_EXHAUSTED, "256 terminologies are open; close those that are not used");
    }
    return NOSO_OK;
  });
}

noso_status noso_close(noso_terminology* terminology) {
  if (terminology == nullptr) return NOSO_OK;
  return Guarded([&]() -> noso_status {
    const nosograph::base::MutexLock lock(nosograph::plugin::writers);
    if (nosograph::plugin::table.Close(terminology)) return NOSO_OK;
    return Fail(NOSO_FAILED_PRECONDITION,
                "terminology: is closed already, or was never open; close what noso_open gave, once");
  });
}

noso_status noso_reload(noso_terminology* terminology) {
  return Guarded([&]() -> noso_status {
    Backend* backend = nosograph::plugin::table.Find(terminology);
    if (terminology == nullptr) return Fail(NOSO_INVALID_ARGUMENT, "terminology: is NULL; open one by noso_open");
    if (backend == nullptr) return Fail(NOSO_FAILED_PRECONDITION, "terminology: is not open; open one by noso_open");
    const absl::Status status = backend->Reload(nosograph::plugin::writers);
    return status.ok() ? NOSO_OK : Fail(status);
  });
}

noso_status noso_resolve(noso_terminology* terminology, const noso_request* request, const char* code, size_t code_size,
                         noso_result** result) {
  return AskOne(NOSO_VERB_RESOLVE, terminology, request, code, code_size, result);
}

noso_status noso_lookup(noso_terminology* terminology, const noso_request* request, const char* code, size_t code_size,
                        noso_result** result) {
  return AskOne(NOSO_VERB_LOOKUP, terminology, request, code, code_size, result);
}

noso_status noso_validate_code(noso_terminology* terminology, const noso_request* request, const char* code,
                               size_t code_size, noso_result** result) {
  return AskOne(NOSO_VERB_VALIDATE_CODE, terminology, request, code, code_size, result);
}

noso_status noso_subsumes(noso_terminology* terminology, const noso_request* request, const char* code_a,
                          size_t code_a_size, const char* code_b, size_t code_b_size, noso_result** result) {
  return Answer(terminology, request, result, [&](Backend& backend, const Request& checked) {
    absl::Status text = nosograph::plugin::CheckText("code_a", code_a, code_a_size);
    if (text.ok()) text = nosograph::plugin::CheckText("code_b", code_b, code_b_size);
    if (!text.ok()) return nosograph::plugin::ErrorOf(text);
    return backend.Subsumes(checked, {code_a, code_a_size}, {code_b, code_b_size});
  });
}

noso_status noso_search(noso_terminology* terminology, const noso_request* request, const noso_search_options* options,
                        const char* text, size_t text_size, noso_result** result) {
  return Answer(terminology, request, result, [&](Backend& backend, const Request& checked) {
    if (const absl::Status status = nosograph::plugin::CheckText("text", text, text_size); !status.ok()) {
      return nosograph::plugin::ErrorOf(status);
    }
    const absl::StatusOr<nosograph::plugin::SearchOptions> read = nosograph::plugin::ReadSearchOptions(options);
    if (!read.ok()) return nosograph::plugin::ErrorOf(read.status());
    return backend.Search(checked, *read, {text, text_size});
  });
}

noso_status noso_batch(noso_terminology* terminology, const noso_request* request, noso_verb verb,
                       const noso_text* codes, size_t code_count, noso_result** result) {
  using nosograph::plugin::ErrorOf;
  using nosograph::plugin::Wrong;
  return Answer(terminology, request, result, [&](Backend& backend, const Request& checked) {
    if (verb < NOSO_VERB_RESOLVE || verb > NOSO_VERB_VALIDATE_CODE) {
      return ErrorOf(Wrong("verb", absl::StrCat(verb), absl::StrCat(verb, " is no verb"), "give one of NOSO_VERB_..."));
    }
    if (codes == nullptr && code_count != 0) {
      return ErrorOf(Wrong("codes", "NULL", "is NULL", "give as many as code_count says"));
    }
    if (code_count > nosograph::plugin::kMaxBatch) {
      return ErrorOf(Wrong("code_count", absl::StrCat(code_count),
                           absl::StrCat(code_count, " is more than ", nosograph::plugin::kMaxBatch),
                           "give them in several batches"));
    }
    std::vector<absl::string_view> texts;
    texts.reserve(code_count);
    for (size_t i = 0; i < code_count; ++i) {
      absl::Status text = nosograph::plugin::CheckText(absl::StrCat("codes[", i, "]"), codes[i].data, codes[i].size);
      if (!text.ok()) return ErrorOf(text);
      texts.emplace_back(codes[i].data, codes[i].size);
    }
    return backend.Batch(verb, checked, texts);
  });
}

const noso_result* noso_result_item(const noso_result* batch, size_t index) {
  return batch == nullptr ? nullptr : batch->item(index);
}

size_t noso_result_item_count(const noso_result* batch) { return batch == nullptr ? 0 : batch->item_count(); }

noso_status noso_result_status(const noso_result* result) {
  return result == nullptr ? NOSO_INVALID_ARGUMENT : result->status();
}

const char* noso_result_message(const noso_result* result, size_t* size) {
  return Out(result == nullptr ? absl::string_view() : result->message(), size);
}

noso_outcome noso_result_outcome(const noso_result* result) {
  return result == nullptr || result->status() != NOSO_OK ? NOSO_UNDETERMINED : result->outcome();
}

size_t noso_result_count(const noso_result* result, noso_list list) {
  size_t count = 0;
  if (result == nullptr) return count;
  Guarded([&] {
    count = result->lists().Count(list);
    return NOSO_OK;
  });
  return count;
}

const char* noso_result_get(const noso_result* result, noso_list list, size_t index, noso_field field, size_t* size) {
  absl::string_view text;
  if (result != nullptr && result->Quick(list, index, field, text)) return Out(text, size);
  const nosograph::plugin::Entry* entry = nosograph::plugin::Find(result, list, index);
  return Out(entry == nullptr ? absl::string_view() : entry->Get(field), size);
}

int32_t noso_result_flag(const noso_result* result, noso_list list, size_t index, noso_flag flag) {
  const nosograph::plugin::Entry* entry = nosograph::plugin::Find(result, list, index);
  return entry != nullptr && entry->Has(flag) ? 1 : 0;
}

const char* noso_result_release(const noso_result* result, size_t* size) {
  absl::string_view text;
  if (result != nullptr) {
    Guarded([&] {
      text = result->lists().release();
      return NOSO_OK;
    });
  }
  return Out(text, size);
}

void noso_result_free(noso_result* result) {
  if (result == nullptr || !result->is_item()) delete result;  // an item goes with its batch
}

const char* noso_last_error(size_t* size) {
  return Out({nosograph::plugin::last_error.text, nosograph::plugin::last_error.size}, size);
}

const char* noso_status_name(noso_status status) {
  switch (status) {
    case NOSO_OK:
      return "OK";
    case NOSO_CANCELLED:
      return "CANCELLED";
    case NOSO_UNKNOWN:
      return "UNKNOWN";
    case NOSO_INVALID_ARGUMENT:
      return "INVALID_ARGUMENT";
    case NOSO_DEADLINE_EXCEEDED:
      return "DEADLINE_EXCEEDED";
    case NOSO_NOT_FOUND:
      return "NOT_FOUND";
    case NOSO_ALREADY_EXISTS:
      return "ALREADY_EXISTS";
    case NOSO_PERMISSION_DENIED:
      return "PERMISSION_DENIED";
    case NOSO_RESOURCE_EXHAUSTED:
      return "RESOURCE_EXHAUSTED";
    case NOSO_FAILED_PRECONDITION:
      return "FAILED_PRECONDITION";
    case NOSO_ABORTED:
      return "ABORTED";
    case NOSO_OUT_OF_RANGE:
      return "OUT_OF_RANGE";
    case NOSO_UNIMPLEMENTED:
      return "UNIMPLEMENTED";
    case NOSO_INTERNAL:
      return "INTERNAL";
    case NOSO_UNAVAILABLE:
      return "UNAVAILABLE";
    case NOSO_DATA_LOSS:
      return "DATA_LOSS";
    case NOSO_UNAUTHENTICATED:
      return "UNAUTHENTICATED";
    default:
      return "UNRECOGNIZED";
  }
}
