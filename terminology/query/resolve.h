// From a code to the concept behind it: published, of an extension, or the nearest ancestor that there is.
//
// Answers what is known about a code; whether a claim may carry it is validate_code's to say (part of a later release).
// Thread-safe: a function without state over an immutable set. The result refers into `set`: keep it as long.
//
//   ASSIGN_OR_RETURN(Resolution resolution, Resolve(set, {.code = "L94.21"}));
//   // resolution.outcome == Outcome::kExtension, resolution.billable->code() == "L94.2"
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_RESOLVE_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_RESOLVE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "terminology/model/icd_code.h"
#include "terminology/query/concept_ref.h"
#include "terminology/query/issue.h"
#include "terminology/query/scope.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::query {

enum class Form {
  kLenient,  // other ways to write a code are accepted, and the answer says `normalized`
  kStrict,   // the canonical form alone
};

enum class OnMiss {
  kParentFallback,  // the nearest ancestor that there is answers
  kUnknown,
};

struct ResolveQuery {
  absl::string_view system = {};  // canonical URI; empty for whatever holds the code
  absl::string_view code;
  snapshot::ReleaseSelector release = {};
  Form form = Form::kLenient;
  OnMiss on_miss = OnMiss::kParentFallback;
};

enum class Outcome { kExact, kExtension, kParentFallback, kUnknown };

// "EXACT", "EXTENSION", "PARENT_FALLBACK", "UNKNOWN".
absl::string_view OutcomeName(Outcome outcome);

struct Resolution {
  Outcome outcome = Outcome::kUnknown;
  std::optional<ConceptRef> matched;           // kExact and kExtension
  std::optional<ConceptRef> fallback;          // kParentFallback
  std::optional<ConceptRef> billable;          // the published code to bill: the concept's own, or that it stands under
  std::vector<ConceptRef> ancestors;           // of the matched or fallback concept, nearest first, up to the chapter
  std::optional<ConceptRef> knowledge;         // the nearest concept with condition knowledge
  bool knowledge_inherited = false;            // it is an ancestor's, or that of the fallback concept
  const snapshot::Release* release = nullptr;  // the published release asked; null where there is none
  std::vector<const snapshot::Release*> extensions;  // those that took part in the answer
  std::string normalized;                            // the canonical form, where the code was written in another
  std::vector<Issue> issues;

  // The concept that the answer is about.
  const std::optional<ConceptRef>& subject() const { return matched ? matched : fallback; }
};

// Longest code that is taken, in bytes.
using model::kMaxCodeBytes;

// What there is to say of a published concept that is not billable, asked for as `code`; nothing of other concepts.
std::optional<Issue> HeaderIssue(const ConceptRef& item, absl::string_view code);

// Errors: InvalidArgument for a longer one, which names the field of the request.
absl::Status CheckCodeLength(absl::string_view field, absl::string_view code);

// A code that is wrong, or no code at all, is an outcome with an issue. Errors: InvalidArgument for a code longer than
// kMaxCodeBytes and for a date that is none; NotFound for a system or release that is not loaded; the message names
// field, value and remedy.
absl::StatusOr<Resolution> Resolve(const snapshot::ReleaseSet& set, const ResolveQuery& query);
// The same in the scopes of the query's system and release, for who asks many codes. `scopes` is not empty; the result
// refers into their releases. Errors: InvalidArgument for a code that is longer.
absl::StatusOr<Resolution> Resolve(absl::Span<const Scope> scopes, const ResolveQuery& query);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_RESOLVE_H_
