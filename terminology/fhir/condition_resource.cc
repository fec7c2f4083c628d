#include "terminology/fhir/condition_resource.h"

#include "absl/strings/str_cat.h"
#include "terminology/base/json_writer.h"
#include "terminology/fhir/condition_extension.h"

namespace nosograph::fhir {
namespace {

// A CodeableConcept into the object that is open.
void WriteConcept(const std::vector<Coding>& codings, const std::string& text, base::JsonWriter& json) {
  json.StartList("coding");
  for (const Coding& coding : codings) {
    json.StartObject().Text("system", coding.system).TextIfAny("version", coding.version).Text("code", coding.code);
    json.TextIfAny("display", coding.display).EndObject();
  }
  json.EndList().TextIfAny("text", text);
}

// The extensions that both forms have.
void WriteKnowledge(const model::ConditionKnowledge& knowledge, base::JsonWriter& json) {
  json.StartObject().Text("url", kReviewExtension);
  json.Text("valueCode", model::ReviewStateName(knowledge.review_state)).EndObject();
  if (!knowledge.disclaimer.empty()) {
    json.StartObject().Text("url", kDisclaimerExtension).Text("valueString", knowledge.disclaimer).EndObject();
  }
  for (const model::Statement& statement : knowledge.statements) WriteStatement(statement, json);
  for (const model::Source& source : knowledge.sources) WriteSource(source, json);
}

const char* StatusOf(model::ReviewState state) {
  switch (state) {
    case model::ReviewState::kReviewed:
      return "active";
    case model::ReviewState::kRetired:
      return "retired";
    case model::ReviewState::kDraft:
      return "draft";
    case model::ReviewState::kUnspecified:
      break;
  }
  return "unknown";
}

// What defines the disease, in one text.
std::string DefinitionOf(const model::ConditionKnowledge& knowledge) {
  std::string text;
  for (const model::Statement& statement : knowledge.statements) {
    if (statement.section != model::Section::kDefinition) continue;
    absl::StrAppend(&text, text.empty() ? "" : " ", statement.text);
  }
  return text;
}

// Elements of a name of ConditionDefinition that have a code with a text each: observation, medication.
template <typename TextOf>
void WriteRelated(const char* name, const model::ConditionKnowledge& knowledge, const TextOf& text_of,
                  base::JsonWriter& json) {
  bool begun = false;
  for (const model::Statement& statement : knowledge.statements) {
    const std::string text = text_of(statement);
    if (text.empty()) continue;
    if (!begun) json.StartList(name);
    begun = true;
    json.StartObject().StartObject("code");
    if (statement.coding) {
      WriteConcept(
          {{.system = statement.coding->system, .code = statement.coding->code, .display = statement.coding->display}},
          text, json);
    } else {
      json.Text("text", text);
    }
    json.EndObject().EndObject();
  }
  if (begun) json.EndList();
}

void WriteReference(const char* name, const std::string& reference, base::JsonWriter& json) {
  if (!reference.empty()) json.StartObject(name).Text("reference", reference).EndObject();
}

void WriteCode(const char* name, const char* system, const char* code, base::JsonWriter& json) {
  json.StartObject(name);
  WriteConcept({{.system = system, .code = code}}, "", json);
  json.EndObject();
}

}  // namespace

std::string RenderConditionDefinition(const KnownCondition& condition) {
  const model::ConditionKnowledge& knowledge = condition.knowledge;
  base::JsonWriter json;
  json.Text("resourceType", "ConditionDefinition").Text("id", condition.id).StartList("extension");
  WriteKnowledge(knowledge, json);
  json.EndList()
      .Text("url", condition.url)
      .TextIfAny("version", condition.version)
      .TextIfAny("title", knowledge.title)
      .Text("status", StatusOf(knowledge.review_state))
      .Flag("experimental", false)
      .TextIfAny("publisher", condition.publisher)
      .TextIfAny("description", DefinitionOf(knowledge));
  json.StartObject("code");
  WriteConcept(condition.codings, knowledge.title, json);
  json.EndObject();
  WriteRelated(
      "observation", knowledge,
      [](const model::Statement& statement) {
        return statement.section == model::Section::kLaboratory ? statement.text : std::string();
      },
      json);
  WriteRelated(
      "medication", knowledge,
      [](const model::Statement& statement) {
        return statement.therapy && !statement.coding ? statement.therapy->agent : std::string();
      },
      json);
  return json.Take();
}

std::string RenderConditionBasic(const KnownCondition& condition) {
  const model::ConditionKnowledge& knowledge = condition.knowledge;
  base::JsonWriter json;
  json.Text("resourceType", "Basic").Text("id", condition.id).StartList("extension");
  json.StartObject().Text("url", kCodeExtension).StartObject("valueCodeableConcept");
  WriteConcept(condition.codings, knowledge.title, json);
  json.EndObject().EndObject();
  json.StartObject().Text("url", kTitleExtension).Text("valueString", knowledge.title).EndObject();
  WriteKnowledge(knowledge, json);
  json.EndList().StartList("identifier").StartObject().Text("system", "urn:ietf:rfc:3986");
  json.Text("value", condition.version.empty() ? condition.url : absl::StrCat(condition.url, "|", condition.version));
  json.EndObject().EndList();
  json.StartObject("code");
  WriteConcept({{.system = kBasicTypes, .code = kBasicType, .display = "Condition definition"}}, "", json);
  json.EndObject();
  return json.Take();
}

std::string RenderConditionDraft(const ConditionDraft& draft, Version version) {
  base::JsonWriter json;
  json.Text("resourceType", "Condition");
  if (version == Version::kR5) {
    WriteCode("clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical", "unknown", json);
  }
  WriteCode("verificationStatus", "http://terminology.hl7.org/CodeSystem/condition-ver-status", "unconfirmed", json);
  if (!draft.category.empty()) {
    json.StartList("category").StartObject();
    WriteConcept({{.system = "http://terminology.hl7.org/CodeSystem/condition-category", .code = draft.category}}, "",
                 json);
    json.EndObject().EndList();
  }
  json.StartObject("code");
  WriteConcept(draft.codings, draft.text, json);
  json.EndObject();
  WriteReference("subject", draft.subject, json);
  WriteReference("encounter", draft.encounter, json);
  json.StartList("note").StartObject();
  json.Text("text",
            "Drafted from a code alone; whether and how it holds for this subject is for the clinician to say.");
  json.EndObject().EndList();
  return json.Take();
}

}  // namespace nosograph::fhir
