#include "service/rest/request_content.h"

#include <simdjson.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/outcome.h"
#include "terminology/import/fhir_code_system.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::rest {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;

constexpr char kParameter[] = "tx-resource";
constexpr char kUse[] = "useSupplement";
constexpr char kSupplementExtension[] = "http://hl7.org/fhir/StructureDefinition/valueset-supplement";

// The supplements that the value set asked about names.
void AddNamed(simdjson::dom::element value_set, std::vector<std::string>& named) {
  simdjson::dom::array extensions;
  if (value_set["extension"].get(extensions) != simdjson::SUCCESS) return;
  for (const simdjson::dom::element extension : extensions) {
    std::string_view url;
    std::string_view canonical;
    if (extension["url"].get(url) != simdjson::SUCCESS || url != kSupplementExtension) continue;
    if (extension["valueCanonical"].get(canonical) == simdjson::SUCCESS ||
        extension["valueUri"].get(canonical) == simdjson::SUCCESS) {
      named.emplace_back(canonical);
    }
  }
}

absl::Status Wrong(const std::string& problem, const char* remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, kParameter, "", problem, remedy);
}

// Of the supplements those that are named are active.
absl::Status UseNamed(const std::vector<std::string>& named, std::vector<Release>& releases) {
  for (Release& release : releases) {
    if (!release.snapshot->supplements().empty()) release.active = false;
  }
  for (const std::string& canonical : named) {
    auto [url, version] = fhir::PartCanonical(canonical);
    Release* best = nullptr;
    for (Release& release : releases) {
      if (release.snapshot->supplements().empty() || release.snapshot->url() != url) continue;
      if (!version.empty() && release.snapshot->version() != version) continue;
      if (best == nullptr || IsLater(release.snapshot->version(), best->snapshot->version())) best = &release;
    }
    if (best == nullptr) {
      return fhir::StatusOf(absl::StatusCode::kNotFound,
                            {.code = "not-found",
                             .about = "not-found",
                             .message_id = "VALUESET_SUPPLEMENT_MISSING",
                             .text = absl::StrCat("Required supplement not found: ", base::Excerpt(canonical, 200))});
    }
    best->active = true;
  }
  return absl::OkStatus();
}

absl::StatusOr<Release> Compile(const std::string& resource, size_t number) {
  const std::string name = absl::StrCat(kParameter, "[", number, "]");
  ASSIGN_OR_RETURN(const import::JsonDocument document, import::JsonDocument::Parse(resource, name));
  ASSIGN_OR_RETURN(const model::CodeSystem system, import::ReadSentCodeSystem(document));
  ASSIGN_OR_RETURN(std::string bytes, snapshot::WriteSnapshot(system));
  ASSIGN_OR_RETURN(auto snapshot,
                   snapshot::Snapshot::FromBytes(std::move(bytes), name, snapshot::Verification::kHeader));
  return Release{.snapshot = std::move(snapshot), .id = name};
}

bool IsLaterByParts(absl::string_view a, absl::string_view b) {
  const std::vector<absl::string_view> left = absl::StrSplit(a, absl::ByAnyChar(".-"));
  const std::vector<absl::string_view> right = absl::StrSplit(b, absl::ByAnyChar(".-"));
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    if (left[i] == right[i]) continue;
    uint64_t x = 0;
    uint64_t y = 0;
    if (absl::SimpleAtoi(left[i], &x) && absl::SimpleAtoi(right[i], &y)) {
      if (x != y) return x > y;
      continue;
    }
    return left[i] > right[i];
  }
  return left.size() > right.size();
}

}  // namespace

bool IsLater(absl::string_view a, absl::string_view b) {
  // "1.0-beta" comes before 1.0.
  const std::pair<absl::string_view, absl::string_view> left = absl::StrSplit(a, absl::MaxSplits('-', 1));
  const std::pair<absl::string_view, absl::string_view> right = absl::StrSplit(b, absl::MaxSplits('-', 1));
  const bool dates = std::count(a.begin(), a.end(), '-') == 2 && std::count(b.begin(), b.end(), '-') == 2;
  if (dates || left.first != right.first) return IsLaterByParts(dates ? a : left.first, dates ? b : right.first);
  if (left.second.empty() || right.second.empty()) return left.second.empty() && !right.second.empty();
  return IsLaterByParts(left.second, right.second);
}

bool HasRequestContent(const fhir::Parameters& parameters) {
  return parameters.Has(kParameter) || parameters.Has(kUse);
}

absl::StatusOr<ReleaseSet> WithRequestContent(const ReleaseSet& set, const fhir::Parameters& parameters) {
  std::vector<Release> releases;
  std::vector<std::string> named = parameters.Texts(kUse);
  const absl::StatusOr<std::string> asked = parameters.Text("url");
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (parameter.name == "valueSet" && !parameter.resource.empty()) {
      simdjson::dom::parser parser;
      simdjson::dom::element element;
      if (parser.parse(parameter.resource).get(element) == simdjson::SUCCESS) AddNamed(element, named);
    }
    if (parameter.name != kParameter) continue;
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    std::string_view type;
    if (parameter.resource.empty() || parser.parse(parameter.resource).get(element) != simdjson::SUCCESS ||
        element["resourceType"].get(type) != simdjson::SUCCESS) {
      return Wrong("is no resource", "give a CodeSystem or a ValueSet");
    }
    std::string_view canonical;
    if (type == "ValueSet" && asked.ok() && element["url"].get(canonical) == simdjson::SUCCESS &&
        canonical == fhir::PartCanonical(*asked).first) {
      AddNamed(element, named);
    }
    if (type == "ValueSet" || type == "ConceptMap") continue;
    if (type != "CodeSystem") {
      const std::string named(type);
      return base::FieldError(absl::StatusCode::kUnimplemented, kParameter, base::Excerpt(named),
                              absl::StrCat("resources of type ", base::Excerpt(named), " are not understood"),
                              "give a CodeSystem or a ValueSet");
    }
    absl::StatusOr<Release> compiled = Compile(parameter.resource, releases.size());
    if (!compiled.ok()) return Wrong(std::string(compiled.status().message()), "correct the resource");
    releases.push_back(*std::move(compiled));
  }
  // Of several versions the latest answers where none is asked for.
  for (Release& release : releases) {
    for (const Release& other : releases) {
      if (&other != &release && other.snapshot->url() == release.snapshot->url() &&
          IsLater(other.snapshot->version(), release.snapshot->version())) {
        release.active = false;
      }
    }
  }
  const size_t sent = releases.size();
  for (const Release& loaded : set.releases()) {
    bool hidden = false;
    bool active = loaded.active;
    for (size_t i = 0; i < sent; ++i) {
      if (releases[i].snapshot->url() != loaded.snapshot->url()) continue;
      hidden = hidden || releases[i].snapshot->version() == loaded.snapshot->version();
      active = false;
    }
    if (hidden) continue;
    releases.push_back(loaded);
    releases.back().active = active;
  }
  RETURN_IF_ERROR(UseNamed(named, releases));
  return ReleaseSet(std::move(releases));
}

}  // namespace nosograph::rest
