#include "terminology/operations/request_content.h"

#include <simdjson.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/outcome.h"
#include "terminology/import/fhir_code_system.h"
#include "terminology/import/fhir_concept_map.h"
#include "terminology/model/version_order.h"
#include "terminology/operations/messages.h"
#include "terminology/operations/system_versions.h"
#include "terminology/operations/value_set.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::operations {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;

constexpr char kParameter[] = "tx-resource";
constexpr char kUse[] = "useSupplement";

absl::Status Wrong(const std::string& problem, const char* remedy) {
  return base::FieldError(absl::StatusCode::kInvalidArgument, kParameter, "", problem, remedy);
}

// Whether what it supplements is there in other versions alone.
bool SupplementsOther(const Release& supplement, const std::vector<Release>& releases) {
  const std::string wanted(supplement.snapshot->supplements_version());
  bool other = false;
  for (const Release& release : releases) {
    if (release.snapshot->url() != supplement.snapshot->supplements() || !release.snapshot->supplements().empty())
      continue;
    if (wanted.empty() || model::FitsVersion(wanted, release.snapshot->version())) return false;
    other = true;
  }
  return other;
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
      if (best == nullptr || IsLater(release, *best)) best = &release;
    }
    if (best == nullptr || SupplementsOther(*best, releases)) {
      return fhir::StatusOf(absl::StatusCode::kNotFound,
                            {.code = "not-found",
                             .about = "not-found",
                             .message_id = "VALUESET_SUPPLEMENT_MISSING",
                             .text = Message("VALUESET_SUPPLEMENT_MISSING", {base::Excerpt(canonical, 200)})});
    }
    best->active = true;
  }
  return absl::OkStatus();
}

absl::StatusOr<Release> CompileCodeSystem(const std::string& resource, const std::string& id) {
  ASSIGN_OR_RETURN(const import::JsonDocument document, import::JsonDocument::Parse(resource, kParameter));
  ASSIGN_OR_RETURN(const model::CodeSystem system, import::ReadSentCodeSystem(document));
  ASSIGN_OR_RETURN(std::string bytes, snapshot::WriteSnapshot(system));
  ASSIGN_OR_RETURN(auto snapshot,
                   snapshot::Snapshot::FromBytes(std::move(bytes), kParameter, snapshot::Verification::kHeader));
  return Release{.snapshot = std::move(snapshot), .id = absl::StrCat("sent/", id)};
}

// One tx-resource; `id` is for the release that it becomes.
absl::StatusOr<CompiledResource> Compile(const std::string& resource, const std::string& id) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  std::string_view type;
  if (resource.empty() || parser.parse(resource).get(element) != simdjson::SUCCESS ||
      element["resourceType"].get(type) != simdjson::SUCCESS) {
    return Wrong("is no resource", "give a CodeSystem, a ValueSet or a ConceptMap");
  }
  const auto told = [](const absl::Status& status) {
    return Wrong(std::string(status.message()), "correct the resource");
  };
  CompiledResource compiled;
  std::string_view content;
  if (type == "CodeSystem" && element["content"].get(content) == simdjson::SUCCESS &&
      (content == "not-present" || content == "example")) {
    // That it exists says nothing of its codes: nobody can be told more than of one that is not there.
  } else if (type == "CodeSystem") {
    absl::StatusOr<Release> release = CompileCodeSystem(resource, id);
    if (!release.ok()) return told(release.status());
    compiled.release = *std::move(release);
  } else if (type == "ValueSet") {
    compiled.value_set = ReadSentValueSet(resource);
  } else if (type == "ConceptMap") {
    absl::StatusOr<std::shared_ptr<const model::ConceptMap>> map = import::ReadFhirConceptMap(resource);
    if (!map.ok()) return told(map.status());
    compiled.concept_map = *std::move(map);
  } else {
    const std::string named(type);
    return base::FieldError(absl::StatusCode::kUnimplemented, kParameter, base::Excerpt(named),
                            absl::StrCat("resources of type ", base::Excerpt(named), " are not understood"),
                            "give a CodeSystem, a ValueSet or a ConceptMap");
  }
  return compiled;
}

