#include "terminology/operations/translation.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/import/fhir_concept_map.h"
#include "terminology/model/concept_map.h"
#include "terminology/model/version_order.h"
#include "terminology/query/translate.h"

namespace nosograph::operations {
namespace {

using fhir::Coding;
using model::MapAttribute;
using query::Translation;

constexpr char kDependency[] = "dependency";

// The concepts that are asked about; in reverse those of a target.
struct Asked {
  std::vector<Coding> codings = {};
  bool reverse = false;
  std::string other_system = {};  // where the answer is wanted; empty for anywhere
};

absl::StatusOr<std::vector<Coding>> ReadConcepts(const fhir::Parameters& parameters, const char* code,
                                                 const char* coding, const char* concepts, const std::string& system) {
  std::vector<Coding> found;
  ASSIGN_OR_RETURN(const std::string plain, parameters.Text(code));
  ASSIGN_OR_RETURN(const std::string version, parameters.Text("version"));
  ASSIGN_OR_RETURN(const std::optional<Coding> one, parameters.OneCoding(coding));
  ASSIGN_OR_RETURN(const std::optional<fhir::CodeableConcept> several, parameters.OneCodeableConcept(concepts));
  if (!plain.empty()) found.push_back({.system = system, .version = version, .code = plain});
  if (one) found.push_back(*one);
  if (several) found.insert(found.end(), several->codings.begin(), several->codings.end());
  return found;
}

absl::StatusOr<Asked> ReadAsked(const fhir::Parameters& parameters) {
  Asked asked;
  ASSIGN_OR_RETURN(const std::string stated_source, parameters.Text("sourceSystem"));
  ASSIGN_OR_RETURN(const std::string system, parameters.Text("system"));
  const std::string& source_system = stated_source.empty() ? system : stated_source;
  ASSIGN_OR_RETURN(const std::string target_system, parameters.Text({"targetSystem", "targetsystem"}));
  ASSIGN_OR_RETURN(asked.reverse, parameters.Flag("reverse", false));
  for (const auto& [code, coding, concepts] : {std::make_tuple("sourceCode", "sourceCoding", "sourceCodeableConcept"),
                                               std::make_tuple("code", "coding", "codeableConcept")}) {
    ASSIGN_OR_RETURN(std::vector<Coding> found, ReadConcepts(parameters, code, coding, concepts, source_system));
    asked.codings.insert(asked.codings.end(), found.begin(), found.end());
  }
  // In R5 `system` is that of whichever code is given.
  const bool of_target = parameters.Has("targetCode") && target_system.empty();
  ASSIGN_OR_RETURN(std::vector<Coding> targets,
                   ReadConcepts(parameters, "targetCode", "targetCoding", "targetCodeableConcept",
                                of_target ? system : target_system));
  if (!asked.codings.empty() && !targets.empty()) {
    return base::InvalidField("targetCode", targets.front().code, "stands beside a source", "give one of the two");
  }
  // In R4's reverse, code and system are the target's, and targetsystem is where the sources are wanted.
  asked.other_system = targets.empty() ? target_system : of_target ? stated_source : source_system;
  if (!targets.empty()) {
    asked.codings = std::move(targets);
    asked.reverse = true;
  }
  if (asked.codings.empty()) {
    return base::InvalidField("sourceCode", "", "is not given",
                              "give sourceCode and sourceSystem, sourceCoding, or targetCode for the other direction");
  }
  return asked;
}

// The maps that are asked: the one that is named or sent, else all.
absl::StatusOr<query::ConceptMaps> ReadMaps(const fhir::Parameters& parameters, const query::ConceptMaps& all) {
  ASSIGN_OR_RETURN(const fhir::Parameter* const sent, parameters.One("conceptMap"));
  ASSIGN_OR_RETURN(const std::string url, parameters.Text("url"));
  ASSIGN_OR_RETURN(const std::string map_version, parameters.Text("conceptMapVersion"));
  if (sent != nullptr && !sent->resource.empty()) {
    absl::StatusOr<std::shared_ptr<const model::ConceptMap>> map = import::ReadFhirConceptMap(sent->resource);
    if (!map.ok()) {
      return base::InvalidField("conceptMap", "", std::string(map.status().message()), "correct the resource");
    }
    return query::ConceptMaps{*std::move(map)};
  }
  if (url.empty()) return all;
  auto [plain, version] = fhir::PartCanonical(url);
  if (!map_version.empty()) version = map_version;
  std::shared_ptr<const model::ConceptMap> best;
  for (const std::shared_ptr<const model::ConceptMap>& map : all) {
    if (map->url != plain || (!version.empty() && map->version != version)) continue;
    if (best == nullptr ||
        model::IsLaterVersion(map->version_algorithm, map->version, best->version_algorithm, best->version))
      best = map;
  }
  if (best == nullptr) {
    return fhir::StatusOf(
        absl::StatusCode::kNotFound,
        {.code = "not-found",
         .about = "not-found",
         .text = absl::StrCat("A definition for the ConceptMap '", base::Excerpt(url), "' could not be found"),
         .expression = "url",
         .diagnostics = "put the ConceptMap, or send it as conceptMap or tx-resource"});
  }
  return query::ConceptMaps{std::move(best)};
}

// What is known beside the concept: `dependency`, of parts `element` and `concept` in R4, `attribute` and `value` in
// R5.
absl::StatusOr<std::vector<MapAttribute>> ReadDependencies(const fhir::Parameters& parameters) {
  std::vector<MapAttribute> known;
  for (const fhir::Parameter& parameter : parameters.all()) {
    if (parameter.name != kDependency) continue;
    std::string name;
    const fhir::Parameter* value = nullptr;
    for (const fhir::Parameter& part : parameter.parts) {
      if (part.name == "element" || part.name == "attribute") name = part.text;
      if (part.name == "concept" || part.name == "value") value = &part;
    }
    if (name.empty() || value == nullptr) {
      return base::InvalidField(kDependency, "", "says not what of what",
                                "give parts element and concept, or in R5 attribute and value");
    }
    std::vector<Coding> codings = value->concepts ? value->concepts->codings : std::vector<Coding>();
    if (value->coding) codings.push_back(*value->coding);
    const size_t before = known.size();
    for (const Coding& coding : codings) {
      if (!coding.code.empty()) known.push_back({.name = name, .system = coding.system, .code = coding.code});
    }
    const std::string& text = value->concepts ? value->concepts->text : value->text;
    if (!text.empty()) known.push_back({.name = name, .code = text});
    if (known.size() == before) {
      return base::InvalidField(kDependency, name, "has a value that is not understood",
                                "give a code, a coding or a text");
    }
  }
  return known;
}

void WriteCoding(const MapAttribute& attribute, base::JsonWriter& json) {
  json.TextIfAny("system", attribute.system).TextIfAny("code", attribute.code).TextIfAny("display", attribute.display);
}

// As the version has it: R4 knows codings alone, and products alone.
void WriteAttributes(const Translation& match, fhir::Version version, fhir::ParametersWriter& answer) {
  const model::MapTarget& target = *match.target;
  if (version != fhir::Version::kR5) {
    for (const MapAttribute& product : target.products) {
      if (product.code.empty()) continue;  // no code of anything
      answer.StartParts("product").ValueIfAny("element", "valueUri", product.uri);
      answer.Object("concept", "valueCoding", [&](base::JsonWriter& json) { WriteCoding(product, json); }).EndParts();
    }
    return;
  }
  for (const auto& [list, name, attributes] : {std::make_tuple("property", "uri", &target.properties),
                                               std::make_tuple("product", "attribute", &target.products),
                                               std::make_tuple("dependsOn", "attribute", &target.depends_on)}) {
    for (const MapAttribute& attribute : *attributes) {
      answer.StartParts(list).Value(name, "valueUri", attribute.uri);
      if (attribute.type == "valueString" && !attribute.system.empty()) {  // R4's
        answer.Object("value", "valueCoding", [&](base::JsonWriter& json) { WriteCoding(attribute, json); });
      } else if (!attribute.json.empty()) {
        answer.Parameter("value", [&](base::JsonWriter& json) { json.Raw(attribute.type.c_str(), attribute.json); });
      }
      answer.EndParts();
    }
  }
}

void WriteMatch(const Translation& match, fhir::Version version, bool reverse, fhir::ParametersWriter& answer) {
  answer.StartParts("match");
  if (version == fhir::Version::kR5) {
    answer.Value("relationship", "valueCode", model::MapRelationshipName(match.relationship));
  } else {
    const bool as_written = !reverse && match.target != nullptr && !match.target->equivalence.empty();
    answer.Value(
        "equivalence", "valueCode",
        as_written ? absl::string_view(match.target->equivalence) : model::MapEquivalenceName(match.relationship));
  }
  answer.Object("concept", "valueCoding", [&](base::JsonWriter& json) {
    json.TextIfAny("system", match.system).TextIfAny("version", match.version).Text("code", match.code);
    json.TextIfAny("display", match.display);
  });
  if (match.target != nullptr) WriteAttributes(match, version, answer);
  answer.ValueIfAny("originMap", "valueCanonical", match.map->canonical());
  answer.EndParts();
}

absl::StatusOr<Reply> TranslateOrSay(const Content& content, const fhir::Parameters& parameters,
                                     fhir::Version version) {
  ASSIGN_OR_RETURN(const Asked asked, ReadAsked(parameters));
  const query::ConceptMaps all = content.ConceptMaps();
  ASSIGN_OR_RETURN(const query::ConceptMaps maps, ReadMaps(parameters, all));
  query::TranslateQuery query{.reverse = asked.reverse, .other_system = asked.other_system};
  ASSIGN_OR_RETURN(query.source_scope, parameters.Text({"sourceScope", "source"}));
  ASSIGN_OR_RETURN(query.target_scope, parameters.Text({"targetScope", "target"}));
  ASSIGN_OR_RETURN(const std::vector<MapAttribute> known, ReadDependencies(parameters));
  std::vector<Translation> found;
  for (const Coding& coding : asked.codings) {
    query.system = coding.version.empty() ? coding.system : absl::StrCat(coding.system, "|", coding.version);
    query.code = coding.code;
    std::vector<Translation> more = query::Translate(maps, all, query);
    found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  // What depends on something that is not known here holds for nobody.
  const size_t all_found = found.size();
  found.erase(std::remove_if(found.begin(), found.end(),
                             [&](const Translation& match) {
                               return match.target != nullptr && !query::AreMet(match.target->depends_on, known);
                             }),
              found.end());
  const size_t dependent = all_found - found.size();
  const bool result = std::any_of(found.begin(), found.end(), [](const Translation& match) {
    return match.relationship != model::MapRelationship::kNotRelatedTo;
  });
  fhir::ParametersWriter answer;
  answer.Flag("result", result);
  if (dependent > 0) {
    answer.Value(
        "message", "valueString",
        absl::StrCat(dependent,
                     " targets are left out: they depend on what was not given (dependsOn); give it as dependency"));
  } else if (found.empty()) {
    answer.Value("message", "valueString",
                 absl::StrCat("No map that was asked has anything for the code '",
                              base::Excerpt(asked.codings.front().code), "'"));
  }
  for (const Translation& match : found) WriteMatch(match, version, asked.reverse, answer);
  return Reply{200, answer.Take()};
}

}  // namespace

Reply TranslateConcept(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  return OrError(TranslateOrSay(content, parameters, version));
}

}  // namespace nosograph::operations
