#include "terminology/query/search.h"

namespace nosograph::query {

absl::string_view MatchReasonName(MatchReason reason) {
  switch (reason) {
    case MatchReason::kExact:
      return "exact";
    case MatchReason::kStem:
      return "stem";
    case MatchReason::kPrefix:
      return "prefix";
    case MatchReason::kSynonym:
      return "synonym";
    case MatchReason::kSpelling:
      return "spelling";
  }
  return {};
}

absl::string_view TextKindName(snapshot::DocumentKind kind) {
  switch (kind) {
    case snapshot::DocumentKind::kTitle:
      return "title";
    case snapshot::DocumentKind::kInclusionTerm:
      return "inclusion term";
    case snapshot::DocumentKind::kIncludes:
      return "includes";
    case snapshot::DocumentKind::kDesignation:
      return "designation";
    case snapshot::DocumentKind::kSynonym:
      return "synonym";
    case snapshot::DocumentKind::kReference:
      return "reference";
  }
  return {};
}

}  // namespace nosograph::query
