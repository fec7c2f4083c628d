// The gRPC transport: an address, health, reflection, and calls that are counted so that they can be let finish.
//
// Everything that is particular to gRPC's API style stands in server.cc; handlers do not know it. Thread-safe: Drain
// may be called while calls run, once.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Server> server, Server::Start({.address = "127.0.0.1:0"}, handlers));
//   std::cout << server->address();
//   server->Drain({});
#ifndef NOSOGRAPH_SERVICE_GRPC_SERVER_H_
#define NOSOGRAPH_SERVICE_GRPC_SERVER_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/grpc/call_log.h"
#include "service/grpc/identity.h"
#include "service/grpc/terminology_service.h"

namespace nosograph::service {

struct DrainTimes {
  // How long clients that watch health have to go elsewhere before calls are refused.
  absl::Duration notice = absl::Milliseconds(500);
  // How long calls that have begun may take to finish.
  absl::Duration patience = absl::Seconds(30);
};

struct ServerOptions {
  std::string address = "127.0.0.1:0";  // HOST:PORT; port 0 takes a free one
  // TLS (CertificateKeeper); null for plaintext, which is served on loopback alone unless allowed beyond it.
  std::shared_ptr<grpc::ServerCredentials> credentials = nullptr;
  bool plaintext_beyond_loopback = false;
  // Told of every call that ends; must outlive the server. Null for silence.
  const CallLog* log = nullptr;
  // Who may call what. TerminologyService is for readers.
  RoleRules roles = {};
};

class Server {
 public:
  // Errors: InvalidArgument for an address that is none, or beyond loopback without TLS; Unavailable when it is in use
  // or not this machine's; the message names the address and the remedy.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, TerminologyHandlers handlers);

  virtual ~Server() = default;

  // HOST:PORT with the real port.
  virtual std::string address() const = 0;

  // Health says NOT_SERVING, calls whose handler has begun finish, then the server ends. Connections without a call and
  // health watches do not hold it.
  virtual void Drain(const DrainTimes& times) = 0;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_SERVER_H_
