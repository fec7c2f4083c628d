#include "service/cli/config_file.h"

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
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
bool IsList(const CLI::Option& option) { return option.get_expected_max() > 1; }

void Write(const toml::table& table, std::ostream& out) {
  // Text in double quotes, as most write it.
  out << toml::toml_formatter(table, toml::toml_formatter::default_flags & ~toml::format_flags::allow_literal_strings);
}

// A value as the command line has it; none for one that no option takes.
std::optional<std::string> TextOf(const toml::node& value) {
  if (const auto text = value.value_exact<std::string>()) return text;
  if (const auto number = value.value_exact<int64_t>()) return std::to_string(*number);
  return std::nullopt;
}

}  // namespace

void AddConfigOptions(CLI::App& command, ConfigOptions& options) {
  command
      .add_option("--config", options.file,
                  "A file with KEY = VALUE a line, KEY the name of an option; the command line wins over it")
      ->type_name("FILE")
      ->check(NotEmpty())
      ->configurable(false);
  command
      .add_flag("--print-config", options.print, "Print every option with its value, in the form of the file, and end")
      ->configurable(false);
  command.get_help_ptr()->configurable(false);
}

absl::Status ApplyConfigFile(CLI::App& command, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(path, kMaxBytes));
  toml::table table;
  try {
    table = toml::parse(std::string_view(text));
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ":", error.source().begin.line, ": ", error.what(),
                                                   "; write KEY = VALUE, a line each, as TOML has it"));
  }
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    const auto wrong = [&, line = key.source().begin.line](absl::string_view problem) {
      return absl::InvalidArgumentError(absl::StrCat(path, ":", line, ": ", base::Excerpt(name), ": ", problem));
    };
    if (value.is_table()) return wrong("there are no sections; write KEY = VALUE, a line each");
    CLI::Option* option = nullptr;
    std::vector<std::string> known;
    for (const CLI::Option* candidate : Configurable(command)) {
      known.push_back(NameOf(*candidate));
      if (known.back() == name) option = command.get_option("--" + name);
    }
    if (option == nullptr) return wrong(absl::StrCat("is no option; there are: ", absl::StrJoin(known, ", ")));
    std::vector<std::string> values;
    if (IsFlag(*option)) {
      const std::optional<bool> flag = value.value_exact<bool>();
      if (!flag) return wrong("is neither true nor false; write one of them");
      values = {*flag ? "true" : "false"};
    } else if (const toml::array* list = value.as_array()) {
      if (!IsList(*option)) return wrong("is a list; write one value");
      for (const toml::node& item : *list) {
        const std::optional<std::string> one = TextOf(item);
        if (!one) return wrong("has an item that is no text; write it in quotes");
        values.push_back(*one);
      }
    } else {
      const std::optional<std::string> one = TextOf(value);
      if (!one) return wrong("is neither text nor a number; write text in quotes");
      values = {*one};
    }
    if (option->count() > 0) continue;  // the command line wins
    try {
      for (const std::string& one : values) option->add_result(one);
      if (!values.empty()) option->run_callback();
    } catch (const CLI::Error& error) {
      return wrong(absl::StrCat(error.what(), "; --help says what it takes"));
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
    std::ostringstream line;
    if (IsFlag(*option)) {
      Write(toml::table{{NameOf(*option), !values.empty() && values.front() != "false"}}, line);
    } else if (IsList(*option)) {
      toml::array list;
      for (const std::string& value : values) list.push_back(value);
      Write(toml::table{{NameOf(*option), std::move(list)}}, line);
    } else if (values.empty()) {
      line << "# " << NameOf(*option) << " = ";
    } else if (int64_t number = 0; absl::SimpleAtoi(values.front(), &number)) {
      Write(toml::table{{NameOf(*option), number}}, line);
    } else {
      Write(toml::table{{NameOf(*option), values.front()}}, line);
    }
    absl::StrAppend(&text, line.str(), "\n");
  }
  return text;
}

}  // namespace nosograph::cli
