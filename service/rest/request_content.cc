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
#include "terminology/import/fhir_code_system.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::rest {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;

constexpr char kParameter[] = "tx-resource";

absl::Status Wrong(const std::string& problem, const char* remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, kParameter, "", problem, remedy);
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

}  // namespace

bool IsLater(absl::string_view a, absl::string_view b) {
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

bool HasRequestContent(const fhir::Parameters& parameters) { return parameters.Has(kParameter); }

absl::StatusOr<ReleaseSet> WithRequestContent(const ReleaseSet& set, const fhir::Parameters& parameters) {
  std::vector<Release> releases;
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (parameter.name != kParameter) continue;
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    std::string_view type;
    if (parameter.resource.empty() || parser.parse(parameter.resource).get(element) != simdjson::SUCCESS ||
        element["resourceType"].get(type) != simdjson::SUCCESS) {
      return Wrong("is no resource", "give a CodeSystem or a ValueSet");
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
  return ReleaseSet(std::move(releases));
}

}  // namespace nosograph::rest
