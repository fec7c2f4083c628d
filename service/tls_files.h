// Certificate, key and client CA as PEM: read from files and checked as a whole, and who a client certificate names.
//
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(const TlsFiles content, ReadTlsFiles({"server.pem", "server-key.pem", "clients-ca.pem"}));
#ifndef NOSOGRAPH_SERVICE_TLS_FILES_H_
#define NOSOGRAPH_SERVICE_TLS_FILES_H_

#include <openssl/x509.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace nosograph::service {

// Paths of PEM files, or what is in them.
struct TlsFiles {
  std::string certificate = {};  // the server's, followed by those between it and its CA
  std::string key = {};          // its private key, without passphrase
  std::string client_ca = {};    // whose client certificates are taken; empty: none are asked for

  friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

// What is in the files. Errors: those of reading them; InvalidArgument (base::FieldError; the field is the option of
// `nosograph serve`) for a file that is empty, cut off or no PEM, a certificate that is not valid now, a key that has a
// passphrase or does not fit the certificate.
absl::StatusOr<TlsFiles> ReadTlsFiles(const TlsFiles& paths);

// What a connection without a client certificate gets, where a client CA is given.
enum class ClientCertificate {
  kRequired,  // no connection
  kOptional,  // one; its calls have the role of callers without a certificate
};

// When the first certificate of PEM that was checked ends, in seconds since 1970.
int64_t ExpiryOf(const std::string& certificate);

// URIs, DNS names, e-mail and IP addresses of a certificate (RFC 5280, 4.2.1.6), as they are written.
std::vector<std::string> SubjectAlternativeNames(const X509& certificate);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_TLS_FILES_H_
