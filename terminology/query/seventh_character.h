// What a code lacks or has wrong of a 7th character (ICD-10-CM guidelines I.A.4, I.A.5).
//
// Thread-safe: functions without state over an immutable scope.
//
//   ReadSeventhCharacter(scope, "W21.9A").reason == Reason::kPlaceholderMissing, .repair: W21.9XXA
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEVENTH_CHARACTER_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEVENTH_CHARACTER_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "terminology/query/scope.h"
#include "terminology/query/validate_code.h"

namespace nosograph::query {

// A header whose codes are made with a 7th character.
bool TakesSeventhCharacter(const ConceptRef& item);

// `reason` is kNone where what is wrong with the code is something else.
struct SeventhCharacter {
  Reason reason = Reason::kNone;
  std::optional<ConceptRef> header = {};  // the code it belongs to
  std::optional<ConceptRef> repair = {};  // kPlaceholderMissing: with the placeholders
};

// Of a code, in canonical form, that the scope has not.
SeventhCharacter ReadSeventhCharacter(const Scope& scope, absl::string_view canonical);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEVENTH_CHARACTER_H_
