#include "plugin/describe.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"

namespace nosograph::plugin {
namespace {

using query::ConceptRef;
using snapshot::Snapshot;

Entry EntryOf(const ConceptRef& item) {
  Entry entry;
  entry.Add(NOSO_FIELD_SYSTEM, item.snapshot().url())
      .Add(NOSO_FIELD_CODE, item.code())
      .Add(NOSO_FIELD_DISPLAY, item.title())
      .Add(NOSO_FIELD_KIND, model::ConceptKindName(item.snapshot().kind(item.item)))
      .Add(NOSO_FIELD_DEFINITION, item.snapshot().definition(item.item))
      .Flag(NOSO_FLAG_BILLABLE, item.billable());
  return entry;
}

Entry EntryOf(const snapshot::Release& release) {
  const Snapshot& snapshot = *release.snapshot;
  Entry entry;
  entry.Add(NOSO_FIELD_SYSTEM, snapshot.url())
      .Add(NOSO_FIELD_VERSION, snapshot.version())
      .Add(NOSO_FIELD_TITLE, snapshot.title())
      .Add(NOSO_FIELD_ID, release.id)
      .Add(NOSO_FIELD_VALID_FROM, release.valid_from)
      .Add(NOSO_FIELD_VALID_TO, release.valid_to)
      .Add(NOSO_FIELD_PUBLISHER, snapshot.publisher())
      .Add(NOSO_FIELD_COPYRIGHT, snapshot.copyright())
      .Add(NOSO_FIELD_SOURCE_NAME, snapshot.source_name())
      .Add(NOSO_FIELD_SOURCE_SHA256, snapshot.source_sha256())
      .Add(NOSO_FIELD_EXTENDS, snapshot.extends())
      .Add(NOSO_FIELD_SUPPLEMENTS, snapshot.supplements())
      .Flag(NOSO_FLAG_ACTIVE, release.active)
      .Flag(NOSO_FLAG_FRAGMENT, snapshot.fragment());
  return entry;
}

void AddConcepts(const std::vector<ConceptRef>& items, std::vector<Entry>& list) {
  list.reserve(items.size());
  for (const ConceptRef& item : items) list.push_back(EntryOf(item));
}

void AddConcept(const std::optional<ConceptRef>& item, std::vector<Entry>& list) {
  if (item) list.push_back(EntryOf(*item));
}

void AddRelease(const snapshot::Release* release, Lists& lists) {
  if (release != nullptr) lists.Of(NOSO_LIST_RELEASES).push_back(EntryOf(*release));
}

void AddIssues(absl::Span<const query::Issue> issues, Entry& answer, Lists& lists) {
  for (const query::Issue& issue : issues) {
    lists.Of(NOSO_LIST_ISSUES)
        .emplace_back()
        .Add(NOSO_FIELD_SEVERITY, query::SeverityName(issue.severity))
        .Add(NOSO_FIELD_KIND, query::IssueKindName(issue.kind))
        .Add(NOSO_FIELD_FIELD, issue.field)
        .Add(NOSO_FIELD_VALUE, issue.value)
        .Add(NOSO_FIELD_MESSAGE, issue.message)
        .Add(NOSO_FIELD_REMEDY, issue.remedy);
  }
  const auto error = std::find_if(issues.begin(), issues.end(),
                                  [](const query::Issue& issue) { return issue.severity == query::Severity::kError; });
  if (error == issues.end()) return;
  answer.Add(NOSO_FIELD_MESSAGE, error->message).Add(NOSO_FIELD_REMEDY, error->remedy);
}

void AddNote(const ConceptRef& level, bool inherited, model::NoteKind kind, absl::string_view text, Lists& lists) {
  lists.Of(NOSO_LIST_NOTES)
      .emplace_back()
      .Add(NOSO_FIELD_KIND, model::NoteKindName(kind))
      .Add(NOSO_FIELD_TEXT, text)
      .Add(NOSO_FIELD_STANDS_AT, level.code())
      .Flag(NOSO_FLAG_INHERITED, inherited);
}

// What stands at a concept.
void AddNotesAt(const ConceptRef& level, bool inherited, Lists& lists) {
  for (const snapshot::NoteRecord& record : level.snapshot().notes(level.item)) {
    const Snapshot::NoteView note = level.snapshot().Read(record);
    AddNote(level, inherited, note.kind, note.text, lists);
  }
}

void AddCitation(const std::optional<model::Citation>& citation, Entry& entry, Lists& lists) {
  if (!citation) return;
  entry.Add(NOSO_FIELD_CITATION, lists.Keep(citation->text))
      .Add(NOSO_FIELD_DOI, lists.Keep(citation->doi))
      .Add(NOSO_FIELD_PMID, lists.Keep(citation->pmid));
}

Entry EntryOf(const model::Statement& statement, Lists& lists) {
  Entry entry;
  entry.Add(NOSO_FIELD_SECTION, model::SectionName(statement.section))
      .Add(NOSO_FIELD_TEXT, lists.Keep(statement.text))
      .Add(NOSO_FIELD_LANGUAGE, lists.Keep(statement.language))
      .Add(NOSO_FIELD_SOURCE_IDS, lists.Keep(absl::StrJoin(statement.source_ids, " ")))
      .Add(NOSO_FIELD_REVIEW_STATE, model::ReviewStateName(statement.review_state))
      .Add(NOSO_FIELD_FREQUENCY, lists.Keep(statement.frequency))
      .Add(NOSO_FIELD_QUALIFIER, lists.Keep(statement.qualifier))
      .Add(NOSO_FIELD_VALUE, lists.Keep(statement.expected_value))
      .Add(NOSO_FIELD_RELATION, lists.Keep(statement.relation))
      .Flag(NOSO_FLAG_OPEN, statement.open)
      .Flag(NOSO_FLAG_MACHINE_TRANSLATED, statement.machine_translated);
  if (statement.coding) {
    entry.Add(NOSO_FIELD_SYSTEM, lists.Keep(statement.coding->system))
        .Add(NOSO_FIELD_CODE, lists.Keep(statement.coding->code))
        .Add(NOSO_FIELD_DISPLAY, lists.Keep(statement.coding->display));
  }
  if (statement.range) {
    const auto number = [&](const std::optional<double>& bound) {
      return bound ? lists.Keep(absl::StrCat(*bound)) : absl::string_view();
    };
    entry.Add(NOSO_FIELD_LOW, number(statement.range->low))
        .Add(NOSO_FIELD_HIGH, number(statement.range->high))
        .Add(NOSO_FIELD_UNIT, lists.Keep(statement.range->unit));
  }
  if (statement.therapy) {
    entry.Add(NOSO_FIELD_KIND, lists.Keep(statement.therapy->kind))
        .Add(NOSO_FIELD_AGENT, lists.Keep(statement.therapy->agent))
        .Add(NOSO_FIELD_STRENGTH, lists.Keep(statement.therapy->strength))
        .Add(NOSO_FIELD_ROUTE, lists.Keep(statement.therapy->route))
        .Add(NOSO_FIELD_CONDITION_OF_USE, lists.Keep(statement.therapy->condition_of_use));
  }
  AddCitation(statement.citation, entry, lists);
  return entry;
}

void AddKnowledge(const ConceptRef& item, bool inherited, Lists& lists) {
  const std::optional<model::ConditionKnowledge> knowledge = item.snapshot().knowledge(item.item);
  if (!knowledge) return;
  lists.Of(NOSO_LIST_KNOWLEDGE)
      .emplace_back()
      .Add(NOSO_FIELD_CODE, item.code())
      .Add(NOSO_FIELD_TITLE, lists.Keep(knowledge->title))
      .Add(NOSO_FIELD_REVIEW_STATE, model::ReviewStateName(knowledge->review_state))
      .Add(NOSO_FIELD_DISCLAIMER, lists.Keep(knowledge->disclaimer))
      .Add(NOSO_FIELD_SOURCE, lists.Keep(absl::StrCat(item.snapshot().url(), "|", item.snapshot().version())))
      .Add(NOSO_FIELD_INHERITED_FROM, inherited ? item.code() : absl::string_view());
  // By section, as the message of the service has them.
  for (int section = 0; section < model::kSectionCount; ++section) {
    for (const model::Statement& statement : knowledge->statements) {
      if (static_cast<int>(statement.section) != section) continue;
      lists.Of(NOSO_LIST_STATEMENTS).push_back(EntryOf(statement, lists));
    }
  }
  for (const model::Source& source : knowledge->sources) {
    Entry entry;
    entry.Add(NOSO_FIELD_ID, lists.Keep(source.id))
        .Add(NOSO_FIELD_TITLE, lists.Keep(source.title))
        .Add(NOSO_FIELD_AUTHOR, lists.Keep(source.author))
        .Add(NOSO_FIELD_DATE, lists.Keep(source.date))
        .Add(NOSO_FIELD_LICENCE, lists.Keep(source.licence))
        .Add(NOSO_FIELD_LANGUAGE, lists.Keep(source.language))
        .Add(NOSO_FIELD_URL, lists.Keep(source.url))
        .Flag(NOSO_FLAG_MACHINE_TRANSLATED, source.machine_translated);
    AddCitation(source.citation, entry, lists);
    lists.Of(NOSO_LIST_SOURCES).push_back(std::move(entry));
  }
}

}  // namespace

void Describe(const query::Resolution& resolution, Lists& lists) {
  Entry& answer = lists.Of(NOSO_LIST_ANSWER).emplace_back();
  answer.Add(NOSO_FIELD_OUTCOME, query::OutcomeName(resolution.outcome))
      .Add(NOSO_FIELD_NORMALIZED, resolution.normalized);
  AddConcept(resolution.matched, lists.Of(NOSO_LIST_MATCHED));
  AddConcept(resolution.fallback, lists.Of(NOSO_LIST_FALLBACK));
  if (resolution.billable) {
    lists.Of(NOSO_LIST_BILLABLE).emplace_back().Add(NOSO_FIELD_CODE, resolution.billable->code());
  }
  AddConcepts(resolution.ancestors, lists.Of(NOSO_LIST_ANCESTORS));
  if (const std::optional<ConceptRef>& subject = resolution.subject()) AddNotesAt(*subject, false, lists);
  for (const ConceptRef& ancestor : resolution.ancestors) AddNotesAt(ancestor, true, lists);
  if (resolution.knowledge) AddKnowledge(*resolution.knowledge, resolution.knowledge_inherited, lists);
  AddRelease(resolution.release, lists);
  for (const snapshot::Release* extension : resolution.extensions) AddRelease(extension, lists);
  AddIssues(resolution.issues, answer, lists);
}

void Describe(const snapshot::ReleaseSet& set, const query::Lookup& lookup, Lists& lists) {
  Entry& answer = lists.Of(NOSO_LIST_ANSWER).emplace_back();
  const bool unknown = lookup.issue && lookup.issue->kind == query::IssueKind::kNotLoaded;
  answer.Add(NOSO_FIELD_OUTCOME, lookup.item ? "FOUND"
                                 : unknown   ? "UNDETERMINED"
                                             : "NOT_FOUND")
      .Add(NOSO_FIELD_NORMALIZED, lookup.normalized);
  if (lookup.issue) AddIssues(absl::MakeConstSpan(&*lookup.issue, 1), answer, lists);
  AddRelease(lookup.release, lists);
  if (!lookup.item) return;
  lists.Of(NOSO_LIST_MATCHED).push_back(EntryOf(*lookup.item));
  lists.Of(NOSO_LIST_MATCHED)
      .front()
      .Add(NOSO_FIELD_STATUS, model::ConceptStatusName(lookup.item->snapshot().status(lookup.item->item)))
      .Flag(NOSO_FLAG_INACTIVE, lookup.item->inactive())
      .Flag(NOSO_FLAG_ABSTRACT, lookup.item->abstract());
  AddConcepts(lookup.ancestors, lists.Of(NOSO_LIST_ANCESTORS));
  AddConcepts(lookup.children, lists.Of(NOSO_LIST_CHILDREN));
  for (const query::InheritedNote& note : lookup.notes) {
    AddNote(note.level, note.inherited, note.kind, note.text, lists);
  }
  for (const snapshot::Release* supplement : set.ActiveSupplements(*lookup.item->release)) {
    if (supplement->snapshot->Find(lookup.item->code())) AddRelease(supplement, lists);
  }
  for (const query::DesignationOf& found : lookup.designations) {
    lists.Of(NOSO_LIST_DESIGNATIONS)
        .emplace_back()
        .Add(NOSO_FIELD_LANGUAGE, found.designation.language)
        .Add(NOSO_FIELD_USE, found.designation.use)
        .Add(NOSO_FIELD_VALUE, found.designation.value)
        .Add(NOSO_FIELD_SOURCE, found.source->snapshot->url());
  }
  for (const query::PropertyOf& found : lookup.properties) {
    lists.Of(NOSO_LIST_PROPERTIES)
        .emplace_back()
        .Add(NOSO_FIELD_CODE, found.property.definition.code)
        .Add(NOSO_FIELD_TYPE, model::PropertyTypeName(found.property.definition.type))
        .Add(NOSO_FIELD_VALUE, found.property.value)
        .Add(NOSO_FIELD_SYSTEM, found.property.coding_system)
        .Add(NOSO_FIELD_DISPLAY, found.property.coding_display)
        .Add(NOSO_FIELD_SOURCE, found.source->snapshot->url());
  }
}

void Describe(const query::CodeValidator& validator, const query::Validation& validation, absl::string_view code,
              size_t max_repairs, Lists& lists) {
  const std::vector<ConceptRef> repairs =
      validator.Repairs(validation, std::max(max_repairs, query::CodeValidator::kRepairsInAMessage));
  query::CodeValidator::Explanation explanation = validator.Explain(code, validation, repairs);
  lists.Of(NOSO_LIST_ANSWER)
      .emplace_back()
      .Add(NOSO_FIELD_OUTCOME, query::VerdictName(validation.verdict))
      .Add(NOSO_FIELD_REASON, query::ReasonName(validation.reason))
      .Add(NOSO_FIELD_NORMALIZED, validation.normalized ? absl::string_view(validation.canonical) : absl::string_view())
      .Add(NOSO_FIELD_CANONICAL, validation.canonical)
      .Add(NOSO_FIELD_MESSAGE, lists.Keep(std::move(explanation.message)))
      .Add(NOSO_FIELD_REMEDY, lists.Keep(std::move(explanation.remedy)));
  AddConcept(validation.matched, lists.Of(NOSO_LIST_MATCHED));
  for (const ConceptRef& repair : repairs) {
    if (lists.Count(NOSO_LIST_REPAIRS) == max_repairs) break;
    lists.Of(NOSO_LIST_REPAIRS).push_back(EntryOf(repair));
  }
  if (validation.scope != nullptr) AddRelease(&validation.scope->release(), lists);
}

void Describe(const query::Subsumption& answer, Lists& lists) {
  const absl::string_view relation =
      answer.relation == query::Relation::kUndetermined ? "UNDETERMINED" : query::RelationName(answer.relation);
  lists.Of(NOSO_LIST_ANSWER).emplace_back().Add(NOSO_FIELD_OUTCOME, relation);
  AddConcept(answer.a, lists.Of(NOSO_LIST_MATCHED));
  AddConcept(answer.b, lists.Of(NOSO_LIST_MATCHED_B));
  AddRelease(answer.release, lists);
}

void Describe(const query::SearchAnswer& answer, Lists& lists) {
  lists.Of(NOSO_LIST_ANSWER)
      .emplace_back()
      .Add(NOSO_FIELD_OUTCOME, answer.hits.empty() ? "NOT_FOUND" : "FOUND")
      .Add(NOSO_FIELD_TOTAL, lists.Keep(absl::StrCat(answer.total)))
      .Add(NOSO_FIELD_NEXT_PAGE_TOKEN, answer.next_page_token);
  const auto number = [&](uint32_t value) { return lists.Keep(absl::StrCat(value)); };
  for (size_t i = 0; i < answer.hits.size(); ++i) {
    const query::SearchHit& hit = answer.hits[i];
    Entry entry = EntryOf(hit.item);
    entry.Add(NOSO_FIELD_TEXT, hit.text)
        .Add(NOSO_FIELD_TYPE, query::TextKindName(hit.kind))
        .Add(NOSO_FIELD_SCORE, lists.Keep(absl::StrCat(hit.score)))
        .Add(NOSO_FIELD_COUNT, hit.folded_codes > 0 ? number(hit.folded_codes) : absl::string_view());
    lists.Of(NOSO_LIST_HITS).push_back(std::move(entry));
    for (const query::TextMatch& match : hit.matches) {
      lists.Of(NOSO_LIST_MATCHES)
          .emplace_back()
          .Add(NOSO_FIELD_HIT, number(static_cast<uint32_t>(i)))
          .Add(NOSO_FIELD_BEGIN, number(match.begin))
          .Add(NOSO_FIELD_END, number(match.end))
          .Add(NOSO_FIELD_QUERY_BEGIN, number(match.query_begin))
          .Add(NOSO_FIELD_QUERY_END, number(match.query_end))
          .Add(NOSO_FIELD_REASON, query::MatchReasonName(match.reason));
    }
  }
  for (const query::Correction& correction : answer.corrections) {
    lists.Of(NOSO_LIST_CORRECTIONS)
        .emplace_back()
        .Add(NOSO_FIELD_VALUE, correction.written)
        .Add(NOSO_FIELD_TEXT, correction.read_as);
  }
  for (const snapshot::Release* release : answer.releases) AddRelease(release, lists);
}

}  // namespace nosograph::plugin
