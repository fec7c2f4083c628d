#include "service/rest/translation.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "service/rest/request_content.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/import/fhir_concept_map.h"
#include "terminology/query/translate.h"

namespace nosograph::rest {
namespace {

using fhir::Coding;
using query::Translation;

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
  ASSIGN_OR_RETURN(const std::optional<Coding> one, parameters.OneCoding(coding));
  ASSIGN_OR_RETURN(const std::optional<fhir::CodeableConcept> several, parameters.OneCodeableConcept(concepts));
  if (!plain.empty()) found.push_back({.system = system, .code = plain});
  if (one) found.push_back(*one);
  if (several) found.insert(found.end(), several->codings.begin(), several->codings.end());
  return found;
}

absl::StatusOr<Asked> ReadAsked(const fhir::Parameters& parameters) {
  Asked asked;
  ASSIGN_OR_RETURN(const std::string source_system, parameters.Text({"sourceSystem", "system"}));
  ASSIGN_OR_RETURN(const std::string target_system, parameters.Text({"targetSystem", "targetsystem"}));
  ASSIGN_OR_RETURN(asked.reverse, parameters.Flag("reverse", false));
  for (const auto& [code, coding, concepts] : {std::make_tuple("sourceCode", "sourceCoding", "sourceCodeableConcept"),
                                               std::make_tuple("code", "coding", "codeableConcept")}) {
    ASSIGN_OR_RETURN(std::vector<Coding> found, ReadConcepts(parameters, code, coding, concepts, source_system));
    asked.codings.insert(asked.codings.end(), found.begin(), found.end());
  }
  ASSIGN_OR_RETURN(std::vector<Coding> targets,
                   ReadConcepts(parameters, "targetCode", "targetCoding", "targetCodeableConcept", target_system));
  if (!asked.codings.empty() && !targets.empty()) {
    return base::InvalidField("targetCode", targets.front().code, "stands beside a source", "give one of the two");
  }
  // In R4's reverse, code and system are the target's, and targetsystem is where the sources are wanted.
  asked.other_system = targets.empty() ? target_system : source_system;
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
    if (best == nullptr || IsLater(map->version, best->version)) best = map;
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

void WriteMatch(const Translation& match, fhir::Version version, fhir::ParametersWriter& answer) {
  answer.StartParts("match");
  if (version == fhir::Version::kR5) {
    answer.Value("relationship", "valueCode", model::MapRelationshipName(match.relationship));
  } else {
    answer.Value("equivalence", "valueCode", model::MapEquivalenceName(match.relationship));
  }
  answer.Object("concept", "valueCoding", [&](base::JsonWriter& json) {
    json.TextIfAny("system", match.system).TextIfAny("version", match.version).Text("code", match.code);
    json.TextIfAny("display", match.display);
  });
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
  std::vector<Translation> found;
  for (const Coding& coding : asked.codings) {
    query.system = coding.version.empty() ? coding.system : absl::StrCat(coding.system, "|", coding.version);
    query.code = coding.code;
    std::vector<Translation> more = query::Translate(maps, all, query);
    found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  // What depends on something else that is not known here holds for nobody.
  const size_t all_found = found.size();
  found.erase(std::remove_if(found.begin(), found.end(),
                             [](const Translation& match) {
                               return match.target != nullptr && !match.target->depends_on.empty();
                             }),
              found.end());
  const size_t dependent = all_found - found.size();
  const bool result = std::any_of(found.begin(), found.end(), [](const Translation& match) {
    return match.relationship != model::MapRelationship::kNotRelatedTo;
  });
  fhir::ParametersWriter answer;
  answer.Flag("result", result);
  if (dependent > 0) {
    answer.Value("message", "valueString",
                 absl::StrCat(dependent, " targets are left out: they depend on what was not given (dependsOn)"));
  } else if (found.empty()) {
    answer.Value("message", "valueString",
                 absl::StrCat("No map that was asked has anything for the code '",
                              base::Excerpt(asked.codings.front().code), "'"));
  }
  for (const Translation& match : found) WriteMatch(match, version, answer);
  return Reply{200, answer.Take()};
}

}  // namespace

Reply TranslateConcept(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  return OrError(TranslateOrSay(content, parameters, version));
}

}  // namespace nosograph::rest
