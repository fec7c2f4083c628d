#include "service/rest/code_system_operations.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "service/rest/concept_extensions.h"
#include "service/rest/messages.h"
#include "service/rest/request_content.h"
#include "service/rest/status_checks.h"
#include "service/rest/system_versions.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/model/date.h"
#include "terminology/model/version_order.h"
#include "terminology/query/lookup.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"

namespace nosograph::rest {
namespace {

using fhir::Coding;
using fhir::Issue;
using query::ConceptRef;
using query::Reason;
using snapshot::ReleaseSet;

// The versions of a system that are loaded, "A, B or C".
std::string VersionsOf(const ReleaseSet& set, absl::string_view system) {
  std::vector<std::string> versions;
  for (const snapshot::Release& release : set.releases()) {
    if (release.snapshot->url() == system) versions.emplace_back(release.snapshot->version());
  }
  return OneOf(std::move(versions));
}

// "The same code is in ICD-10-CM": for who has mixed up two systems.
void AddElsewhere(const ReleaseSet& set, const Coding& coding, std::vector<Issue>& issues) {
  for (const snapshot::Release* release : set.ActivePublished()) {
    // Editions of a classification are mixed up; code systems at large share codes by chance.
    if (release->snapshot->url() == coding.system || !release->snapshot->classification()) continue;
    const std::optional<uint32_t> item = release->snapshot->Find(coding.code);
    if (!item) continue;
    issues.push_back({.severity = "information",
                      .code = "informational",
                      .text = absl::StrCat("the same code is in ", release->snapshot->url(), ": ",
                                           query::NameOf(ConceptRef{release, *item}))});
  }
}

std::string FoldedSpace(absl::string_view text) {
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty()), " ");
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
  return std::any_of(designations.begin(), designations.end(),
                     [&](const query::DesignationOf& found) { return languages.Wants(found.designation.language); });
}

