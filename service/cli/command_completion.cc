#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"

namespace nosograph::cli {
namespace {

// Both shells ask the program what may stand there, so that they know every option of this very version.
constexpr char kBash[] =
    R"(# Completion of nosograph for bash. For good: nosograph completion bash > ~/.local/share/bash-completion/completions/nosograph
_nosograph() {
  local IFS=$'\n'
  COMPREPLY=($("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _nosograph nosograph
)";
constexpr char kZsh[] = R"(#compdef nosograph
# Completion of nosograph for zsh. For good: nosograph completion zsh > a folder of $fpath/_nosograph
_nosograph() {
  local -a candidates
  candidates=("${(@f)$(${words[1]} complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n ${candidates[1]} ]]; then
    compadd -a candidates
  else
    _files
  fi
}
# Loaded from $fpath this file is the function itself, the first time.
if [[ ${funcstack[1]} = _nosograph ]]; then
  _nosograph "$@"
else
  compdef _nosograph nosograph
fi
)";

// The choices of an option that takes one of a few words, from its check: "{text,json}".
std::vector<std::string> Choices(CLI::Option& option) {
  try {
    const std::string description = option.get_validator(0)->get_description();
    absl::string_view text = description;
    if (!absl::ConsumePrefix(&text, "{") || !absl::ConsumeSuffix(&text, "}")) return {};
    return absl::StrSplit(text, ',');
  } catch (const CLI::Error&) {  // it has no check
    return {};
  }
}

std::vector<CLI::App*> CommandsOf(CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

CLI::App* Named(CLI::App& command, const std::string& name) {
  for (CLI::App* below : CommandsOf(command)) {
    if (below->get_name() == name) return below;
  }
  return nullptr;
}

void Offer(const std::vector<std::string>& candidates, const std::string& begun) {
  for (const std::string& candidate : candidates) {
    if (absl::StartsWith(candidate, begun)) std::cout << candidate << "\n";
  }
}

// What may stand in place of the last of `words`, a line each; nothing where it is a file or a code.
void Complete(CLI::App& program, const std::vector<std::string>& words) {
  CLI::App* command = &program;
  CLI::Option* asks = nullptr;  // the option whose value is next
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (asks != nullptr) {
      asks = nullptr;
    } else if (absl::StartsWith(words[i], "--")) {
      CLI::Option* option = command->get_option_no_throw(words[i]);
      if (option != nullptr && option->get_expected_min() > 0) asks = option;
    } else if (CLI::App* next = Named(*command, words[i])) {
      command = next;
    }
  }
  const std::string begun = words.empty() ? "" : words.back();
  if (asks != nullptr) return Offer(Choices(*asks), begun);
  std::vector<std::string> candidates;
  if (absl::StartsWith(begun, "-")) {
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) candidates.push_back("--" + name);
    }
  } else {
    for (const CLI::App* below : CommandsOf(*command)) {
      if (!below->get_group().empty()) candidates.push_back(below->get_name());
    }
    for (CLI::Option* option : command->get_options()) {
      if (!option->get_positional()) continue;
      for (const std::string& choice : Choices(*option)) candidates.push_back(choice);
    }
  }
  std::sort(candidates.begin(), candidates.end());
  Offer(candidates, begun);
}

}  // namespace

void AddCompletionCommand(CLI::App& app, int& exit_code) {
  CLI::App* completion = app.add_subcommand("completion", "Print the completion script of a shell");
  auto shell = std::make_shared<std::string>();
  completion->add_option("shell", *shell, "bash or zsh; source it: source <(nosograph completion bash)")
      ->check(CLI::IsMember({"bash", "zsh"}))
      ->required()
      ->type_name("SHELL");
  completion->callback([shell, &exit_code] {
    std::cout << (*shell == "bash" ? kBash : kZsh);
    exit_code = kOk;
  });

  // What the scripts ask.
  CLI::App* complete = app.add_subcommand("complete", "What may stand in place of the last word");
  complete->group("");
  auto words = std::make_shared<std::vector<std::string>>();
  complete->add_option("words", *words);
  complete->callback([words, &app, &exit_code] {
    Complete(app, *words);
    exit_code = kOk;
  });
}

}  // namespace nosograph::cli
