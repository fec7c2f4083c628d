#include "service/grpc/call_log.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "tests/service/program.h"

namespace nosograph::service {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kParent[] = "00f067aa0ba902b7";

TEST(TraceParent, IsReadAsTheSpecificationSays) {
  const std::string good = absl::StrCat("00-", kTrace, "-", kParent, "-01");
  EXPECT_EQ(ReadTraceParent(good).trace_id, kTrace);
  EXPECT_EQ(ReadTraceParent(good).parent_id, kParent);
  EXPECT_EQ(ReadTraceParent(absl::StrCat("cc-", kTrace, "-", kParent, "-01-what-the-future-brings")).trace_id, kTrace);
  const std::string zeros(32, '0');
  for (const std::string& bad :
       {std::string(), good.substr(1), good + "-more", absl::StrCat("ff-", kTrace, "-", kParent, "-01"),
        absl::StrCat("00-", zeros, "-", kParent, "-01"), absl::StrCat("00-", kTrace, "-", zeros.substr(16), "-01"),
        absl::StrCat("00-", "4BF92F3577B34DA6A3CE929D0E0E4736", "-", kParent, "-01"),
        absl::StrCat("00-", kTrace, "-", kParent, "-0g"), absl::StrCat("00_", kTrace, "-", kParent, "-01")}) {
    EXPECT_EQ(ReadTraceParent(bad).trace_id, "") << bad;
  }
}

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~Pipe() {
    close(ends_[0]);
    CloseWriting();
  }
  int writing() const { return ends_[1]; }
  void CloseWriting() {
    if (ends_[1] >= 0) close(std::exchange(ends_[1], -1));
  }
  // All, until the other end is closed.
  std::string Read() const {
    std::string all;
    std::string part(1 << 16, 0);
    for (ssize_t got = 0; (got = read(ends_[0], part.data(), part.size())) > 0;)
      all.append(part, 0, static_cast<size_t>(got));
    return all;
  }

 private:
  int ends_[2] = {-1, -1};
};

TEST(CallLog, LinesOfManyThreadsAreWhole) {
  Pipe pipe;
  std::string all;
  std::thread reader([&] { all = pipe.Read(); });
  {
    CallLog log(pipe.writing(), CallLog::Level::kAll);
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&log] {
        for (int call = 0; call < 2000; ++call)
          log.Write({.method = "/M", .at = absl::FromUnixMicros(1795797129000042), .peer = "p"});
      });
    }
    for (std::thread& caller : callers) caller.join();
  }
  pipe.CloseWriting();
  reader.join();
  const std::string line =
      R"({"at":"2026-11-27T16:32:09.000042Z","method":"/M","code":"OK","duration_us":0,"peer":"p"})"
      "\n";
  ASSERT_EQ(all.size(), 8000 * line.size());
  for (size_t at = 0; at < all.size(); at += line.size()) ASSERT_EQ(all.substr(at, line.size()), line);
}

TEST(CallLog, AReaderThatDoesNotReadHoldsNobodyUp) {
  Pipe pipe;
  std::string all;
  std::thread reader;
  {
    CallLog log(pipe.writing(), CallLog::Level::kAll);
    // More than the pipe and what waits before it take.
    for (int call = 0; call < 200000; ++call) log.Write({.method = "/M", .peer = "peer"});
    reader = std::thread([&] { all = pipe.Read(); });
  }
  pipe.CloseWriting();
  reader.join();
  EXPECT_THAT(all, HasSubstr("{\"lost_lines\":"));
}

class CallLogTest : public ::testing::Test {
 protected:
  static grpc::Status Resolve(const testing::ServiceProcess& service, const std::string& code,
                              const std::string& traceparent) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    const auto stub = v1::TerminologyService::NewStub(
        grpc::CreateCustomChannel(service.address(), grpc::InsecureChannelCredentials(), arguments));
    grpc::ClientContext context;
    if (!traceparent.empty()) context.AddMetadata("traceparent", traceparent);
    v1::ResolveRequest request;
    request.set_code(code);
    v1::ResolveResponse response;
    return stub->Resolve(&context, request, &response);
  }

  const testing::ContentFolder folder_;
};

TEST_F(CallLogTest, EachCallHasALineThatTellsNothingOfWhatWasAsked) {
  testing::ServiceProcess service(folder_.path());
  EXPECT_TRUE(Resolve(service, "L94.21", absl::StrCat("00-", kTrace, "-", kParent, "-01")).ok());
  EXPECT_FALSE(Resolve(service, std::string(65, 'A'), "nonsense").ok());
  while (service.log().find("INVALID_ARGUMENT") == std::string::npos) std::this_thread::yield();
  const std::string log = service.log();
  EXPECT_THAT(log, AllOf(HasSubstr("\"method\":\"/nosograph.v1.TerminologyService/Resolve\",\"code\":\"OK\""),
                         HasSubstr("\"duration_us\":"), HasSubstr("\"peer\":\"ipv4:127.0.0.1:"),
                         HasSubstr(absl::StrCat("\"trace_id\":\"", kTrace, "\",\"parent_id\":\"", kParent, "\""))));
  EXPECT_THAT(log, Not(HasSubstr("L94.21")));
  EXPECT_THAT(log, Not(HasSubstr("nonsense")));
}

TEST_F(CallLogTest, OfErrorsAloneWhenAsked) {
  testing::ServiceProcess service(folder_.path(), {"--call-log", "errors"});
  EXPECT_TRUE(Resolve(service, "L94.21", "").ok());
  EXPECT_FALSE(Resolve(service, std::string(65, 'A'), "").ok());
  while (service.log().find("INVALID_ARGUMENT") == std::string::npos) std::this_thread::yield();
  EXPECT_THAT(service.log(), Not(HasSubstr("\"OK\"")));
}

}  // namespace
}  // namespace nosograph::service
