#include "service/tls_files.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "terminology/base/field_error.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

// Of a file; bundles of every public CA have less than a tenth.
constexpr size_t kMaxBytes = 4 << 20;

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

// Errors name the option, since a path alone does not say what it was for.
absl::StatusOr<std::string> Read(absl::string_view option, const std::string& path) {
  absl::StatusOr<std::string> content = base::ReadFile(path, kMaxBytes);
  if (!content.ok())
    return absl::Status(content.status().code(), absl::StrCat(option, ": ", content.status().message()));
  return content;
}

std::string TextOf(const ASN1_STRING& text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(&text)), static_cast<size_t>(ASN1_STRING_length(&text))};
}

std::string AddressOf(const ASN1_STRING& bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  const int family = ASN1_STRING_length(&bytes) == sizeof(in_addr) ? AF_INET : AF_INET6;
  if (family == AF_INET6 && ASN1_STRING_length(&bytes) != sizeof(in6_addr)) return "";
  return inet_ntop(family, ASN1_STRING_get0_data(&bytes), text, sizeof(text)) == nullptr ? "" : text;
}

}  // namespace

int64_t ExpiryOf(const std::string& content) {
  const Bio bio(BIO_new_mem_buf(content.data(), static_cast<int>(content.size())));
  const Certificate certificate{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)};
  std::tm time{};
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) != 1) return 0;
  return absl::ToUnixSeconds(absl::FromTM(time, absl::UTCTimeZone()));
}

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

std::vector<std::string> SubjectAlternativeNames(const X509& certificate) {
  std::vector<std::string> names;
  auto* const found =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(found); ++i) {
    const GENERAL_NAME& name = *sk_GENERAL_NAME_value(found, i);
    if (name.type == GEN_URI || name.type == GEN_DNS || name.type == GEN_EMAIL) names.push_back(TextOf(*name.d.ia5));
    if (name.type == GEN_IPADD) names.push_back(AddressOf(*name.d.iPAddress));
  }
  GENERAL_NAMES_free(found);
  return names;
}

}  // namespace nosograph::service
