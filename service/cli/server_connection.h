// The service that a command asks instead of a data folder, and the channel to it.
//
// Not thread-safe; the channel is.
//
//   AddServerOptions(*command, options.server);
//   if (options.server.asked()) ASSIGN_OR_RETURN(auto channel, OpenChannel(options.server));
#ifndef NOSOGRAPH_SERVICE_CLI_SERVER_CONNECTION_H_
#define NOSOGRAPH_SERVICE_CLI_SERVER_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "service/cli/command.h"

namespace nosograph::cli {

struct ServerConnection {
  std::string address = {};  // HOST:PORT; empty: the data folder answers
  // Paths of PEM files. With none of them calls are not encrypted.
  std::string ca = {};  // who signed the server's certificate
  std::string certificate = {};
  std::string key = {};

  bool asked() const { return !address.empty(); }
};

// --server, --tls-ca, --tls-certificate and --tls-key of `command`.
void AddServerOptions(CLI::App& command, ServerConnection& server);

// Errors: those of reading the files; InvalidArgument for a certificate without key or the other way round.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const ServerConnection& server);

// Unavailable and DeadlineExceeded name the address and the remedy.
absl::Status FromGrpc(const grpc::Status& status, const std::string& address);

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_SERVER_CONNECTION_H_
