#include "service/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <functional>
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

std::vector<MetricFamily> CallFamilies(const CallMetrics& calls) {
  const int64_t now_running = calls.running();  // before what has ended is read
  MetricFamily total = Family("nosograph_grpc_calls_total", "Calls that have ended", MetricType::Counter);
  MetricFamily duration = Family("nosograph_grpc_call_duration_seconds",
                                 "From the arrival of a request to the end of its reply", MetricType::Histogram);
  for (const CallMetrics::Method& method : calls.Read()) {
    const Labels labels = {{"service", method.service}, {"method", method.name}};
    for (size_t code = 0; code < method.by_code.size(); ++code) {
      if (method.by_code[code] == 0) continue;
      Labels with_code = labels;
      with_code.emplace_back("code", std::string(CodeName(static_cast<int>(code))));
      Add(total, with_code).counter.value = static_cast<double>(method.by_code[code]);
    }
    ClientMetric::Histogram& histogram = Add(duration, labels).histogram;
    uint64_t sum = 0;
    for (size_t i = 0; i < CallMetrics::bounds().size(); ++i) {
      sum += method.by_duration[i];
      histogram.bucket.push_back({sum, CallMetrics::bounds()[i]});
    }
    histogram.sample_count = sum + method.by_duration.back();
    histogram.sample_sum = method.seconds;
  }
  MetricFamily running = Gauge("nosograph_grpc_calls_running", "Calls that have begun and not ended");
  Add(running, {}).gauge.value = static_cast<double>(now_running);
  return {std::move(total), std::move(duration), std::move(running)};
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

}  // namespace

const std::vector<double>& CallMetrics::bounds() {
  static const std::vector<double> bounds = {25e-6,  50e-6, 100e-6, 250e-6, 500e-6, 1e-3,
                                             2.5e-3, 10e-3, 50e-3,  250e-3, 1,      5};
  return bounds;
}

CallMetrics::CallMetrics() {
  for (const google::protobuf::FileDescriptor* file :
       {v1::ResolveRequest::descriptor()->file(), v1::ImportRequest::descriptor()->file()}) {
    for (int i = 0; i < file->service_count(); ++i) {
      const google::protobuf::ServiceDescriptor& service = *file->service(i);
      for (int j = 0; j < service.method_count(); ++j) {
        index_.emplace(absl::StrCat("/", service.full_name(), "/", service.method(j)->name()), names_.size());
        names_.emplace_back(service.full_name(), service.method(j)->name());
      }
    }
  }
  for (Shard& shard : shards_) shard.methods = std::make_unique<Counters[]>(names_.size());
}

void CallMetrics::Ended(absl::string_view method, int code, absl::Duration duration) {
  Count(method, code, duration);
  // Last: whoever sees that a call no longer runs sees it counted.
  running_.fetch_sub(1, std::memory_order_release);
}

void CallMetrics::Count(absl::string_view method, int code, absl::Duration duration) {
  const auto found = index_.find(method);
  if (found == index_.end() || code < 0 || code >= static_cast<int>(kCodes)) return;
  static std::atomic<size_t> next{0};
  thread_local const size_t shard = next.fetch_add(1, std::memory_order_relaxed) % kShards;
  Counters& counters = shards_[shard].methods[found->second];
  counters.by_code[static_cast<size_t>(code)].fetch_add(1, std::memory_order_relaxed);
  const auto bucket = std::lower_bound(bounds().begin(), bounds().end(), absl::ToDoubleSeconds(duration));
  counters.by_duration[static_cast<size_t>(bucket - bounds().begin())].fetch_add(1, std::memory_order_relaxed);
  const int64_t nanoseconds = std::max<int64_t>(0, absl::ToInt64Nanoseconds(duration));
  counters.nanoseconds.fetch_add(static_cast<uint64_t>(nanoseconds), std::memory_order_relaxed);
}

std::vector<CallMetrics::Method> CallMetrics::Read() const {
  std::vector<Method> methods;
  for (size_t i = 0; i < names_.size(); ++i) {
    Method method{names_[i].first, names_[i].second, std::vector<uint64_t>(kCodes), std::vector<uint64_t>(kBuckets)};
    uint64_t nanoseconds = 0;
    uint64_t calls = 0;
    for (const Shard& shard : shards_) {
      const Counters& counters = shard.methods[i];
      for (size_t j = 0; j < kCodes; ++j) method.by_code[j] += counters.by_code[j].load(std::memory_order_relaxed);
      for (size_t j = 0; j < kBuckets; ++j) {
        method.by_duration[j] += counters.by_duration[j].load(std::memory_order_relaxed);
      }
      nanoseconds += counters.nanoseconds.load(std::memory_order_relaxed);
    }
    for (const uint64_t count : method.by_code) calls += count;
    constexpr double kNanosecondsPerSecond = 1e9;
    method.seconds = static_cast<double>(nanoseconds) / kNanosecondsPerSecond;
    if (calls > 0) methods.push_back(std::move(method));
  }
  return methods;
}

std::string RenderMetrics(const CallMetrics& calls, const Gauges& gauges) {
  std::vector<MetricFamily> families = CallFamilies(calls);
  for (MetricFamily& family : GaugeFamilies(gauges)) families.push_back(std::move(family));
  // A family without a value is not told.
  families.erase(std::remove_if(families.begin(), families.end(), [](const auto& f) { return f.metric.empty(); }),
                 families.end());
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace nosograph::service
