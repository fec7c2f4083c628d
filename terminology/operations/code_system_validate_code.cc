// CodeSystem $validate-code.
#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/operations/asked_codings.h"
#include "terminology/operations/code_system_operations.h"
#include "terminology/operations/coding_check.h"
#include "terminology/operations/display_check.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/request_content.h"
#include "terminology/operations/status_checks.h"
#include "terminology/operations/system_versions.h"
#include "terminology/operations/validation_answer.h"

namespace nosograph::operations {
namespace {

using fhir::Coding;
using fhir::Issue;
using snapshot::ReleaseSet;

// Whether what was found is in the version that check-system-version asks for.
void CheckRequiredVersion(const SystemVersions& versions, const std::string& path, CodingVerdict& verdict) {
  std::optional<Issue> wrong = verdict.item ? WrongVersionOf(versions, *verdict.item) : std::nullopt;
  if (!wrong) return;
  wrong->expression = Path(path, "version");
  verdict.issues.push_back(*std::move(wrong));
  verdict.valid = false;
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

}  // namespace

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

}  // namespace nosograph::operations
