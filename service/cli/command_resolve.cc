#include <iostream>
#include <memory>
#include <vector>

#include "google/protobuf/util/json_util.h"
#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/render_resolution.h"
#include "service/cli/resolver.h"
#include "terminology/base/unicode.h"

namespace nosograph::cli {
namespace {

struct ResolveOptions {
  std::vector<std::string> codes;
  std::string system;
  std::string release;
  std::string date;
  bool strict = false;
  std::string on_miss = "parent-fallback";
  std::string data;
  std::string server;
  std::string output;
};

v1::ResolveRequest Request(const ResolveOptions& options, const std::string& code) {
  v1::ResolveRequest request;
  request.set_code(code);
  request.set_system(options.system);
  if (!options.release.empty()) request.mutable_release()->set_version(options.release);
  if (!options.date.empty()) request.mutable_release()->set_date(options.date);
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
  for (const std::string& text : options.codes) {
    if (base::IsValidUtf8(text)) continue;
    return Fail(absl::InvalidArgumentError("code: '" + base::Excerpt(text) + "' is not UTF-8; give the code in UTF-8"));
  }
  Resolver resolver;
  if (options.server.empty()) {
    absl::StatusOr<Resolver> local = LocalResolver(options.data);
    if (!local.ok()) return Fail(local.status());
    resolver = *std::move(local);
  } else {
    resolver = RemoteResolver(options.server);
  }
  int exit_code = kOk;
  bool first = true;
  for (const std::string& code : options.codes) {
    const absl::StatusOr<v1::ResolveResponse> response = resolver(Request(options, code));
    if (!response.ok()) return Fail(response.status());
    if (options.output == kJson) {
      std::cout << Json(*response) << std::endl;
    } else {
      std::cout << (first ? "" : "\n") << RenderResolution(code, *response) << std::flush;
    }
    first = false;
    if (response->outcome() == v1::OUTCOME_UNKNOWN) exit_code = kNoSuch;
  }
  if (!std::cout) return Fail(absl::ResourceExhaustedError("the answer could not be written; is the disk full?"));
  return exit_code;
}

}  // namespace

void AddResolveCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("resolve", "The condition behind a code");
  auto options = std::make_shared<ResolveOptions>();
  command->add_option("code", options->codes, "Codes such as L94.21")->required()->type_name("CODE");
  command->add_option("--system", options->system, "Canonical URI or OID of the code system; none for whatever has it")
      ->type_name("URI");
  auto* release = command->add_option("--release", options->release, "Version of the release")->type_name("VERSION");
  command->add_option("--date", options->date, "Day on which the release must be valid")
      ->type_name("YYYY-MM-DD")
      ->excludes(release);
  command->add_flag("--strict", options->strict, "Take the canonical form of a code alone");
  command->add_option("--on-miss", options->on_miss, "What answers for a code that there is not")
      ->check(CLI::IsMember({"parent-fallback", "unknown"}))
      ->type_name("POLICY")
      ->capture_default_str();
  AddDataOption(*command, options->data);
  command->add_option("--server", options->server, "Ask the service there instead of the data folder")
      ->type_name("HOST:PORT");
  AddOutputOption(*command, options->output);
  command->callback([options, &exit_code] { exit_code = Resolve(*options); });
}

}  // namespace nosograph::cli