// Whether the display given is one of the concept's names in the languages wanted. A name without a language is of
// each; where there is none in "de-AT", one in "de" will do.
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
    std::string told = language.empty() ? absl::StrCat("'", name, "'") : absl::StrCat("'", name, "' (", language, ")");
    // What is no display of a language is taken, and not recommended.
    display = display || !language.empty();
    if (display && std::find(names.begin(), names.end(), told) == names.end()) names.push_back(std::move(told));
    return absl::EqualsIgnoreCase(coding.display, name);
  };
  if (!item.title().empty() && fits(item.title(), item.snapshot().language(), true)) return;
  for (const query::DesignationOf& found : designations) {
    const std::string status = StandardsStatusOf(found.extensions);
    if (status.empty() || status == "normative" || status == "trial-use" || status == "informative") {
      if (fits(found.designation.value, found.designation.language, false)) return;
    } else if (absl::EqualsIgnoreCase(coding.display, found.designation.value)) {
      withdrawn = status;
    }
  }
  const std::string concerned = absl::StrCat(item.snapshot().url(), "#", item.code());
  Issue issue{.code = "invalid", .about = "invalid-display", .expression = Path(path, "display")};
  if (!withdrawn.empty()) {
    issue.severity = "warning";
    issue.about = "display-comment";
    issue.message_id = "INACTIVE_DISPLAY_FOUND";
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

// A code that is right in other cases, where the code system does not tell them apart.
void AddCase(const ConceptRef& item, const Coding& coding, const std::string& path, CodingVerdict& verdict) {
  verdict.issues.push_back(
      {.severity = "information",
       .code = "business-rule",
       .about = "code-rule",
       .message_id = "CODE_CASE_DIFFERENCE",
       .text = Message("CODE_CASE_DIFFERENCE", {base::Excerpt(coding.code), item.code(), CanonicalOf(*item.release)}),
       .expression = Path(path, "code")});
}

void AddStatus(const ConceptRef& item, const std::string& path, CodingVerdict& verdict) {
  if (!item.inactive()) {
    if (item.snapshot().status(item.item) != model::ConceptStatus::kDeprecated) return;
    verdict.issues.push_back({.severity = "warning",
                              .code = "business-rule",
                              .about = "code-comment",
                              .message_id = "DEPRECATED_CONCEPT_FOUND",
                              .text = Message("DEPRECATED_CONCEPT_FOUND", {item.code()}),
                              .expression = path.empty() ? "code" : path});
    return;
  }
  const absl::string_view status = model::ConceptStatusName(item.snapshot().status(item.item));
  const std::string text =
      status.empty() || status == "inactive" || status == "active" ? "inactive" : absl::StrCat(status, " and inactive");
  verdict.issues.push_back({.severity = "warning",
                            .code = "business-rule",
                            .about = "code-comment",
                            .message_id = "INACTIVE_CONCEPT_FOUND",
                            .text = Message("INACTIVE_CONCEPT_FOUND", {item.code(), text}),
                            .expression = path.empty() ? "code" : path});
}

void AddUnknownCode(const ReleaseSet& set, const query::CodeValidator& validator, const query::Validation& validation,
                    const Coding& coding, const std::string& path, CodingVerdict& verdict) {
  const snapshot::Release* release =
      validation.scope != nullptr ? &validation.scope->release() : set.Active(coding.system);
  const bool fragment = validation.verdict == query::Verdict::kUndetermined && release != nullptr;
  const std::string system =
      coding.system.empty() && release != nullptr ? std::string(release->snapshot->url()) : coding.system;
  Issue issue{.code = "code-invalid", .about = "invalid-code", .expression = Path(path, "code")};
  const bool versioned = release != nullptr && !release->snapshot->version().empty();
  if (fragment) {
    issue.severity = "warning";
    issue.message_id = "UNKNOWN_CODE_IN_FRAGMENT";
    verdict.valid = true;
    verdict.version = std::string(release->snapshot->version());
  } else {
    issue.message_id = versioned ? "Unknown_Code_in_Version" : "Unknown_Code_in";
  }
  issue.text = Message(issue.message_id,
                       {base::Excerpt(coding.code), system, release == nullptr ? "" : release->snapshot->version()});
  const query::CodeValidator::Explanation explanation = validator.Explain(coding.code, validation);
  verdict.issues.push_back(std::move(issue));
  const bool searchable = release == nullptr || release->snapshot->text_index().document_count() > 0;
  if (!explanation.message.empty() && searchable) {
    verdict.issues.push_back(
        {.severity = "information",
         .code = "informational",
         .text = absl::StrCat(explanation.message, explanation.remedy.empty() ? "" : "; ", explanation.remedy)});
  }
  if (validation.reason != Reason::kWrongSystem) AddElsewhere(set, coding, verdict.issues);
}

// Whether what was found is in the version that check-system-version asks for.
void CheckRequiredVersion(const SystemVersions& versions, const std::string& path, CodingVerdict& verdict) {
  std::optional<Issue> wrong = verdict.item ? WrongVersionOf(versions, *verdict.item) : std::nullopt;
  if (!wrong) return;
  wrong->expression = Path(path, "version");
  verdict.issues.push_back(*std::move(wrong));
  verdict.valid = false;
}

void WriteCoding(const Coding& coding, base::JsonWriter& json) {
  json.TextIfAny("system", coding.system)
      .TextIfAny("version", coding.version)
      .TextIfAny("code", coding.code)
      .TextIfAny("display", coding.display);
}

}  // namespace

