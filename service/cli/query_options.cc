#include "service/cli/query_options.h"

#include <algorithm>
#include <iostream>

#include "service/cli/exit_code.h"
#include "service/cli/json.h"
#include "terminology/base/unicode.h"

namespace nosograph::cli {

void AddScopeOptions(CLI::App& command, QueryOptions& options) {
  command.add_option("--system", options.system, "Canonical URI or OID of the code system; none for whatever has it")
      ->check(NotEmpty())
      ->type_name("URI");
  auto* release = command.add_option("--release", options.release, "Version of the release")
                      ->check(NotEmpty())
                      ->type_name("VERSION");
  command.add_option("--date", options.date, "Day on which the release must be valid")
      ->check(NotEmpty())
      ->type_name("YYYY-MM-DD")
      ->excludes(release);
  AddDataOption(command, options.data);
  AddServerOptions(command, options.server);
  AddOutputOption(command, options.output);
}

void AddQueryOptions(CLI::App& command, QueryOptions& options) {
  auto* codes = command.add_option("code", options.codes, "Codes such as L94.21")->type_name("CODE");
  command
      .add_flag("--stdin", options.from_stdin,
                "Read the codes from standard input, one a line; each is answered at once")
      ->excludes(codes);
  command.add_flag("--strict", options.strict, "Take the canonical form of a code alone");
  AddScopeOptions(command, options);
}

int FailCode(const QueryOptions& options, const std::string& code, const absl::Status& status) {
  if (options.json()) {
    JsonLine json;
    json.Text("code", base::Excerpt(code)).Text("error", status.message());
    std::cout << json.Take();
  }
  return Fail(status);
}

int ForEachCode(const QueryOptions& options, const std::function<int(const std::string&)>& answer,
                const std::function<int(const std::string&)>& not_utf8) {
  if (options.codes.empty() && !options.from_stdin) {
    return Fail(absl::InvalidArgumentError("code: none given; give codes, or --stdin to read them"));
  }
  int exit_code = kOk;
  const auto ask = [&](const std::string& code) {
    const auto reject = [&] {
      return FailCode(
          options, code,
          absl::InvalidArgumentError("code: '" + base::Excerpt(code) + "' is not UTF-8; give the code in UTF-8"));
    };
    const int result = base::IsValidUtf8(code) ? answer(code) : not_utf8 ? not_utf8(code) : reject();
    exit_code = std::max(exit_code, result);
    return static_cast<bool>(std::cout.flush());
  };
  if (options.from_stdin) {
    for (std::string line; std::getline(std::cin, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      if (!ask(line)) break;
    }
  } else {
    for (const std::string& code : options.codes) {
      if (!ask(code)) break;
    }
  }
  return exit_code;
}

}  // namespace nosograph::cli
