#include "service/rest/resources.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/rest/search_parameters.h"
#include "service/rest/search_set.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/version_algorithm.h"

namespace nosograph::rest {
namespace {

using operations::ErrorReply;
using operations::OrError;
using operations::Reply;

using snapshot::Release;
using snapshot::ReleaseSet;
using snapshot::Snapshot;

constexpr size_t kLongestId = 64;
constexpr char kPublicationStatus[] = "http://hl7.org/fhir/publication-status";

enum class ResourceType { kCodeSystem, kValueSet };

// What a summary has of them (the elements that FHIR marks so).
constexpr const char* kCodeSystemSummary[] = {"url",           "identifier",    "version",  "versionAlgorithmCoding",
                                              "name",          "title",         "date",     "publisher",
                                              "experimental",  "caseSensitive", "valueSet", "hierarchyMeaning",
                                              "versionNeeded", "supplements",   "count",    "filter",
                                              "property"};
constexpr const char* kValueSetSummary[] = {"url",  "identifier", "version",      "name",     "title",
                                            "date", "publisher",  "experimental", "immutable"};

// What may stand in an id; all else becomes a dash.
std::string Plain(absl::string_view text) {
  std::string plain;
  for (const char c : text) plain += absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' ? c : '-';
  return plain;
}

std::string ShortId(const Release& release) {
  absl::string_view url = release.snapshot->url();
  while (absl::EndsWith(url, "/")) url.remove_suffix(1);
  const size_t slash = url.find_last_of("/:");
  const std::string id = absl::StrCat(Plain(slash == absl::string_view::npos ? url : url.substr(slash + 1)), "-",
                                      Plain(release.snapshot->version()));
  return id.size() <= kLongestId ? id : release.id;  // 64 hexadecimal digits
}

bool IsValueSet(ResourceType type, const Release& release) {
  return type == ResourceType::kCodeSystem || release.snapshot->supplements().empty();
}

// "ICD-10-CM" becomes ICD10CM: a name is what a program could call it.
std::string NameOf(const Snapshot& snapshot) {
  if (!snapshot.name().empty()) return std::string(snapshot.name());
  std::string name;
  for (const char c : snapshot.title()) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) name += c;
  }
  return name.empty() || absl::ascii_isdigit(static_cast<unsigned char>(name[0])) ? absl::StrCat("CS", name) : name;
}

// What $lookup tells besides what the code system defines itself.
struct ToldProperty {
  const char* code;
  const char* type;
  const char* description;
  bool of_fhir = false;  // one of http://hl7.org/fhir/concept-properties
};
constexpr ToldProperty kTold[] = {
    {"parent", "code", "The concept that it stands under", true},
    {"child", "code", "A concept that stands under it", true},
    {"inactive", "boolean", "Not to be used any more", true},
};
constexpr ToldProperty kToldOfClassifications[] = {
    {"billable", "boolean", "May be reported: no header of others"},
    {"kind", "code", "chapter, block, category or subcategory"},
    {"chapter", "code", "The chapter that it stands in"},
    {"block", "code", "A block that it stands in"},
    {"seventh-character", "boolean", "Made of the code above it and a 7th character"},
    {"extended-by", "Coding", "A code of an extension that stands under it"},
};
constexpr ToldProperty kExtends = {"extends", "Coding", "The published code that it stands under"};

void WriteTold(const Snapshot& snapshot, const ToldProperty& told, base::JsonWriter& json) {
  if (snapshot.FindPropertyDefinition(told.code)) return;
  json.StartObject().Text("code", told.code);
  if (told.of_fhir) {
    json.Text("uri", absl::StrCat("http://hl7.org/fhir/concept-properties#", told.code));
  }
  json.Text("description", told.description).Text("type", told.type).EndObject();
}

