#include "service/cli/serve_options.h"

namespace nosograph::cli {

using service::Role;

service::CallLog::Level ServeOptions::log_level() const {
  if (call_log == "none") return service::CallLog::Level::kNone;
  return call_log == "errors" ? service::CallLog::Level::kErrors : service::CallLog::Level::kAll;
}

service::RoleRules ServeOptions::role_rules() const {
  service::RoleRules rules = roles;
  if (anonymous_role.empty()) {
    rules.anonymous = tls.client_ca.empty() ? Role::kReader : Role::kNone;
  } else {
    rules.anonymous = anonymous_role == "none"     ? Role::kNone
                      : anonymous_role == "reader" ? Role::kReader
                                                   : Role::kReleaser;
  }
  return rules;
}

service::ClientCertificate ServeOptions::client_certificate() const {
  return role_rules().anonymous == Role::kNone ? service::ClientCertificate::kRequired
                                               : service::ClientCertificate::kOptional;
}

void AddServeOptions(CLI::App& command, ServeOptions& options) {
  AddDataOption(command, options.data);
  command.get_option("--data")->capture_default_str();  // so that --print-config tells it
  command.add_option("--grpc", options.address, "Address to listen on; port 0 takes a free one, which is printed")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  command.add_option("--call-log", options.call_log, "Which calls have a line of JSON on standard error")
      ->check(CLI::IsMember({"none", "errors", "all"}))
      ->type_name("CALLS")
      ->capture_default_str();
  command
      .add_option("--http", options.http,
                  "Address of FHIR over REST, with the bases /r4, /r5 and /fhir, with the same TLS and roles as gRPC; "
                  "none unless given")
      ->type_name("HOST:PORT")
      ->check(NotEmpty());
  command
      .add_option("--admin", options.admin,
                  "Address of the admin port, with /livez, /readyz and /metrics over plain HTTP; none unless given")
      ->type_name("HOST:PORT")
      ->check(NotEmpty());
  const char* const tls = "TLS and roles";
  command
      .add_option(
          "--tls-certificate", options.tls.certificate,
          "The service's certificate in PEM, followed by those between it and its CA; calls are encrypted then. "
          "Files put in its place are taken up within seconds, if they are sound")
      ->type_name("FILE")
      ->check(NotEmpty())
      ->group(tls);
  command.add_option("--tls-key", options.tls.key, "Its private key in PEM, without passphrase")
      ->type_name("FILE")
      ->check(NotEmpty())
      ->group(tls);
  command
      .add_option("--tls-client-ca", options.tls.client_ca,
                  "The CA of client certificates in PEM; callers must have one then, unless --anonymous-role says "
                  "otherwise")
      ->type_name("FILE")
      ->check(NotEmpty())
      ->group(tls);
  command
      .add_option("--reader", options.roles.readers,
                  "Subject alternative name of client certificates that may ask; without any, each that the CA signed "
                  "may")
      ->type_name("NAME")
      ->check(NotEmpty())
      ->group(tls);
  command
      .add_option("--releaser", options.roles.releasers,
                  "Subject alternative name of client certificates that may import, activate and roll back too")
      ->type_name("NAME")
      ->check(NotEmpty())
      ->group(tls);
  command
      .add_option("--anonymous-role", options.anonymous_role,
                  "What callers without a certificate may: none, reader or releaser; reader unless --tls-client-ca is "
                  "given")
      ->check(CLI::IsMember({"none", "reader", "releaser"}))
      ->type_name("ROLE")
      ->group(tls);
  command
      .add_flag("--plaintext-beyond-loopback", options.plaintext_beyond_loopback,
                "Serve without TLS for other machines too; for networks that encrypt by themselves")
      ->group(tls);
  const char* const limits = "Limits";
  command.add_option("--max-batch", options.max_batch, "Codes of a ResolveBatch")
      ->check(CLI::Range(1, 100'000))
      ->type_name("CODES")
      ->capture_default_str()
      ->group(limits);
  command
      .add_option("--max-calls", options.max_calls,
                  "Calls that run at once, streams among them; those over it end with RESOURCE_EXHAUSTED")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("CALLS")
      ->capture_default_str()
      ->group(limits);
  command.add_option("--http-threads", options.http_threads, "Threads that answer over HTTP; 0: one a processor")
      ->check(CLI::Range(0, 1024))
      ->type_name("THREADS")
      ->capture_default_str()
      ->group(limits);
  command.add_option("--max-http-body-bytes", options.max_http_body_bytes, "The body of a request over HTTP")
      ->check(CLI::Range(size_t{1} << 10, size_t{1} << 30))
      ->type_name("BYTES")
      ->capture_default_str()
      ->group(limits);
  command.add_option("--max-http-header-bytes", options.max_http_header_bytes, "The header of a request over HTTP")
      ->check(CLI::Range(size_t{1} << 10, size_t{1} << 24))
      ->type_name("BYTES")
      ->capture_default_str()
      ->group(limits);
  command
      .add_option("--http-patience-seconds", options.http_patience_seconds,
                  "How long a request over HTTP may take to come whole, and its reply to be taken")
      ->check(CLI::Range(1, 86'400))
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(limits);
  command
      .add_option("--max-http-connections", options.max_http_connections,
                  "Connections over HTTP that are open at once; further ones are closed")
      ->check(CLI::Range(size_t{1}, size_t{1'000'000}))
      ->type_name("CONNECTIONS")
      ->capture_default_str()
      ->group(limits);
  command.add_option("--max-import-bytes", options.max_import_bytes, "All files of an import over gRPC together")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 40))
      ->type_name("BYTES")
      ->capture_default_str()
      ->group(limits);
  command.add_option("--max-message-bytes", options.max_message_bytes, "A message that a client sends")
      ->check(CLI::Range(1 << 10, 1 << 30))
      ->type_name("BYTES")
      ->capture_default_str()
      ->group(limits);
  command
      .add_option("--keepalive-seconds", options.keepalive_seconds,
                  "How often a connection without traffic is pinged, so that a client that has vanished is noticed")
      ->check(CLI::Range(1, 86'400))
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(limits);
  command
      .add_option("--max-connection-age-seconds", options.max_connection_age_seconds,
                  "After which a connection ends, its calls finished, so that clients look for new replicas; 0: never")
      ->check(CLI::Range(0, 31'536'000))
      ->type_name("SECONDS")
      ->capture_default_str()
      ->group(limits);
}

absl::Status CheckServeOptions(const ServeOptions& options) {
  if (options.tls.certificate.empty() != options.tls.key.empty()) {
    return absl::InvalidArgumentError("--tls-certificate and --tls-key go together; give both");
  }
  if (!options.with_tls() && !options.tls.client_ca.empty()) {
    return absl::InvalidArgumentError(
        "--tls-client-ca: client certificates need TLS; give --tls-certificate and --tls-key");
  }
  if (!options.http.empty() && !options.with_tls() && options.role_rules().anonymous == Role::kNone) {
    return absl::InvalidArgumentError(
        "--http: callers over plain HTTP have no certificate, and without one none may ask; give --tls-certificate "
        "and --tls-key, or --anonymous-role reader");
  }
  if (options.tls.client_ca.empty() && !(options.roles.readers.empty() && options.roles.releasers.empty())) {
    return absl::InvalidArgumentError(
        "--reader and --releaser name client certificates; give --tls-client-ca, or --anonymous-role for callers "
        "without "
        "one");
  }
  return absl::OkStatus();
}

}  // namespace nosograph::cli