std::string Path(const std::string& path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

void AddUnknownSystem(const ReleaseSet& set, const Coding& coding, const std::string& path, CodingVerdict& verdict) {
  for (const snapshot::Release& release : set.releases()) {
    const snapshot::Snapshot& snapshot = *release.snapshot;
    if (snapshot.url() != coding.system || snapshot.supplements().empty()) continue;
    const std::string canonical =
        snapshot.version().empty() ? coding.system : absl::StrCat(coding.system, "|", snapshot.version());
    verdict.unknown_system = coding.system;
    verdict.caused = true;
    verdict.issues.push_back({.code = "invalid",
                              .about = "invalid-data",
                              .message_id = "CODESYSTEM_CS_NO_SUPPLEMENT",
                              .text = Message("CODESYSTEM_CS_NO_SUPPLEMENT", {canonical}),
                              .expression = Path(path, "system")});
    return;
  }
  if (!absl::StrContains(coding.system, ":")) {
    verdict.issues.push_back({.code = "invalid",
                              .about = "invalid-data",
                              .message_id = "Terminology_TX_System_Relative",
                              .text = Message("Terminology_TX_System_Relative", {}),
                              .expression = Path(path, "system")});
  }
  const std::string versions = VersionsOf(set, coding.system);
  Issue issue{.code = "not-found", .about = "not-found", .expression = Path(path, "system")};
  if (versions.empty() && coding.version.empty()) {
    issue.message_id = "UNKNOWN_CODESYSTEM";
  } else {
    issue.message_id = versions.empty() ? "UNKNOWN_CODESYSTEM_VERSION_NONE" : "UNKNOWN_CODESYSTEM_VERSION";
  }
  issue.text = Message(issue.message_id, {base::Excerpt(coding.system), base::Excerpt(coding.version), versions});
  verdict.unknown_system =
      coding.version.empty() || versions.empty() ? coding.system : absl::StrCat(coding.system, "|", coding.version);
  verdict.caused = !versions.empty();
  verdict.issues.push_back(std::move(issue));
}

void TellValueSetAsSystem(const Content& content, const Coding& coding, CodingVerdict& verdict) {
  if (verdict.item || verdict.unknown_system.empty()) return;
  const auto& releases = content.releases.releases();
  const bool is_value_set = content.FindValueSet(coding.system, "") != nullptr ||
                            std::any_of(releases.begin(), releases.end(), [&](const snapshot::Release& release) {
                              return release.snapshot->value_set() == coding.system;
                            });
  if (!is_value_set) return;
  for (Issue& issue : verdict.issues) {
    if (!absl::StartsWith(issue.message_id, "UNKNOWN_CODESYSTEM")) continue;
    issue.code = "invalid";
    issue.about = "invalid-data";
    issue.message_id = "Terminology_TX_System_ValueSet2";
    issue.text = Message(issue.message_id, {base::Excerpt(coding.system)});
  }
}

void ForgiveDisplay(CodingVerdict& verdict) {
  for (Issue& issue : verdict.issues) {
    if (absl::string_view(issue.about) == "invalid-display") issue.severity = "warning";
  }
  verdict.valid = (verdict.item || verdict.valid) && !HasError(verdict.issues);
}

Issue NoSystem(const std::string& path) {
  return {.severity = "warning",
          .code = "invalid",
          .about = "invalid-data",
          .message_id = "Coding_has_no_system__cannot_validate",
          .text = Message("Coding_has_no_system__cannot_validate", {}),
          .expression = path};
}

Issue WrongVersion(const std::string& system, absl::string_view version, const std::string& required,
                   const std::string& at) {
  return {.code = "exception",
          .about = "version-error",
          .message_id = "VALUESET_VERSION_CHECK",
          .text = Message("VALUESET_VERSION_CHECK", {version, base::Excerpt(system), required}),
          .expression = at};
}

std::optional<Issue> WrongVersionOf(const SystemVersions& versions, const ConceptRef& item) {
  const std::string system(item.snapshot().url());
  const std::string required = versions.Required(system);
  if (required.empty() || model::FitsVersion(required, item.snapshot().version())) return std::nullopt;
  return WrongVersion(system, item.snapshot().version(), required, "version");
}

std::string InRightCase(const ReleaseSet& set, absl::string_view system, absl::string_view version,
                        absl::string_view code) {
  const snapshot::Release* const release = FindVersion(set, system, version);
  if (release == nullptr || release->snapshot->case_sensitive()) return std::string(code);
  const std::optional<uint32_t> item = release->snapshot->FindInAnyCase(code);
  return std::string(item ? release->snapshot->code(*item) : code);
}

absl::Status CheckSystemIsClear(const ReleaseSet& set, absl::string_view system, const std::string& code) {
  if (!system.empty()) return absl::OkStatus();
  std::vector<std::string> systems;
  for (const snapshot::Release* release : set.ActivePublished()) {
    if (release->snapshot->Find(code)) systems.emplace_back(release->snapshot->url());
  }
  if (systems.size() < 2) return absl::OkStatus();
  constexpr size_t kTold = 5;
  if (systems.size() > kTold) systems.resize(kTold);
  return base::InvalidField(
      "system", "",
      absl::StrCat("is not given, and '", base::Excerpt(code), "' is a code of ", absl::StrJoin(systems, ", ")),
      "say which system is meant");
}

std::string OneOf(std::vector<std::string> choices) {
  if (choices.empty()) return {};
  const std::string last = std::move(choices.back());
  choices.pop_back();
  return choices.empty() ? last : absl::StrCat(absl::StrJoin(choices, ", "), " or ", last);
}

absl::StatusOr<std::string> ReadDay(const fhir::Parameters& parameters) {
  constexpr size_t kDay = 10;  // of a dateTime the time says nothing here
  ASSIGN_OR_RETURN(const std::string date, parameters.Text("date"));
  const std::string day = date.substr(0, kDay);
  if (day.empty() || (model::IsDate(day) && (date.size() == kDay || date[kDay] == 'T'))) return day;
  return base::InvalidField("date", date, absl::StrCat("'", base::Excerpt(date), "' is no day"),
                            "write it as YYYY-MM-DD");
}

bool IsAbstract(const ConceptRef& item) {
  const model::ConceptKind kind = item.snapshot().kind(item.item);
  return item.abstract() || kind == model::ConceptKind::kChapter || kind == model::ConceptKind::kBlock;
}

void TellVersionNeeded(const snapshot::Release& release, const std::string& at, CodingVerdict& verdict) {
  if (!release.snapshot->version_needed()) return;
  verdict.valid = false;
  verdict.issues.push_back(
      {.code = "invalid",
       .about = "invalid-data",
       .text = absl::StrCat("The codes of '", release.snapshot->url(),
                            "' may mean another thing in another version, and no version is stated"),
       .expression = at,
       .diagnostics = absl::StrCat("state the version, for example ", release.snapshot->version())});
}

void TellAbstract(const Coding& coding, const std::string& path, CodingVerdict& verdict) {
  verdict.valid = false;
  verdict.issues.push_back({.code = "business-rule",
                            .about = "code-rule",
                            .message_id = "ABSTRACT_CODE_NOT_ALLOWED",
                            .text = Message("ABSTRACT_CODE_NOT_ALLOWED", {coding.system, coding.code}),
                            .expression = Path(path, "code")});
}

CodingVerdict CheckCoding(const ReleaseSet& set, const Coding& coding, const std::string& path, const std::string& day,
                          const DisplayLanguages& languages) {
  CodingVerdict verdict;
  const query::CodeValidator validator(set, {.system = coding.system,
                                             .release = {.version = VersionOf(set, coding.system, coding.version),
                                                         .date = coding.version.empty() ? day : std::string()},
                                             .form = query::Form::kStrict,
                                             .use = query::Use::kTerminology});
  if (!validator.status().ok()) {
    AddUnknownSystem(set, coding, path, verdict);
    AddElsewhere(set, coding, verdict.issues);
    return verdict;
  }
  query::Validation validation = validator.Validate(coding.code);
  // Written in other cases, where they are not told apart.
  const bool other_case = validation.verdict != query::Verdict::kValid && !validation.canonical.empty() &&
                          validation.scope != nullptr && !validation.scope->release().snapshot->case_sensitive() &&
                          absl::EqualsIgnoreCase(validation.canonical, coding.code);
  if (other_case) validation = validator.Validate(validation.canonical);
  if (validation.verdict == query::Verdict::kValid && validation.matched) {
    verdict.valid = true;
    verdict.item = validation.matched;
    AddStatus(*verdict.item, path, verdict);
    if (other_case) AddCase(*verdict.item, coding, path, verdict);
    CheckDisplay(set, *verdict.item, coding, path, languages, verdict);
    verdict.display = std::string(languages.DisplayOf(set, *verdict.item));
    return verdict;
  }
  AddUnknownCode(set, validator, validation, coding, path, verdict);
  return verdict;
}

std::string ValidationAnswer(bool result, const CodingVerdict& verdict, const std::vector<Issue>& issues,
                             const Coding& coding, const fhir::CodeableConcept* asked) {
  fhir::ParametersWriter answer;
  answer.Flag("result", result);
  // Of several codings that are all wrong none is the one.
  if (verdict.named) answer.ValueIfAny("code", "valueCode", coding.code);
  if (verdict.named) {
    answer.ValueIfAny("system", "valueUri", verdict.item ? verdict.item->snapshot().url() : coding.system);
  }
  if (verdict.item && verdict.shown) {
    answer.ValueIfAny("version", "valueString", verdict.item->snapshot().version())
        .ValueIfAny("display", "valueString", verdict.display);
    if (verdict.item->inactive()) answer.Flag("inactive", true);
    const model::ConceptStatus status = verdict.item->snapshot().status(verdict.item->item);
    if (status != model::ConceptStatus::kActive) {
      answer.ValueIfAny("status", "valueCode", model::ConceptStatusName(status));
    }
    if (verdict.item->code() != coding.code) answer.Value("normalized-code", "valueCode", verdict.item->code());
  } else if (verdict.shown) {
    answer.ValueIfAny("version", "valueString", verdict.version);
  }
  if (!verdict.unknown_system.empty())
    answer.Value(verdict.caused ? "x-caused-by-unknown-system" : "x-unknown-system", "valueCanonical",
                 verdict.unknown_system);
  if (asked != nullptr) {
    answer.Object("codeableConcept", "valueCodeableConcept", [&](base::JsonWriter& json) {
      json.StartList("coding");
      for (const Coding& each : asked->codings) {
        json.StartObject();
        WriteCoding(each, json);
        json.EndObject();
      }
      json.EndList().TextIfAny("text", asked->text);
    });
  }
  answer.ValueIfAny("message", "valueString", fhir::MessageOf(issues));
  if (!issues.empty()) {
    answer.Object("issues", "resource", [&](base::JsonWriter& json) { fhir::WriteOutcome(issues, json); });
  }
  return answer.Take();
}

absl::Status NothingToValidate() {
  return fhir::StatusOf(absl::StatusCode::kInvalidArgument,
                        {.code = "invalid",
                         .text = "Unable to find code to validate (looked for coding | codeableConcept | code+system "
                                 "| code+inferSystem in parameters",
                         .diagnostics = "give code and system, coding or codeableConcept"});
}

absl::StatusOr<AskedCodings> ReadCodings(const fhir::Parameters& parameters, const std::string& system,
                                         const std::string& version) {
  AskedCodings asked;
  ASSIGN_OR_RETURN(std::optional<Coding> coding, parameters.OneCoding("coding"));
  ASSIGN_OR_RETURN(asked.concepts, parameters.OneCodeableConcept("codeableConcept"));
  ASSIGN_OR_RETURN(const fhir::Parameter* const code, parameters.One("code"));
  const int ways = (coding ? 1 : 0) + (asked.concepts ? 1 : 0) + (code != nullptr ? 1 : 0);
  if (ways == 0) return NothingToValidate();
  if (ways > 1)
    return base::InvalidField("code", "", "is given in several ways", "give one of code, coding and codeableConcept");
  if (coding) {
    asked.codings.push_back(*std::move(coding));
    asked.paths.emplace_back("Coding");
  } else if (asked.concepts) {
    asked.codings = asked.concepts->codings;
    if (asked.codings.empty()) return base::InvalidField("codeableConcept.coding", "", "is empty", "give a coding");
    for (size_t i = 0; i < asked.codings.size(); ++i)
      asked.paths.push_back(absl::StrCat("CodeableConcept.coding[", i, "]"));
  } else {
    Coding plain{.system = system, .version = version};
    ASSIGN_OR_RETURN(plain.code, parameters.Text("code"));
    ASSIGN_OR_RETURN(plain.display, parameters.Text("display"));
    asked.codings.push_back(std::move(plain));
    asked.paths.emplace_back();
  }
  for (Coding& each : asked.codings) {
    if (each.system.empty()) each.system = system;
    if (each.version.empty() && each.system == system) each.version = version;
  }
  return asked;
}

// A coding of another code system than that which is asked is none of its codes.
CodingVerdict NotOf(const std::string& system, const Coding& coding, const std::string& path) {
  CodingVerdict verdict;
  verdict.issues.push_back(
      {.code = "invalid",
       .about = "invalid-data",
       .text = absl::StrCat("The system '", base::Excerpt(coding.system), "' is not the CodeSystem that was asked, '",
                            base::Excerpt(system), "'"),
       .expression = Path(path, "system"),
       .diagnostics = "ask the CodeSystem of the coding, or leave url out"});
  return verdict;
}

// The code system that the request brings as `codeSystem` is the one asked, where no url is. Errors: InvalidArgument
// for one without a url, or with another than is asked.
absl::Status NameSent(const fhir::Parameters& parameters, std::string& url, std::string& version) {
  ASSIGN_OR_RETURN(const fhir::Parameter* const sent, parameters.One(kAskedCodeSystem));
  if (sent == nullptr) return absl::OkStatus();
  simdjson::dom::parser parser;
  simdjson::dom::element resource;
  std::string_view type;
  std::string_view own;
  if (sent->resource.empty() || parser.parse(sent->resource).get(resource) != simdjson::SUCCESS ||
      resource["resourceType"].get(type) != simdjson::SUCCESS || type != "CodeSystem" ||
      resource["url"].get(own) != simdjson::SUCCESS) {
    return base::InvalidField(kAskedCodeSystem, "", "is no CodeSystem with a url", "give the resource");
  }
  if (!url.empty() && fhir::PartCanonical(url).first != own) {
    return base::InvalidField("url", url,
                              absl::StrCat("is not that of codeSystem, '", base::Excerpt(std::string(own)), "'"),
                              "give one of the two");
  }
  if (url.empty()) url = own;
  std::string_view of_sent;
  if (version.empty() && fhir::PartCanonical(url).second.empty() &&
      resource["version"].get(of_sent) == simdjson::SUCCESS) {
    version = of_sent;
  }
  return absl::OkStatus();
}

// An extension is asked by the name of what it extends too, and the other way round.
bool IsAskedOf(const ReleaseSet& set, absl::string_view system, absl::string_view asked) {
  if (asked.empty() || snapshot::CanonicalSystem(system) == snapshot::CanonicalSystem(asked)) return true;
  return std::any_of(set.releases().begin(), set.releases().end(), [&](const snapshot::Release& release) {
    const snapshot::Snapshot& snapshot = *release.snapshot;
    return (snapshot.url() == system && snapshot.extends() == snapshot::CanonicalSystem(asked)) ||
           (snapshot.url() == asked && snapshot.extends() == snapshot::CanonicalSystem(system));
  });
}

Reply ValidateCode(const Content& content, const fhir::Parameters& parameters, fhir::Version /*version*/) {
  const ReleaseSet& set = content.releases;
  if (set.empty()) return NothingLoaded();
  absl::StatusOr<std::string> url = parameters.Text({"url", "system"});
  absl::StatusOr<std::string> version = parameters.Text({"version", "systemVersion"});
  if (!url.ok()) return ErrorReply(url.status());
  if (!version.ok()) return ErrorReply(version.status());
  if (absl::Status sent = NameSent(parameters, *url, *version); !sent.ok()) return ErrorReply(sent);
  auto [system, behind_bar] = fhir::PartCanonical(*url);
  const absl::StatusOr<AskedCodings> asked = ReadCodings(parameters, system, version->empty() ? behind_bar : *version);
  if (!asked.ok()) return ErrorReply(asked.status());
  const absl::StatusOr<std::string> day = ReadDay(parameters);
  if (!day.ok()) return ErrorReply(day.status());
  const absl::StatusOr<DisplayLanguages> languages = DisplayLanguages::Read(parameters);
  if (!languages.ok()) return ErrorReply(languages.status());
  const absl::StatusOr<bool> abstract = parameters.Flag("abstract", true);
  if (!abstract.ok()) return ErrorReply(abstract.status());
  const absl::StatusOr<bool> lenient = parameters.Flag("lenient-display-validation", false);
  if (!lenient.ok()) return ErrorReply(lenient.status());
  const absl::StatusOr<SystemVersions> versions = SystemVersions::Read(parameters);
  if (!versions.ok()) return ErrorReply(versions.status());
  // Of several codings one that is right is enough; all of them have their say.
  std::vector<CodingVerdict> verdicts;
  std::vector<Issue> issues;
  size_t counts = 0;
  for (size_t i = 0; i < asked->codings.size(); ++i) {
    if (asked->codings[i].system.empty() && !asked->paths[i].empty()) {
      verdicts.emplace_back().issues.push_back(NoSystem(asked->paths[i]));
      issues.push_back(verdicts.back().issues.back());
      continue;
    }
    const absl::Status clear = CheckSystemIsClear(set, asked->codings[i].system, asked->codings[i].code);
    if (!clear.ok()) return ErrorReply(clear);
    const Coding& given = asked->codings[i];
    Coding coding = given;
    coding.version = versions->For(given.system, given.version).version;
    verdicts.push_back(IsAskedOf(set, given.system, system)
                           ? CheckCoding(set, coding, asked->paths[i], *day, *languages)
                           : NotOf(system, given, asked->paths[i]));
    TellValueSetAsSystem(content, coding, verdicts.back());
    if (*lenient) ForgiveDisplay(verdicts.back());
    CheckRequiredVersion(*versions, asked->paths[i], verdicts.back());
    if (verdicts.back().item) {
      if (coding.version.empty() && day->empty()) {
        TellVersionNeeded(*verdicts.back().item->release, Path(asked->paths[i], "version"), verdicts.back());
      }
      const std::optional<StatusCheck> check = StatusCheckOf(*verdicts.back().item->release, nullptr);
      if (check) verdicts.back().issues.push_back(IssueOf(*check));
      if (!*abstract && IsAbstract(*verdicts.back().item)) {
        TellAbstract(asked->codings[i], asked->paths[i], verdicts.back());
      }
    }
    issues.insert(issues.end(), verdicts.back().issues.begin(), verdicts.back().issues.end());
    if (verdicts.back().valid && !verdicts[counts].valid) counts = i;
  }
  const CodingVerdict& verdict = verdicts[counts];
  return {200, ValidationAnswer(verdict.valid, verdict, verdict.valid ? verdict.issues : issues, asked->codings[counts],
                                asked->concepts ? &*asked->concepts : nullptr)};
}

Reply Subsumes(const Content& content, const fhir::Parameters& parameters, fhir::Version /*version*/) {
  const ReleaseSet& set = content.releases;
  if (set.empty()) return NothingLoaded();
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const std::string url, parameters.Text({"system", "url"}));
    ASSIGN_OR_RETURN(const std::string asked_version, parameters.Text("version"));
    auto [system, version] = fhir::PartCanonical(url);
    if (!asked_version.empty()) version = asked_version;
    ASSIGN_OR_RETURN(const SystemVersions versions, SystemVersions::Read(parameters));
    Coding codings[2];
    const char* const names[2][2] = {{"codeA", "codingA"}, {"codeB", "codingB"}};
    for (int i = 0; i < 2; ++i) {
      ASSIGN_OR_RETURN(const std::optional<Coding> coding, parameters.OneCoding(names[i][1]));
      ASSIGN_OR_RETURN(codings[i].code, parameters.Text(names[i][0]));
      if (coding) codings[i] = *coding;
      if (codings[i].code.empty())
        return base::InvalidField(names[i][0], "", "is not given", "give both codes or both codings");
      if (codings[i].system.empty()) codings[i].system = system;
      RETURN_IF_ERROR(CheckSystemIsClear(set, codings[i].system, codings[i].code));
      const std::string own = VersionOf(set, codings[i].system, versions.For(codings[i].system, version).version);
      codings[i].code = InRightCase(set, codings[i].system, own, codings[i].code);
    }
    // Codes of an extension and of what it extends stand in one hierarchy, which is the extension's.
    std::string common = codings[0].system;
    if (codings[0].system != codings[1].system) {
      const snapshot::Release* const a = set.Active(codings[0].system);
      const snapshot::Release* const b = set.Active(codings[1].system);
      if (b != nullptr && b->snapshot->extends() == codings[0].system) {
        common = codings[1].system;
      } else if (a == nullptr || a->snapshot->extends() != codings[1].system) {
        return base::InvalidField("codingB.system", codings[1].system, "is another code system than that of codingA",
                                  "compare codes of one code system, or of an extension and what it extends");
      }
    }
    version = VersionOf(set, common, versions.For(common, version).version);
    ASSIGN_OR_RETURN(const query::Subsumption answer, query::Subsumes(set, {.system = common,
                                                                            .code_a = codings[0].code,
                                                                            .code_b = codings[1].code,
                                                                            .release = {.version = version},
                                                                            .form = query::Form::kStrict}));
    if (answer.relation == query::Relation::kUndetermined) {
      return ErrorReply(422, {.text = "it cannot be told: only a part of the code system is loaded"});
    }
    // What another system of the hierarchy has is no code of the one that was named.
    const auto missing = [&](const std::optional<ConceptRef>& item, const Coding& coding) {
      return !item || (!coding.system.empty() && item->snapshot().url() != snapshot::CanonicalSystem(coding.system));
    };
    if (answer.a) {
      if (const std::optional<Issue> wrong = WrongVersionOf(versions, *answer.a)) return ErrorReply(422, *wrong);
    }
    const bool a_missing = missing(answer.a, codings[0]);
    if (a_missing || missing(answer.b, codings[1])) {
      const int unknown = a_missing ? 0 : 1;
      return ErrorReply(404, {.code = "not-found",
                              .about = "invalid-code",
                              .text = absl::StrCat("Unknown code '", base::Excerpt(codings[unknown].code),
                                                   "' in the CodeSystem '", codings[unknown].system, "'"),
                              .expression = names[unknown][0]});
    }
    fhir::ParametersWriter written;
    written.Value("outcome", "valueCode", query::RelationName(answer.relation));
    return Reply{200, written.Take()};
  };
  return OrError(read());
}

}  // namespace nosograph::rest
