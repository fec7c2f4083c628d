#include "service/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nosograph/v1/catalogue.pb.h"
#include "nosograph/v1/terminology.pb.h"
#include "service/grpc/call_log.h"

namespace nosograph::service {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using Labels = std::vector<std::pair<std::string, std::string>>;

ClientMetric& Add(MetricFamily& family, const Labels& labels) {
  ClientMetric& metric = family.metric.emplace_back();
  for (const auto& [name, value] : labels) metric.label.push_back({name, value});
  return metric;
}

MetricFamily Family(std::string name, std::string help, MetricType type) {
  MetricFamily family;
  family.name = std::move(name);
  family.help = std::move(help);
  family.type = type;
  return family;
}

MetricFamily Gauge(std::string name, std::string help) {
  return Family(std::move(name), std::move(help), MetricType::Gauge);
}

double Seconds(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

void AddRow(const Counts& counts, const Counts::Row& row, const Labels& labels, const char* status_label,
            const std::function<std::string(int)>& status_name, MetricFamily& total, MetricFamily& duration) {
  for (size_t i = 0; i < row.by_status.size(); ++i) {
    if (row.by_status[i] == 0) continue;
    Labels with_status = labels;
    with_status.emplace_back(status_label, status_name(counts.statuses()[i]));
    Add(total, with_status).counter.value = static_cast<double>(row.by_status[i]);
  }
  ClientMetric::Histogram& histogram = Add(duration, labels).histogram;
  uint64_t sum = 0;
  for (size_t i = 0; i < Counts::bounds().size(); ++i) {
    sum += row.by_duration[i];
    histogram.bucket.push_back({sum, Counts::bounds()[i]});
  }
  histogram.sample_count = sum + row.by_duration.back();
  histogram.sample_sum = row.seconds;
}

std::vector<MetricFamily> CallFamilies(const CallMetrics& calls) {
  const int64_t now_running = calls.running();  // before what has ended is read
  MetricFamily total = Family("nosograph_grpc_calls_total", "Calls that have ended", MetricType::Counter);
  MetricFamily duration = Family("nosograph_grpc_call_duration_seconds",
                                 "From the arrival of a request to the end of its reply", MetricType::Histogram);
  for (const Counts::Row& row : calls.Read()) {
    const size_t slash = row.name.rfind('/');
    AddRow(
        calls, row, {{"service", row.name.substr(1, slash - 1)}, {"method", row.name.substr(slash + 1)}}, "code",
        [](int code) { return std::string(CodeName(code)); }, total, duration);
  }
  MetricFamily running = Gauge("nosograph_grpc_calls_running", "Calls that have begun and not ended");
  Add(running, {}).gauge.value = static_cast<double>(now_running);
  return {std::move(total), std::move(duration), std::move(running)};
}

std::vector<MetricFamily> HttpFamilies(const HttpMetrics& http) {
  MetricFamily total = Family("nosograph_http_requests_total", "Requests that have ended", MetricType::Counter);
  MetricFamily duration = Family("nosograph_http_request_duration_seconds",
                                 "From the arrival of a header to the end of its reply", MetricType::Histogram);
  for (const Counts::Row& row : http.Read()) {
    AddRow(
        http, row, {{"operation", row.name}}, "status", [](int status) { return absl::StrCat(status); }, total,
        duration);
  }
  return {std::move(total), std::move(duration)};
}

std::vector<MetricFamily> GaugeFamilies(const Gauges& gauges) {
  MetricFamily info = Gauge("nosograph_release_info", "A release that is served");
  MetricFamily valid = Gauge("nosograph_release_valid_from_timestamp_seconds",
                             "First day of validity of a release, in seconds since 1970");
  for (const snapshot::Release& release : gauges.releases) {
    const std::string system(release.snapshot->url());
    const std::string version(release.snapshot->version());
    Add(info, {{"system", system},
               {"version", version},
               {"release", release.id},
               {"active", release.active ? "true" : "false"}})
        .gauge.value = 1;
    absl::Time from;
    std::string ignored;
    if (absl::ParseTime("%Y-%m-%d", release.valid_from, &from, &ignored)) {
      Add(valid, {{"system", system}, {"version", version}}).gauge.value = Seconds(from);
    }
  }
  MetricFamily taken_up = Gauge("nosograph_releases_taken_up_timestamp_seconds",
                                "When what is served was last swapped in, in seconds since 1970");
  Add(taken_up, {}).gauge.value = Seconds(gauges.taken_up);
  MetricFamily build = Gauge("nosograph_build_info", "The program");
  Add(build, {{"version", gauges.version}}).gauge.value = 1;
  std::vector<MetricFamily> families = {std::move(info), std::move(valid), std::move(taken_up), std::move(build)};
  if (gauges.certificate_expiry) {
    families.push_back(Gauge("nosograph_tls_certificate_expiry_timestamp_seconds",
                             "When the certificate that is served ends, in seconds since 1970"));
    Add(families.back(), {}).gauge.value = Seconds(*gauges.certificate_expiry);
  }
  return families;
}

std::vector<std::string> MethodNames() {
  std::vector<std::string> names;
  for (const google::protobuf::FileDescriptor* file :
       {v1::ResolveRequest::descriptor()->file(), v1::ImportRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) {
      const google::protobuf::ServiceDescriptor& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        names.push_back(absl::StrCat("/", service.full_name(), "/", service.method(j)->name()));
      }
    }
  }
  return names;
}

std::vector<int> GrpcCodes() {
  std::vector<int> codes(17);
  std::iota(codes.begin(), codes.end(), 0);
  return codes;
}

}  // namespace

