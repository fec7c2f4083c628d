// A replica that neither answers nor goes away: the worst case for a client. It takes a minute, and its figures are of
// this machine, so that it is of tests/run.sh --full.
#include <algorithm>
#include <iostream>

#include "tests/service/replicas.h"

namespace nosograph::testing {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kDeadline(2000);
constexpr milliseconds kLateness(250);

TEST(StoppedReplica, HoldsItsCallsUntilTheirDeadlineAndNewOnesGoElsewhere) {
  Replicas replicas;
  ReplicaLoad load(replicas.Connect(), 8, kDeadline);
  load.WaitForCalls(1000);
  kill(replicas.pid(0), SIGSTOP);
  const auto stopped = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::seconds(30));
  kill(replicas.pid(0), SIGCONT);
  load.WaitForCalls(1000);
  const std::vector<ReplicaLoad::Call> calls = load.Stop();

  milliseconds latest{0};
  milliseconds last_lost{0};
  size_t lost = 0;
  for (const ReplicaLoad::Call& call : calls) {
    EXPECT_TRUE(call.right);
    latest = std::max(latest, call.took);
    if (call.code == grpc::StatusCode::OK) continue;
    ++lost;
    EXPECT_EQ(call.code, grpc::StatusCode::DEADLINE_EXCEEDED) << call.message;
    last_lost = std::max(last_lost, std::chrono::duration_cast<milliseconds>(call.begin - stopped));
  }
  std::cout << calls.size() << " calls, " << lost << " ended at their deadline of " << kDeadline.count()
            << " ms; the latest took " << latest.count() << " ms; the last that went to the stopped replica began "
            << last_lost.count() << " ms after it stopped (keepalive "
            << kKeepaliveMilliseconds + kKeepaliveTimeoutMilliseconds << " ms)\n";
  EXPECT_LE(latest, kDeadline + kLateness);
  EXPECT_LE(last_lost, milliseconds(kKeepaliveMilliseconds + kKeepaliveTimeoutMilliseconds) + kLateness);
}

}  // namespace
}  // namespace nosograph::testing
