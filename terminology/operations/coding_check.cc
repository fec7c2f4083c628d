#include "terminology/operations/coding_check.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "terminology/base/field_error.h"
#include "terminology/base/unicode.h"
#include "terminology/model/version_order.h"
#include "terminology/operations/display_check.h"
#include "terminology/operations/messages.h"
#include "terminology/operations/value_set.h"
#include "terminology/query/lookup.h"
#include "terminology/query/validate_code.h"

namespace nosograph::operations {
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

}  // namespace

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

}  // namespace nosograph::operations
