// Certificates made for a test by deploy/pki/development_pki.sh.
#ifndef NOSOGRAPH_TESTS_SERVICE_PKI_H_
#define NOSOGRAPH_TESTS_SERVICE_PKI_H_

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "service/grpc/certificate_keeper.h"
#include "tests/service/program.h"
#include "tests/temporary_folder.h"

namespace nosograph::testing {

inline constexpr char kServerNames[] = "DNS:localhost,IP:127.0.0.1";
inline constexpr char kReaderName[] = "spiffe://nosograph.example/reader";
inline constexpr char kReleaserName[] = "spiffe://nosograph.example/releaser";

// A CA in a folder of its own, and what it signs.
class Pki {
 public:
  Pki() { Script({"ca", folder_.path()}); }

  std::string operator/(const std::string& name) const { return folder_ / name; }
  std::string ca() const { return folder_ / "ca.pem"; }

  // NAME.pem and NAME-key.pem.
  void Issue(const std::string& name, const std::string& names, int days = 365) const {
    Script({"issue", folder_.path(), name, names, std::to_string(days)});
  }

  // Credentials of a client that trusts `trusted_ca` (content), with a certificate of this PKI, or with none.
  std::shared_ptr<grpc::ChannelCredentials> Client(const std::string& name, const std::string& trusted_ca) const {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = trusted_ca;
    if (!name.empty()) {
      options.pem_cert_chain = FileContent(folder_ / (name + ".pem"));
      options.pem_private_key = FileContent(folder_ / (name + "-key.pem"));
    }
    return grpc::SslCredentials(options);
  }
  std::shared_ptr<grpc::ChannelCredentials> Client(const std::string& name) const {
    return Client(name, FileContent(ca()));
  }

 private:
  static void Script(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), NOSOGRAPH_SOURCE_DIR "/deploy/pki/development_pki.sh");
    const RunResult result = RunCommand(std::move(arguments));
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  TemporaryFolder folder_;
};

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_SERVICE_PKI_H_
