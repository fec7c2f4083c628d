// The concepts of a snapshot by a code or the beginning of one, with or without dot.
//
// Thread-safe: functions without state.
//
//   ItemsByCode(snapshot, "l942")  // L94.2
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_CODES_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_CODES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "terminology/snapshot/snapshot.h"

namespace nosograph::query {

// Whether two codes are the same but for case, dots and blanks around them.
bool SameCode(absl::string_view code, absl::string_view written);

// Whether it is written as a code of ICD with its dot and something behind it, "E11.9": no word looks like that.
bool IsDottedCode(absl::string_view written);

// In the order of the release; made codes stand for themselves only where one is written whole. Where
// the form of codes says what is below what, as in ICD, a beginning finds them too; else only a whole code.
std::vector<uint32_t> ItemsByCode(const snapshot::Snapshot& snapshot, absl::string_view written);

// For a dotted code that there is not, the longest beginning of it that is one, as "E11.9" for "E11.99".
std::optional<uint32_t> NearestByCode(const snapshot::Snapshot& snapshot, absl::string_view written);

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_SEARCH_CODES_H_
