#include "terminology/query/validate_code.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "terminology/base/unicode.h"
#include "terminology/model/icd_code.h"
#include "terminology/query/seventh_character.h"

namespace nosograph::query {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;
using snapshot::Snapshot;

// What is too short for a code, "A0", as the beginning of one; empty for what no code begins with.
std::string BeginningOf(absl::string_view code) {
  constexpr size_t kCategoryLength = 3;
  const absl::string_view text = absl::StripAsciiWhitespace(code);
  if (text.empty() || text.size() >= kCategoryLength) return "";
  const bool characters = std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isalnum(c); });
  return characters ? absl::AsciiStrToUpper(text) : "";
}

// The release of the same system, older (`step` -1) or newer (+1) than `release`, nearest first, that has the code.
std::optional<ConceptRef> InOtherRelease(const ReleaseSet& set, const Release& release, absl::string_view code,
                                         int step) {
  const std::vector<Release>& releases = set.releases();  // in the order of their validity
  const auto place = static_cast<std::ptrdiff_t>(&release - releases.data());
  const auto count = static_cast<std::ptrdiff_t>(releases.size());
  for (std::ptrdiff_t i = place + step; i >= 0 && i < count; i += step) {
    const Release& other = releases[static_cast<size_t>(i)];
    if (other.snapshot->url() != release.snapshot->url()) break;
    // Without days of validity it cannot be told which of the two is the later.
    if (other.valid_from.empty() || release.valid_from.empty()) continue;
    if (const std::optional<uint32_t> found = other.snapshot->Find(code)) return ConceptRef{&other, *found};
  }
  return std::nullopt;
}

std::string Listed(const std::vector<ConceptRef>& items) {
  return absl::StrJoin(items, ", ", [](std::string* out, const ConceptRef& item) { *out += NameOf(item); });
}

}  // namespace

absl::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid:
      return "VALID";
    case Verdict::kInvalid:
      return "INVALID";
    case Verdict::kUndetermined:
      break;
  }
  return "UNDETERMINED";
}

absl::string_view ReasonName(Reason reason) {
  static constexpr std::array<absl::string_view, 16> kNames = {"",
                                                               "EXTENSION_CODE",
                                                               "HEADER",
                                                               "SEVENTH_CHARACTER_MISSING",
                                                               "SEVENTH_CHARACTER_WRONG",
                                                               "PLACEHOLDER_MISSING",
                                                               "RETIRED",
                                                               "NOT_YET_VALID",
                                                               "WRONG_SYSTEM",
                                                               "NOT_CANONICAL",
                                                               "MALFORMED",
                                                               "UNKNOWN_CODE",
                                                               "NOT_LOADED",
                                                               "INACTIVE",
                                                               "ABSTRACT",
                                                               "PARENT_MISSING"};
  return kNames[static_cast<size_t>(reason)];
}

CodeValidator::CodeValidator(const ReleaseSet& set, const ValidateOptions& options)
    : set_(set), system_asked_(!options.system.empty()), form_(options.form), use_(options.use) {
  absl::StatusOr<std::vector<Scope>> scopes = ScopesOf(set, options.system, options.release, &status_);
  if (scopes.ok()) {
    scopes_ = *std::move(scopes);
  } else {
    status_ = scopes.status();
  }
}

std::optional<Validation> CodeValidator::Found(const Scope& scope, absl::string_view code) const {
  const std::optional<ConceptRef> found = scope.Find(code);
  if (!found) return std::nullopt;
  Validation validation{.verdict = Verdict::kValid, .reason = Reason::kNone, .matched = found, .scope = &scope};
  validation.canonical.assign(code.data(), code.size());
  if (found->of_extension()) {
    validation.reason = Reason::kExtensionCode;
    // Under the published system's own name it is none of its codes.
    if (system_asked_ && !scope.extension_only()) validation.verdict = Verdict::kInvalid;
    const std::vector<ConceptRef> ancestors = scope.Ancestors(*found);
    if (ancestors.empty() || ancestors.back().of_extension()) {
      // Where the release is not there, or not whole, its absence says nothing.
      const bool whole = scope.published() != nullptr && !scope.published()->snapshot->fragment();
      validation.verdict = whole ? Verdict::kInvalid : Verdict::kUndetermined;
      validation.reason = whole ? Reason::kParentMissing : Reason::kNotLoaded;
    }
  } else if (found->inactive() || found->abstract()) {
    validation.reason = found->inactive() ? Reason::kInactive : Reason::kAbstract;
    if (use_ == Use::kClaim) validation.verdict = Verdict::kInvalid;
  } else if (found->classified() && !found->billable() && use_ == Use::kClaim) {
    validation.verdict = Verdict::kInvalid;
    validation.reason = TakesSeventhCharacter(*found) ? Reason::kSeventhCharacterMissing : Reason::kHeader;
    if (validation.reason == Reason::kSeventhCharacterMissing) validation.related = found;
  }
  return validation;
}

