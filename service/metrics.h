// What Prometheus is told: calls a method and status, how long they took, and what is served.
//
//   nosograph_grpc_calls_total{service,method,code}              calls that have ended
//   nosograph_grpc_call_duration_seconds{service,method}         histogram, from the request's arrival to the reply's
//   end nosograph_grpc_calls_running                                 calls that have begun and not ended
//   nosograph_release_info{system,version,release,active}        1 for each release that is served
//   nosograph_release_valid_from_timestamp_seconds{system,version}  first day of validity; age is time() less it
//   nosograph_releases_taken_up_timestamp_seconds                when what is served was last swapped in
//   nosograph_tls_certificate_expiry_timestamp_seconds           where there is a certificate
//   nosograph_build_info{version}                                1
//
// Times are seconds since 1970. Counting takes no lock: threads add to counters of their own, which are summed up when
// asked. Thread-safe.
//
//   CallMetrics calls;
//   calls.Ended("/nosograph.v1.TerminologyService/Resolve", 0, absl::Microseconds(17));
//   std::string page = RenderMetrics(calls, gauges);
#ifndef NOSOGRAPH_SERVICE_METRICS_H_
#define NOSOGRAPH_SERVICE_METRICS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::service {

class CallMetrics {
 public:
  // Counts the methods of both services; calls of others are not counted.
  CallMetrics();

  void Began() { running_.fetch_add(1, std::memory_order_relaxed); }
  // `method` is "/package.Service/Method"; `code` a grpc::StatusCode.
  void Ended(absl::string_view method, int code, absl::Duration duration);

  // Calls that have ended by then are in what is read afterwards.
  int64_t running() const { return running_.load(std::memory_order_acquire); }

  struct Method {
    std::string service;
    std::string name;
    std::vector<uint64_t> by_code;      // grpc::StatusCode 0 to 16
    std::vector<uint64_t> by_duration;  // of each bucket, not cumulative, the last for all that took longer
    double seconds = 0;
  };
  // Upper bounds of the buckets, in seconds.
  static const std::vector<double>& bounds();
  // Those with a call.
  std::vector<Method> Read() const;

 private:
  void Count(absl::string_view method, int code, absl::Duration duration);

  static constexpr size_t kShards = 16;
  static constexpr size_t kCodes = 17;
  static constexpr size_t kBuckets = 13;
  static constexpr size_t kCacheLine = 64;
  struct Counters {
    std::array<std::atomic<uint64_t>, kCodes> by_code{};
    std::array<std::atomic<uint64_t>, kBuckets> by_duration{};
    std::atomic<uint64_t> nanoseconds{0};
  };
  struct alignas(kCacheLine) Shard {
    std::unique_ptr<Counters[]> methods;
  };

  std::vector<std::pair<std::string, std::string>> names_;  // service and method
  absl::flat_hash_map<std::string, size_t> index_;          // by "/service/method"
  std::array<Shard, kShards> shards_;
  std::atomic<int64_t> running_{0};
};

// What is not counted but looked at.
struct Gauges {
  std::vector<snapshot::Release> releases = {};
  absl::Time taken_up = absl::InfinitePast();
  std::optional<absl::Time> certificate_expiry = std::nullopt;
  std::string version = {};  // of the program
};

// The text format of Prometheus, 0.0.4.
std::string RenderMetrics(const CallMetrics& calls, const Gauges& gauges);
inline constexpr char kMetricsContentType[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_METRICS_H_
