// Any bytes as a request over REST, the first line its method and target, the second its Accept, the rest its body: an
// answer of JSON or HTML that is no fault of the service's.
#include <simdjson.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "service/rest/facade.h"
#include "terminology/import/extension_folder.h"
#include "terminology/import/icd10cm_tabular.h"
#include "terminology/snapshot/writer.h"

namespace {

using namespace nosograph;  // NOLINT: a fuzzer of all of it

snapshot::Release ReleaseOf(const absl::StatusOr<model::CodeSystem>& system) {
  if (!system.ok()) std::abort();
  auto opened =
      snapshot::Snapshot::FromBytes(*snapshot::WriteSnapshot(*system), system->url, snapshot::Verification::kEveryByte);
  return {.snapshot = *opened, .id = "id-of-" + system->version};
}

service::HttpHandler Make() {
  const std::string content = NOSOGRAPH_SOURCE_DIR "/terminology/content/";
  return rest::MakeFacade(std::make_shared<snapshot::LiveReleases>(snapshot::ReleaseSet(
                              {ReleaseOf(import::ImportIcd10CmTabular(
                                   content + "starter/icd10cm-tabular-2026-04-01-excerpt.xml", "2026-04-01")),
                               ReleaseOf(import::ImportExtensionFolder(content + "dermatology"))})),
                          {});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const service::HttpHandler facade = Make();
  const std::string input(reinterpret_cast<const char*>(data), size);
  const size_t first = input.find('\n');
  if (first == std::string::npos) return 0;
  const size_t second = input.find('\n', first + 1);
  const std::string line = input.substr(0, first);
  const size_t blank = line.find(' ');
  if (blank == std::string::npos) return 0;
  const std::string target = line.substr(blank + 1);
  service::HttpRequest request{.method = line.substr(0, blank), .path = target.substr(0, target.find('?'))};
  if (const size_t mark = target.find('?'); mark != std::string::npos) request.query = target.substr(mark + 1);
  request.headers = {{"accept", input.substr(first + 1, second == std::string::npos ? second : second - first - 1)}};
  if (second != std::string::npos) request.body = input.substr(second + 1);
  const service::HttpResponse response = facade(request);
  if (response.status >= 500 && response.status != 501) std::abort();
  if (response.content_type.find("json") != std::string::npos && !response.body.empty()) {
    simdjson::dom::parser parser;
    if (parser.parse(response.body).error() != simdjson::SUCCESS) std::abort();
  }
  return 0;
}
