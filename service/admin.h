// The admin port: /livez, /readyz and /metrics over HTTP, for orchestrators and Prometheus.
//
//   /livez    200 as long as the process answers
//   /readyz   200 while the service takes calls; 503 once it stops
//   /metrics  service/metrics.h
//
// Nothing that was asked or answered is told there. Thread-safe.
//
//   ASSIGN_OR_RETURN(auto admin, StartAdmin("127.0.0.1:9090", {.ready = ..., .metrics = ...}));
#ifndef NOSOGRAPH_SERVICE_ADMIN_H_
#define NOSOGRAPH_SERVICE_ADMIN_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "service/http/http_server.h"

namespace nosograph::service {

// Called on the server's threads.
struct AdminPages {
  std::function<bool()> ready;
  std::function<std::string()> metrics;
};

// Errors: those of HttpServer::Start.
absl::StatusOr<std::unique_ptr<HttpServer>> StartAdmin(const std::string& address, AdminPages pages);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_ADMIN_H_
