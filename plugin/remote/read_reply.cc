#include "plugin/remote/read_reply.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "terminology/model/code_system.h"
#include "terminology/model/condition_knowledge.h"
#include "terminology/query/search.h"
#include "terminology/query/subsumes.h"

namespace nosograph::plugin {
namespace {

// "HEADER" of "REASON_HEADER"; nothing of what is unspecified.
absl::string_view NameWithout(const std::string& prefix, const std::string& name) {
  absl::string_view rest = name;
  absl::ConsumePrefix(&rest, prefix);
  return rest == "UNSPECIFIED" ? absl::string_view() : rest;
}

Entry EntryOf(const v1::Concept& item) {
  Entry entry;
  entry.Add(NOSO_FIELD_SYSTEM, item.system())
      .Add(NOSO_FIELD_CODE, item.code())
      .Add(NOSO_FIELD_DISPLAY, item.title())
      .Add(NOSO_FIELD_KIND, model::ConceptKindName(static_cast<model::ConceptKind>(item.kind())))
      .Add(NOSO_FIELD_DEFINITION, item.definition())
      .Flag(NOSO_FLAG_BILLABLE, item.billable());
  return entry;
}

void AddRelease(const v1::Release& release, Lists& lists) {
  lists.Of(NOSO_LIST_RELEASES)
      .emplace_back()
      .Add(NOSO_FIELD_SYSTEM, release.system())
      .Add(NOSO_FIELD_VERSION, release.version())
      .Add(NOSO_FIELD_TITLE, release.title())
      .Add(NOSO_FIELD_ID, release.id())
      .Add(NOSO_FIELD_VALID_FROM, release.valid_from())
      .Add(NOSO_FIELD_VALID_TO, release.valid_to())
      .Add(NOSO_FIELD_PUBLISHER, release.publisher())
      .Add(NOSO_FIELD_COPYRIGHT, release.copyright())
      .Add(NOSO_FIELD_SOURCE_NAME, release.source_name())
      .Add(NOSO_FIELD_SOURCE_SHA256, release.source_sha256())
      .Add(NOSO_FIELD_EXTENDS, release.extends())
      .Add(NOSO_FIELD_SUPPLEMENTS, release.supplements())
      .Flag(NOSO_FLAG_ACTIVE, release.active())
      .Flag(NOSO_FLAG_FRAGMENT, release.fragment());
}

template <typename Items>
void AddConcepts(const Items& items, std::vector<Entry>& list) {
  for (const v1::Concept& item : items) list.push_back(EntryOf(item));
}

template <typename Issues>
void AddIssues(const Issues& issues, Entry& answer, Lists& lists) {
  for (const v1::Issue& issue : issues) {
    lists.Of(NOSO_LIST_ISSUES)
        .emplace_back()
        .Add(NOSO_FIELD_SEVERITY, NameWithout("SEVERITY_", v1::Severity_Name(issue.severity())))
        .Add(NOSO_FIELD_KIND, NameWithout("ISSUE_KIND_", v1::IssueKind_Name(issue.kind())))
        .Add(NOSO_FIELD_FIELD, issue.field())
        .Add(NOSO_FIELD_VALUE, issue.value())
        .Add(NOSO_FIELD_MESSAGE, issue.message())
        .Add(NOSO_FIELD_REMEDY, issue.remedy());
  }
  const auto error = std::find_if(issues.begin(), issues.end(),
                                  [](const v1::Issue& issue) { return issue.severity() == v1::SEVERITY_ERROR; });
  if (error == issues.end()) return;
  answer.Add(NOSO_FIELD_MESSAGE, error->message()).Add(NOSO_FIELD_REMEDY, error->remedy());
}

void AddNote(const v1::Note& note, bool inherited, Lists& lists) {
  lists.Of(NOSO_LIST_NOTES)
      .emplace_back()
      .Add(NOSO_FIELD_KIND, model::NoteKindName(static_cast<model::NoteKind>(note.kind())))
      .Add(NOSO_FIELD_TEXT, note.text())
      .Add(NOSO_FIELD_STANDS_AT, note.stands_at())
      .Flag(NOSO_FLAG_INHERITED, inherited);
}

void AddCitation(const v1::Citation& citation, Entry& entry) {
  entry.Add(NOSO_FIELD_CITATION, citation.text())
      .Add(NOSO_FIELD_DOI, citation.doi())
      .Add(NOSO_FIELD_PMID, citation.pmid());
}

absl::string_view ReviewState(v1::ReviewState state) {
  return model::ReviewStateName(static_cast<model::ReviewState>(state));
}

template <typename Statements>
void AddStatements(model::Section section, const Statements& statements, Lists& lists) {
  for (const v1::Statement& statement : statements) {
    const auto number = [&](bool is_set, double bound) {
      return is_set ? lists.Keep(absl::StrCat(bound)) : absl::string_view();
    };
    Entry entry;
    entry.Add(NOSO_FIELD_SECTION, model::SectionName(section))
        .Add(NOSO_FIELD_TEXT, statement.text())
        .Add(NOSO_FIELD_LANGUAGE, statement.language())
        .Add(NOSO_FIELD_SOURCE_IDS, lists.Keep(absl::StrJoin(statement.source_ids(), " ")))
        .Add(NOSO_FIELD_REVIEW_STATE, ReviewState(statement.review_state()))
        .Add(NOSO_FIELD_FREQUENCY, statement.frequency())
        .Add(NOSO_FIELD_QUALIFIER, statement.qualifier())
        .Add(NOSO_FIELD_VALUE, statement.expected_value())
        .Add(NOSO_FIELD_RELATION, statement.relation())
        .Add(NOSO_FIELD_SYSTEM, statement.coding().system())
        .Add(NOSO_FIELD_CODE, statement.coding().code())
        .Add(NOSO_FIELD_DISPLAY, statement.coding().display())
        .Add(NOSO_FIELD_LOW, number(statement.range().has_low(), statement.range().low()))
        .Add(NOSO_FIELD_HIGH, number(statement.range().has_high(), statement.range().high()))
        .Add(NOSO_FIELD_UNIT, statement.range().unit())
        .Add(NOSO_FIELD_KIND, statement.therapy().kind())
        .Add(NOSO_FIELD_AGENT, statement.therapy().agent())
        .Add(NOSO_FIELD_STRENGTH, statement.therapy().strength())
        .Add(NOSO_FIELD_ROUTE, statement.therapy().route())
        .Add(NOSO_FIELD_CONDITION_OF_USE, statement.therapy().condition_of_use())
        .Flag(NOSO_FLAG_OPEN, statement.open())
        .Flag(NOSO_FLAG_MACHINE_TRANSLATED, statement.machine_translated());
    AddCitation(statement.citation(), entry);
    lists.Of(NOSO_LIST_STATEMENTS).push_back(std::move(entry));
  }
}

void AddKnowledge(const v1::ConditionKnowledge& knowledge, Lists& lists) {
  lists.Of(NOSO_LIST_KNOWLEDGE)
      .emplace_back()
      .Add(NOSO_FIELD_CODE, knowledge.code())
      .Add(NOSO_FIELD_TITLE, knowledge.title())
      .Add(NOSO_FIELD_REVIEW_STATE, ReviewState(knowledge.review_state()))
      .Add(NOSO_FIELD_DISCLAIMER, knowledge.disclaimer())
      .Add(NOSO_FIELD_SOURCE, knowledge.release())
      .Add(NOSO_FIELD_INHERITED_FROM, knowledge.inherited_from());
  AddStatements(model::Section::kDefinition, knowledge.definition(), lists);
  AddStatements(model::Section::kSynonyms, knowledge.synonyms(), lists);
  AddStatements(model::Section::kClassification, knowledge.classification(), lists);
  AddStatements(model::Section::kAetiology, knowledge.aetiology(), lists);
  AddStatements(model::Section::kOnset, knowledge.onset(), lists);
  AddStatements(model::Section::kSites, knowledge.sites(), lists);
  AddStatements(model::Section::kFeatures, knowledge.features(), lists);
  AddStatements(model::Section::kLaboratory, knowledge.laboratory(), lists);
  AddStatements(model::Section::kAssociations, knowledge.associations(), lists);
  AddStatements(model::Section::kComplications, knowledge.complications(), lists);
  AddStatements(model::Section::kDifferential, knowledge.differential(), lists);
  AddStatements(model::Section::kTherapy, knowledge.therapy(), lists);
  AddStatements(model::Section::kLiterature, knowledge.literature(), lists);
  for (const v1::Source& source : knowledge.sources()) {
    Entry entry;
    entry.Add(NOSO_FIELD_ID, source.id())
        .Add(NOSO_FIELD_TITLE, source.title())
        .Add(NOSO_FIELD_AUTHOR, source.author())
        .Add(NOSO_FIELD_DATE, source.date())
        .Add(NOSO_FIELD_LICENCE, source.licence())
        .Add(NOSO_FIELD_LANGUAGE, source.language())
        .Add(NOSO_FIELD_URL, source.url())
        .Flag(NOSO_FLAG_MACHINE_TRANSLATED, source.machine_translated());
    AddCitation(source.citation(), entry);
    lists.Of(NOSO_LIST_SOURCES).push_back(std::move(entry));
  }
}

template <typename Issues>
bool CannotBeTold(const Issues& issues) {
  return std::any_of(issues.begin(), issues.end(),
                     [](const v1::Issue& issue) { return issue.kind() == v1::ISSUE_KIND_NOT_LOADED; });
}

query::Relation RelationOf(v1::Relation relation) {
  switch (relation) {
    case v1::RELATION_EQUIVALENT:
      return query::Relation::kEquivalent;
    case v1::RELATION_SUBSUMES:
      return query::Relation::kSubsumes;
    case v1::RELATION_SUBSUMED_BY:
      return query::Relation::kSubsumedBy;
    case v1::RELATION_NOT_SUBSUMED:
      return query::Relation::kNotSubsumed;
    case v1::RELATION_UNKNOWN_CODE:
      return query::Relation::kUnknownCode;
    default:
      return query::Relation::kUndetermined;
  }
}

}  // namespace

noso_outcome OutcomeOf(const v1::ResolveResponse& reply) {
  if (reply.has_matched_concept()) return NOSO_VALID;
  // An outcome that is not known here says nothing.
  const bool missed = reply.outcome() == v1::OUTCOME_PARENT_FALLBACK || reply.outcome() == v1::OUTCOME_UNKNOWN;
  return missed && !CannotBeTold(reply.issues()) ? NOSO_INVALID : NOSO_UNDETERMINED;
}

noso_outcome OutcomeOf(const v1::LookupResponse& reply) {
  if (reply.has_matched_concept()) return NOSO_VALID;
  return reply.issues_size() > 0 && !CannotBeTold(reply.issues()) ? NOSO_INVALID : NOSO_UNDETERMINED;
}

noso_outcome OutcomeOf(const v1::ValidateCodeResponse& reply) {
  if (reply.verdict() == v1::VERDICT_VALID) return NOSO_VALID;
  return reply.verdict() == v1::VERDICT_INVALID ? NOSO_INVALID : NOSO_UNDETERMINED;
}

noso_outcome OutcomeOf(const v1::SubsumesResponse& reply) {
  const query::Relation relation = RelationOf(reply.relation());
  if (relation == query::Relation::kUndetermined) return NOSO_UNDETERMINED;
  return relation == query::Relation::kUnknownCode ? NOSO_INVALID : NOSO_VALID;
}

noso_outcome OutcomeOf(const v1::SearchResponse& reply) { return reply.hits().empty() ? NOSO_INVALID : NOSO_VALID; }

void ReadReply(const v1::ResolveResponse& reply, Lists& lists) {
  Entry& answer = lists.Of(NOSO_LIST_ANSWER).emplace_back();
  answer.Add(NOSO_FIELD_OUTCOME, NameWithout("OUTCOME_", v1::Outcome_Name(reply.outcome())))
      .Add(NOSO_FIELD_NORMALIZED, reply.normalized());
  if (reply.has_matched_concept()) lists.Of(NOSO_LIST_MATCHED).push_back(EntryOf(reply.matched_concept()));
  if (reply.has_fallback_concept()) lists.Of(NOSO_LIST_FALLBACK).push_back(EntryOf(reply.fallback_concept()));
  if (!reply.billable_code().empty()) {
    lists.Of(NOSO_LIST_BILLABLE).emplace_back().Add(NOSO_FIELD_CODE, reply.billable_code());
  }
  AddConcepts(reply.ancestors(), lists.Of(NOSO_LIST_ANCESTORS));
  const std::string& subject =
      reply.has_matched_concept() ? reply.matched_concept().code() : reply.fallback_concept().code();
  for (const v1::Note& note : reply.notes()) AddNote(note, note.stands_at() != subject, lists);
  if (reply.has_knowledge()) AddKnowledge(reply.knowledge(), lists);
  if (reply.has_release()) AddRelease(reply.release(), lists);
  for (const v1::Release& extension : reply.extensions()) AddRelease(extension, lists);
  AddIssues(reply.issues(), answer, lists);
}

void ReadReply(const v1::LookupResponse& reply, Lists& lists) {
  Entry& answer = lists.Of(NOSO_LIST_ANSWER).emplace_back();
  const noso_outcome outcome = OutcomeOf(reply);
  answer
      .Add(NOSO_FIELD_OUTCOME, outcome == NOSO_VALID     ? "FOUND"
                               : outcome == NOSO_INVALID ? "NOT_FOUND"
                                                         : "UNDETERMINED")
      .Add(NOSO_FIELD_NORMALIZED, reply.normalized());
  AddIssues(reply.issues(), answer, lists);
  if (reply.has_release()) AddRelease(reply.release(), lists);
  if (!reply.has_matched_concept()) return;
  lists.Of(NOSO_LIST_MATCHED).push_back(EntryOf(reply.matched_concept()));
  lists.Of(NOSO_LIST_MATCHED)
      .front()
      .Add(NOSO_FIELD_STATUS, reply.status())
      .Flag(NOSO_FLAG_INACTIVE, reply.inactive())
      .Flag(NOSO_FLAG_ABSTRACT, reply.abstract());
  AddConcepts(reply.ancestors(), lists.Of(NOSO_LIST_ANCESTORS));
  AddConcepts(reply.children(), lists.Of(NOSO_LIST_CHILDREN));
  for (const v1::InheritedNote& note : reply.notes()) AddNote(note.note(), note.inherited(), lists);
  for (const v1::Release& supplement : reply.supplements()) AddRelease(supplement, lists);
  for (const v1::SourcedDesignation& found : reply.designations()) {
    lists.Of(NOSO_LIST_DESIGNATIONS)
        .emplace_back()
        .Add(NOSO_FIELD_LANGUAGE, found.designation().language())
        .Add(NOSO_FIELD_USE, found.designation().use())
        .Add(NOSO_FIELD_VALUE, found.designation().value())
        .Add(NOSO_FIELD_SOURCE, found.source());
  }
  for (const v1::Property& found : reply.properties()) {
    lists.Of(NOSO_LIST_PROPERTIES)
        .emplace_back()
        .Add(NOSO_FIELD_CODE, found.code())
        .Add(NOSO_FIELD_TYPE, found.type())
        .Add(NOSO_FIELD_VALUE, found.value())
        .Add(NOSO_FIELD_SYSTEM, found.coding_system())
        .Add(NOSO_FIELD_DISPLAY, found.coding_display())
        .Add(NOSO_FIELD_SOURCE, found.source());
  }
}

void ReadReply(const v1::ValidateCodeResponse& reply, Lists& lists) {
  lists.Of(NOSO_LIST_ANSWER)
      .emplace_back()
      .Add(NOSO_FIELD_OUTCOME, NameWithout("VERDICT_", v1::Verdict_Name(reply.verdict())))
      .Add(NOSO_FIELD_REASON, NameWithout("REASON_", v1::Reason_Name(reply.reason())))
      .Add(NOSO_FIELD_NORMALIZED, reply.normalized() ? absl::string_view(reply.canonical()) : absl::string_view())
      .Add(NOSO_FIELD_CANONICAL, reply.canonical())
      .Add(NOSO_FIELD_MESSAGE, reply.message())
      .Add(NOSO_FIELD_REMEDY, reply.remedy());
  if (reply.has_matched_concept()) lists.Of(NOSO_LIST_MATCHED).push_back(EntryOf(reply.matched_concept()));
  AddConcepts(reply.repairs(), lists.Of(NOSO_LIST_REPAIRS));
  if (reply.has_release()) AddRelease(reply.release(), lists);
}

void ReadReply(const v1::SubsumesResponse& reply, Lists& lists) {
  const query::Relation relation = RelationOf(reply.relation());
  lists.Of(NOSO_LIST_ANSWER)
      .emplace_back()
      .Add(NOSO_FIELD_OUTCOME,
           relation == query::Relation::kUndetermined ? "UNDETERMINED" : query::RelationName(relation));
  if (reply.has_concept_a()) lists.Of(NOSO_LIST_MATCHED).push_back(EntryOf(reply.concept_a()));
  if (reply.has_concept_b()) lists.Of(NOSO_LIST_MATCHED_B).push_back(EntryOf(reply.concept_b()));
  if (reply.has_release()) AddRelease(reply.release(), lists);
}

void ReadReply(const v1::SearchResponse& reply, Lists& lists) {
  const auto number = [&](uint32_t value) { return lists.Keep(absl::StrCat(value)); };
  lists.Of(NOSO_LIST_ANSWER)
      .emplace_back()
      .Add(NOSO_FIELD_OUTCOME, reply.hits().empty() ? "NOT_FOUND" : "FOUND")
      .Add(NOSO_FIELD_TOTAL, number(reply.total()))
      .Add(NOSO_FIELD_NEXT_PAGE_TOKEN, reply.next_page_token());
  for (int i = 0; i < reply.hits_size(); ++i) {
    const v1::SearchHit& hit = reply.hits(i);
    Entry entry = EntryOf(hit.matched_concept());
    // The messages count from one, what is unspecified before it.
    entry.Add(NOSO_FIELD_TEXT, hit.text())
        .Add(NOSO_FIELD_TYPE, query::TextKindName(static_cast<snapshot::DocumentKind>(hit.text_kind() - 1)))
        .Add(NOSO_FIELD_SCORE, lists.Keep(absl::StrCat(hit.score())))
        .Add(NOSO_FIELD_COUNT, hit.folded_codes() > 0 ? number(hit.folded_codes()) : absl::string_view());
    lists.Of(NOSO_LIST_HITS).push_back(std::move(entry));
    for (const v1::TextMatch& match : hit.matches()) {
      lists.Of(NOSO_LIST_MATCHES)
          .emplace_back()
          .Add(NOSO_FIELD_HIT, number(static_cast<uint32_t>(i)))
          .Add(NOSO_FIELD_BEGIN, number(match.begin()))
          .Add(NOSO_FIELD_END, number(match.end()))
          .Add(NOSO_FIELD_QUERY_BEGIN, number(match.query_begin()))
          .Add(NOSO_FIELD_QUERY_END, number(match.query_end()))
          .Add(NOSO_FIELD_REASON, query::MatchReasonName(static_cast<query::MatchReason>(match.reason() - 1)));
    }
  }
  for (const v1::SearchResponse::Correction& correction : reply.corrections()) {
    lists.Of(NOSO_LIST_CORRECTIONS)
        .emplace_back()
        .Add(NOSO_FIELD_VALUE, correction.written())
        .Add(NOSO_FIELD_TEXT, correction.read_as());
  }
  for (const v1::Release& release : reply.releases()) AddRelease(release, lists);
}

}  // namespace nosograph::plugin