Validation CodeValidator::Missed(const Scope& scope, std::string canonical) const {
  Validation validation{.verdict = Verdict::kInvalid, .reason = Reason::kUnknownCode, .scope = &scope};
  validation.canonical = std::move(canonical);
  if (scope.published() == nullptr) {
    validation.verdict = Verdict::kUndetermined;
    validation.reason = Reason::kNotLoaded;
    return validation;
  }
  if (scope.extension_only()) {
    if ((validation.related = scope.FindPublished(validation.canonical))) validation.reason = Reason::kWrongSystem;
    return validation;
  }
  if (scope.published()->snapshot->fragment()) {
    const SeventhCharacter known = ReadSeventhCharacter(scope, validation.canonical);
    validation.verdict = known.reason == Reason::kNone ? Verdict::kUndetermined : Verdict::kInvalid;
    validation.reason = known.reason == Reason::kNone ? Reason::kNotLoaded : known.reason;
    validation.related = known.header;
    return validation;  // that a code is not in an excerpt says nothing
  }
  if ((validation.related = InOtherRelease(set_, *scope.published(), validation.canonical, -1))) {
    validation.reason = Reason::kRetired;
    return validation;
  }
  if ((validation.related = InOtherRelease(set_, *scope.published(), validation.canonical, +1))) {
    validation.reason = Reason::kNotYetValid;
    return validation;
  }
  const SeventhCharacter seventh = ReadSeventhCharacter(scope, validation.canonical);
  if (seventh.reason != Reason::kNone) {
    validation.reason = seventh.reason;
    validation.related = seventh.header;
    return validation;
  }
  for (const Release& release : set_.releases()) {
    if (!system_asked_ || !release.active || &release == scope.published()) continue;
    if (release.snapshot->url() == scope.release().snapshot->url()) continue;
    if (const std::optional<uint32_t> found = release.snapshot->Find(validation.canonical)) {
      validation.related = ConceptRef{&release, *found};
      validation.reason = Reason::kWrongSystem;
      return validation;
    }
  }
  return validation;
}

Validation CodeValidator::InScope(const Scope& scope, absl::string_view code) const {
  model::CodeReading reading = scope.Read(code);
  Validation validation{.verdict = Verdict::kInvalid, .reason = Reason::kMalformed, .scope = &scope};
  if (reading.form == model::CodeForm::kMalformed) {
    validation.beginning = BeginningOf(code);
    return validation;
  }
  if (reading.form == model::CodeForm::kCanonical) return Missed(scope, std::move(reading.canonical));
  if (form_ == Form::kStrict) {
    validation.reason = Reason::kNotCanonical;
    validation.canonical = std::move(reading.canonical);
    return validation;
  }
  std::optional<Validation> found = Found(scope, reading.canonical);
  validation = found ? *std::move(found) : Missed(scope, std::move(reading.canonical));
  validation.normalized = true;
  return validation;
}

Validation CodeValidator::Validate(absl::string_view code) const {
  if (scopes_.empty()) return {};
  for (const Scope& scope : scopes_) {
    if (std::optional<Validation> found = Found(scope, code)) return *std::move(found);
  }
  if (code.size() > kMaxCodeBytes) {
    return {.verdict = Verdict::kInvalid, .reason = Reason::kMalformed, .scope = &scopes_.front()};
  }
  // The best answer of several systems: valid, else the first that knows more than "no such code".
  Validation best = InScope(scopes_.front(), code);
  const auto says_little = [](const Validation& v) {
    return v.reason == Reason::kMalformed || v.reason == Reason::kUnknownCode;
  };
  for (size_t i = 1; i < scopes_.size(); ++i) {
    Validation next = InScope(scopes_[i], code);
    // That a part of another system is all there is of it says nothing about a code that has the form of this one.
    const bool knows_more = !says_little(next) && next.reason != Reason::kNotLoaded;
    const bool better = (next.verdict == Verdict::kValid && best.verdict != Verdict::kValid) ||
                        (says_little(best) && knows_more) ||
                        (best.reason == Reason::kMalformed && next.reason != Reason::kMalformed);
    if (better) best = std::move(next);
  }
  // What a system that is left out would say is not known.
  if (says_little(best) && !status_.ok()) return {};
  return best;
}

