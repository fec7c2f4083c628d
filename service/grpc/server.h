// The gRPC transport: an address, health, reflection, and calls that are counted so that they can be let finish.
//
// What is particular to gRPC's API style stands in calls.h, terminology_calls and catalogue_calls; handlers do not know
// it. Thread-safe: Drain may be called while calls run, once.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<Server> server, Server::Start({.address = "127.0.0.1:0"}, handlers));
//   std::cout << server->address();
//   server->Drain({});
#ifndef NOSOGRAPH_SERVICE_GRPC_SERVER_H_
#define NOSOGRAPH_SERVICE_GRPC_SERVER_H_

#include <grpcpp/security/server_credentials.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/grpc/call_log.h"
#include "service/grpc/catalogue_service.h"
#include "service/grpc/identity.h"
#include "service/grpc/terminology_service.h"
#include "service/metrics.h"

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
  CallLog* log = nullptr;
  // Counts every call; must outlive the server. Null for none.
  CallMetrics* metrics = nullptr;
  // Who may call what: TerminologyService is for readers, CatalogueService for releasers.
  RoleRules roles = {};
  // How many calls may run at once, streams among them; those over it end with RESOURCE_EXHAUSTED. 0: any number.
  int max_calls = 0;
  // How large the files of an import may be together.
  uint64_t max_import_bytes = uint64_t{256} << 20;
  int max_message_bytes = 4 << 20;  // that a client may send
  // How often a connection without traffic is pinged, so that a client that has vanished is noticed; clients may ping
  // every five seconds.
  absl::Duration keepalive = absl::Minutes(1);
  // After which a connection ends, its calls finished, so that clients look for new replicas. Infinite: never.
  absl::Duration max_connection_age = absl::InfiniteDuration();
};

class Server {
 public:
  // Without `catalogue` there is no CatalogueService. Errors: InvalidArgument for an address that is none, or beyond
  // loopback without TLS; Unavailable when it is in use or not this machine's; the message names the address and the
  // remedy.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options, TerminologyHandlers terminology,
                                                       std::optional<CatalogueHandlers> catalogue = std::nullopt);

  virtual ~Server() = default;

  // HOST:PORT with the real port.
  virtual std::string address() const = 0;

  // Whether calls are taken: until Drain.
  virtual bool serving() const = 0;

  // Tells those who watch the catalogue that what is served has changed.
  virtual void AnnounceReleases() = 0;

  // Health says NOT_SERVING, calls whose handler has begun finish, then the server ends. Connections without a call and
  // health watches do not hold it.
  virtual void Drain(const DrainTimes& times) = 0;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_SERVER_H_
