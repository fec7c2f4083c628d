#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "google/protobuf/util/json_util.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/handlers_for.h"
#include "service/cli/query_options.h"
#include "service/cli/render_resolution.h"

namespace nosograph::cli {
namespace {

struct ResolveOptions : QueryOptions {
  std::string on_miss = "parent-fallback";
};

v1::ResolveRequest Request(const ResolveOptions& options, const std::string& code) {
  v1::ResolveRequest request;
  request.set_code(code);
  SetCommonFields(options, request);
  request.set_form(options.strict ? v1::FORM_STRICT : v1::FORM_LENIENT);
  request.set_on_miss(options.on_miss == "unknown" ? v1::ON_MISS_UNKNOWN : v1::ON_MISS_PARENT_FALLBACK);
  return request;
}

// One line, with the field names of the proto and every field that is not a message.
std::string Json(const v1::ResolveResponse& response) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(response, &json, options);  // no field can fail
  return json;
}

int Resolve(const ResolveOptions& options) {
  const absl::StatusOr<service::TerminologyHandlers> handlers = HandlersFor(options.server, options.data);
  if (!handlers.ok()) return Fail(handlers.status());
  bool first = true;
  return ForEachCode(options, [&](const std::string& code) -> int {
    v1::ResolveResponse response;
    const absl::Status status = handlers->resolve({}, Request(options, code), &response);
    if (!status.ok()) return FailCode(options, code, status);
    if (options.json()) {
      std::cout << Json(response) << "\n";
    } else {
      std::cout << (first ? "" : "\n") << RenderResolution(code, response);
    }
    first = false;
    return response.outcome() == v1::OUTCOME_UNKNOWN ? kNoSuch : kOk;
  });
}

}  // namespace

void AddResolveCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("resolve", "The condition behind a code");
  auto options = std::make_shared<ResolveOptions>();
  AddQueryOptions(*command, *options);
  command->add_option("--on-miss", options->on_miss, "What answers for a code that there is not")
      ->check(CLI::IsMember({"parent-fallback", "unknown"}))
      ->type_name("POLICY")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = Resolve(*options); });
}

}  // namespace nosograph::cli
