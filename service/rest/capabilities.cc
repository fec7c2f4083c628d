#include "service/rest/capabilities.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/rest/conditions.h"
#include "service/rest/search_parameters.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/condition_profiles.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/operations/code_system_operations.h"
#include "terminology/operations/translation.h"
#include "terminology/operations/value_set_operations.h"

namespace nosograph::rest {
namespace {

using operations::Content;
using operations::Expand;
using operations::LookUp;
using operations::Reply;
using operations::Subsumes;
using operations::TranslateConcept;
using operations::ValidateBatch;
using operations::ValidateBatchInCodeSystem;
using operations::ValidateCode;
using operations::ValidateInValueSet;

// Of this program's capabilities, not of its content.
constexpr char kDate[] = "2026-11-28";
constexpr char kFeature[] = "http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature";
constexpr char kTestVersion[] = "1.9.0";

constexpr std::array kExpansionParameters = {
    "activeOnly",        "check-system-version", "count",  "displayLanguage",
    "exclude-system",    "excludeNested",        "filter", "force-system-version",
    "includeDefinition", "includeDesignations",  "offset", "property",
    "system-version",    "tx-resource",          "url",    "valueSet",
    "valueSetVersion"};

// `write_value` writes the field of the value into an open object.
template <typename Write>
void WriteFeature(const char* definition, const Write& write_value, base::JsonWriter& json) {
  json.StartObject().Text("url", kFeature).StartList("extension");
  json.StartObject().Text("url", "definition").Text("valueCanonical", definition).EndObject();
  json.StartObject().Text("url", "value");
  write_value();
  json.EndObject().EndList().EndObject();
}

// What both statements begin with, behind their extensions.
void WriteHead(const char* type, const char* id, const char* name, const char* title, const std::string& base,
               const std::string& program, base::JsonWriter& json) {
  json.Text("id", id).Text("url", absl::StrCat(base, "/", type, "/", id)).Text("version", program).Text("name", name);
  json.Text("title", title).Text("status", "active").Text("date", kDate).Text("kind", "instance");
}

// `released` is left out where it is empty.
void WriteProgram(const std::string& base, const std::string& program, const char* released, base::JsonWriter& json) {
  json.StartObject("software").Text("name", "Nosograph").Text("version", program).TextIfAny("releaseDate", released);
  json.EndObject();
  json.StartObject("implementation").Text("description", "Nosograph terminology server").Text("url", base).EndObject();
}

void WriteParameter(const char* name, const char* type, const char* documentation, base::JsonWriter& json) {
  json.StartObject().Text("name", name).Text("type", type).Text("documentation", documentation).EndObject();
}

const char* NameOf(SearchedType type) {
  switch (type) {
    case SearchedType::kToken:
      return "token";
    case SearchedType::kUri:
      return "uri";
    case SearchedType::kString:
      return "string";
    case SearchedType::kDate:
      return "date";
  }
  return "special";
}

void WriteType(const ResourceKind& kind, fhir::Version version, bool kept, base::JsonWriter& json) {
  json.StartObject().Text("type", kind.type);
  if (kind.read != nullptr) {
    json.StartList("interaction");
    for (const char* interaction : {"read", "search-type"}) json.StartObject().Text("code", interaction).EndObject();
    if (kept) {
      for (const char* more : {"create", "update", "delete"}) json.StartObject().Text("code", more).EndObject();
    }
    json.EndList();
    if (kept) {
      json.Text("versioning", "versioned").Flag("updateCreate", true).Flag("conditionalCreate", true);
      json.Flag("conditionalUpdate", true).Text("conditionalDelete", "single");
    }
    json.StartList("searchParam");
    for (const SearchParameter& parameter : kind.parameters) {
      WriteParameter(parameter.name, parameter.type, parameter.documentation, json);
    }
    for (const SearchedBy& parameter : SearchParametersOf(kind.type)) {
      if (parameter.In(version)) WriteParameter(parameter.name, NameOf(parameter.type), parameter.documentation, json);
    }
    json.EndList();
  }
  bool begun = false;
  for (const Operation& operation : Operations()) {
    if (absl::string_view(operation.type) != kind.type) continue;
    if (!begun) json.StartList("operation");
    begun = true;
    json.StartObject().Text("name", operation.name).Text("definition", operation.definition).EndObject();
  }
  if (begun) json.EndList();
  json.EndObject();
}

bool IsSearched(const ResourceKind& kind, fhir::Version version, absl::string_view name) {
  for (const char* of_all : {"_summary", "_elements", "_count", "_offset", "_format", "_pretty"}) {
    if (name == of_all) return true;
  }
  const auto named = [&](const auto& known) { return known.name == name; };
  const absl::Span<const SearchedBy> further = SearchParametersOf(kind.type);
  return std::any_of(kind.parameters.begin(), kind.parameters.end(), named) ||
         std::any_of(further.begin(), further.end(),
                     [&](const SearchedBy& known) { return known.In(version) && named(known); });
}

}  // namespace

Reply Versions(const Content& /*content*/, const fhir::Parameters& /*parameters*/, fhir::Version version) {
  fhir::ParametersWriter answer;
  answer.Value("version", "valueCode", "4.0").Value("version", "valueCode", "5.0");
  answer.Value("default", "valueCode", version == fhir::Version::kR5 ? "5.0" : "4.0");
  return {200, answer.Take()};
}

const std::array<Operation, 11>& Operations() {
  static constexpr std::array<Operation, 11> kOperations = {{
      {"CodeSystem", "lookup", "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup", LookUp},
      {"CodeSystem", "validate-code", "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code", ValidateCode},
      {"CodeSystem", "batch-validate-code", "http://hl7.org/fhir/OperationDefinition/CodeSystem-batch-validate-code",
       ValidateBatchInCodeSystem},
      {"CodeSystem", "subsumes", "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes", Subsumes},
      {"ValueSet", "expand", "http://hl7.org/fhir/OperationDefinition/ValueSet-expand", Expand},
      {"ValueSet", "validate-code", "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
       ValidateInValueSet},
      {"ValueSet", "batch-validate-code", "http://hl7.org/fhir/OperationDefinition/ValueSet-batch-validate-code",
       ValidateBatch},
      {"ConceptMap", "translate", "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate", TranslateConcept},
      {"Condition", "draft", fhir::kDraftOperation, DraftCondition},
      {"", kCacheControl, "http://hl7.org/fhir/uv/tx-ecosystem/OperationDefinition/cache-control", nullptr},
      {"", "versions", "http://hl7.org/fhir/OperationDefinition/CapabilityStatement-versions", Versions},
  }};
  return kOperations;
}

const std::vector<ResourceKind>& ResourceKinds() {
  static const SearchParameter kUrl = {"url", "uri", "The canonical URL"};
  static const SearchParameter kId = {"_id", "token", "The id"};
  static const SearchParameter kName = {"name", "string", "The beginning of the name"};
  static const SearchParameter kTitle = {"title", "string", "The beginning of the title"};
  static const std::vector<SearchParameter> kCanonical = {kUrl,   {"version", "token", "The version"}, kId, kName,
                                                          kTitle, {"status", "token", "The status"}};
  static const std::vector<SearchParameter> kCondition = {
      {"code", "token", "A code of the disease, its own or the published one above it; of a Basic its type too"},
      kUrl,
      kId,
      kTitle};
  static const std::vector<SearchParameter> kDefinition = {kUrl, kId, kName};
  static const std::vector<ResourceKind> kKinds = {
      {"CodeSystem", true, true, ReadCodeSystem, SearchCodeSystems, kCanonical},
      {"ValueSet", true, true, ReadValueSet, SearchValueSets, kCanonical},
      {"Basic", true, false, ReadCondition, SearchConditions, kCondition},
      {"ConditionDefinition", false, true, ReadCondition, SearchConditions, kCondition},
      {"StructureDefinition", true, true, ReadStructureDefinition, SearchStructureDefinitions, kDefinition},
      {"OperationDefinition", true, true, ReadOperationDefinition, SearchOperationDefinitions, kDefinition},
      {"ConceptMap", true, true, ReadConceptMap, SearchConceptMaps, kCanonical},
      {"Condition", true, true, nullptr, nullptr, {}},
  };
  return kKinds;
}

Reply CapabilityStatement(fhir::Version version, const std::string& base, const std::string& program, bool may_keep) {
  base::JsonWriter json;
  json.Text("resourceType", "CapabilityStatement").StartList("extension");
  WriteFeature(
      "http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version", [&] { json.Text("valueCode", kTestVersion); },
      json);
  WriteFeature(
      "http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter",
      [&] { json.Flag("valueBoolean", true); }, json);
  json.EndList();
  WriteHead("CapabilityStatement", "nosograph", "Nosograph", "Nosograph terminology server", base, program, json);
  json.Texts("instantiates", {"http://hl7.org/fhir/CapabilityStatement/terminology-server"});
  WriteProgram(base, program, kDate, json);
  json.Text("fhirVersion", fhir::VersionNumber(version)).Texts("format", {"application/fhir+json", "json"});
  json.StartList("rest").StartObject().Text("mode", "server");
  json.StartObject("security").Flag("cors", true).EndObject();
  json.StartList("resource");
  for (const ResourceKind& kind : ResourceKinds()) {
    if (kind.In(version)) WriteType(kind, version, may_keep && IsKeptType(kind.type), json);
  }
  json.EndList().StartList("interaction").StartObject().Text("code", "batch").EndObject().EndList();
  json.StartList("operation");
  for (const Operation& operation : Operations()) {
    if (*operation.type != '\0') continue;
    json.StartObject().Text("name", operation.name).Text("definition", operation.definition).EndObject();
  }
  json.EndList().EndObject().EndList();
  return {200, json.Take()};
}

Reply TerminologyCapabilities(const snapshot::ReleaseSet& set, fhir::Version version, const std::string& base,
                              const std::string& program) {
  base::JsonWriter json;
  json.Text("resourceType", "TerminologyCapabilities");
  WriteHead("TerminologyCapabilities", "nosograph-terminology", "NosographTerminology",
            "Nosograph terminology capabilities", base, program, json);
  WriteProgram(base, program, "", json);
  std::map<absl::string_view, std::vector<const snapshot::Release*>> systems;
  for (const snapshot::Release& release : set.releases()) {
    if (release.snapshot->supplements().empty()) systems[release.snapshot->url()].push_back(&release);
  }
  if (!systems.empty()) json.StartList("codeSystem");
  for (const auto& [url, releases] : systems) {
    json.StartObject().Text("uri", url).StartList("version");
    for (const snapshot::Release* release : releases) {
      json.StartObject().Text("code", release->snapshot->version()).Flag("isDefault", release->active);
      json.Flag("compositional", false).EndObject();
    }
    json.EndList();
    if (version == fhir::Version::kR5)
      json.Text("content", releases.front()->snapshot->fragment() ? "fragment" : "complete");
    json.Flag("subsumption", true).EndObject();
  }
  if (!systems.empty()) json.EndList();
  json.StartObject("expansion").Flag("hierarchical", false).Flag("paging", true).Flag("incomplete", false);
  json.StartList("parameter");
  for (const char* name : kExpansionParameters) json.StartObject().Text("name", name).EndObject();
  json.EndList().Text("textFilter",
                      "Beginnings of words in any order, other forms of them, synonyms and misspellings; best first.");
  json.EndObject();
  json.StartObject("validateCode").Flag("translations", false).EndObject();
  return {200, json.Take()};
}

const ResourceKind* KindOf(absl::string_view name, fhir::Version version) {
  for (const ResourceKind& kind : ResourceKinds()) {
    if (kind.type == name && kind.In(version)) return &kind;
  }
  return nullptr;
}

std::optional<Reply> RefuseSearch(const ResourceKind& kind, fhir::Version version, const fhir::Parameters& parameters,
                                  bool strict) {
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (absl::StrContains(parameter.name, ':')) {
      return operations::ErrorReply(
          400, {.code = "not-supported",
                .text = absl::StrCat("the modifier of '", base::Excerpt(parameter.name), "' is not understood"),
                .expression = base::Excerpt(parameter.name),
                .diagnostics = "leave it out"});
    }
    if (!strict || IsSearched(kind, version, parameter.name)) continue;
    return operations::ErrorReply(
        400, {.code = "not-supported",
              .text = absl::StrCat("the parameter ", base::Excerpt(parameter.name), " is not understood"),
              .expression = base::Excerpt(parameter.name),
              .diagnostics = "leave it out, or do not ask for handling=strict"});
  }
  return std::nullopt;
}

}  // namespace nosograph::rest