// Operations ask by them: what a value set may be composed by, and what a concept has.
void WriteFiltersAndProperties(const Snapshot& snapshot, bool classification, base::JsonWriter& json) {
  json.StartList("filter").StartObject().Text("code", "concept");
  json.Text("description", "Those under a concept, with or without itself");
  json.Texts("operator", {"is-a", "descendent-of"}).Text("value", "A code").EndObject().EndList();
  json.StartList("property");
  for (uint32_t i = 0; i < snapshot.property_definition_count(); ++i) {
    const Snapshot::PropertyDefinitionView property = snapshot.ReadPropertyDefinition(i);
    json.StartObject()
        .Text("code", property.code)
        .TextIfAny("uri", property.uri)
        .TextIfAny("description", property.description)
        .Text("type", model::PropertyTypeName(property.type))
        .EndObject();
  }
  for (const ToldProperty& told : kTold) WriteTold(snapshot, told, json);
  if (classification) {
    for (const ToldProperty& told : kToldOfClassifications) WriteTold(snapshot, told, json);
    for (uint8_t i = 1; i <= model::kMaxNoteKind; ++i) {
      std::string code(model::NoteKindName(static_cast<model::NoteKind>(i)));
      std::replace(code.begin(), code.end(), ' ', '-');
      WriteTold(snapshot, {code.c_str(), "string", "A note of the classification, its own or of an ancestor"}, json);
    }
  }
  if (!snapshot.extends().empty()) WriteTold(snapshot, kExtends, json);
  if (!snapshot.knowledge_records().empty()) {
    for (int i = 0; i < model::kSectionCount; ++i) {
      const auto section = static_cast<model::Section>(i);
      if (section == model::Section::kSynonyms) continue;  // designations
      const std::string code(model::SectionName(section));
      WriteTold(snapshot, {code.c_str(), "string", "A statement about the disease"}, json);
    }
  }
  json.EndList();
}

// How its versions are ordered, where it says so: an element of R5, an extension in R4.
void WriteVersionAlgorithm(const Snapshot& snapshot, const char* coding, base::JsonWriter& json) {
  json.StartObject(coding)
      .Text("system", std::string(fhir::kVersionAlgorithmSystem))
      .Text("code", snapshot.version_algorithm())
      .EndObject();
}

void WriteCodeSystem(const std::string& id, const Release& release, fhir::Version version, base::JsonWriter& json) {
  const Snapshot& snapshot = *release.snapshot;
  const bool supplement = !snapshot.supplements().empty();
  const bool ordered = !snapshot.version_algorithm().empty();
  json.Text("resourceType", "CodeSystem").Text("id", id);
  if (ordered && version == fhir::Version::kR4) {
    const std::string url(fhir::kVersionAlgorithmExtension);
    json.StartList("extension").StartObject().Text("url", url);
    WriteVersionAlgorithm(snapshot, "valueCoding", json);
    json.EndObject().EndList();
  }
  json.Text("url", snapshot.url());
  if (snapshot.url() == model::kIcd10CmUrl) {
    json.StartList("identifier")
        .StartObject()
        .Text("system", "urn:ietf:rfc:3986")
        .Text("value", absl::StrCat("urn:oid:", model::kIcd10CmOid))
        .EndObject()
        .EndList();
  }
  json.TextIfAny("version", snapshot.version());
  if (ordered && version == fhir::Version::kR5) WriteVersionAlgorithm(snapshot, "versionAlgorithmCoding", json);
  json.Text("name", NameOf(snapshot))
      .TextIfAny("title", snapshot.title())
      .Text("status", snapshot.status().empty() ? "active" : snapshot.status())
      .Flag("experimental", false)
      .TextIfAny("publisher", snapshot.publisher())
      .TextIfAny("description", snapshot.description())
      .TextIfAny("copyright", snapshot.copyright())
      .Flag("caseSensitive", snapshot.case_sensitive());
  if (!supplement) json.Text("valueSet", ValueSetUrl(snapshot));
  const bool classification = snapshot.classification();
  json.TextIfAny("hierarchyMeaning", snapshot.hierarchy_meaning());
  if (snapshot.version_needed()) json.Flag("versionNeeded", true);
  // The concepts are asked for by operations; a resource without them must not look like one that has none.
  json.Text("content", supplement ? "supplement" : "not-present");
  if (supplement) {
    json.Text("supplements", snapshot.supplements_version().empty()
                                 ? std::string(snapshot.supplements())
                                 : absl::StrCat(snapshot.supplements(), "|", snapshot.supplements_version()));
  }
  json.Number("count", snapshot.concept_count());
  WriteFiltersAndProperties(snapshot, classification, json);
}

