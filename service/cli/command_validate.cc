#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/json.h"
#include "service/cli/query_options.h"
#include "terminology/base/unicode.h"
#include "terminology/query/validate_code.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

struct ValidateCommandOptions : QueryOptions {
  std::string use = "claim";
  int repairs = 10;
};

std::vector<std::string> Codes(const std::vector<query::ConceptRef>& items) {
  std::vector<std::string> codes;
  for (const query::ConceptRef& item : items) codes.emplace_back(item.code());
  return codes;
}

void Print(const ValidateCommandOptions& options, const query::CodeValidator& validator, const std::string& code,
           const query::Validation& validation) {
  const std::vector<std::string> repairs = Codes(validator.Repairs(validation, static_cast<size_t>(options.repairs)));
  const query::CodeValidator::Explanation explanation = validator.Explain(code, validation);
  const snapshot::Release* release = validation.scope != nullptr ? &validation.scope->release() : nullptr;
  if (options.json()) {
    JsonLine json;
    json.Text("code", code)
        .Text("outcome", query::VerdictName(validation.verdict))
        .Text("reason", query::ReasonName(validation.reason))
        .Flag("billable", validation.billable())
        .Text("canonical", validation.canonical)
        .Texts("repair", repairs)
        .Text("title", validation.matched ? validation.matched->title() : "")
        .Text("message", explanation.message)
        .Text("remedy", explanation.remedy)
        .Text("system", release != nullptr ? release->snapshot->url() : "")
        .Text("release", release != nullptr ? release->snapshot->version() : "");
    std::cout << json.Take();
    return;
  }
  std::cout << base::Excerpt(code) << "  " << query::VerdictName(validation.verdict);
  if (validation.reason != query::Reason::kNone) std::cout << "  " << query::ReasonName(validation.reason);
  if (validation.matched) std::cout << "  " << validation.matched->title();
  std::cout << "\n";
  if (!explanation.message.empty()) std::cout << "  " << explanation.message << "\n  " << explanation.remedy << "\n";
}

int Validate(const ValidateCommandOptions& options) {
  const absl::StatusOr<snapshot::ReleaseSet> set = LoadReleases(options.data);
  if (!set.ok()) return Fail(set.status());
  const query::CodeValidator validator(
      *set, {.system = options.system,
             .release = options.selector(),
             .form = options.strict ? query::Form::kStrict : query::Form::kLenient,
             .use = options.use == "terminology" ? query::Use::kTerminology : query::Use::kClaim});
  if (absl::IsInvalidArgument(validator.status())) return Fail(validator.status());
  return ForEachCode(options, [&](const std::string& code) -> int {
    const query::Validation validation = validator.Validate(code);
    Print(options, validator, code, validation);
    switch (validation.verdict) {
      case query::Verdict::kValid:
        return kOk;
      case query::Verdict::kInvalid:
        return kNoSuch;
      case query::Verdict::kUndetermined:
        break;
    }
    return kNoAnswer;
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
