#include "service/cli/server_connection.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "service/grpc/certificate_keeper.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"

namespace nosograph::cli {
namespace {

constexpr size_t kMaxPemBytes = 4 << 20;

// A file of the command line that is not there or cannot be read is wrong input.
absl::Status ReadAsInput(const absl::Status& status) {
  return status.ok() ? status : absl::InvalidArgumentError(status.message());
}

}  // namespace

void AddServerOptions(CLI::App& command, ServerConnection& server) {
  command.add_option("--server", server.address, "Ask the service there instead of the data folder")
      ->type_name("HOST:PORT")
      ->check(NotEmpty());
  CLI::Option* const address = command.get_option("--server");
  command
      .add_option("--tls-ca", server.ca,
                  "The CA of the service's certificate; with it the connection is encrypted and the service proves who "
                  "it is")
      ->type_name("FILE")
      ->check(NotEmpty())
      ->needs(address);
  command.add_option("--tls-certificate", server.certificate, "Certificate by which the service knows who asks")
      ->type_name("FILE")
      ->check(NotEmpty())
      ->needs(address);
  command.add_option("--tls-key", server.key, "Key of the certificate")
      ->type_name("FILE")
      ->check(NotEmpty())
      ->needs(address);
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
    if (!server.certificate.empty()) {
      // So that a pair that does not fit is told by name, and not by a connection that fails.
      absl::StatusOr<service::TlsFiles> pair = service::ReadTlsFiles({server.certificate, server.key, ""});
      RETURN_IF_ERROR(ReadAsInput(pair.status()));
      options.pem_cert_chain = std::move(pair->certificate);
      options.pem_private_key = std::move(pair->key);
    }
    absl::StatusOr<std::string> ca = base::ReadFile(server.ca, kMaxPemBytes);
    RETURN_IF_ERROR(ReadAsInput(ca.status()));
    options.pem_root_certs = *std::move(ca);
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
    message =
        absl::StrCat("no answer from ", address, ": ", message,
                     "; check that the service runs there, whether it wants TLS (--tls-ca), and a certificate that "
                     "its client CA has signed and that has not expired (--tls-certificate, --tls-key)");
  }
  return {static_cast<absl::StatusCode>(status.error_code()), message};  // the same numbers
}

}  // namespace nosograph::cli
