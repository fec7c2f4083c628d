#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_split.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/json.h"
#include "service/cli/query_options.h"
#include "terminology/base/unicode.h"
#include "terminology/query/subsumes.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

int Print(const QueryOptions& options, const snapshot::ReleaseSet& set, const std::string& a, const std::string& b) {
  const absl::StatusOr<query::Subsumption> answer =
      query::Subsumes(set, {.system = options.system, .code_a = a, .code_b = b, .release = options.selector()});
  if (!answer.ok()) return FailCode(options, a + ' ' + b, answer.status());
  if (options.json()) {
    JsonLine json;
    json.Text("code_a", a).Text("code_b", b).Text("relation", query::RelationName(answer->relation));
    std::cout << json.Take();
  } else {
    std::cout << base::Excerpt(a) << "  " << query::RelationName(answer->relation) << "  " << base::Excerpt(b) << "\n";
  }
  return answer->relation == query::Relation::kUnknownCode ? kNoSuch : kOk;
}

int Subsumes(const QueryOptions& options) {
  const absl::StatusOr<snapshot::ReleaseSet> set = LoadReleases(options.data);
  if (!set.ok()) return Fail(set.status());
  if (!options.from_stdin) {
    if (options.codes.size() != 2) {
      return Fail(absl::InvalidArgumentError("code: " + std::to_string(options.codes.size()) +
                                             " given; give two, or --stdin to read pairs, two codes a line"));
    }
    return Print(options, *set, options.codes[0], options.codes[1]);
  }
  return ForEachCode(options, [&](const std::string& line) -> int {
    const std::vector<std::string> pair = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (pair.size() != 2) {
      return FailCode(options, line,
                      absl::InvalidArgumentError("'" + base::Excerpt(line) + "' is no pair; write two codes a line"));
    }
    return Print(options, *set, pair[0], pair[1]);
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
