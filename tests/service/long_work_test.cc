#include "service/long_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace nosograph::service {
namespace {

int Niceness() { return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())); }

TEST(LongWorkTest, DoesAndSendsAllThatItTakes) {
  std::atomic<int> done{0};
  std::atomic<int> sent{0};
  std::atomic<int> taken{0};
  {
    LongWork work(2);
    std::vector<std::thread> callers;
    for (int i = 0; i < 4; ++i) {
      callers.emplace_back([&] {
        for (int j = 0; j < 1000; ++j) {
          taken += work.Do([&] {
            ++done;
            return [&] { ++sent; };
          })
                       ? 1
                       : 0;
        }
      });
    }
    for (std::thread& caller : callers) caller.join();
  }  // waits for what was taken
  EXPECT_GT(taken, 0);
  EXPECT_EQ(done, taken);
  EXPECT_EQ(sent, taken);
}

TEST(LongWorkTest, RefusesWhatCannotBeDoneSoonAndGivesWayWhileMuchWaits) {
  struct Done {
    std::thread::id by;
    std::thread::id sent_by;
    int nice = 0;
  };
  std::promise<void> release;
  const std::shared_future<void> released(release.get_future());
  std::atomic<int> begun{0};  // outlives `work`
  std::vector<std::promise<Done>> promises(LongWork::kMost + 2);
  LongWork work(1);
  size_t taken = 0;
  const auto add = [&] {
    std::promise<Done>* const promise = &promises[taken];
    const bool takes = work.Do([promise, released, &begun] {
      ++begun;
      const auto done = std::make_shared<Done>(Done{std::this_thread::get_id(), {}, Niceness()});
      released.wait();
      return [promise, done] {
        done->sent_by = std::this_thread::get_id();
        promise->set_value(*done);
      };
    });
    taken += takes ? 1 : 0;
    return takes;
  };
  // The ordinary thread takes the first; with much waiting the other takes one, and then as many wait as may.
  ASSERT_TRUE(add());
  while (begun < 1) std::this_thread::yield();
  while (taken < promises.size()) {
    if (!add()) std::this_thread::yield();
  }
  while (begun < 2) std::this_thread::yield();
  EXPECT_FALSE(work.Do([] { return [] {}; }));
  release.set_value();
  int stood_back = 0;
  int ordinary = 0;
  for (std::promise<Done>& promise : promises) {
    const Done done = promise.get_future().get();
    if (done.by == done.sent_by) {
      ++ordinary;
      EXPECT_EQ(done.nice, Niceness());
    } else {
      ++stood_back;
      EXPECT_EQ(done.nice, std::min(19, Niceness() + 10)) << "as far as setpriority may go";
    }
  }
  EXPECT_GE(stood_back, 1);
  EXPECT_GE(ordinary, 1);
}

}  // namespace
}  // namespace nosograph::service
