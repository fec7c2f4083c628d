// What a code that is not valid may have been meant for: the repairs of CodeValidator.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "terminology/model/icd_code.h"
#include "terminology/query/release_difference.h"
#include "terminology/query/seventh_character.h"
#include "terminology/query/validate_code.h"

namespace nosograph::query {
namespace {

using snapshot::Release;
using snapshot::Snapshot;

std::vector<ConceptRef> BillableBelow(const ConceptRef& item, size_t limit) {
  std::vector<ConceptRef> found;
  const Snapshot& snapshot = item.snapshot();
  for (uint32_t below = item.item; below < snapshot.subtree_end(item.item) && found.size() < limit; ++below) {
    if (snapshot.billable(below)) found.push_back({item.release, below});
  }
  return found;
}

std::vector<ConceptRef> SelectableBelow(const ConceptRef& item, size_t limit) {
  std::vector<ConceptRef> found;
  const Snapshot& snapshot = item.snapshot();
  for (uint32_t below = item.item + 1; below < snapshot.subtree_end(item.item) && found.size() < limit; ++below) {
    if (!snapshot.abstract(below) && !snapshot.inactive(below)) found.push_back({item.release, below});
  }
  return found;
}

// Codes of an extension that begin as `canonical` does, as far as any do, but at least with the same category.
std::vector<ConceptRef> RepairsInExtension(const Release& extension, absl::string_view canonical, size_t limit) {
  std::vector<ConceptRef> found;
  for (absl::string_view stem = canonical; !stem.empty() && found.empty(); stem = model::FormalParent(stem)) {
    for (uint32_t item = 0; item < extension.snapshot->concept_count() && found.size() < limit; ++item) {
      if (absl::StartsWith(extension.snapshot->code(item), stem)) found.push_back({&extension, item});
    }
  }
  return found;
}

}  // namespace

std::vector<ConceptRef> CodeValidator::RepairsOf(const Scope& scope, absl::string_view canonical, size_t limit) const {
  if (scope.grammar() == model::Grammar::kAny) return {};  // the form of its codes says nothing
  if (scope.extension_only()) return RepairsInExtension(*scope.extensions().front(), canonical, limit);
  std::optional<ConceptRef> near = scope.FindPublished(canonical);
  for (absl::string_view above = canonical; !near && !above.empty();) {
    above = model::FormalParent(above);
    if (!above.empty()) near = scope.FindPublished(above);
  }
  if (near) return BillableBelow(*near, limit);
  // No category is there: what begins with the same characters.
  std::vector<ConceptRef> found;
  if (scope.published() == nullptr || canonical.empty()) return found;
  const Snapshot& snapshot = *scope.published()->snapshot;
  for (uint32_t item = 0; item < snapshot.concept_count() && found.size() < limit;) {
    const bool above_codes =
        snapshot.kind(item) == model::ConceptKind::kChapter || snapshot.kind(item) == model::ConceptKind::kBlock;
    if (!above_codes && absl::StartsWith(snapshot.code(item), canonical)) {
      const std::vector<ConceptRef> below = BillableBelow({scope.published(), item}, limit - found.size());
      found.insert(found.end(), below.begin(), below.end());
    }
    // What begins with these characters begins with a category of them: nothing below a category need be looked at.
    item = above_codes ? item + 1 : snapshot.subtree_end(item);
  }
  return found;
}

std::vector<ConceptRef> CodeValidator::Repairs(const Validation& validation, size_t limit) const {
  if (validation.scope == nullptr || limit == 0) return {};
  const Scope& scope = *validation.scope;
  switch (validation.reason) {
    case Reason::kNone:
    case Reason::kNotLoaded:
    case Reason::kInactive:
    case Reason::kParentMissing:
      return {};
    case Reason::kAbstract:
      return SelectableBelow(*validation.matched, limit);
    case Reason::kExtensionCode:
      for (const ConceptRef& above : scope.Ancestors(*validation.matched)) {
        if (!above.of_extension()) return BillableBelow(above, limit);
      }
      return {};
    case Reason::kHeader:
      return BillableBelow(*validation.matched, limit);
    case Reason::kSeventhCharacterMissing:
    case Reason::kSeventhCharacterWrong:
      return BillableBelow(*validation.related, limit);
    case Reason::kPlaceholderMissing:
      if (const auto repair = ReadSeventhCharacter(scope, validation.canonical).repair) return {*repair};
      return {};
    case Reason::kRetired: {
      std::vector<ConceptRef> successors = Successors(*validation.related, *scope.published(), limit);
      return successors.empty() ? RepairsOf(scope, validation.canonical, limit) : successors;
    }
    case Reason::kWrongSystem:
      return {};
    case Reason::kNotCanonical: {
      const std::optional<Validation> canonical = Found(scope, validation.canonical);
      const Validation meant = canonical ? *canonical : Missed(scope, validation.canonical);
      if (meant.verdict == Verdict::kValid) return {*meant.matched};
      return Repairs(meant, limit);
    }
    case Reason::kMalformed:
      return RepairsOf(scope, validation.beginning, limit);
    case Reason::kNotYetValid:
    case Reason::kUnknownCode:
      break;
  }
  return RepairsOf(scope, validation.canonical, limit);
}

}  // namespace nosograph::query
