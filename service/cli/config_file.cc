#include "service/cli/config_file.h"

#include <exception>
#include <set>
#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::cli {
namespace {

constexpr size_t kMaxBytes = 1 << 20;

// Options that a file may set, by their name without dashes.
std::vector<const CLI::Option*> Configurable(const CLI::App& command) {
  std::vector<const CLI::Option*> options;
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_configurable() && !option->get_lnames().empty()) options.push_back(option);
  }
  return options;
}

std::string NameOf(const CLI::Option& option) { return option.get_lnames().front(); }

bool IsFlag(const CLI::Option& option) { return option.get_expected_min() == 0; }

std::string Shown(const std::string& text) {
  const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (number) return text;
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}), "\"");
}

absl::Status Wrong(const std::string& path, const std::string& key, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", base::Excerpt(key), ": ", problem));
}

}  // namespace

void AddConfigOptions(CLI::App& command, ConfigOptions& options) {
  command
      .add_option("--config", options.file,
                  "A file with KEY = VALUE a line, KEY the name of an option; the command line wins over it")
      ->type_name("FILE")
      ->configurable(false);
  command
      .add_flag("--print-config", options.print, "Print every option with its value, in the form of the file, and end")
      ->configurable(false);
  command.get_help_ptr()->configurable(false);
}

absl::Status ApplyConfigFile(CLI::App& command, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxBytes));
  std::vector<CLI::ConfigItem> items;
  try {
    std::istringstream stream(text);
    items = CLI::ConfigTOML().from_config(stream);
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", error.what(), "; write KEY = VALUE, a line each"));
  }
  std::set<std::string> seen;
  for (const CLI::ConfigItem& item : items) {
    // A section would read as one key for its beginning and one for its end.
    if (!item.parents.empty() || item.name == "++" || item.name == "--") {
      return Wrong(path, absl::StrJoin(item.parents, "."), "there are no sections; write KEY = VALUE, a line each");
    }
    CLI::Option* option = nullptr;
    for (const CLI::Option* candidate : Configurable(command)) {
      if (NameOf(*candidate) == item.name) option = command.get_option("--" + item.name);
    }
    if (option == nullptr) {
      std::vector<std::string> known;
      for (const CLI::Option* candidate : Configurable(command)) known.push_back(NameOf(*candidate));
      return Wrong(path, item.name, absl::StrCat("is no option; there are: ", absl::StrJoin(known, ", ")));
    }
    if (!seen.insert(item.name).second) return Wrong(path, item.name, "stands twice; write it once");
    if (option->count() > 0) continue;                                    // the command line wins
    if (item.inputs.empty() && option->get_expected_max() > 1) continue;  // an empty list
    try {
      if (IsFlag(*option)) {
        if (item.inputs != std::vector<std::string>{"true"} && item.inputs != std::vector<std::string>{"false"}) {
          return Wrong(path, item.name, "is neither true nor false; write one of them");
        }
        option->add_result(item.inputs.front());
      } else {
        for (const std::string& value : item.inputs) option->add_result(value);
      }
      option->run_callback();
    } catch (const CLI::Error& error) {
      return Wrong(path, item.name, absl::StrCat(error.what(), "; --help says what it takes"));
    }
  }
  return absl::OkStatus();
}

std::string PrintConfig(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : Configurable(command)) {
    std::vector<std::string> values = option->results();
    if (values.empty() && !option->get_default_str().empty()) values = {option->get_default_str()};
    absl::StrAppend(&text, "# ", option->get_description(), "\n");
    const bool list = option->get_expected_max() > 1;
    if (IsFlag(*option)) {
      const bool set = !values.empty() && values.front() != "false";
      absl::StrAppend(&text, NameOf(*option), " = ", set ? "true" : "false", "\n");
    } else if (values.empty() && !list) {
      absl::StrAppend(&text, "# ", NameOf(*option), " = \n");
    } else {
      for (std::string& value : values) value = Shown(value);
      absl::StrAppend(&text, NameOf(*option), " = ", list ? "[" : "", absl::StrJoin(values, ", "), list ? "]" : "",
                      "\n");
    }
  }
  return text;
}

}  // namespace nosograph::cli
