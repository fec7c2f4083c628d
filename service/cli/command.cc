#include "service/cli/command.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "service/cli/exit_code.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

std::string DefaultDataFolder() {
  if (const char* folder = std::getenv("NOSOGRAPH_DATA"); folder != nullptr && *folder != '\0') return folder;
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr && *home != '\0' ? home : ".") + "/.local/share/nosograph";
}

}  // namespace

void AddDataOption(CLI::App& command, std::string& folder) {
  folder = DefaultDataFolder();
  command.add_option("--data", folder, "Data folder; the default is $NOSOGRAPH_DATA, else ~/.local/share/nosograph")
      ->type_name("DIR")
      ->check([](const std::string& text) { return text.empty() ? std::string("empty; name a folder") : ""; });
}

CLI::Validator NotEmpty() {
  return CLI::Validator(
      [](std::string& value) { return value.empty() ? "is empty; give a value, or leave the option out" : ""; }, "");
}

void AddOutputOption(CLI::App& command, std::string& output) {
  output = "text";
  command.add_option("--output", output, "text for a person, json for a program")
      ->check(CLI::IsMember({"text", kJson}))
      ->type_name("FORM")
      ->capture_default_str();
}

int Fail(const absl::Status& status) {
  std::cerr << "error: " << status.message() << '\n';
  return absl::IsInvalidArgument(status) ? kUsage : kNoAnswer;
}

int FailInput(const absl::Status& status) {
  const int exit_code = Fail(status);
  const bool input = absl::IsNotFound(status) || absl::IsAlreadyExists(status) || absl::IsFailedPrecondition(status);
  return input ? kUsage : exit_code;
}

absl::StatusOr<snapshot::ReleaseSet> LoadReleases(const std::string& folder, snapshot::Access access) {
  std::vector<std::string> left_out;
  absl::StatusOr<snapshot::ReleaseSet> set = store::DataFolder(folder).Load(access, &left_out);
  for (const std::string& line : left_out) std::cerr << "warning: " << line << '\n';
  return set;
}

std::string UserName() {
  const passwd* user = getpwuid(geteuid());
  return user != nullptr ? user->pw_name : std::to_string(geteuid());
}

const char* Version() { return NOSOGRAPH_VERSION; }

}  // namespace nosograph::cli
