#include "service/cli/render_resolution.h"

#include <map>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "terminology/base/unicode.h"
#include "terminology/model/code_system.h"

namespace nosograph::cli {
namespace {

constexpr size_t kWidth = 100;
constexpr size_t kLabelWidth = 14;

// Appends `text` in lines of at most kWidth, each begun by `indent` blanks; the first by `head` padded to that.
void Wrap(std::string& page, const std::string& head, size_t indent, absl::string_view text) {
  std::string line = head;
  line.resize(std::max(line.size(), indent), ' ');
  bool empty = true;
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!empty && line.size() + 1 + word.size() > kWidth) {
      absl::StrAppend(&page, line, "\n");
      line.assign(indent, ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line.append(word.data(), word.size());
    empty = false;
  }
  absl::StrAppend(&page, absl::StripTrailingAsciiWhitespace(line), "\n");
}

void Row(std::string& page, const std::string& label, absl::string_view text) {
  Wrap(page, absl::StrCat("  ", label), kLabelWidth + 2, text);
}

std::string Named(const v1::Concept& item) { return absl::StrCat(item.code(), "  ", item.title()); }

std::string OutcomeText(const v1::ResolveResponse& response) {
  switch (response.outcome()) {
    case v1::OUTCOME_EXACT:
      return absl::StrCat("EXACT: published in ", response.release().title(), " ", response.release().version());
    case v1::OUTCOME_EXTENSION:
      return absl::StrCat("EXTENSION: not published; a code of the extension ",
                          response.extensions_size() > 0 ? response.extensions(0).title() : std::string());
    case v1::OUTCOME_PARENT_FALLBACK:
      return absl::StrCat("PARENT_FALLBACK: there is no such code; its nearest ancestor is ",
                          response.fallback_concept().code());
    default:
      return "UNKNOWN: there is no such code";
  }
}

std::string Release(const v1::Release& release) {
  return absl::StrCat(release.system(), " ", release.version(), ", snapshot ", release.id().substr(0, 12), ", from ",
                      release.source_name(), " (sha256 ", release.source_sha256().substr(0, 12), ")");
}

// What qualifies a statement, in brackets behind it.
std::string Qualifiers(const v1::Statement& statement) {
  std::vector<std::string> parts;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) parts.push_back(text);
  };
  add(statement.frequency());
  add(statement.qualifier());
  add(statement.expected_value());
  add(statement.relation());
  if (statement.has_therapy()) {
    add(statement.therapy().kind());
    add(statement.therapy().agent());
    add(statement.therapy().strength());
    add(statement.therapy().route());
    add(statement.therapy().condition_of_use());
  }
  if (statement.has_coding()) add(statement.coding().code());
  if (statement.has_citation()) add(statement.citation().text());
  if (!statement.citation().doi().empty()) add(absl::StrCat("doi:", statement.citation().doi()));
  if (statement.open()) add("left open by the source");
  return parts.empty() ? "" : absl::StrCat(" (", absl::StrJoin(parts, "; "), ")");
}

template <typename Statements>
void Section(std::string& page, const std::string& name, const Statements& statements,
             const std::map<std::string, size_t>& numbers) {
  bool first = true;
  for (const v1::Statement& statement : statements) {
    std::vector<size_t> sources;
    for (const std::string& id : statement.source_ids()) {
      if (const auto found = numbers.find(id); found != numbers.end()) sources.push_back(found->second);
    }
    Row(page, first ? name : "",
        absl::StrCat("- ", statement.text(), Qualifiers(statement), " [", absl::StrJoin(sources, ","), "]"));
    first = false;
  }
}

void Knowledge(std::string& page, const v1::ConditionKnowledge& knowledge) {
  absl::StrAppend(&page, "\nWhat is known: ", knowledge.title(), "\n");
  if (!knowledge.inherited_from().empty()) {
    Row(page, "inherited", absl::StrCat("this describes ", knowledge.inherited_from(), ", not the code asked for"));
  }
  std::map<std::string, size_t> numbers;
  for (const v1::Source& source : knowledge.sources()) numbers.emplace(source.id(), numbers.size() + 1);
  Section(page, "definition", knowledge.definition(), numbers);
  Section(page, "synonyms", knowledge.synonyms(), numbers);
  Section(page, "forms", knowledge.classification(), numbers);
  Section(page, "aetiology", knowledge.aetiology(), numbers);
  Section(page, "onset", knowledge.onset(), numbers);
  Section(page, "sites", knowledge.sites(), numbers);
  Section(page, "features", knowledge.features(), numbers);
  Section(page, "laboratory", knowledge.laboratory(), numbers);
  Section(page, "associations", knowledge.associations(), numbers);
  Section(page, "complications", knowledge.complications(), numbers);
  Section(page, "differential", knowledge.differential(), numbers);
  Section(page, "therapy", knowledge.therapy(), numbers);
  Section(page, "literature", knowledge.literature(), numbers);
  for (const v1::Source& source : knowledge.sources()) {
    Row(page, absl::StrCat("source [", numbers[source.id()], "]"),
        absl::StrCat(source.author(), ", \"", source.title(), "\", ", source.date(),
                     source.machine_translated() ? " (read in machine translation)" : "", ". ", source.licence(),
                     source.url().empty() ? "" : absl::StrCat(" ", source.url())));
  }
  Row(page, "note", knowledge.disclaimer());
}

}  // namespace

std::string RenderResolution(const std::string& code, const v1::ResolveResponse& response) {
  std::string page = base::Excerpt(code);
  if (response.has_matched_concept()) absl::StrAppend(&page, "  ", response.matched_concept().title());
  page += '\n';
  Row(page, "outcome", OutcomeText(response));
  if (!response.normalized().empty()) Row(page, "read as", response.normalized());
  if (response.has_fallback_concept()) Row(page, "fallback", Named(response.fallback_concept()));
  if (!response.matched_concept().definition().empty()) {
    Row(page, "definition", response.matched_concept().definition());
  }
  std::vector<std::string> names;
  for (const v1::Designation& designation : response.matched_concept().designations()) {
    names.push_back(designation.language().empty()
                        ? designation.value()
                        : absl::StrCat(designation.value(), " (", designation.language(), ")"));
  }
  if (!names.empty()) Row(page, "names", absl::StrJoin(names, "; "));
  if (response.has_matched_concept() || response.has_fallback_concept()) {
    Row(page, "bill",
        response.billable_code().empty() ? "nothing: not billable as it stands" : response.billable_code());
  }
  for (int i = 0; i < response.ancestors_size(); ++i) Row(page, i == 0 ? "below" : "", Named(response.ancestors(i)));
  std::string label;
  for (const v1::Note& note : response.notes()) {
    const absl::string_view kind = model::NoteKindName(static_cast<model::NoteKind>(note.kind()));
    const std::string wanted = absl::StrCat(kind, " at ", note.stands_at(), ": ");
    Row(page, label.empty() ? "notes" : "", absl::StrCat(wanted, note.text()));
    label = wanted;
  }
  for (const v1::Issue& issue : response.issues()) {
    std::string severity = v1::Severity_Name(issue.severity()).substr(sizeof("SEVERITY_") - 1);
    Row(page, absl::AsciiStrToLower(severity), absl::StrCat(issue.message(), "; ", issue.remedy()));
  }
  if (response.has_release()) Row(page, "release", Release(response.release()));
  for (const v1::Release& extension : response.extensions()) Row(page, "extension", Release(extension));
  if (response.has_knowledge()) Knowledge(page, response.knowledge());
  return page;
}

}  // namespace nosograph::cli
