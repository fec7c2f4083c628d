#include "service/grpc/certificate_keeper.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "nosograph/v1/terminology.grpc.pb.h"
#include "service/grpc/server.h"
#include "tests/content_release.h"
#include "tests/service/pki.h"

namespace nosograph::service {
namespace {

using ::testing::AllOf;
using testing::FileContent;
using ::testing::HasSubstr;
using testing::kReaderName;
using testing::kReleaserName;
using testing::kServerNames;
using testing::Pki;
using testing::WriteFile;

// The files of a server, which a test may put others in place of.
class Files {
 public:
  Files(const Pki& pki, const std::string& client_ca) { Put(pki, client_ca); }

  void Put(const Pki& pki, const std::string& client_ca) const {
    WriteFile(paths_.certificate, FileContent(pki / "server.pem"));
    WriteFile(paths_.key, FileContent(pki / "server-key.pem"));
    WriteFile(paths_.client_ca, client_ca);
  }
  const TlsFiles& paths() const { return paths_; }

 private:
  testing::TemporaryFolder folder_;
  const TlsFiles paths_{folder_ / "server.pem", folder_ / "server-key.pem", folder_ / "ca.pem"};
};

std::unique_ptr<CertificateKeeper> Kept(const TlsFiles& paths) {
  absl::StatusOr<std::unique_ptr<CertificateKeeper>> keeper = CertificateKeeper::Start(paths);
  EXPECT_TRUE(keeper.ok()) << keeper.status();
  return *std::move(keeper);
}

std::unique_ptr<Server> Serving(const CertificateKeeper& keeper, ClientCertificate clients, RoleRules roles) {
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(
      {.credentials = keeper.Credentials(clients), .roles = std::move(roles)},
      MakeTerminologyHandlers(std::make_shared<const snapshot::LiveReleases>(testing::ContentReleases()), {}));
  EXPECT_TRUE(server.ok()) << server.status();
  return *std::move(server);
}

// One call over a connection of its own.
grpc::Status Call(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto stub = v1::TerminologyService::NewStub(grpc::CreateCustomChannel(address, credentials, arguments));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(2));
  v1::ResolveRequest request;
  request.set_code("L94.2");
  v1::ResolveResponse response;
  return stub->Resolve(&context, request, &response);
}

class CertificatesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pki_.Issue("server", kServerNames);
    pki_.Issue("reader", std::string("URI:") + kReaderName);
    pki_.Issue("releaser", std::string("URI:") + kReleaserName);
  }
  Pki pki_;
};

TEST_F(CertificatesTest, FilesThatAreNotSoundAreRefusedByName) {
  Pki other;
  other.Issue("server", kServerNames);
  pki_.Issue("expired", kServerNames, -1);
  const std::string certificate = FileContent(pki_ / "server.pem");
  const std::string key = FileContent(pki_ / "server-key.pem");
  const std::string ca = FileContent(pki_.ca());
  struct Case {
    std::string certificate, key, client_ca, option, says;
  };
  const std::vector<Case> cases = {
      {"", key, ca, "--tls-certificate", "is empty"},
      {certificate, "", ca, "--tls-key", "is empty"},
      {certificate, key, "", "--tls-client-ca", "is empty"},
      {certificate.substr(0, certificate.size() / 2), key, ca, "--tls-certificate", "cut off"},
      {certificate + certificate.substr(0, certificate.size() / 2), key, ca, "--tls-certificate", "cut off"},
      {certificate, key.substr(0, key.size() / 2), ca, "--tls-key", "cut off"},
      {certificate, key, ca.substr(0, ca.size() / 2), "--tls-client-ca", "cut off"},
      {"no PEM", key, ca, "--tls-certificate", "has no certificate"},
      {certificate, "no PEM", ca, "--tls-key", "has no private key"},
      {certificate, FileContent(other / "server-key.pem"), ca, "--tls-key", "does not fit"},
      {FileContent(pki_ / "expired.pem"), FileContent(pki_ / "expired-key.pem"), ca, "--tls-certificate",
       "has expired"},
      {certificate, key, FileContent(pki_ / "expired.pem"), "--tls-client-ca", "no certificate that is valid now"},
  };
  const Files files(pki_, ca);
  EXPECT_TRUE(ReadTlsFiles(files.paths()).ok());
  for (const Case& wrong : cases) {
    WriteFile(files.paths().certificate, wrong.certificate);
    WriteFile(files.paths().key, wrong.key);
    WriteFile(files.paths().client_ca, wrong.client_ca);
    const absl::Status status = CertificateKeeper::Start(files.paths()).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << wrong.says;
    EXPECT_THAT(std::string(status.message()),
                AllOf(HasSubstr(wrong.option), HasSubstr(wrong.says), HasSubstr(".pem")));
  }
  EXPECT_THAT(std::string(ReadTlsFiles({"/no/such/file", files.paths().key, ""}).status().message()),
              AllOf(HasSubstr("--tls-certificate"), HasSubstr("/no/such/file")));
}

