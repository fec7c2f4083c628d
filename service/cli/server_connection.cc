#include "service/cli/server_connection.h"

#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"

namespace nosograph::cli {
namespace {

constexpr size_t kMaxPemBytes = 4 << 20;

}  // namespace

void AddServerOptions(CLI::App& command, ServerConnection& server) {
  command.add_option("--server", server.address, "Ask the service there instead of the data folder")
      ->type_name("HOST:PORT");
  command
      .add_option("--tls-ca", server.ca,
                  "The CA of the service's certificate; with it the connection is encrypted and the service proves who "
                  "it is")
      ->type_name("FILE");
  command.add_option("--tls-certificate", server.certificate, "Certificate by which the service knows who asks")
      ->type_name("FILE");
  command.add_option("--tls-key", server.key, "Key of the certificate")->type_name("FILE");
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const ServerConnection& server) {
  if (server.certificate.empty() != server.key.empty()) {
    return absl::InvalidArgumentError("--tls-certificate and --tls-key go together; give both");
  }
  if (server.ca.empty() && !server.certificate.empty()) {
    return absl::InvalidArgumentError("--tls-certificate needs --tls-ca, the CA of the service's certificate; give it");
  }
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!server.ca.empty()) {
    grpc::SslCredentialsOptions options;
    ASSIGN_OR_RETURN(options.pem_root_certs, base::ReadFile(server.ca, kMaxPemBytes));
    if (!server.certificate.empty()) {
      ASSIGN_OR_RETURN(options.pem_cert_chain, base::ReadFile(server.certificate, kMaxPemBytes));
      ASSIGN_OR_RETURN(options.pem_private_key, base::ReadFile(server.key, kMaxPemBytes));
    }
    credentials = grpc::SslCredentials(options);
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // an HTTP proxy of the environment could not reach loopback
  return grpc::CreateCustomChannel(server.address, credentials, arguments);
}

absl::Status FromGrpc(const grpc::Status& status, const std::string& address) {
  if (status.ok()) return absl::OkStatus();
  std::string message = status.error_message();
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE || status.error_code() == grpc::DEADLINE_EXCEEDED) {
    message = absl::StrCat("no answer from ", address, ": ", message,
                           "; check that the service runs there, and whether it wants TLS (--tls-ca)");
  }
  return {static_cast<absl::StatusCode>(status.error_code()), message};  // the same numbers
}

}  // namespace nosograph::cli