void WriteValueSet(const std::string& id, const Release& release, base::JsonWriter& json) {
  const Snapshot& snapshot = *release.snapshot;
  json.Text("resourceType", "ValueSet")
      .Text("id", id)
      .Text("url", ValueSetUrl(snapshot))
      .TextIfAny("version", snapshot.version())
      .Text("name", absl::StrCat(NameOf(snapshot), "Codes"))
      .Text("title", absl::StrCat("All codes of ", snapshot.title().empty()
                                                       ? snapshot.name().empty() ? snapshot.url() : snapshot.name()
                                                       : snapshot.title()))
      .Text("status", snapshot.status().empty() ? "active" : snapshot.status())
      .Flag("experimental", false)
      .TextIfAny("publisher", snapshot.publisher())
      .TextIfAny("copyright", snapshot.copyright())
      .Flag("immutable", true)
      .StartObject("compose")
      .StartList("include")
      .StartObject()
      .Text("system", snapshot.url())
      .TextIfAny("version", snapshot.version())
      .EndObject()
      .EndList()
      .EndObject();
}

std::string Render(const Place& place, ResourceType type, const Release& release) {
  const std::string id = ResourceId(place.set, release);
  base::JsonWriter json;
  type == ResourceType::kCodeSystem ? WriteCodeSystem(id, release, place.version, json)
                                    : WriteValueSet(id, release, json);
  return json.Take();
}

std::string UrlOf(ResourceType type, const Release& release) {
  return type == ResourceType::kCodeSystem ? std::string(release.snapshot->url()) : ValueSetUrl(*release.snapshot);
}

absl::Span<const char* const> SummaryOf(ResourceType type) {
  return type == ResourceType::kCodeSystem ? absl::Span<const char* const>(kCodeSystemSummary) : kValueSetSummary;
}

// One of those that are searched.
struct Candidate {
  std::string id = {};
  std::string url = {};
  absl::string_view version = {};
  std::string name = {};
  absl::string_view title = {};
  absl::string_view status = {};
  bool first = true;  // clients take the first
  const Release* release = nullptr;
  const KeptResource* kept = nullptr;
};

std::vector<Candidate> CandidatesOf(const Place& place, absl::string_view type) {
  std::vector<Candidate> candidates;
  if (place.kept != nullptr) {
    for (const auto& [key, kept] : place.kept->by_id) {
      if (key.first != type || kept->stored.deleted || !kept->IsOf(place.version) || kept->lost()) continue;
      candidates.push_back({.id = key.second,
                            .url = kept->url,
                            .version = kept->version,
                            .name = kept->name,
                            .title = kept->title,
                            .status = kept->status,
                            .kept = kept.get()});
    }
  }
  if (type == "ConceptMap") return candidates;
  const ResourceType kind = type == "CodeSystem" ? ResourceType::kCodeSystem : ResourceType::kValueSet;
  absl::flat_hash_map<std::string, int> ids;  // how many releases would have it
  for (const Release& release : place.set.releases()) ++ids[ShortId(release)];
  for (const Release& release : place.set.releases()) {
    const Snapshot& snapshot = *release.snapshot;
    if (!IsValueSet(kind, release) || (kind == ResourceType::kCodeSystem && IsKept(release))) continue;
    const std::string id = ShortId(release);
    candidates.push_back({.id = ids[id] > 1 ? release.id : id,
                          .url = UrlOf(kind, release),
                          .version = snapshot.version(),
                          .name = NameOf(snapshot),
                          .title = snapshot.title(),
                          .status = snapshot.status().empty() ? absl::string_view("active") : snapshot.status(),
                          .first = release.active,
                          .release = &release});
  }
  return candidates;
}

