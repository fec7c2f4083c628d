#include "terminology/model/condition_knowledge.h"

namespace nosograph::model {

absl::string_view SectionName(Section section) {
  static constexpr absl::string_view kNames[kSectionCount] = {
      "definition", "synonyms",     "classification", "aetiology",    "onset",   "sites",     "features",
      "laboratory", "associations", "complications",  "differential", "therapy", "literature"};
  const auto index = static_cast<size_t>(section);
  return index < kSectionCount ? kNames[index] : absl::string_view("unknown");
}

absl::string_view ReviewStateName(ReviewState state) {
  switch (state) {
    case ReviewState::kDraft:
      return "draft";
    case ReviewState::kReviewed:
      return "reviewed";
    case ReviewState::kRetired:
      return "retired";
    case ReviewState::kUnspecified:
      break;
  }
  return "unspecified";
}

}  // namespace nosograph::model
