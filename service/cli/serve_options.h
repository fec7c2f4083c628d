// What `nosograph serve` can be told.
//
// Not thread-safe.
//
//   AddServeOptions(*command, options);
#ifndef NOSOGRAPH_SERVICE_CLI_SERVE_OPTIONS_H_
#define NOSOGRAPH_SERVICE_CLI_SERVE_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "service/cli/command.h"
#include "service/grpc/call_log.h"
#include "service/grpc/certificate_keeper.h"
#include "service/grpc/identity.h"

namespace nosograph::cli {

struct ServeOptions {
  std::string data;
  std::string address = "127.0.0.1:50051";
  std::string call_log = "all";
  service::TlsFiles tls = {};
  service::RoleRules roles = {};
  std::string anonymous_role = {};  // empty: by whether client certificates are asked for
  bool plaintext_beyond_loopback = false;
  int max_batch = 1000;
  int max_calls = 10'000;
  uint64_t max_import_bytes = uint64_t{256} << 20;
  int max_message_bytes = 4 << 20;
  int keepalive_seconds = 60;
  int max_connection_age_seconds = 0;  // 0: for ever
  std::string admin;                   // empty: none
  std::string http;                    // of FHIR over REST; empty: none
  int http_threads = 0;                // 0: one a processor
  size_t max_http_body_bytes = size_t{16} << 20;
  size_t max_http_header_bytes = size_t{16} << 10;
  size_t max_http_connections = 10'000;
  int http_patience_seconds = 30;

  bool with_tls() const { return !tls.certificate.empty(); }
  service::CallLog::Level log_level() const;
  // With the role of callers without a certificate filled in.
  service::RoleRules role_rules() const;
  service::ClientCertificate client_certificate() const;
};

void AddServeOptions(CLI::App& command, ServeOptions& options);

// Errors: InvalidArgument for options that do not go together; the message names them and the remedy.
absl::Status CheckServeOptions(const ServeOptions& options);

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_SERVE_OPTIONS_H_