TEST_F(CertificatesTest, ConnectionsNeedACertificateThatTheClientCaSigned) {
  Pki other;
  other.Issue("reader", std::string("URI:") + kReaderName);
  pki_.Issue("expired", std::string("URI:") + kReaderName, -1);
  const Files files(pki_, FileContent(pki_.ca()));
  const auto keeper = Kept(files.paths());
  const auto server = Serving(*keeper, ClientCertificate::kRequired, {.anonymous = Role::kNone});
  EXPECT_TRUE(Call(server->address(), pki_.Client("reader")).ok());
  const std::string trusted = FileContent(pki_.ca());
  EXPECT_EQ(Call(server->address(), pki_.Client("expired")).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(server->address(), other.Client("reader", trusted)).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(server->address(), pki_.Client("")).error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(Call(server->address(), grpc::InsecureChannelCredentials()).error_code(), grpc::StatusCode::UNAVAILABLE);
  // The other way round: a client that does not trust the server's CA.
  EXPECT_EQ(Call(server->address(), pki_.Client("reader", FileContent(other.ca()))).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(CertificatesTest, NamesOfTheCertificateAreTheRole) {
  pki_.Issue("stranger", "URI:spiffe://nosograph.example/stranger");
  pki_.Issue("by-host", "DNS:ward.hospital.example,DNS:other.example");
  const Files files(pki_, FileContent(pki_.ca()));
  const auto keeper = Kept(files.paths());
  const auto server = Serving(
      *keeper, ClientCertificate::kOptional,
      {.readers = {kReaderName, "ward.hospital.example"}, .releasers = {kReleaserName}, .anonymous = Role::kNone});
  EXPECT_TRUE(Call(server->address(), pki_.Client("reader")).ok());
  EXPECT_TRUE(Call(server->address(), pki_.Client("by-host")).ok());
  EXPECT_TRUE(Call(server->address(), pki_.Client("releaser")).ok());
  for (const char* refused : {"stranger", "server", ""}) {
    const grpc::Status status = Call(server->address(), pki_.Client(refused));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << refused;
    EXPECT_THAT(status.error_message(), HasSubstr("the role reader is needed")) << refused;
  }
  // Anybody, where it is allowed.
  const auto open = Serving(*keeper, ClientCertificate::kOptional, {.anonymous = Role::kReader});
  EXPECT_TRUE(Call(open->address(), pki_.Client("")).ok());
}

TEST_F(CertificatesTest, ServerWithoutTheNameThatAClientAsksForIsRefusedByTheClient) {
  pki_.Issue("server", "DNS:elsewhere.example");
  const Files files(pki_, FileContent(pki_.ca()));
  const auto keeper = Kept(files.paths());
  const auto server = Serving(*keeper, ClientCertificate::kOptional, {});
  EXPECT_EQ(Call(server->address(), pki_.Client("reader")).error_code(), grpc::StatusCode::UNAVAILABLE);
}

// Callers that connect anew for each call, until told to stop.
class Load {
 public:
  Load(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    for (int i = 0; i < 4; ++i) {
      callers_.emplace_back([this, address, credentials] {
        while (!stop_) {
          const grpc::Status status = Call(address, credentials);
          ++calls_;
          if (!status.ok()) ++failed_;
        }
      });
    }
  }
  void WaitForCalls(int more) const {
    const int until = calls_ + more;
    while (calls_ < until) std::this_thread::yield();
  }
  int Stop() {
    stop_ = true;
    for (std::thread& caller : callers_) caller.join();
    return failed_;
  }

 private:
  std::atomic<bool> stop_{false};
  std::atomic<int> calls_{0};
  std::atomic<int> failed_{0};
  std::vector<std::thread> callers_;
};

TEST_F(CertificatesTest, BadFilesLeaveTheLastGoodSetWhileCallsGoOn) {
  Pki other;
  other.Issue("server", kServerNames);
  const std::string ca = FileContent(pki_.ca());
  const Files files(pki_, ca);
  const auto keeper = Kept(files.paths());
  const auto server = Serving(*keeper, ClientCertificate::kRequired, {.anonymous = Role::kNone});
  Load load(server->address(), pki_.Client("reader"));
  const std::string certificate = FileContent(pki_ / "server.pem");
  const std::string key = FileContent(pki_ / "server-key.pem");
  const auto refused = [&](const std::string& path, const std::string& content, const std::string& says) {
    WriteFile(path, content);
    EXPECT_THAT(std::string(keeper->Poll().status().message()), AllOf(HasSubstr(path), HasSubstr(says)));
    load.WaitForCalls(20);
  };
  refused(files.paths().key, "", "is empty");
  refused(files.paths().key, FileContent(other / "server-key.pem"), "does not fit");
  WriteFile(files.paths().key, key);
  refused(files.paths().certificate, certificate.substr(0, certificate.size() / 2), "cut off");
  WriteFile(files.paths().certificate, certificate);
  refused(files.paths().client_ca, "", "is empty");
  WriteFile(files.paths().client_ca, ca);
  EXPECT_THAT(keeper->Poll(), ::testing::Property(&absl::StatusOr<bool>::ok, true));
  load.WaitForCalls(20);
  EXPECT_EQ(load.Stop(), 0);
}

// As it is done: first both CAs are trusted, then certificates of the new one are served, then the old one is dropped.
TEST_F(CertificatesTest, ANewCaIsTakenUpUnderLoad) {
  Pki next;
  next.Issue("server", kServerNames);
  next.Issue("reader", std::string("URI:") + kReaderName);
  const std::string both = FileContent(pki_.ca()) + FileContent(next.ca());
  const Files files(pki_, FileContent(pki_.ca()));
  const auto keeper = Kept(files.paths());
  const auto server = Serving(*keeper, ClientCertificate::kRequired, {.anonymous = Role::kNone});
  Load load(server->address(), pki_.Client("reader", both));
  EXPECT_FALSE(Call(server->address(), next.Client("reader", both)).ok());

  files.Put(pki_, both);
  EXPECT_TRUE(*keeper->Poll());
  EXPECT_FALSE(*keeper->Poll());
  while (!Call(server->address(), next.Client("reader", both)).ok()) load.WaitForCalls(1);
  files.Put(next, both);
  EXPECT_TRUE(*keeper->Poll());
  // A client that trusts the new CA alone.
  while (!Call(server->address(), next.Client("reader")).ok()) load.WaitForCalls(1);
  load.WaitForCalls(20);
  EXPECT_EQ(load.Stop(), 0);

  files.Put(next, FileContent(next.ca()));
  EXPECT_TRUE(*keeper->Poll());
  while (Call(server->address(), pki_.Client("reader", both)).ok()) std::this_thread::yield();
  EXPECT_TRUE(Call(server->address(), next.Client("reader")).ok());
}

}  // namespace
}  // namespace nosograph::service
