#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/handlers_for.h"
#include "service/cli/json.h"
#include "service/cli/query_options.h"
#include "terminology/base/unicode.h"

namespace nosograph::cli {
namespace {

// "subsumed-by", as FHIR writes it.
std::string RelationName(v1::Relation relation) {
  std::string name = absl::AsciiStrToLower(absl::StripPrefix(v1::Relation_Name(relation), "RELATION_"));
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

int Print(const QueryOptions& options, const service::TerminologyHandlers& handlers, const std::string& a,
          const std::string& b) {
  v1::SubsumesRequest request;
  SetCommonFields(options, request);
  request.set_code_a(a);
  request.set_code_b(b);
  request.set_form(options.strict ? v1::FORM_STRICT : v1::FORM_LENIENT);
  v1::SubsumesResponse answer;
  const absl::Status status = handlers.subsumes({}, request, &answer);
  if (!status.ok()) return FailCode(options, a + ' ' + b, status);
  const std::string relation = RelationName(answer.relation());
  if (options.json()) {
    JsonLine json;
    json.Text("code_a", a)
        .Text("code_b", b)
        .Text("relation", relation)
        .Text("canonical_a", answer.concept_a().code())
        .Text("canonical_b", answer.concept_b().code())
        .Text("system", answer.release().system())
        .Text("release", answer.release().version());
    std::cout << json.Take();
  } else {
    std::cout << base::Excerpt(a) << "  " << relation << "  " << base::Excerpt(b) << "\n";
  }
  if (answer.relation() == v1::RELATION_UNDETERMINED) return kNoAnswer;
  return answer.relation() == v1::RELATION_UNKNOWN_CODE ? kNoSuch : kOk;
}

int Subsumes(const QueryOptions& options) {
  const absl::StatusOr<service::TerminologyHandlers> handlers = HandlersFor(options.server, options.data);
  if (!handlers.ok()) return Fail(handlers.status());
  if (!options.from_stdin) {
    if (options.codes.size() != 2) {
      return Fail(absl::InvalidArgumentError("code: " + std::to_string(options.codes.size()) +
                                             " given; give two, or --stdin to read pairs, two codes a line"));
    }
    return Print(options, *handlers, options.codes[0], options.codes[1]);
  }
  return ForEachCode(options, [&](const std::string& line) -> int {
    const std::vector<std::string> pair = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (pair.size() != 2) {
      return FailCode(options, line,
                      absl::InvalidArgumentError("'" + base::Excerpt(line) + "' is no pair; write two codes a line"));
    }
    return Print(options, *handlers, pair[0], pair[1]);
  });
}

}  // namespace

void AddSubsumesCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("subsumes", "Is the first code an ancestor of the second");
  auto options = std::make_shared<QueryOptions>();
  AddQueryOptions(*command, *options);
  command->callback([options, &exit_code] { exit_code = Subsumes(*options); });
}

}  // namespace nosograph::cli
