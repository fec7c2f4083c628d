// The commands of the program `nosograph`. Each adds itself to the command line and runs when it was chosen.
//
// Not thread-safe: one command line a process. A command writes its result to stdout, all else to stderr, and leaves
// its exit code in `exit_code`.
//
//   CLI::App app;
//   int exit_code = kOk;
//   AddResolveCommand(app, exit_code);
#ifndef NOSOGRAPH_SERVICE_CLI_COMMAND_H_
#define NOSOGRAPH_SERVICE_CLI_COMMAND_H_

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::cli {

void AddServeCommand(CLI::App& app, int& exit_code);
void AddImportCommand(CLI::App& app, int& exit_code);
void AddResolveCommand(CLI::App& app, int& exit_code);
void AddSearchCommand(CLI::App& app, int& exit_code);
void AddLookupCommand(CLI::App& app, int& exit_code);
void AddValidateCommand(CLI::App& app, int& exit_code);
void AddSubsumesCommand(CLI::App& app, int& exit_code);
void AddChildrenCommand(CLI::App& app, int& exit_code);
void AddReleasesCommand(CLI::App& app, int& exit_code);
void AddCompletionCommand(CLI::App& app, int& exit_code);
void AddVersionCommand(CLI::App& app, int& exit_code);

// The option --data and its default: $NOSOGRAPH_DATA, else $HOME/.local/share/nosograph.
void AddDataOption(CLI::App& command, std::string& folder);

// A check that refuses an empty value: an unset shell variable must not pass for "not given".
CLI::Validator NotEmpty();

// The option --output text|json.
void AddOutputOption(CLI::App& command, std::string& output);
inline constexpr char kJson[] = "json";

// "error: MESSAGE" on stderr; the exit code for it.
int Fail(const absl::Status& status);
// The same where what the command line names, a file or a folder, is what may be missing or not fit.
int FailInput(const absl::Status& status);

// The releases of a data folder; what is left out of them is warned of on stderr. Errors: those of DataFolder::Load.
absl::StatusOr<snapshot::ReleaseSet> LoadReleases(const std::string& folder,
                                                  snapshot::Access access = snapshot::Access::kMapped);

// Who runs the program, for the history: the user's name, else number.
std::string UserName();

// The version of the program.
const char* Version();

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_COMMAND_H_
