#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <string>
#include <thread>

#include "nosograph/v1/terminology.grpc.pb.h"
#include "tests/service/program.h"

namespace nosograph::service {
namespace {

using ::testing::HasSubstr;

class FollowerTest : public ::testing::Test {
 protected:
  FollowerTest() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    stub_ = v1::TerminologyService::NewStub(
        grpc::CreateCustomChannel(service_.address(), grpc::InsecureChannelCredentials(), arguments));
  }

  // The version of the release that answers; empty when the call failed.
  std::string Version() {
    grpc::ClientContext context;
    v1::ResolveRequest request;
    request.set_code("L94.21");
    v1::ResolveResponse response;
    if (!stub_->Resolve(&context, request, &response).ok() || response.outcome() != v1::OUTCOME_EXTENSION) return "";
    return response.release().version();
  }
  void WaitFor(const std::string& version) {
    while (Version() != version) std::this_thread::yield();
  }
  void Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--data", folder_.path()});
    const testing::RunResult result = testing::RunProgram(std::move(arguments));
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  const std::string starter_ =
      NOSOGRAPH_SOURCE_DIR "/terminology/content/starter/icd10cm-tabular-2026-04-01-excerpt.xml";
  const std::string system_ = "http://hl7.org/fhir/sid/icd-10-cm";
  testing::ContentFolder folder_;
  testing::ServiceProcess service_{folder_.path()};
  std::unique_ptr<v1::TerminologyService::Stub> stub_;
};

TEST_F(FollowerTest, TakesUpWhatIsActivatedWhileCallsRunAndLosesNone) {
  ASSERT_EQ(Version(), "2026-04-01");
  std::atomic<bool> done{false};
  std::atomic<int> answered{0};
  std::thread caller([&] {
    while (!done) {
      EXPECT_NE(Version(), "");
      ++answered;
    }
  });
  Run({"import", "icd10cm", starter_, "--version", "2026-10-01", "--quiet", "--activate"});
  WaitFor("2026-10-01");
  Run({"releases", "rollback", system_});
  WaitFor("2026-04-01");
  done = true;
  caller.join();
  EXPECT_GT(answered, 0);
}

TEST_F(FollowerTest, GoesOnWithWhatItServedWhenTheFolderIsDamaged) {
  const std::string active = folder_.path() + "/active.json";
  const std::string sound = testing::FileContent(active);
  testing::WriteFile(active, "{");
  kill(service_.pid(), SIGHUP);  // look at once
  while (service_.log().find("cannot be taken up") == std::string::npos) std::this_thread::yield();
  EXPECT_EQ(Version(), "2026-04-01");
  testing::WriteFile(active, sound);
  Run({"import", "icd10cm", starter_, "--version", "2026-10-01", "--quiet", "--activate"});
  WaitFor("2026-10-01");
}

}  // namespace
}  // namespace nosograph::service