Reply ReadResource(const Place& place, const char* type, absl::string_view id, const fhir::Parameters& parameters) {
  const absl::StatusOr<Shown> shown = ReadShown(parameters);
  if (!shown.ok()) return ErrorReply(shown.status());
  const bool map = absl::string_view(type) == "ConceptMap";
  const ResourceType kind =
      absl::string_view(type) == "CodeSystem" ? ResourceType::kCodeSystem : ResourceType::kValueSet;
  const KeptResource* const kept = place.kept == nullptr ? nullptr : place.kept->Find(type, id);
  if (kept != nullptr && kept->lost()) {
    return ErrorReply(500, {.code = "exception",
                            .text = absl::StrCat(type, "/", id, " cannot be read any more"),
                            .diagnostics = "put it again"});
  }
  if (kept != nullptr && kept->IsOf(place.version)) {
    return {200,
            Subset(std::string(kept->stored.json.view()), *shown, SummaryOf(kind)),
            {{"ETag", kept->tag()}, {"Last-Modified", HttpDate(kept->stored.updated)}}};
  }
  if (kept != nullptr) {
    return ErrorReply(404, {.code = "not-supported",
                            .text = absl::StrCat(type, "/", id, " is written as FHIR ", kept->stored.fhir_version,
                                                 " has it, which is not the version of this base"),
                            .diagnostics = "read it at the base of that version"});
  }
  const Release* const release = map ? nullptr : FindById(place.set, id);
  if (release != nullptr && IsValueSet(kind, *release) && (kind == ResourceType::kValueSet || !IsKept(*release))) {
    return {200, Subset(Render(place, kind, *release), *shown, SummaryOf(kind))};
  }
  if (place.kept != nullptr && kept == nullptr) {
    const auto gone = place.kept->by_id.find({type, std::string(id)});
    if (gone != place.kept->by_id.end()) {
      return ErrorReply(410, {.code = "deleted", .text = absl::StrCat(type, "/", id, " has been deleted")});
    }
  }
  return NoSuchResource(type, id);
}

// What a search finds, and what of it was understood.
struct Search {
  std::vector<Candidate> found = {};
  std::vector<std::pair<const char*, std::string>> asked = {};
};

absl::StatusOr<Search> FindResources(const Place& place, absl::string_view type, const fhir::Parameters& parameters) {
  ASSIGN_OR_RETURN(const std::string url, parameters.Text("url"));
  ASSIGN_OR_RETURN(const std::string version, parameters.Text("version"));
  ASSIGN_OR_RETURN(const std::string id, parameters.Text("_id"));
  ASSIGN_OR_RETURN(const std::string name, parameters.Text("name"));
  ASSIGN_OR_RETURN(const std::string title, parameters.Text("title"));
  ASSIGN_OR_RETURN(const std::string status, parameters.Text("status"));
  auto [plain, wanted] = fhir::PartCanonical(url);
  if (!version.empty()) wanted = version;
  const bool code_system = type == "CodeSystem";
  // Further ones that are asked.
  struct Further {
    const SearchedBy* parameter;
    std::string asked;
    std::vector<std::string> choices;
  };
  std::vector<Further> further;
  for (const SearchedBy& parameter : SearchParametersOf(type)) {
    if (!parameter.In(place.version)) continue;
    ASSIGN_OR_RETURN(std::string asked, parameters.Text(parameter.name));
    if (asked.empty()) continue;
    ASSIGN_OR_RETURN(std::vector<std::string> choices, ReadChoices(parameter, asked));
    further.push_back({&parameter, std::move(asked), std::move(choices)});
  }
  Search search;
  for (Candidate& candidate : CandidatesOf(place, type)) {
    const bool by_url =
        url.empty() || candidate.url == plain || (code_system && snapshot::CanonicalSystem(plain) == candidate.url);
    const bool fits = by_url && (wanted.empty() || TokenFits(wanted, "", candidate.version)) &&
                      (id.empty() || TokenFits(id, "", candidate.id)) &&
                      absl::StartsWithIgnoreCase(candidate.name, name) &&
                      absl::StartsWithIgnoreCase(candidate.title, title) &&
                      (status.empty() || TokenFits(status, kPublicationStatus, candidate.status) ||
                       TokenFits(status, "", candidate.status));
    const bool fits_further =
        fits && std::all_of(further.begin(), further.end(), [&](const Further& each) {
          return Fits(*each.parameter, {.kept = candidate.kept, .release = candidate.release}, each.choices);
        });
    if (fits_further) search.found.push_back(std::move(candidate));
  }
  // The release that answers where none is asked for comes first: clients take the first.
  std::stable_sort(search.found.begin(), search.found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.first > b.first; });
  search.asked = {{"url", url},   {"version", version}, {"_id", id},
                  {"name", name}, {"title", title},     {"status", status}};
  for (const Further& each : further) search.asked.emplace_back(each.parameter->name, each.asked);
  return search;
}

