#include "terminology/query/seventh_character.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/model/icd_code.h"

namespace nosograph::query {

// They come first below it.
bool TakesSeventhCharacter(const ConceptRef& item) {
  return item.item + 1 < item.snapshot().subtree_end(item.item) && item.snapshot().seventh_character(item.item + 1);
}

SeventhCharacter ReadSeventhCharacter(const Scope& scope, absl::string_view canonical) {
  constexpr size_t kSevenCharactersAndDot = 8;
  if (canonical.size() > kSevenCharactersAndDot) return {};
  const auto header_of = [&](absl::string_view stem) -> std::optional<ConceptRef> {
    while (absl::EndsWith(stem, "X") || absl::EndsWith(stem, ".")) {
      if (std::optional<ConceptRef> found = scope.FindPublished(stem)) {
        return TakesSeventhCharacter(*found) ? found : std::nullopt;
      }
      stem.remove_suffix(1);
    }
    std::optional<ConceptRef> found = scope.FindPublished(stem);
    return found && TakesSeventhCharacter(*found) ? found : std::nullopt;
  };
  // "W21.9XX": placeholders, and nothing behind them.
  if (absl::EndsWith(canonical, "X") && canonical.size() < kSevenCharactersAndDot) {
    if (const std::optional<ConceptRef> header = header_of(canonical)) {
      return {Reason::kSeventhCharacterMissing, header, std::nullopt};
    }
  }
  const std::optional<ConceptRef> header = header_of(canonical.substr(0, canonical.size() - 1));
  if (!header) return {};
  const std::string padded = absl::StrCat(model::PadToSix(header->code()), canonical.substr(canonical.size() - 1));
  const std::optional<ConceptRef> repair = scope.FindPublished(padded);
  if (repair) return {Reason::kPlaceholderMissing, header, repair};
  // Short of the seventh place a character that is none of the code's may as well be meant for another place.
  if (canonical.size() < kSevenCharactersAndDot) return {};
  return {Reason::kSeventhCharacterWrong, header, std::nullopt};
}

}  // namespace nosograph::query
