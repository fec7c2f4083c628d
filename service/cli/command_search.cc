#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/handlers_for.h"
#include "service/cli/json.h"
#include "service/cli/query_options.h"
#include "service/cli/search_list.h"
#include "terminology/query/search.h"

namespace nosograph::cli {
namespace {

// `codes` of QueryOptions are the words.
struct SearchOptions : QueryOptions {
  bool only_codes = false;
  bool billable = false;
  std::string under;
  v1::Fold fold = v1::FOLD_WHEN_MANY;
  uint32_t count = query::kUsualHits;
  std::string page;
};

// The messages count from one, what is unspecified before it.
absl::string_view ReasonName(v1::TextMatch::Reason reason) {
  return query::MatchReasonName(static_cast<query::MatchReason>(reason - 1));
}

absl::string_view TextKindName(v1::SearchHit::TextKind kind) {
  return query::TextKindName(static_cast<snapshot::DocumentKind>(kind - 1));
}

void PrintJson(const std::string& text, const v1::SearchResponse& answer) {
  JsonLine json;
  json.Text("query", text).Number("total", answer.total()).StartList("hits");
  for (const v1::SearchHit& hit : answer.hits()) {
    const v1::Concept& item = hit.matched_concept();
    json.StartObject()
        .Text("code", item.code())
        .Text("title", item.title())
        .Text("system", item.system())
        .Flag("billable", item.billable())
        .Number("folded_codes", hit.folded_codes())
        .Text("text_kind", TextKindName(hit.text_kind()))
        .Text("text", hit.text())
        .StartList("matches");
    for (const v1::TextMatch& match : hit.matches()) {
      json.StartObject()
          .Number("begin", match.begin())
          .Number("end", match.end())
          .Number("query_begin", match.query_begin())
          .Number("query_end", match.query_end())
          .Text("reason", ReasonName(match.reason()))
          .EndObject();
    }
    json.EndList().EndObject();
  }
  json.EndList().StartList("corrections");
  for (const v1::SearchResponse::Correction& correction : answer.corrections()) {
    json.StartObject().Text("written", correction.written()).Text("read_as", correction.read_as()).EndObject();
  }
  json.EndList().Text("next_page_token", answer.next_page_token()).StartList("releases");
  for (const v1::Release& release : answer.releases()) {
    json.StartObject()
        .Text("system", release.system())
        .Text("version", release.version())
        .Text("snapshot", release.id())
        .EndObject();
  }
  json.EndList();
  std::cout << json.Take();
}

// The text with what matched in bold, where a person looks at it.
std::string Shown(const v1::SearchHit& hit, bool bold) {
  if (!bold) return hit.text();
  std::string shown;
  uint32_t at = 0;
  for (const auto& [begin, end] : MatchedParts(hit)) {
    absl::StrAppend(&shown, hit.text().substr(at, begin - at), "\x1b[1m", hit.text().substr(begin, end - begin),
                    "\x1b[0m");
    at = end;
  }
  return shown + hit.text().substr(at);
}

void PrintText(const v1::SearchResponse& answer) {
  const bool bold = isatty(STDOUT_FILENO) == 1;
  size_t width = 0;
  for (const v1::SearchHit& hit : answer.hits()) width = std::max(width, hit.matched_concept().code().size());
  for (const v1::SearchHit& hit : answer.hits()) {
    const v1::Concept& item = hit.matched_concept();
    const bool by_title = hit.text_kind() == v1::SearchHit::TEXT_KIND_TITLE && hit.text() == item.title();
    std::cout << item.code() << std::string(width - item.code().size() + 2, ' ')
              << (by_title ? Shown(hit, bold) : item.title());
    if (!by_title) std::cout << "  [" << Shown(hit, bold) << "]";
    if (hit.folded_codes() > 0) std::cout << "  (" << hit.folded_codes() << " codes below)";
    std::cout << "\n";
  }
  for (const v1::SearchResponse::Correction& correction : answer.corrections()) {
    std::cout << "'" << correction.written() << "' was read as '" << correction.read_as() << "'\n";
  }
  if (answer.hits().empty()) {
    std::cout << "nothing found; try fewer or other words\n";
  } else if (!answer.next_page_token().empty()) {
    std::cout << answer.hits_size() << " of " << answer.total() << "; more: --page " << answer.next_page_token()
              << "\n";
  }
}

void PrintCodes(const QueryOptions& options, const std::string& text, const v1::SearchResponse& answer) {
  if (options.json()) {
    JsonLine json;
    json.Text("query", text).StartList("codes");
    for (const v1::SearchHit& hit : answer.hits()) json.Element(hit.matched_concept().code());
    json.EndList();
    std::cout << json.Take();
    return;
  }
  std::cout << absl::StrJoin(answer.hits(), " ", [](std::string* out, const v1::SearchHit& hit) {
    absl::StrAppend(out, hit.matched_concept().code());
  }) << "\n";
}

// A list that narrows while one types; prints the code that was taken.
int Choose(const service::TerminologyHandlers& handlers, const v1::SearchRequest& request) {
  const absl::StatusOr<std::string> code = ChooseFromList(
      request,
      [&](const v1::SearchRequest& asked, v1::SearchResponse* answer) { return handlers.search({}, asked, answer); });
  if (!code.ok()) return Fail(code.status());
  if (code->empty()) return kNoSuch;
  std::cout << *code << "\n";
  return kOk;
}

int SearchWords(SearchOptions options) {
  const bool choose = !options.from_stdin && options.codes.empty();
  if (choose && (isatty(STDIN_FILENO) == 0 || options.json() || options.only_codes)) {
    return Fail(absl::InvalidArgumentError("words: none given; give words, or --stdin to read queries"));
  }
  if (!options.from_stdin) options.codes = {absl::StrJoin(options.codes, " ")};
  const absl::StatusOr<service::TerminologyHandlers> handlers = HandlersFor(options.server, options.data);
  if (!handlers.ok()) return Fail(handlers.status());
  v1::SearchRequest request;
  SetCommonFields(options, request);
  request.set_billable_only(options.billable);
  request.set_under(options.under);
  request.set_fold(options.fold);
  request.set_count(options.count);
  request.set_page_token(options.page);
  if (choose) return Choose(*handlers, request);
  const auto fail = [&](const std::string& text, const absl::Status& status) {
    if (options.only_codes && !options.json()) std::cout << "\n";  // each line in has its line out
    return FailCode(options, text, status);
  };
  return ForEachCode(
      options,
      [&](const std::string& text) -> int {
        request.set_text(text);
        v1::SearchResponse answer;
        const absl::Status status = handlers->search({}, request, &answer);
        if (!status.ok()) return fail(text, status);
        if (options.only_codes) {
          PrintCodes(options, text, answer);
        } else if (options.json()) {
          PrintJson(text, answer);
        } else {
          PrintText(answer);
        }
        return answer.hits().empty() ? kNoSuch : kOk;
      },
      [&](const std::string& text) {
        return fail(text, absl::InvalidArgumentError("text: it is not UTF-8; encode it as UTF-8"));
      });
}

}  // namespace

void AddSearchCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "search", "From words to codes: beginnings, synonyms and misspellings too; a list to choose from without words");
  auto options = std::make_shared<SearchOptions>();
  auto* words = command
                    ->add_option("words", options->codes,
                                 "Words such as frac nec fem; none on a terminal: a list that narrows while you type")
                    ->type_name("WORDS");
  command
      ->add_flag("--stdin", options->from_stdin,
                 "Read queries from standard input, one a line; each is answered at once")
      ->excludes(words);
  command->add_flag("--codes", options->only_codes, "Print codes alone, those of a query in one line, best first");
  command->add_flag("--billable", options->billable, "Only codes that may stand on a claim");
  command->add_option("--under", options->under, "Only what is below this code, block or chapter")
      ->check(NotEmpty())
      ->type_name("CODE");
  const std::map<std::string, v1::Fold> folds = {
      {"when-many", v1::FOLD_WHEN_MANY}, {"always", v1::FOLD_ALWAYS}, {"never", v1::FOLD_NEVER}};
  command
      ->add_option("--fold", options->fold,
                   "Whether codes with a 7th character stand under the code they are made of: when-many, always, never")
      ->transform(CLI::CheckedTransformer(folds))
      ->type_name("HOW")
      ->default_str("when-many");
  command->add_option("--count", options->count, "Hits on a page, at most 1,000")
      ->check(CLI::Range(1U, query::kMostHits))
      ->type_name("NUMBER")
      ->capture_default_str();
  command->add_option("--page", options->page, "The page that the answer before named")->type_name("TOKEN");
  AddScopeOptions(*command, *options);
  command->callback([options, &exit_code] { exit_code = SearchWords(*options); });
}

}  // namespace nosograph::cli
