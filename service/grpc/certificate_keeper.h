// The server's certificate, key and client CA: read, checked, and handed to gRPC while the service runs.
//
// gRPC watches files by itself, but takes what it sees: an empty key in the middle of a copy ends the process, and a
// key that does not fit refuses every handshake. So it watches copies in a private folder, into which only a set that
// was checked as a whole is put, by one rename. What is put in place of the originals is taken up by Poll; files that
// are not sound leave the last good set as it is.
//
// Not thread-safe; handshakes may run at once.
//
//   ASSIGN_OR_RETURN(auto keeper, CertificateKeeper::Start({"server.pem", "server-key.pem", "clients-ca.pem"}));
//   options.credentials = keeper->Credentials(ClientCertificate::kRequired);
//   ASSIGN_OR_RETURN(bool changed, keeper->Poll());  // now and then
#ifndef NOSOGRAPH_SERVICE_GRPC_CERTIFICATE_KEEPER_H_
#define NOSOGRAPH_SERVICE_GRPC_CERTIFICATE_KEEPER_H_

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "service/private_folder.h"
#include "service/tls_files.h"

namespace nosograph::service {

class CertificateKeeper {
 public:
  // Errors: as ReadTlsFiles; those of making the private folder.
  static absl::StatusOr<std::unique_ptr<CertificateKeeper>> Start(TlsFiles paths);
  CertificateKeeper(const CertificateKeeper&) = delete;
  CertificateKeeper& operator=(const CertificateKeeper&) = delete;

  // Takes up what has changed; whether anything has. New connections have it within two seconds, those that stand are
  // not touched. Errors: as ReadTlsFiles, also once the certificate in use has expired; the last good set goes on.
  absl::StatusOr<bool> Poll();

  // The present set, checked. Thread-safe.
  std::shared_ptr<const TlsFiles> content() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return published_;
  }

  // When the certificate in use ends. Thread-safe.
  absl::Time expiry() const { return absl::FromUnixSeconds(expiry_); }

  // TLS 1.2 or 1.3 with the present set, and with those that Poll takes up. A certificate that the client CA has not
  // signed, or that is not valid now, is refused in the handshake.
  std::shared_ptr<grpc::ServerCredentials> Credentials(ClientCertificate clients) const;

 private:
  CertificateKeeper(TlsFiles paths, PrivateFolder folder) : paths_(std::move(paths)), folder_(std::move(folder)) {}
  // Puts a set where gRPC sees it.
  absl::Status Publish(const TlsFiles& content);

  const TlsFiles paths_;
  const PrivateFolder folder_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsFiles> published_;  // contents; guarded by mutex_
  std::atomic<int64_t> expiry_{0};
  int sets_ = 0;
  std::shared_ptr<grpc::experimental::FileWatcherCertificateProvider> provider_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_CERTIFICATE_KEEPER_H_
