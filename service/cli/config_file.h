// A file that says what the options of a command say: KEY = VALUE, a line each, with the names of the options.
//
// TOML (https://toml.io, 1.0) without sections: text in quotes, numbers and true or false as they are, lists in
// brackets,
// '#' begins a comment. The command line wins over the file. Not thread-safe.
//
//   AddConfigOptions(*command, config);
//   RETURN_IF_ERROR(ApplyConfigFile(*command, config.file));
#ifndef NOSOGRAPH_SERVICE_CLI_CONFIG_FILE_H_
#define NOSOGRAPH_SERVICE_CLI_CONFIG_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "service/cli/command.h"

namespace nosograph::cli {

struct ConfigOptions {
  std::string file = {};  // empty: none
  bool print = false;
};

// --config and --print-config of `command`.
void AddConfigOptions(CLI::App& command, ConfigOptions& options);

// Gives the options of `command` that the command line did not give what the file says. Errors: those of reading it;
// InvalidArgument for a key that is no option, one that stands twice, a section, and a value that the option does not
// take; the message names file, line, key and remedy.
absl::Status ApplyConfigFile(CLI::App& command, const std::string& path);

// Every option with its value, in the form of the file.
std::string PrintConfig(const CLI::App& command);

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_CONFIG_FILE_H_