Reply SearchResources(const Place& place, const char* type, const fhir::Parameters& parameters) {
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const Shown shown, ReadShown(parameters));
    ASSIGN_OR_RETURN(Search search, FindResources(place, type, parameters));
    const std::vector<Candidate>& found = search.found;
    const ResourceType kind =
        absl::string_view(type) == "CodeSystem" ? ResourceType::kCodeSystem : ResourceType::kValueSet;
    return SearchSet({.base = place.base,
                      .type = type,
                      .asked = std::move(search.asked),
                      .total = found.size(),
                      .id = [&](size_t i) { return found[i].id; },
                      .resource =
                          [&](size_t i) {
                            return found[i].kept != nullptr ? std::string(found[i].kept->stored.json.view())
                                                            : Render(place, kind, *found[i].release);
                          },
                      .summary = SummaryOf(kind)},
                     shown);
  };
  return OrError(read());
}

}  // namespace

std::string ValueSetUrl(const Snapshot& snapshot) {
  return snapshot.value_set().empty() ? absl::StrCat(snapshot.url(), "?fhir_vs") : std::string(snapshot.value_set());
}

bool IsKept(const Release& release) { return absl::StartsWith(release.id, "kept/"); }

std::string ResourceId(const ReleaseSet& set, const Release& release) {
  const std::string id = ShortId(release);
  for (const Release& other : set.releases()) {
    if (other.id != release.id && ShortId(other) == id) return release.id;
  }
  return id;
}

const Release* FindById(const ReleaseSet& set, absl::string_view id) {
  for (const Release& release : set.releases()) {
    if ((release.id == id || ShortId(release) == id) && ResourceId(set, release) == id) return &release;
  }
  return nullptr;
}

absl::StatusOr<Fitting> FindFitting(const Place& place, absl::string_view type, const fhir::Parameters& condition) {
  ASSIGN_OR_RETURN(const Search search, FindResources(place, type, condition));
  Fitting fitting;
  for (const Candidate& candidate : search.found) {
    if (candidate.kept != nullptr) {
      fitting.kept.push_back(candidate.kept);
    } else {
      fitting.others.push_back(candidate.id);
    }
  }
  return fitting;
}

Reply ReadCodeSystem(const Place& place, absl::string_view id, const fhir::Parameters& parameters) {
  return ReadResource(place, "CodeSystem", id, parameters);
}
Reply ReadValueSet(const Place& place, absl::string_view id, const fhir::Parameters& parameters) {
  return ReadResource(place, "ValueSet", id, parameters);
}
Reply ReadConceptMap(const Place& place, absl::string_view id, const fhir::Parameters& parameters) {
  return ReadResource(place, "ConceptMap", id, parameters);
}
Reply SearchCodeSystems(const Place& place, const fhir::Parameters& parameters) {
  return SearchResources(place, "CodeSystem", parameters);
}
Reply SearchValueSets(const Place& place, const fhir::Parameters& parameters) {
  return SearchResources(place, "ValueSet", parameters);
}
Reply SearchConceptMaps(const Place& place, const fhir::Parameters& parameters) {
  return SearchResources(place, "ConceptMap", parameters);
}

}  // namespace nosograph::rest
