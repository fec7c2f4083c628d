#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/strip.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/handlers_for.h"
#include "service/cli/json.h"
#include "service/cli/query_options.h"
#include "terminology/base/unicode.h"

namespace nosograph::cli {
namespace {

struct ValidateCommandOptions : QueryOptions {
  std::string use = "claim";
  int repairs = 10;
};

// "HEADER": the name without what the proto puts before it; empty for the unspecified one.
std::string Bare(const std::string& name, absl::string_view prefix) {
  const absl::string_view bare = absl::StripPrefix(name, prefix);
  return bare == "UNSPECIFIED" ? "" : std::string(bare);
}

void Print(const ValidateCommandOptions& options, const std::string& code, const v1::ValidateCodeResponse& answer) {
  const std::string outcome = Bare(v1::Verdict_Name(answer.verdict()), "VERDICT_");
  const std::string reason = Bare(v1::Reason_Name(answer.reason()), "REASON_");
  if (options.json()) {
    std::vector<std::string> repairs;
    for (const v1::Concept& repair : answer.repairs()) repairs.push_back(repair.code());
    JsonLine json;
    json.Text("code", code)
        .Text("outcome", outcome)
        .Text("reason", reason)
        .Flag("billable", answer.matched_concept().billable())
        .Text("canonical", answer.canonical())
        .Texts("repair", repairs)
        .Text("title", answer.matched_concept().title())
        .Text("message", answer.message())
        .Text("remedy", answer.remedy())
        .Flag("normalized", answer.normalized())
        .Text("system", answer.release().system())
        .Text("release", answer.release().version());
    std::cout << json.Take();
    return;
  }
  std::cout << base::Excerpt(code) << "  " << outcome;
  if (!reason.empty()) std::cout << "  " << reason;
  if (answer.has_matched_concept()) std::cout << "  " << answer.matched_concept().title();
  std::cout << "\n";
  if (!answer.message().empty()) std::cout << "  " << answer.message() << "\n  " << answer.remedy() << "\n";
  size_t width = 0;
  for (const v1::Concept& repair : answer.repairs()) width = std::max(width, repair.code().size());
  for (const v1::Concept& repair : answer.repairs()) {
    std::cout << "    " << repair.code() << std::string(width - repair.code().size() + 2, ' ') << repair.title()
              << "\n";
  }
}

int Validate(const ValidateCommandOptions& options) {
  const absl::StatusOr<service::TerminologyHandlers> handlers = HandlersFor(options.server, options.data);
  if (!handlers.ok()) return Fail(handlers.status());
  v1::ValidateCodeRequest request;
  SetCommonFields(options, request);
  request.set_form(options.strict ? v1::FORM_STRICT : v1::FORM_LENIENT);
  request.set_use(options.use == "terminology" ? v1::USE_TERMINOLOGY : v1::USE_CLAIM);
  request.set_max_repairs(options.repairs);
  return ForEachCode(
      options,
      [&](const std::string& code) -> int {
        request.set_code(code);
        v1::ValidateCodeResponse answer;
        const absl::Status status = handlers->validate_code({}, request, &answer);
        if (!status.ok()) return FailCode(options, code, status);
        Print(options, code, answer);
        switch (answer.verdict()) {
          case v1::VERDICT_VALID:
            return kOk;
          case v1::VERDICT_INVALID:
            return kNoSuch;
          default:
            return kNoAnswer;
        }
      },
      [&](const std::string& code) -> int {  // no code either, and each line in has its line out
        v1::ValidateCodeResponse answer;
        answer.set_verdict(v1::VERDICT_INVALID);
        answer.set_reason(v1::REASON_MALFORMED);
        answer.set_message("the code is not UTF-8");
        answer.set_remedy("give the code in UTF-8");
        Print(options, base::Excerpt(code), answer);
        return kNoSuch;
      });
}

}  // namespace

void AddValidateCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("validate", "Is a code right for a claim, and if not, why and what instead");
  auto options = std::make_shared<ValidateCommandOptions>();
  AddQueryOptions(*command, *options);
  command->add_option("--use", options->use, "claim: must be billable; terminology: must be a concept of the system")
      ->check(CLI::IsMember({"claim", "terminology"}))
      ->capture_default_str();
  command->add_option("--repairs", options->repairs, "Codes proposed at most")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = Validate(*options); });
}

}  // namespace nosograph::cli