const std::vector<double>& Counts::bounds() {
  static const std::vector<double> bounds = {25e-6,  50e-6, 100e-6, 250e-6, 500e-6, 1e-3,
                                             2.5e-3, 10e-3, 50e-3,  250e-3, 1,      5};
  return bounds;
}

Counts::Counts(std::vector<std::string> names, std::vector<int> statuses)
    : names_(std::move(names)), statuses_(std::move(statuses)) {
  statuses_.resize(std::min(statuses_.size(), kStatuses));
  for (size_t i = 0; i < names_.size(); ++i) index_.emplace(names_[i], i);
  for (Shard& shard : shards_) shard.rows = std::make_unique<Counters[]>(names_.size());
}

void Counts::Ended(absl::string_view name, int status, absl::Duration duration) {
  Count(name, status, duration);
  // Last: whoever sees that a call no longer runs sees it counted.
  running_.fetch_sub(1, std::memory_order_release);
}

void Counts::Count(absl::string_view name, int status, absl::Duration duration) {
  const auto found = index_.find(name);
  const auto slot = std::find(statuses_.begin(), statuses_.end(), status);
  if (found == index_.end() || slot == statuses_.end()) return;
  static std::atomic<size_t> next{0};
  thread_local const size_t shard = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  Counters& counters = shards_[shard].rows[found->second];
  counters.by_status[static_cast<size_t>(slot - statuses_.begin())].fetch_add(1, std::memory_order_relaxed);
  const auto bucket = std::lower_bound(bounds().begin(), bounds().end(), absl::ToDoubleSeconds(duration));
  counters.by_duration[static_cast<size_t>(bucket - bounds().begin())].fetch_add(1, std::memory_order_relaxed);
  const int64_t nanoseconds = std::max<int64_t>(0, absl::ToInt64Nanoseconds(duration));
  counters.nanoseconds.fetch_add(static_cast<uint64_t>(nanoseconds), std::memory_order_relaxed);
}

std::vector<Counts::Row> Counts::Read() const {
  std::vector<Row> rows;
  for (size_t i = 0; i < names_.size(); ++i) {
    Row row{names_[i], std::vector<uint64_t>(statuses_.size()), std::vector<uint64_t>(kBuckets)};
    uint64_t nanoseconds = 0;
    uint64_t calls = 0;
    for (const Shard& shard : shards_) {
      const Counters& counters = shard.rows[i];
      for (size_t j = 0; j < statuses_.size(); ++j) {
        row.by_status[j] += counters.by_status[j].load(std::memory_order_relaxed);
      }
      for (size_t j = 0; j < kBuckets; ++j)
        row.by_duration[j] += counters.by_duration[j].load(std::memory_order_relaxed);
      nanoseconds += counters.nanoseconds.load(std::memory_order_relaxed);
    }
    for (const uint64_t count : row.by_status) calls += count;
    constexpr double kNanosecondsPerSecond = 1e9;
    row.seconds = static_cast<double>(nanoseconds) / kNanosecondsPerSecond;
    if (calls > 0) rows.push_back(std::move(row));
  }
  return rows;
}

CallMetrics::CallMetrics() : Counts(MethodNames(), GrpcCodes()) {}

HttpMetrics::HttpMetrics(std::vector<std::string> operations)
    : Counts(std::move(operations), {200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 409,
                                     410, 412, 413, 415, 422, 431, 500, 501, 503, 507}) {}

std::string RenderMetrics(const CallMetrics& calls, const HttpMetrics* http, const Gauges& gauges) {
  std::vector<MetricFamily> families = CallFamilies(calls);
  if (http != nullptr) {
    for (MetricFamily& family : HttpFamilies(*http)) families.push_back(std::move(family));
  }
  for (MetricFamily& family : GaugeFamilies(gauges)) families.push_back(std::move(family));
  // A family without a value is not told.
  families.erase(std::remove_if(families.begin(), families.end(), [](const auto& f) { return f.metric.empty(); }),
                 families.end());
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace nosograph::service