void Add(const CompiledResource& compiled, SentContent& sent) {
  if (compiled.release) sent.releases.push_back(*compiled.release);
  if (compiled.value_set != nullptr) sent.resources.value_sets[compiled.value_set->url].push_back(compiled.value_set);
  if (compiled.concept_map != nullptr) sent.resources.concept_maps.push_back(compiled.concept_map);
}

// The value set that is asked about; null where it is implicit, or none at all.
std::shared_ptr<const ValueSetDefinition> AskedAbout(const Content& content, const fhir::Parameters& parameters) {
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (parameter.name != "valueSet" || parameter.resource.empty()) continue;
    return PostedValueSet(content, parameter.resource);
  }
  const absl::StatusOr<std::string> url = parameters.Text("url");
  const absl::StatusOr<std::string> version = parameters.Text("valueSetVersion");
  if (!url.ok() || !version.ok() || url->empty()) return nullptr;
  const auto [plain, behind_bar] = fhir::PartCanonical(*url);
  return content.FindValueSet(plain, version->empty() ? behind_bar : *version);
}

// What it names itself, and what the value sets that it imports do.
void AddSupplements(const Content& content, const ValueSetDefinition& value_set,
                    absl::flat_hash_set<const ValueSetDefinition*>& seen, std::vector<std::string>& named) {
  if (!seen.insert(&value_set).second || seen.size() > kMostImports) return;
  named.insert(named.end(), value_set.supplements.begin(), value_set.supplements.end());
  for (const auto* list : {&value_set.includes, &value_set.excludes}) {
    for (const std::shared_ptr<const IncludeDefinition>& include : *list) {
      for (const std::string& canonical : include->value_sets) {
        const auto [url, version] = fhir::PartCanonical(canonical);
        const std::shared_ptr<const ValueSetDefinition> imported = content.FindValueSet(url, version);
        if (imported != nullptr) AddSupplements(content, *imported, seen, named);
      }
    }
  }
  for (const std::shared_ptr<const ValueSetDefinition>& contained : value_set.contained) {
    AddSupplements(content, *contained, seen, named);
  }
}

bool HasImports(const ValueSetDefinition& value_set) {
  const auto imports = [](const std::shared_ptr<const IncludeDefinition>& include) {
    return !include->value_sets.empty();
  };
  return std::any_of(value_set.includes.begin(), value_set.includes.end(), imports) ||
         std::any_of(value_set.excludes.begin(), value_set.excludes.end(), imports);
}

std::vector<std::string> SupplementsOf(const Content& content, const ValueSetDefinition& value_set) {
  // Nearly all, and it is asked with each request.
  if (value_set.contained.empty() && !HasImports(value_set)) return value_set.supplements;
  absl::flat_hash_set<const ValueSetDefinition*> seen;
  std::vector<std::string> named;
  AddSupplements(content, value_set, seen, named);
  return named;
}

// What the request brings itself hides what is cached of the same url and version.
void AddBehind(const SentContent& cached, SentContent& sent) {
  const size_t own = sent.releases.size();
  for (const Release& release : cached.releases) {
    const bool hidden = std::any_of(sent.releases.begin(), sent.releases.begin() + static_cast<std::ptrdiff_t>(own),
                                    [&](const Release& known) {
                                      return known.snapshot->url() == release.snapshot->url() &&
                                             known.snapshot->version() == release.snapshot->version();
                                    });
    if (!hidden) sent.releases.push_back(release);
  }
  for (const auto& [url, value_sets] : cached.resources.value_sets) {
    std::vector<std::shared_ptr<const ValueSetDefinition>>& known = sent.resources.value_sets[url];
    known.insert(known.end(), value_sets.begin(), value_sets.end());
  }
  sent.resources.concept_maps.insert(sent.resources.concept_maps.end(), cached.resources.concept_maps.begin(),
                                     cached.resources.concept_maps.end());
}

}  // namespace

