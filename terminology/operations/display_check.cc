#include "terminology/operations/display_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "terminology/base/unicode.h"
#include "terminology/operations/concept_extensions.h"
#include "terminology/operations/messages.h"
#include "terminology/query/lookup.h"

namespace nosograph::operations {
namespace {

using fhir::Coding;
using fhir::Issue;
using query::ConceptRef;
using snapshot::ReleaseSet;

std::string FoldedSpace(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty()), " ");
}

// "'Influenza' (en)".
std::string NameAsTold(absl::string_view name, absl::string_view language) {
  return language.empty() ? absl::StrCat("'", name, "'") : absl::StrCat("'", name, "' (", language, ")");
}

// Whether it is a name in the language of the code system itself.
bool IsDefaultName(const ConceptRef& item, const std::vector<query::DesignationOf>& designations,
                   absl::string_view name) {
  if (absl::EqualsIgnoreCase(name, item.title())) return true;
  return std::any_of(designations.begin(), designations.end(), [&](const query::DesignationOf& found) {
    return found.designation.language == item.snapshot().language() &&
           absl::EqualsIgnoreCase(name, found.designation.value);
  });
}

// Whether it has a name in one of the languages as they are asked for.
bool HasNameIn(const ConceptRef& item, const std::vector<query::DesignationOf>& designations,
               const DisplayLanguages& languages) {
  if (languages.Wants(item.snapshot().language())) return true;
  return std::any_of(designations.begin(), designations.end(), [&](const query::DesignationOf& found) {
    return languages.Wants(found.designation.language) && IsInUse(found.extensions);
  });
}

}  // namespace

void CheckDisplay(const ReleaseSet& set, const ConceptRef& item, const Coding& coding, const std::string& path,
                  const DisplayLanguages& languages, CodingVerdict& verdict) {
  if (coding.display.empty()) return;
  if (languages.empty() && absl::EqualsIgnoreCase(coding.display, item.title())) return;  // nearly all that is right
  const std::vector<query::DesignationOf> designations = query::DesignationsOf(set, item);
  std::vector<std::string> names;  // as messages tell them
  std::string withdrawn;           // the status of a name that was given and is none any more
  bool space = false;              // but for white space it is one of them
  const bool broadly = !languages.empty() && !HasNameIn(item, designations, languages);
  const auto fits = [&](absl::string_view name, absl::string_view language, bool display) {
    if (!languages.empty() && !language.empty() && !languages.Wants(language) &&
        !(broadly && languages.WantsBroadly(language))) {
      return false;
    }
    space = space || FoldedSpace(coding.display) == FoldedSpace(name);
    std::string told = NameAsTold(name, language);
    // What is no display of a language is taken, and not recommended.
    display = display || !language.empty();
    if (display && std::find(names.begin(), names.end(), told) == names.end()) names.push_back(std::move(told));
    return absl::EqualsIgnoreCase(coding.display, name);
  };
  if (!item.title().empty() && fits(item.title(), item.snapshot().language(), true)) return;
  for (const query::DesignationOf& found : designations) {
    if (IsInUse(found.extensions)) {
      if (fits(found.designation.value, found.designation.language, false)) return;
    } else if (absl::EqualsIgnoreCase(coding.display, found.designation.value)) {
      withdrawn = StandardsStatusOf(found.extensions);
    }
  }
  const std::string concerned = absl::StrCat(item.snapshot().url(), "#", item.code());
  Issue issue{.code = "invalid", .about = "invalid-display", .expression = Path(path, "display")};
  if (!withdrawn.empty()) {
    issue.severity = "warning";
    issue.about = "display-comment";
    issue.message_id = "INACTIVE_DISPLAY_FOUND";
    if (names.empty() && !item.title().empty()) names.push_back(NameAsTold(item.title(), item.snapshot().language()));
    const std::string right = absl::StrCat(names.size() > 1 ? "one of " : "", OneOf(std::move(names)));
    issue.text = Message(issue.message_id, {base::Excerpt(coding.display), item.code(), withdrawn, right});
    verdict.issues.push_back(std::move(issue));
    return;
  }
  if (names.empty() && IsDefaultName(item, designations, coding.display)) {
    issue.severity = "information";
    issue.message_id = "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK";
    issue.text = Message(issue.message_id, {concerned, languages.text(), base::Excerpt(coding.display)});
    verdict.issues.push_back(std::move(issue));
    return;
  }
  verdict.valid = false;
  if (names.empty()) {
    issue.message_id = "NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR";
    issue.text =
        Message(issue.message_id, {base::Excerpt(coding.display), concerned,
                                   languages.empty() ? absl::string_view("--") : languages.text(), item.title()});
  } else {
    const std::string count = names.size() > 1 ? absl::StrCat("one of ", names.size(), " choices: ") : "";
    issue.message_id =
        space ? "Display_Name_WS_for__should_be_one_of__instead_of" : "Display_Name_for__should_be_one_of__instead_of";
    const std::string choices = absl::StrCat(count, OneOf(std::move(names)));
    issue.text = Message(issue.message_id, {base::Excerpt(coding.display), concerned, choices,
                                            languages.empty() ? absl::string_view("--") : languages.text()});
  }
  verdict.issues.push_back(std::move(issue));
}

void ForgiveDisplay(CodingVerdict& verdict) {
  for (Issue& issue : verdict.issues) {
    if (absl::string_view(issue.about) == "invalid-display") issue.severity = "warning";
  }
  verdict.valid = (verdict.item || verdict.valid) && !HasError(verdict.issues);
}

}  // namespace nosograph::operations
