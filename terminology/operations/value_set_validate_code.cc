// ValueSet $validate-code.
#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/operations/asked_codings.h"
#include "terminology/operations/coding_check.h"
#include "terminology/operations/coding_version.h"
#include "terminology/operations/display_check.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/messages.h"
#include "terminology/operations/missing_excludes.h"
#include "terminology/operations/status_checks.h"
#include "terminology/operations/system_versions.h"
#include "terminology/operations/validation_answer.h"
#include "terminology/operations/value_set.h"
#include "terminology/operations/value_set_operations.h"

namespace nosograph::operations {
namespace {

using fhir::Issue;
using snapshot::Release;
using snapshot::ReleaseSet;

// What of its own issues is about one of these is not told, and does not count.
void LeaveOut(std::initializer_list<absl::string_view> abouts, CodingVerdict& verdict) {
  std::erase_if(verdict.issues, [&](const Issue& issue) {
    return std::find(abouts.begin(), abouts.end(), absl::string_view(issue.about)) != abouts.end();
  });
  verdict.valid = (verdict.item || verdict.valid) && !HasError(verdict.issues);
}

// Whether it is what the value set itself calls the concept.
bool IsNameOf(const ListedConcept& listed, absl::string_view display) {
  return absl::EqualsIgnoreCase(display, listed.display) ||
         std::any_of(
             listed.designations.begin(), listed.designations.end(),
             [&](const model::Designation& designation) { return absl::EqualsIgnoreCase(display, designation.value); });
}

// Whether the value set has whatever the code system of a coding has, or lists its code.
bool IncludesWhole(const ValueSet& value_set, const fhir::Coding& coding) {
  return std::any_of(value_set.includes.begin(), value_set.includes.end(), [&](const Include& include) {
    return include.system() == snapshot::CanonicalSystem(coding.system) && include.filters().empty() &&
           include.imports.empty() && (include.codes().empty() || include.listed().contains(coding.code));
  });
}

void AddOnce(Issue issue, const std::vector<Issue>& known, std::vector<Issue>& issues) {
  const bool there =
      std::any_of(known.begin(), known.end(), [&](const Issue& each) { return each.text == issue.text; });
  if (!there) issues.push_back(std::move(issue));
}

// The one system of the value set that has the code; else says why there is none.
void InferSystem(const ReleaseSet& set, const ValueSet& value_set, const std::string& name, fhir::Coding& coding,
                 const std::string& path, CodingVerdict& verdict) {
  std::vector<std::string> systems;
  for (const Release* release : ReleasesOf(set, value_set)) {
    const std::optional<uint32_t> item = release->snapshot->FindInAnyCase(coding.code);
    const std::string url(release->snapshot->url());
    if (!item || !Holds(set, value_set, {release, *item})) continue;
    if (std::find(systems.begin(), systems.end(), url) == systems.end()) systems.push_back(url);
  }
  if (systems.size() == 1) {
    coding.system = systems.front();
    return;
  }
  std::sort(systems.begin(), systems.end());
  const char* const id =
      systems.empty() ? "UNABLE_TO_INFER_CODESYSTEM" : "Unable_to_resolve_system__value_set_has_multiple_matches";
  verdict.issues.push_back({.code = "not-found",
                            .about = "cannot-infer",
                            .message_id = id,
                            .text = Message(id, {base::Excerpt(coding.code), name, absl::StrJoin(systems, ", ")}),
                            .expression = Path(path, "code")});
}

// What a request wants of the validation, besides its codings.
struct Wanted {
  SystemVersions versions = {};
  DisplayLanguages languages = {};
  std::string day = {};
  bool active_only = false;
  bool lenient = false;          // a wrong display is only warned of
  bool membership_only = false;  // what the code system says of a coding does not count
  bool abstract = true;          // codes that group others are taken
  bool infer = false;            // the system of a code
};

absl::StatusOr<Wanted> ReadWanted(const fhir::Parameters& parameters) {
  Wanted wanted;
  ASSIGN_OR_RETURN(wanted.versions, SystemVersions::Read(parameters));
  ASSIGN_OR_RETURN(wanted.active_only, parameters.Flag("activeOnly", false));
  ASSIGN_OR_RETURN(wanted.lenient, parameters.Flag("lenient-display-validation", false));
  ASSIGN_OR_RETURN(wanted.membership_only, parameters.Flag("valueset-membership-only", false));
  ASSIGN_OR_RETURN(wanted.abstract, parameters.Flag("abstract", true));
  ASSIGN_OR_RETURN(wanted.day, ReadDay(parameters));
  ASSIGN_OR_RETURN(wanted.infer, parameters.Flag("inferSystem", false));
  return wanted;
}

// One question: what is found out of its codings, one after the other, and what that makes together.
class Validation {
 public:
  // Refers to what it is given.
  Validation(const Content& content, const ValueSet& value_set, const Wanted& wanted, AskedCodings& asked)
      : content_(content), set_(content.releases), value_set_(value_set), wanted_(wanted), asked_(asked) {}

