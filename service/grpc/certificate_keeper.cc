#include "service/grpc/certificate_keeper.h"

#include <fcntl.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

// How often gRPC looks at the copies, in seconds: the shortest it takes.
constexpr unsigned kWatchSeconds = 1;
// The link in the private folder that names the set in use.
constexpr char kCurrent[] = "current";

// A copy in the private folder, with the number of its set for a time: gRPC takes a pair for one set when the times of
// its files have not changed while it read them, in whole seconds.
absl::Status WriteCopy(const std::string& path, const std::string& content, int set) {
  RETURN_IF_ERROR(base::WriteFileAtomically(path, content));
  const timespec time{set, 0};
  const timespec times[] = {time, time};
  return utimensat(AT_FDCWD, path.c_str(), times, 0) == 0 ? absl::OkStatus()
                                                          : base::FileError(errno, "set the time of", path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CertificateKeeper>> CertificateKeeper::Start(TlsFiles paths) {
  ASSIGN_OR_RETURN(const TlsFiles content, ReadTlsFiles(paths));
  ASSIGN_OR_RETURN(PrivateFolder folder, PrivateFolder::Make("tls"));
  std::unique_ptr<CertificateKeeper> keeper(new CertificateKeeper(std::move(paths), std::move(folder)));
  RETURN_IF_ERROR(keeper->Publish(content));
  const std::string current = keeper->folder_.path() + "/" + kCurrent;
  keeper->provider_ = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      current + "/key.pem", current + "/certificate.pem",
      keeper->paths_.client_ca.empty() ? "" : current + "/client_ca.pem", kWatchSeconds);
  return keeper;
}

absl::Status CertificateKeeper::Publish(const TlsFiles& content) {
  const std::string name = absl::StrCat("set-", ++sets_);
  const std::string set = absl::StrCat(folder_.path(), "/", name);
  if (mkdir(set.c_str(), 0700) != 0) return base::FileError(errno, "make", set);
  RETURN_IF_ERROR(WriteCopy(set + "/certificate.pem", content.certificate, sets_));
  RETURN_IF_ERROR(WriteCopy(set + "/key.pem", content.key, sets_));
  if (!content.client_ca.empty()) RETURN_IF_ERROR(WriteCopy(set + "/client_ca.pem", content.client_ca, sets_));
  const std::string current = absl::StrCat(folder_.path(), "/", kCurrent);
  const std::string next = current + ".next";
  if (symlink(name.c_str(), next.c_str()) != 0) return base::FileError(errno, "make", next);
  if (rename(next.c_str(), current.c_str()) != 0) return base::FileError(errno, "put in place", current);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    published_ = std::make_shared<const TlsFiles>(content);
  }
  expiry_ = ExpiryOf(content.certificate);
  // The set before stays, for a watcher that reads it now; older ones go.
  std::error_code ignored;
  std::filesystem::remove_all(absl::StrCat(folder_.path(), "/set-", sets_ - 2), ignored);
  return absl::OkStatus();
}

absl::StatusOr<bool> CertificateKeeper::Poll() {
  ASSIGN_OR_RETURN(const TlsFiles content, ReadTlsFiles(paths_));
  if (content == *this->content()) return false;
  RETURN_IF_ERROR(Publish(content));
  return true;
}

std::shared_ptr<grpc::ServerCredentials> CertificateKeeper::Credentials(ClientCertificate clients) const {
  grpc::experimental::TlsServerCredentialsOptions options(provider_);
  options.watch_identity_key_cert_pairs();
  if (!paths_.client_ca.empty()) {
    options.watch_root_certs();
    options.set_cert_request_type(clients == ClientCertificate::kRequired
                                      ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                                      : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY);
  }
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace nosograph::service
