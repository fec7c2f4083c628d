#include "service/grpc/convert.h"

#include <algorithm>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"

namespace nosograph::service {
namespace {

using query::ConceptRef;
using snapshot::Snapshot;

std::string Text(absl::string_view view) { return std::string(view); }
absl::string_view View(const std::string& text) { return text; }

template <typename Request>
query::ResolveQuery QueryOf(const Request& request, const std::string& code) {
  return {
      .system = View(request.system()),
      .code = View(code),
      .release = ToQuery(request.release()),
      .form = ToQuery(request.form()),
      .on_miss = request.on_miss() == v1::ON_MISS_UNKNOWN ? query::OnMiss::kUnknown : query::OnMiss::kParentFallback};
}

}  // namespace

query::Form ToQuery(v1::Form form) { return form == v1::FORM_STRICT ? query::Form::kStrict : query::Form::kLenient; }

snapshot::ReleaseSelector ToQuery(const v1::ReleaseSelector& release) {
  return {.version = View(release.version()), .date = View(release.date())};
}

void ToMessage(const ConceptRef& item, v1::Concept* message) {
  const Snapshot& snapshot = item.snapshot();
  message->set_system(Text(snapshot.url()));
  message->set_code(Text(item.code()));
  message->set_title(Text(item.title()));
  message->set_kind(static_cast<v1::ConceptKind>(snapshot.kind(item.item)));  // the same numbers
  message->set_billable(item.billable());
  message->set_definition(Text(snapshot.definition(item.item)));
  for (const snapshot::DesignationRecord& record : snapshot.designations(item.item)) {
    const Snapshot::DesignationView designation = snapshot.Read(record);
    v1::Designation* added = message->add_designations();
    added->set_language(Text(designation.language));
    added->set_use(Text(designation.use));
    added->set_value(Text(designation.value));
  }
}

namespace {

template <typename Response>
void AddNotesTo(const ConceptRef& item, Response* message) {
  for (const snapshot::NoteRecord& record : item.snapshot().notes(item.item)) {
    const Snapshot::NoteView note = item.snapshot().Read(record);
    v1::Note* added = message->add_notes();
    added->set_kind(static_cast<v1::NoteKind>(note.kind));  // the same numbers
    added->set_text(Text(note.text));
    added->set_stands_at(Text(item.code()));
  }
}

}  // namespace

void AddNotes(const ConceptRef& item, v1::ResolveResponse* message) { AddNotesTo(item, message); }
void AddNotes(const ConceptRef& item, v1::ResolveBatchResponse* message) { AddNotesTo(item, message); }

namespace {

void Fill(const model::Citation& citation, v1::Citation* message) {
  message->set_text(citation.text);
  message->set_doi(citation.doi);
  message->set_pmid(citation.pmid);
}

void Fill(const model::Source& source, v1::Source* message) {
  message->set_id(source.id);
  message->set_title(source.title);
  message->set_author(source.author);
  message->set_date(source.date);
  message->set_licence(source.licence);
  message->set_language(source.language);
  message->set_machine_translated(source.machine_translated);
  message->set_url(source.url);
  if (source.citation) Fill(*source.citation, message->mutable_citation());
}

void Fill(const model::Statement& statement, v1::Statement* message) {
  message->set_text(statement.text);
  message->set_language(statement.language);
  for (const std::string& id : statement.source_ids) message->add_source_ids(id);
  message->set_review_state(static_cast<v1::ReviewState>(statement.review_state));  // the same numbers
  message->set_open(statement.open);
  message->set_machine_translated(statement.machine_translated);
  if (statement.coding) {
    message->mutable_coding()->set_system(statement.coding->system);
    message->mutable_coding()->set_code(statement.coding->code);
    message->mutable_coding()->set_display(statement.coding->display);
  }
  message->set_frequency(statement.frequency);
  message->set_qualifier(statement.qualifier);
  if (statement.range) {
    if (statement.range->low) message->mutable_range()->set_low(*statement.range->low);
    if (statement.range->high) message->mutable_range()->set_high(*statement.range->high);
    message->mutable_range()->set_unit(statement.range->unit);
  }
  message->set_expected_value(statement.expected_value);
  message->set_relation(statement.relation);
  if (statement.therapy) {
    v1::Therapy* therapy = message->mutable_therapy();
    therapy->set_kind(statement.therapy->kind);
    therapy->set_agent(statement.therapy->agent);
    therapy->set_strength(statement.therapy->strength);
    therapy->set_route(statement.therapy->route);
    therapy->set_condition_of_use(statement.therapy->condition_of_use);
  }
  if (statement.citation) Fill(*statement.citation, message->mutable_citation());
}

v1::Statement* AddStatement(model::Section section, v1::ConditionKnowledge* message) {
  switch (section) {
    case model::Section::kDefinition:
      return message->add_definition();
    case model::Section::kSynonyms:
      return message->add_synonyms();
    case model::Section::kClassification:
      return message->add_classification();
    case model::Section::kAetiology:
      return message->add_aetiology();
    case model::Section::kOnset:
      return message->add_onset();
    case model::Section::kSites:
      return message->add_sites();
    case model::Section::kFeatures:
      return message->add_features();
    case model::Section::kLaboratory:
      return message->add_laboratory();
    case model::Section::kAssociations:
      return message->add_associations();
    case model::Section::kComplications:
      return message->add_complications();
    case model::Section::kDifferential:
      return message->add_differential();
    case model::Section::kTherapy:
      return message->add_therapy();
    case model::Section::kLiterature:
      break;
  }
  return message->add_literature();
}

void NameKnowledge(const ConceptRef& item, v1::ConditionKnowledge* message) {
  message->set_code(Text(item.code()));
  message->set_release(absl::StrCat(item.snapshot().url(), "|", item.snapshot().version()));
}

void FillKnowledge(const ConceptRef& item, v1::ConditionKnowledge* message) {
  NameKnowledge(item, message);
  const std::optional<model::ConditionKnowledge> knowledge = item.snapshot().knowledge(item.item);
  if (!knowledge) return;
  message->set_title(knowledge->title);
  message->set_review_state(static_cast<v1::ReviewState>(knowledge->review_state));
  message->set_disclaimer(knowledge->disclaimer);
  for (const model::Source& source : knowledge->sources) Fill(source, message->add_sources());
  for (const model::Statement& statement : knowledge->statements) {
    Fill(statement, AddStatement(statement.section, message));
  }
}

v1::Severity SeverityOf(query::Severity severity) {
  switch (severity) {
    case query::Severity::kInformation:
      return v1::SEVERITY_INFORMATION;
    case query::Severity::kWarning:
      return v1::SEVERITY_WARNING;
    case query::Severity::kError:
      break;
  }
  return v1::SEVERITY_ERROR;
}

v1::IssueKind KindOf(query::IssueKind kind) {
  switch (kind) {
    case query::IssueKind::kMalformed:
      return v1::ISSUE_KIND_MALFORMED;
    case query::IssueKind::kNotCanonical:
      return v1::ISSUE_KIND_NOT_CANONICAL;
    case query::IssueKind::kNotFound:
      return v1::ISSUE_KIND_NOT_FOUND;
    case query::IssueKind::kExtensionCode:
      return v1::ISSUE_KIND_EXTENSION_CODE;
    case query::IssueKind::kNotBillable:
      return v1::ISSUE_KIND_NOT_BILLABLE;
    case query::IssueKind::kWrongSystem:
      return v1::ISSUE_KIND_WRONG_SYSTEM;
    case query::IssueKind::kParentMissing:
      return v1::ISSUE_KIND_PARENT_MISSING;
    case query::IssueKind::kNotLoaded:
      return v1::ISSUE_KIND_NOT_LOADED;
  }
  return v1::ISSUE_KIND_UNSPECIFIED;
}

v1::Outcome OutcomeOf(query::Outcome outcome) {
  switch (outcome) {
    case query::Outcome::kExact:
      return v1::OUTCOME_EXACT;
    case query::Outcome::kExtension:
      return v1::OUTCOME_EXTENSION;
    case query::Outcome::kParentFallback:
      return v1::OUTCOME_PARENT_FALLBACK;
    case query::Outcome::kUnknown:
      break;
  }
  return v1::OUTCOME_UNKNOWN;
}

}  // namespace

query::ResolveQuery ToQuery(const v1::ResolveRequest& request) { return QueryOf(request, request.code()); }

query::ResolveQuery ToQuery(const v1::ResolveBatchRequest& request, const std::string& code) {
  return QueryOf(request, code);
}

void ToMessage(const absl::Status& status, v1::ItemError* error) {
  error->set_code(status.raw_code());
  error->set_message(std::string(status.message()));
  if (std::optional<base::FieldErrorParts> parts = base::ReadFieldError(status)) {
    error->set_field(std::move(parts->field));
    error->set_value(std::move(parts->value));
    error->set_remedy(std::move(parts->remedy));
  }
}

void ToMessage(const query::Issue& issue, v1::Issue* message) {
  message->set_severity(SeverityOf(issue.severity));
  message->set_kind(KindOf(issue.kind));
  message->set_field(issue.field);
  message->set_value(issue.value);
  message->set_message(issue.message);
  message->set_remedy(issue.remedy);
}

void ToMessage(const snapshot::Release& release, Detail detail, v1::Release* message) {
  const Snapshot& snapshot = *release.snapshot;
  message->set_system(Text(snapshot.url()));
  message->set_version(Text(snapshot.version()));
  message->set_id(release.id);
  if (detail == Detail::kShared) return;
  message->set_title(Text(snapshot.title()));
  message->set_valid_from(release.valid_from);
  message->set_valid_to(release.valid_to);
  message->set_publisher(Text(snapshot.publisher()));
  message->set_copyright(Text(snapshot.copyright()));
  message->set_source_name(Text(snapshot.source_name()));
  message->set_source_sha256(Text(snapshot.source_sha256()));
  message->set_extends(Text(snapshot.extends()));
  message->set_supplements(Text(snapshot.supplements()));
  message->set_active(release.active);
  message->set_fragment(snapshot.fragment());
  message->set_concept_count(snapshot.concept_count());
  message->set_billable_count(snapshot.billable_count());
}

void ToMessage(const store::LoadedRelease& release, v1::Release* message) {
  message->set_system(release.system);
  message->set_version(release.version);
  message->set_id(release.snapshot);
  message->set_valid_from(release.validity.from);
  message->set_valid_to(release.validity.to);
  message->set_extends(release.extends);
  message->set_supplements(release.supplements);
  message->set_active(release.active);
}

v1::ReleaseChange::Kind ToMessage(query::Change::Kind kind) {
  switch (kind) {
    case query::Change::Kind::kAdded:
      return v1::ReleaseChange::KIND_ADDED;
    case query::Change::Kind::kRemoved:
      return v1::ReleaseChange::KIND_REMOVED;
    case query::Change::Kind::kBillableToHeader:
      return v1::ReleaseChange::KIND_BILLABLE_TO_HEADER;
    case query::Change::Kind::kHeaderToBillable:
      return v1::ReleaseChange::KIND_HEADER_TO_BILLABLE;
    case query::Change::Kind::kRetitled:
      return v1::ReleaseChange::KIND_RETITLED;
  }
  return v1::ReleaseChange::KIND_UNSPECIFIED;
}

void ToMessage(const query::Change& change, v1::ReleaseChange* message) {
  message->set_kind(ToMessage(change.kind));
  message->set_code(std::string(change.code()));
  if (change.from) message->set_from_title(std::string(change.from->title()));
  if (change.to) message->set_to_title(std::string(change.to->title()));
}

void ToMessage(const query::Resolution& resolution, Detail detail, v1::ResolveResponse* message) {
  message->set_outcome(OutcomeOf(resolution.outcome));
  if (resolution.matched) ToMessage(*resolution.matched, message->mutable_matched_concept());
  if (resolution.fallback) ToMessage(*resolution.fallback, message->mutable_fallback_concept());
  if (resolution.billable) message->set_billable_code(Text(resolution.billable->code()));
  for (const ConceptRef& ancestor : resolution.ancestors) ToMessage(ancestor, message->add_ancestors());
  if (detail == Detail::kFull) {
    if (const std::optional<ConceptRef>& subject = resolution.subject()) AddNotes(*subject, message);
    for (const ConceptRef& ancestor : resolution.ancestors) AddNotes(ancestor, message);
  }
  if (resolution.knowledge) {
    v1::ConditionKnowledge* knowledge = message->mutable_knowledge();
    detail == Detail::kFull ? FillKnowledge(*resolution.knowledge, knowledge)
                            : NameKnowledge(*resolution.knowledge, knowledge);
    if (resolution.knowledge_inherited) knowledge->set_inherited_from(Text(resolution.knowledge->code()));
  }
  if (resolution.release != nullptr) ToMessage(*resolution.release, detail, message->mutable_release());
  for (const snapshot::Release* extension : resolution.extensions) {
    ToMessage(*extension, detail, message->add_extensions());
  }
  message->set_normalized(resolution.normalized);
  for (const query::Issue& issue : resolution.issues) {
    ToMessage(issue, message->add_issues());
  }
}

void SharedContent::Add(const query::Resolution& resolution) {
  if (const std::optional<ConceptRef>& subject = resolution.subject()) AddConcept(*subject);
  for (const ConceptRef& ancestor : resolution.ancestors) AddConcept(ancestor);
  if (resolution.knowledge &&
      std::find(knowledge_.begin(), knowledge_.end(), *resolution.knowledge) == knowledge_.end()) {
    knowledge_.push_back(*resolution.knowledge);
  }
  if (resolution.release != nullptr) AddRelease(resolution.release);
  for (const snapshot::Release* extension : resolution.extensions) AddRelease(extension);
}

void SharedContent::Add(const ConceptRef& item, absl::Span<const uint32_t> ancestors, bool in_a_tree) {
  AddRelease(item.release);
  std::vector<bool>& seen = SeenOf(item.release);
  const auto add = [&](uint32_t number) {
    if (seen[number]) return false;
    seen[number] = true;
    concepts_.push_back({item.release, number});
    return true;
  };
  if (!add(item.item)) return;
  for (const uint32_t ancestor : ancestors) {
    if (!add(ancestor) && in_a_tree) return;
  }
}

void SharedContent::AddConcept(const ConceptRef& item) {
  std::vector<bool>& seen = SeenOf(item.release);
  if (!seen[item.item]) concepts_.push_back(item);
  seen[item.item] = true;
}

std::vector<bool>& SharedContent::SeenOf(const snapshot::Release* release) {
  const auto known = std::find_if(seen_.begin(), seen_.end(), [&](const auto& each) { return each.first == release; });
  if (known != seen_.end()) return known->second;
  return seen_.emplace_back(release, std::vector<bool>(release->snapshot->concept_count())).second;
}

void SharedContent::AddRelease(const snapshot::Release* release) {
  if (std::find(releases_.begin(), releases_.end(), release) == releases_.end()) releases_.push_back(release);
}

void SharedContent::FillKnowledge(v1::ResolveBatchResponse* response) const {
  for (const ConceptRef& item : knowledge_) service::FillKnowledge(item, response->add_knowledge());
}

}  // namespace nosograph::service