  std::string Answer() {
    verdicts_.reserve(asked_.codings.size());
    for (size_t i = 0; i < asked_.codings.size(); ++i) {
      verdicts_.push_back(Judge(asked_.codings[i], asked_.paths[i]));
      issues_.insert(issues_.end(), verdicts_[i].issues.begin(), verdicts_[i].issues.end());
      if (verdicts_[i].valid && !right_) right_ = i;
    }
    for (const StatusCheck& check : StatusChecksOfValueSets(value_set_)) {
      issues_.push_back(IssueOf(check));
      for (CodingVerdict& verdict : verdicts_) verdict.issues.push_back(IssueOf(check));
    }
    // One coding that is in the value set and right is enough, as long as none of the others is wrong by itself.
    const size_t counts = right_.value_or(first_in_.value_or(0));
    const bool result = right_ && !HasError(issues_);
    const bool concepts = asked_.concepts.has_value();
    if (!right_ && !first_in_ && concepts && !undecided_ && !HasUnknownVersion(issues_)) {
      issues_.insert(issues_.begin(), {.code = "code-invalid",
                                       .about = "not-in-vs",
                                       .message_id = "TX_GENERAL_CC_ERROR_MESSAGE",
                                       .text = Message("TX_GENERAL_CC_ERROR_MESSAGE", {Name()})});
    }
    return ValidationAnswer(result, verdicts_[counts], result && !concepts ? verdicts_[counts].issues : issues_,
                            asked_.codings[counts], concepts ? &*asked_.concepts : nullptr);
  }

 private:
  // How messages name the value set.
  std::string Name() const { return value_set_.url.empty() ? "(unidentified)" : value_set_.canonical(); }

  // All of one coding. A system that is inferred is put into it.
  CodingVerdict Judge(fhir::Coding& coding, const std::string& path) {
    CodingVerdict of_version;
    const std::string given_version = coding.version;
    CodingVerdict verdict = AskCodeSystem(coding, path, of_version);
    coding.version = given_version;
    const bool in = CheckMembership(coding, path, verdict);
    if (in && !first_in_) first_in_ = verdicts_.size();
    if (asked_.concepts) {
      verdict.named = in;
      verdict.shown = in || HasUnknownVersion(of_version.issues);
    }
    // Nothing can be said to be missing from what is not known.
    const bool asks_unknown = !verdict.item && !verdict.unknown_system.empty() && Includes(value_set_, coding.system);
    if (asks_unknown) verdict.caused = true;
    undecided_ = undecided_ || asks_unknown;
    if (in && verdict.item) TellListed(coding, path, verdict);
    const std::optional<StatusCheck> check =
        verdict.item ? StatusCheckOf(*verdict.item->release, &value_set_) : std::nullopt;
    if (check) AddOnce(IssueOf(*check), issues_, verdict.issues);
    if (verdict.item && given_version.empty() && verdict.item->snapshot().version_needed() &&
        !StatesVersion(value_set_, *verdict.item)) {
      TellVersionNeeded(*verdict.item->release, Path(path, "version"), verdict);
    }
    verdict.issues.insert(verdict.issues.begin(), of_version.issues.begin(), of_version.issues.end());
    const bool wrong_version = HasError(of_version.issues);
    if (!in || wrong_version) verdict.valid = false;
    if (!in && !asks_unknown && !wrong_version) TellNotIn(coding, path, verdict);
    return verdict;
  }

  // What its code system says of a coding, in the version that the value set wants it judged in, which is put into it;
  // what is wrong with that version is told apart.
  CodingVerdict AskCodeSystem(fhir::Coding& coding, const std::string& path, CodingVerdict& of_version) const {
    CodingVerdict verdict;
    const bool inferred = coding.system.empty() && wanted_.infer;
    if (inferred) InferSystem(set_, value_set_, Name(), coding, path, verdict);
    if (!coding.system.empty()) {
      ChooseVersion(set_, value_set_, wanted_.versions, wanted_.languages, coding, path, of_version);
      TellMissingExcludes(set_, value_set_, coding, path, of_version);
      verdict = CheckCoding(set_, coding, path, wanted_.day, wanted_.languages);
      TellValueSetAsSystem(content_, coding, verdict);
    } else if (!inferred) {
      verdict.issues.push_back(NoSystem(path));
    }
    if (wanted_.lenient) ForgiveDisplay(verdict);
    // What of a system that the value set speaks of is not known cannot be said to be in it, or not.
    if (wanted_.membership_only && (verdict.unknown_system.empty() || !Includes(value_set_, coding.system))) {
      LeaveOut({"invalid-display", "display-comment", "invalid-code", "not-found", ""}, verdict);
    }
    if (!of_version.unknown_system.empty()) {
      verdict.unknown_system = of_version.unknown_system;
      verdict.caused = of_version.caused;
    }
    return verdict;
  }

