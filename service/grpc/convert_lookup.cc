// The messages of Lookup, ValidateCode and Subsumes; those of Resolve stand in convert.cc.
#include <algorithm>
#include <string>
#include <vector>

#include "service/grpc/convert.h"

namespace nosograph::service {
namespace {

using query::ConceptRef;

constexpr int kDefaultRepairs = 10;

std::string Text(absl::string_view view) { return std::string(view); }

void Fill(const model::NoteReference& reference, v1::NoteReference* message) {
  message->set_first(reference.first);
  message->set_last(reference.last);
  message->set_below(reference.below);
  message->set_excepted(reference.excepted);
  message->set_qualifier(reference.qualifier);
  for (const std::string& ending : reference.endings) message->add_endings(ending);
  for (const int position : reference.positions) message->add_positions(position);
  message->set_characters(reference.characters);
}

void Fill(const query::Scope& scope, const query::InheritedNote& note, v1::InheritedNote* message) {
  message->mutable_note()->set_kind(static_cast<v1::NoteKind>(note.kind));  // the same numbers
  message->mutable_note()->set_text(Text(note.text));
  message->mutable_note()->set_stands_at(Text(note.level.code()));
  message->set_inherited(note.inherited);
  for (const model::NoteReference& reference : query::ReferencesOf(scope, note.text)) {
    Fill(reference, message->add_references());
  }
}

void Fill(const query::DesignationOf& found, v1::SourcedDesignation* message) {
  message->mutable_designation()->set_language(Text(found.designation.language));
  message->mutable_designation()->set_use(Text(found.designation.use));
  message->mutable_designation()->set_value(Text(found.designation.value));
  message->set_source(Text(found.source->snapshot->url()));
}

void Fill(const query::PropertyOf& found, v1::Property* message) {
  message->set_code(Text(found.property.definition.code));
  message->set_type(Text(model::PropertyTypeName(found.property.definition.type)));
  message->set_value(Text(found.property.value));
  message->set_coding_system(Text(found.property.coding_system));
  message->set_coding_display(Text(found.property.coding_display));
  message->set_source(Text(found.source->snapshot->url()));
}

v1::Verdict VerdictOf(query::Verdict verdict) {
  switch (verdict) {
    case query::Verdict::kValid:
      return v1::VERDICT_VALID;
    case query::Verdict::kInvalid:
      return v1::VERDICT_INVALID;
    case query::Verdict::kUndetermined:
      break;
  }
  return v1::VERDICT_UNDETERMINED;
}

v1::Relation RelationOf(query::Relation relation) {
  switch (relation) {
    case query::Relation::kEquivalent:
      return v1::RELATION_EQUIVALENT;
    case query::Relation::kSubsumes:
      return v1::RELATION_SUBSUMES;
    case query::Relation::kSubsumedBy:
      return v1::RELATION_SUBSUMED_BY;
    case query::Relation::kNotSubsumed:
      return v1::RELATION_NOT_SUBSUMED;
    case query::Relation::kUnknownCode:
      return v1::RELATION_UNKNOWN_CODE;
    case query::Relation::kUndetermined:
      break;
  }
  return v1::RELATION_UNDETERMINED;
}

}  // namespace

query::LookupQuery ToQuery(const v1::LookupRequest& request) {
  return {.system = request.system(),
          .code = request.code(),
          .release = ToQuery(request.release()),
          .form = ToQuery(request.form())};
}

query::ValidateOptions ToQuery(const v1::ValidateCodeRequest& request) {
  return {.system = request.system(),
          .release = ToQuery(request.release()),
          .form = ToQuery(request.form()),
          .use = request.use() == v1::USE_TERMINOLOGY ? query::Use::kTerminology : query::Use::kClaim};
}

query::SubsumesQuery ToQuery(const v1::SubsumesRequest& request) {
  return {.system = request.system(),
          .code_a = request.code_a(),
          .code_b = request.code_b(),
          .release = ToQuery(request.release()),
          .form = ToQuery(request.form())};
}

void ToMessage(const snapshot::ReleaseSet& set, const query::Lookup& lookup, v1::LookupResponse* message) {
  message->set_normalized(lookup.normalized);
  if (lookup.issue) ToMessage(*lookup.issue, message->add_issues());
  if (lookup.release != nullptr) ToMessage(*lookup.release, Detail::kFull, message->mutable_release());
  if (!lookup.item) return;
  ToMessage(*lookup.item, message->mutable_matched_concept());
  message->set_inactive(lookup.item->inactive());
  message->set_abstract(lookup.item->abstract());
  message->set_status(Text(model::ConceptStatusName(lookup.item->snapshot().status(lookup.item->item))));
  for (const ConceptRef& ancestor : lookup.ancestors) ToMessage(ancestor, message->add_ancestors());
  for (const ConceptRef& child : lookup.children) ToMessage(child, message->add_children());
  for (const query::InheritedNote& note : lookup.notes) Fill(*lookup.scope, note, message->add_notes());
  for (const query::DesignationOf& designation : lookup.designations) Fill(designation, message->add_designations());
  for (const query::PropertyOf& property : lookup.properties) Fill(property, message->add_properties());
  for (const snapshot::Release* supplement : set.ActiveSupplements(*lookup.item->release)) {
    if (!supplement->snapshot->Find(lookup.item->code())) continue;
    ToMessage(*supplement, Detail::kFull, message->add_supplements());
  }
}

void ToMessage(const query::CodeValidator& validator, const v1::ValidateCodeRequest& request,
               const query::Validation& validation, v1::ValidateCodeResponse* message) {
  message->set_verdict(VerdictOf(validation.verdict));
  message->set_reason(static_cast<v1::Reason>(validation.reason));  // the same numbers
  if (validation.matched) ToMessage(*validation.matched, message->mutable_matched_concept());
  message->set_canonical(validation.canonical);
  message->set_normalized(validation.normalized);
  const auto asked =
      static_cast<size_t>(request.has_max_repairs() ? std::max(0, request.max_repairs()) : kDefaultRepairs);
  // Once for both: they cost more than the verdict.
  std::vector<ConceptRef> repairs =
      validator.Repairs(validation, std::max(asked, query::CodeValidator::kRepairsInAMessage));
  for (size_t i = 0; i < std::min(asked, repairs.size()); ++i) ToMessage(repairs[i], message->add_repairs());
  query::CodeValidator::Explanation explanation = validator.Explain(request.code(), validation, std::move(repairs));
  message->set_message(std::move(explanation.message));
  message->set_remedy(std::move(explanation.remedy));
  if (validation.scope != nullptr) {
    ToMessage(validation.scope->release(), Detail::kFull, message->mutable_release());
  }
}

void ToMessage(const query::Subsumption& answer, v1::SubsumesResponse* message) {
  message->set_relation(RelationOf(answer.relation));
  if (answer.a) ToMessage(*answer.a, message->mutable_concept_a());
  if (answer.b) ToMessage(*answer.b, message->mutable_concept_b());
  if (answer.release != nullptr) ToMessage(*answer.release, Detail::kFull, message->mutable_release());
}

}  // namespace nosograph::service
