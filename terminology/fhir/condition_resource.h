// Condition knowledge as resources: R5 ConditionDefinition, R4 Basic, and a draft Condition for a named subject.
//
// R4 has no ConditionDefinition, so that a Basic carries the same there. What neither has a place for stands in
// extensions of our own (condition_profiles.h), the same in both: each statement with its sources and review state. A
// Condition is about one patient; what is known of a disease says nothing of that patient, so that the draft has the
// codes alone and leaves the rest to the clinician.
//
// Thread-safe: functions without state.
//
//   const std::string json = RenderConditionDefinition({.id = "dermatology-L94.21", .knowledge = knowledge, ...});
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_RESOURCE_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_RESOURCE_H_

#include <string>
#include <vector>

#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/model/condition_knowledge.h"

namespace nosograph::fhir {

// A disease that something is known of. `codings` name it: its own code first, then the published one that an
// extension's code stands under.
struct KnownCondition {
  std::string id;   // of the resource
  std::string url;  // its canonical
  std::string version = {};
  std::string publisher = {};
  std::vector<Coding> codings;
  model::ConditionKnowledge knowledge;
};

// What a Basic that carries one is of, by its code.
inline constexpr char kBasicTypes[] = "https://nosograph.example/fhir/CodeSystem/basic-resource-type";
inline constexpr char kBasicType[] = "condition-definition";

std::string RenderConditionDefinition(const KnownCondition& condition);  // R5
std::string RenderConditionBasic(const KnownCondition& condition);       // R4

// What a Condition is drafted from.
struct ConditionDraft {
  std::vector<Coding> codings;  // the published code, which is billed, first
  std::string text = {};        // the title of what was asked
  std::string subject;          // a reference: "Patient/1"
  std::string encounter = {};   // a reference
  std::string category = {};    // a code of http://terminology.hl7.org/CodeSystem/condition-category
};

// Its verification status is "unconfirmed"; a clinical status that R5 demands is "unknown".
std::string RenderConditionDraft(const ConditionDraft& draft, Version version);

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_CONDITION_RESOURCE_H_
