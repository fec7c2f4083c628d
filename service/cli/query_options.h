// What the commands that ask about codes share: which codes, of which system and release, from which data folder.
//
// Not thread-safe.
//
//   auto options = std::make_shared<QueryOptions>();
//   AddQueryOptions(*command, *options);
//   return ForEachCode(*options, [&](const std::string& code) { ... return kOk; });
#ifndef NOSOGRAPH_SERVICE_CLI_QUERY_OPTIONS_H_
#define NOSOGRAPH_SERVICE_CLI_QUERY_OPTIONS_H_

#include <functional>
#include <string>
#include <vector>

#include "service/cli/command.h"
#include "service/cli/server_connection.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::cli {

struct QueryOptions {
  std::vector<std::string> codes;
  bool from_stdin = false;
  std::string system;
  std::string release;
  std::string date;
  bool strict = false;
  std::string data;
  ServerConnection server;
  std::string output;

  bool json() const { return output == kJson; }
  snapshot::ReleaseSelector selector() const { return {.version = release, .date = date}; }
};

// Those that do not depend on codes: system, release, data folder or service, --output.
void AddScopeOptions(CLI::App& command, QueryOptions& options);

// The options of `options`, --output among them.
void AddQueryOptions(CLI::App& command, QueryOptions& options);

// Fills in the fields that requests about a code share.
template <typename Request>
void SetCommonFields(const QueryOptions& options, Request& request) {
  request.set_system(options.system);
  if (!options.release.empty()) request.mutable_release()->set_version(options.release);
  if (!options.date.empty()) request.mutable_release()->set_date(options.date);
}

// "error: MESSAGE" on stderr; under --output json also a line with the code and the error, so that each line in has its
// line out. The exit code for it.
int FailCode(const QueryOptions& options, const std::string& code, const absl::Status& status);

// Calls `answer` for each code of the command line, or with --stdin for each line of standard input, at once and in
// order. `answer` prints its answer and gives an exit code; the worst of them is the result, and an answer that could
// not be written ends it. A code that is not UTF-8 is an error of that code alone, or what `not_utf8` makes of it.
int ForEachCode(const QueryOptions& options, const std::function<int(const std::string& code)>& answer,
                const std::function<int(const std::string& code)>& not_utf8 = nullptr);

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_QUERY_OPTIONS_H_
