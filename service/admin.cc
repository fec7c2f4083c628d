#include "service/admin.h"

#include <utility>

#include "service/metrics.h"

namespace nosograph::service {
namespace {

HttpResponse Answer(const AdminPages& pages, const HttpRequest& request) {
  const bool known = request.path == "/livez" || request.path == "/readyz" || request.path == "/metrics";
  if (!known) return {.status = 404, .body = "there is no such page; ask for /livez, /readyz or /metrics\n"};
  if (request.method != "GET" && request.method != "HEAD") {
    return {.status = 405, .body = "use GET\n", .headers = {{"Allow", "GET, HEAD"}}};
  }
  if (request.path == "/metrics") return {.content_type = kMetricsContentType, .body = pages.metrics()};
  if (request.path == "/livez" || pages.ready()) return {.body = "ok\n"};
  return {.status = 503, .body = "stopping\n"};
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> StartAdmin(const std::string& address, AdminPages pages) {
  return HttpServer::Start({.address = address},
                           [pages = std::move(pages)](const HttpRequest& request) { return Answer(pages, request); });
}

}  // namespace nosograph::service