std::shared_ptr<const ValueSetDefinition> PostedValueSet(const Content& content, const std::string& json) {
  if (content.compiled == nullptr) return ReadSentValueSet(json);
  const std::string key = absl::StrCat("posted/", base::Sha256Hex(json));
  if (const std::shared_ptr<const CompiledResource> known = content.compiled->Find(key)) return known->value_set;
  auto fresh = std::make_shared<CompiledResource>();
  fresh->value_set = ReadSentValueSet(json);
  content.compiled->Add(key, fresh, json.size());
  return fresh->value_set;
}

bool HasRequestContent(const fhir::Parameters& parameters) {
  const auto brings = [](const fhir::Parameter& parameter) {
    return parameter.name == kParameter || parameter.name == kUse ||
           (parameter.name == kAskedCodeSystem && !parameter.resource.empty());
  };
  return std::any_of(parameters.all().begin(), parameters.all().end(), brings);
}

bool NamesSupplements(const Content& content, const fhir::Parameters& parameters) {
  const std::shared_ptr<const ValueSetDefinition> asked = AskedAbout(content, parameters);
  return asked != nullptr && !SupplementsOf(content, *asked).empty();
}

absl::StatusOr<SentContent> ReadSentContent(const fhir::Parameters& parameters, CompiledResources* compiled) {
  SentContent sent;
  size_t number = 0;
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (parameter.name != kParameter && (parameter.name != kAskedCodeSystem || parameter.resource.empty())) {
      continue;
    }
    // The same resource twice is two releases of one version: each has an id of its own.
    const std::string id = absl::StrCat(number++, "/", base::Sha256Hex(parameter.resource));
    if (compiled != nullptr) {
      if (const std::shared_ptr<const CompiledResource> known = compiled->Find(id)) {
        Add(*known, sent);
        continue;
      }
    }
    ASSIGN_OR_RETURN(CompiledResource fresh, Compile(parameter.resource, id));
    Add(fresh, sent);
    if (compiled != nullptr) {
      compiled->Add(id, std::make_shared<const CompiledResource>(std::move(fresh)), parameter.resource.size());
    }
  }
  return sent;
}

absl::StatusOr<Content> WithRequestContent(const Content& content, const fhir::Parameters& parameters) {
  return WithRequestContent(content, parameters, nullptr);
}

absl::StatusOr<Content> WithRequestContent(const Content& content, const fhir::Parameters& parameters,
                                           const SentContent* cached) {
  ASSIGN_OR_RETURN(SentContent sent, ReadSentContent(parameters, content.compiled.get()));
  if (cached != nullptr) AddBehind(*cached, sent);
  Content with{.kept = content.kept, .sent = content.sent, .compiled = content.compiled};
  for (auto& [url, value_sets] : sent.resources.value_sets) {
    std::vector<std::shared_ptr<const ValueSetDefinition>>& known = with.sent.value_sets[url];
    known.insert(known.begin(), value_sets.begin(), value_sets.end());
  }
  with.sent.concept_maps.insert(with.sent.concept_maps.begin(), sent.resources.concept_maps.begin(),
                                sent.resources.concept_maps.end());
  std::vector<Release> releases = std::move(sent.releases);
  KeepLatestActive(releases);
  const size_t brought = releases.size();
  for (const Release& loaded : content.releases.releases()) {
    bool hidden = false;
    bool active = loaded.active;
    for (size_t i = 0; i < brought; ++i) {
      if (releases[i].snapshot->url() != loaded.snapshot->url()) continue;
      hidden = hidden || releases[i].snapshot->version() == loaded.snapshot->version();
      active = false;
    }
    if (hidden) continue;
    releases.push_back(loaded);
    releases.back().active = active;
  }
  std::vector<std::string> named = parameters.Texts(kUse);
  if (const std::shared_ptr<const ValueSetDefinition> asked = AskedAbout(with, parameters)) {
    for (std::string& supplement : SupplementsOf(with, *asked)) named.push_back(std::move(supplement));
  }
  RETURN_IF_ERROR(UseNamed(named, releases));
  with.releases = ReleaseSet(std::move(releases));
  return with;
}

}  // namespace nosograph::operations
