// Whether a service is worth asking: after failures in a row it is left alone for a while, then one call tries it.
//
// Thread-safe, without a lock.
//
//   CircuitBreaker breaker;
//   if (!breaker.Allows(now)) return unavailable;
//   breaker.Report(call(), now);
#ifndef NOSOGRAPH_PLUGIN_REMOTE_CIRCUIT_BREAKER_H_
#define NOSOGRAPH_PLUGIN_REMOTE_CIRCUIT_BREAKER_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace nosograph::plugin {

class CircuitBreaker {
 public:
  static constexpr int kFailures = 3;
  static constexpr int64_t kFirstRest = 500;  // ms
  static constexpr int64_t kLongestRest = 10'000;

  // Times are milliseconds of a steady clock. At the end of a rest the first that asks is allowed, and alone until the
  // rest begins anew or the circuit is closed.
  bool Allows(int64_t now) {
    if (failures_.load(std::memory_order_relaxed) < kFailures) return true;
    int64_t until = rests_until_.load(std::memory_order_relaxed);
    return now >= until && rests_until_.compare_exchange_strong(until, now + rest_.load(std::memory_order_relaxed));
  }

  void Report(bool answered, int64_t now) {
    if (answered) {
      failures_.store(0, std::memory_order_relaxed);
      rest_.store(kFirstRest, std::memory_order_relaxed);
      return;
    }
    const int failures = failures_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (failures < kFailures) return;
    // Calls that were under way when it began to rest say nothing new.
    if (failures > kFailures && now < rests_until_.load(std::memory_order_relaxed)) return;
    const int64_t rest = rest_.load(std::memory_order_relaxed);
    if (failures > kFailures) rest_.store(std::min(rest * 2, kLongestRest), std::memory_order_relaxed);
    rests_until_.store(now + rest, std::memory_order_relaxed);
  }

 private:
  std::atomic<int> failures_{0};  // in a row
  std::atomic<int64_t> rest_{kFirstRest};
  std::atomic<int64_t> rests_until_{0};
};

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_REMOTE_CIRCUIT_BREAKER_H_
