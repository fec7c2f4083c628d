// What Prometheus is told: calls a method and status, how long they took, and what is served.
//
//   nosograph_grpc_calls_total{service,method,code}              calls that have ended
//   nosograph_grpc_call_duration_seconds{service,method}         histogram, from the request's arrival to the reply's
//   end nosograph_grpc_calls_running                                 calls that have begun and not ended
//   nosograph_http_requests_total{operation,status}              requests over HTTP that have ended
//   nosograph_http_request_duration_seconds{operation}           histogram, from the header's arrival to the reply's
//   end nosograph_release_info{system,version,release,active}        1 for each release that is served
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

// Calls by name and status, and how long they took.
class Counts {
 public:
  // Of these names and statuses; others are not counted.
  Counts(std::vector<std::string> names, std::vector<int> statuses);

  void Began() { running_.fetch_add(1, std::memory_order_relaxed); }
  void Ended(absl::string_view name, int status, absl::Duration duration);

  // Calls that have ended by then are in what is read afterwards.
  int64_t running() const { return running_.load(std::memory_order_acquire); }

  struct Row {
    std::string name;
    std::vector<uint64_t> by_status;    // in the order of statuses()
    std::vector<uint64_t> by_duration;  // of each bucket, not cumulative, the last for all that took longer
    double seconds = 0;
  };
  // Upper bounds of the buckets, in seconds.
  static const std::vector<double>& bounds();
  const std::vector<int>& statuses() const { return statuses_; }
  // Those with a call.
  std::vector<Row> Read() const;

 private:
  void Count(absl::string_view name, int status, absl::Duration duration);

  static constexpr size_t kShards = 16;
  static constexpr size_t kStatuses = 24;
  static constexpr size_t kBuckets = 13;
  static constexpr size_t kCacheLine = 64;
  struct Counters {
    std::array<std::atomic<uint64_t>, kStatuses> by_status{};
    std::array<std::atomic<uint64_t>, kBuckets> by_duration{};
    std::atomic<uint64_t> nanoseconds{0};
  };
  struct alignas(kCacheLine) Shard {
    std::unique_ptr<Counters[]> rows;
  };

  std::vector<std::string> names_;
  std::vector<int> statuses_;
  absl::flat_hash_map<std::string, size_t> index_;  // of names_
  std::array<Shard, kShards> shards_;
  std::atomic<int64_t> running_{0};
};

// The methods of both services over gRPC: names are "/package.Service/Method", statuses of grpc::StatusCode.
class CallMetrics : public Counts {
 public:
  CallMetrics();
};

// Requests over HTTP: names are those of their operations, statuses those of HTTP that are answered here.
class HttpMetrics : public Counts {
 public:
  explicit HttpMetrics(std::vector<std::string> operations);
};

// What is not counted but looked at.
struct Gauges {
  std::vector<snapshot::Release> releases = {};
  absl::Time taken_up = absl::InfinitePast();
  std::optional<absl::Time> certificate_expiry = std::nullopt;
  std::string version = {};  // of the program
};

// The text format of Prometheus, 0.0.4. `http` may be null.
std::string RenderMetrics(const CallMetrics& calls, const HttpMetrics* http, const Gauges& gauges);
inline constexpr char kMetricsContentType[] = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_METRICS_H_