  // Whether the value set has the code, and the request takes it as it is.
  bool CheckMembership(const fhir::Coding& coding, const std::string& path, CodingVerdict& verdict) const {
    // Of a fragment what is not there may be in the whole.
    if (!verdict.item) return verdict.valid && IncludesWhole(value_set_, coding);
    const bool inactive = verdict.item->inactive() && (wanted_.active_only || !value_set_.about().inactive);
    const bool grouping = !wanted_.abstract && IsAbstract(*verdict.item);
    if (grouping) TellAbstract(coding, path, verdict);
    if (inactive) {
      verdict.valid = false;
      verdict.issues.push_back({.code = "business-rule",
                                .about = "code-rule",
                                .message_id = "STATUS_CODE_WARNING_CODE",
                                .text = Message("STATUS_CODE_WARNING_CODE", {coding.code}),
                                .expression = Path(path, "code")});
    }
    return !inactive && !grouping && Holds(set_, value_set_, *verdict.item);
  }

  // What the value set itself says of a concept that it lists: names of its own, and that it is deprecated there.
  void TellListed(const fhir::Coding& coding, const std::string& path, CodingVerdict& verdict) const {
    const ListedConcept* const listed = ListedIn(value_set_, *verdict.item);
    if (listed == nullptr) return;
    if (!coding.display.empty() && IsNameOf(*listed, coding.display)) LeaveOut({"invalid-display"}, verdict);
    if (!listed->deprecated) return;
    verdict.issues.push_back({.severity = "warning",
                              .code = "business-rule",
                              .about = "code-comment",
                              .message_id = "CONCEPT_DEPRECATED_IN_VALUESET",
                              .text = Message("CONCEPT_DEPRECATED_IN_VALUESET", {coding.code, coding.system, Name()}),
                              .expression = Path(path, "code")});
  }

  void TellNotIn(const fhir::Coding& coding, const std::string& path, CodingVerdict& verdict) const {
    const std::string code =
        absl::StrCat(base::Excerpt(coding.system), coding.version.empty() ? "" : "|", base::Excerpt(coding.version),
                     "#", base::Excerpt(coding.code),
                     coding.display.empty() ? "" : absl::StrCat(" ('", base::Excerpt(coding.display), "')"));
    const bool concepts = asked_.concepts.has_value();
    verdict.issues.insert(verdict.issues.begin(),
                          {.severity = concepts ? "information" : "error",
                           .code = "code-invalid",
                           .about = concepts ? "this-code-not-in-vs" : "not-in-vs",
                           .message_id = "None_of_the_provided_codes_are_in_the_value_set_one",
                           .text = Message("None_of_the_provided_codes_are_in_the_value_set_one", {code, Name()}),
                           .expression = Path(path, "code")});
  }

  const Content& content_;
  const ReleaseSet& set_;
  const ValueSet& value_set_;
  const Wanted& wanted_;
  AskedCodings& asked_;
  std::vector<CodingVerdict> verdicts_;
  std::vector<Issue> issues_;  // of all of them
  std::optional<size_t> right_;
  std::optional<size_t> first_in_;
  bool undecided_ = false;  // one is of a code system that the value set speaks of, and nobody knows
};

absl::StatusOr<Reply> ValidateOrSay(const Content& content, const fhir::Parameters& parameters) {
  ASSIGN_OR_RETURN(Wanted wanted, ReadWanted(parameters));
  ASSIGN_OR_RETURN(const std::string language, parameters.Text(kDisplayLanguage));
  ASSIGN_OR_RETURN(wanted.languages, DisplayLanguages::Read(language));
  ASSIGN_OR_RETURN(const std::string system, parameters.Text("system"));
  ASSIGN_OR_RETURN(const std::string version, parameters.Text("systemVersion"));
  ASSIGN_OR_RETURN(AskedCodings asked, ReadCodings(parameters, system, version));
  const fhir::Coding& first = asked.codings[0];
  const bool plain = asked.paths[0].empty();  // a code by itself, which means nothing without a system
  if (plain && first.system.empty() && !wanted.infer) return NothingToValidate();
  const absl::StatusOr<ValueSet> value_set = ReadValueSet(content, parameters, wanted.versions, Purpose::kValidation);
  if (absl::IsFailedPrecondition(value_set.status())) {
    // The value set is there, and what it imports is not: nothing can be said to be in it.
    CodingVerdict verdict;
    if (!first.system.empty()) verdict = CheckCoding(content.releases, first, asked.paths[0], wanted.day);
    verdict.issues.push_back(fhir::IssueOf(value_set.status()));
    verdict.named = verdict.shown = !asked.concepts;
    return Reply{200,
                 ValidationAnswer(false, verdict, verdict.issues, first, asked.concepts ? &*asked.concepts : nullptr)};
  }
  RETURN_IF_ERROR(value_set.status());
  RETURN_IF_ERROR(CheckFilters(content.releases, *value_set));
  if (language.empty()) {
    ASSIGN_OR_RETURN(wanted.languages, DisplayLanguages::ReadUsual(parameters, value_set->about()));
  }
  return Reply{200, Validation(content, *value_set, wanted, asked).Answer()};
}

}  // namespace

Reply ValidateInValueSet(const Content& content, const fhir::Parameters& parameters, fhir::Version /*version*/) {
  if (content.releases.empty()) return NothingLoaded();
  return OrError(ValidateOrSay(content, parameters));
}

}  // namespace nosograph::operations
