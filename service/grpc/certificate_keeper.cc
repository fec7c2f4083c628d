#include "service/grpc/certificate_keeper.h"

#include <fcntl.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

// How often gRPC looks at the copies, in seconds: the shortest it takes.
constexpr unsigned kWatchSeconds = 1;
// Of a file; bundles of every public CA have less than a tenth.
constexpr size_t kMaxBytes = 4 << 20;
// The link in the private folder that names the set in use.
constexpr char kCurrent[] = "current";

struct Deleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Deleter>;
using Certificate = std::unique_ptr<X509, Deleter>;
using Key = std::unique_ptr<EVP_PKEY, Deleter>;

// A file that an option of `nosograph serve` names.
struct NamedFile {
  absl::string_view option;
  const std::string& path;
  const std::string& content;

  absl::Status Error(absl::string_view problem, absl::string_view remedy) const {
    return base::FieldError(absl::StatusCode::kInvalidArgument, option, path, absl::StrCat(path, " ", problem), remedy);
  }
  Bio Open() const { return Bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size()))); }
};

absl::StatusOr<std::vector<Certificate>> Certificates(const NamedFile& file) {
  if (file.content.empty()) return file.Error("is empty", "give a certificate in PEM");
  ERR_clear_error();
  const Bio bio = file.Open();
  std::vector<Certificate> certificates;
  while (Certificate next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)}) {
    certificates.push_back(std::move(next));
  }
  const bool whole = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!whole) return file.Error("is cut off or damaged", "give the whole file in PEM");
  if (certificates.empty())
    return file.Error("has no certificate", "give one in PEM, that begins with -----BEGIN CERTIFICATE-----");
  return certificates;
}

bool HasBegun(const X509& certificate) { return X509_cmp_current_time(X509_get0_notBefore(&certificate)) < 0; }
bool HasEnded(const X509& certificate) { return X509_cmp_current_time(X509_get0_notAfter(&certificate)) < 0; }

int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writes*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

absl::StatusOr<Key> PrivateKey(const NamedFile& file) {
  if (file.content.empty()) return file.Error("is empty", "give the private key in PEM");
  ERR_clear_error();
  bool has_passphrase = false;
  Key key(PEM_read_bio_PrivateKey(file.Open().get(), nullptr, NoPassphrase, &has_passphrase));
  ERR_clear_error();
  if (key != nullptr) return key;
  if (has_passphrase) return file.Error("has a passphrase", "give the key without one, readable to the service alone");
  return file.Error("has no private key, or is cut off", "give the whole key in PEM");
}

// Of the first certificate of a file that was checked, in seconds since 1970.
int64_t ExpiryOf(const std::string& content) {
  const Bio bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  const Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
  std::tm time{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1) return 0;
  return absl::ToUnixSeconds(absl::FromTM(time, absl::UTCTimeZone()));
}

// Errors name the option, since a path alone does not say what it was for.
absl::StatusOr<std::string> Read(absl::string_view option, const std::string& path) {
  absl::StatusOr<std::string> content = base::ReadFile(path, kMaxBytes);
  if (!content.ok())
    return absl::Status(content.status().code(), absl::StrCat(option, ": ", content.status().message()));
  return content;
}

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

absl::StatusOr<TlsFiles> ReadTlsFiles(const TlsFiles& paths) {
  TlsFiles content;
  ASSIGN_OR_RETURN(content.certificate, Read("--tls-certificate", paths.certificate));
  ASSIGN_OR_RETURN(content.key, Read("--tls-key", paths.key));
  const NamedFile certificate_file{"--tls-certificate", paths.certificate, content.certificate};
  const NamedFile key_file{"--tls-key", paths.key, content.key};
  ASSIGN_OR_RETURN(const std::vector<Certificate> chain, Certificates(certificate_file));
  ASSIGN_OR_RETURN(const Key key, PrivateKey(key_file));
  if (HasEnded(*chain[0])) return certificate_file.Error("has expired", "give one that is valid");
  if (!HasBegun(*chain[0])) return certificate_file.Error("is not valid yet", "give one that is, or set the clock");
  const bool fits = X509_check_private_key(chain[0].get(), key.get()) == 1;
  ERR_clear_error();
  if (!fits) {
    return key_file.Error(absl::StrCat("does not fit the certificate ", paths.certificate),
                          "give the key that the certificate was made for; the server's own certificate comes first");
  }
  if (paths.client_ca.empty()) return content;
  ASSIGN_OR_RETURN(content.client_ca, Read("--tls-client-ca", paths.client_ca));
  const NamedFile ca_file{"--tls-client-ca", paths.client_ca, content.client_ca};
  ASSIGN_OR_RETURN(const std::vector<Certificate> authorities, Certificates(ca_file));
  const bool usable = std::any_of(authorities.begin(), authorities.end(),
                                  [](const Certificate& ca) { return HasBegun(*ca) && !HasEnded(*ca); });
  if (!usable) return ca_file.Error("has no certificate that is valid now", "give one that is");
  return content;
}

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
  published_ = content;
  expiry_ = ExpiryOf(content.certificate);
  // The set before stays, for a watcher that reads it now; older ones go.
  std::error_code ignored;
  std::filesystem::remove_all(absl::StrCat(folder_.path(), "/set-", sets_ - 2), ignored);
  return absl::OkStatus();
}

absl::StatusOr<bool> CertificateKeeper::Poll() {
  ASSIGN_OR_RETURN(const TlsFiles content, ReadTlsFiles(paths_));
  if (content == published_) return false;
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