CodeValidator::Explanation CodeValidator::Explain(absl::string_view code, const Validation& validation,
                                                  std::vector<ConceptRef> repairs) const {
  if (validation.scope == nullptr) {
    const absl::string_view message = status_.message();
    return {std::string(message), "import what is missing, or ask another system or release"};
  }
  const std::string where = NameOf(validation.scope->release());
  const std::string shown =
      validation.canonical.empty() ? absl::StrCat("'", base::Excerpt(code), "'") : base::Excerpt(validation.canonical);
  if (repairs.size() > kRepairsInAMessage) repairs.erase(repairs.begin() + kRepairsInAMessage, repairs.end());
  const std::string use = repairs.empty() ? "check the code against its source" : absl::StrCat("use ", Listed(repairs));
  switch (validation.reason) {
    case Reason::kNone:
      if (!validation.normalized) return {};
      return {absl::StrCat("'", base::Excerpt(code), "' was read as ", shown), absl::StrCat("write ", shown)};
    case Reason::kExtensionCode:
      return {absl::StrCat(shown, " is not published in ", where, "; it is a code of the extension ",
                           NameOf(*validation.matched->release)),
              repairs.empty() ? "check the code against its source" : absl::StrCat("bill ", Listed(repairs))};
    case Reason::kHeader:
      return {absl::StrCat(shown, " is a header of ", where, " and not billable"), use};
    case Reason::kSeventhCharacterMissing:
      return {absl::StrCat(shown, " lacks the 7th character"), use};
    case Reason::kSeventhCharacterWrong:
      return {
          absl::StrCat("the 7th character of ", shown, " is none of those that ", validation.related->code(), " takes"),
          use};
    case Reason::kPlaceholderMissing:
      return {absl::StrCat("the 7th character of ", shown, " is not in the seventh place; placeholders X are missing"),
              use};
    case Reason::kRetired:
      return {absl::StrCat(shown, " is no longer in ", where, "; it was in ", NameOf(*validation.related->release)),
              use};
    case Reason::kNotYetValid:
      return {absl::StrCat(shown, " is not yet in ", where, "; it is in ", NameOf(*validation.related->release)), use};
    case Reason::kWrongSystem:
      return {absl::StrCat(shown, " is a code of ", validation.related->snapshot().url(), ", not of ",
                           validation.scope->extension_only() ? validation.scope->extensions().front()->snapshot->url()
                                                              : validation.scope->release().snapshot->url()),
              absl::StrCat("ask with system ", validation.related->snapshot().url())};
    case Reason::kNotCanonical:
      if (repairs.size() == 1 && repairs.front().code() == validation.canonical) {
        return {absl::StrCat("'", base::Excerpt(code), "' is not the canonical form of a code"),
                absl::StrCat("write ", shown, ", or ask in lenient form")};
      }
      return {absl::StrCat("'", base::Excerpt(code), "' is not the canonical form of a code; as ", shown,
                           " it would not be valid either"),
              use};
    case Reason::kParentMissing:
      return {absl::StrCat(shown, " is a code of the extension ", NameOf(*validation.matched->release),
                           ", whose published parent is not in ", NameOf(*validation.scope->published())),
              "ask the release that the extension was made for"};
    case Reason::kInactive:
      return {absl::StrCat(shown, " is inactive in ", where), "choose a code that is active"};
    case Reason::kAbstract:
      return {absl::StrCat(shown, " only groups other codes of ", where), use};
    case Reason::kMalformed:
      return {absl::StrCat(shown, " has not the form of a code of ", where),
              repairs.empty() ? "give a code such as L94.2" : use};
    case Reason::kNotLoaded:
      return {absl::StrCat("whether ", shown, " is a code cannot be told: of its code system ",
                           validation.scope->published() == nullptr ? "no release" : "only an excerpt", " is loaded"),
              "import the whole list"};
    case Reason::kUnknownCode:
      break;
  }
  return {absl::StrCat(shown, " is no code of ", where), use};
}

}  // namespace nosograph::query
