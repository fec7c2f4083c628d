#include "tests/service/replicas.h"

#include <set>

namespace nosograph::testing {
namespace {

TEST(Replicas, OneKilledAndRestartedFiveTimesLosesNoCall) {
  Replicas replicas;
  ReplicaLoad load(replicas.Connect(), 8, std::chrono::minutes(1));
  load.WaitForCalls(300);
  for (size_t time = 0; time < 5; ++time) {
    replicas.KillAndRestart(time % 3);
    if (HasFatalFailure()) return;
    load.WaitForCalls(300);
  }
  std::set<std::string> peers;
  for (const ReplicaLoad::Call& call : load.Stop()) {
    EXPECT_EQ(call.code, grpc::StatusCode::OK) << call.message;
    EXPECT_TRUE(call.right);
    peers.insert(call.peer);
  }
  EXPECT_EQ(peers.size(), 3U) << "calls went to all of them";
}

}  // namespace
}  // namespace nosograph::testing
