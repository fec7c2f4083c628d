#include "plugin/remote/remote.h"

#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "nosograph/v1/terminology.grpc.pb.h"
#include "plugin/error_result.h"
#include "plugin/remote/answer_cache.h"
#include "plugin/remote/circuit_breaker.h"
#include "plugin/remote/read_reply.h"
#include "terminology/base/file.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/query/resolve.h"

namespace nosograph::plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kMaxPemBytes = 4 << 20;
constexpr size_t kCodesADeadline = 1000;

// Calls that reach no handler are tried again within their deadline; replicas behind one name are asked in turn, and
// those that say that they do not serve are left out.
constexpr char kServiceConfig[] = R"json({
  "loadBalancingConfig": [{"round_robin": {}}],
  "healthCheckConfig": {"serviceName": "nosograph.v1.TerminologyService"},
  "methodConfig": [{
    "name": [{"service": "nosograph.v1.TerminologyService"}],
    "retryPolicy": {
      "maxAttempts": 5, "initialBackoff": "0.02s", "maxBackoff": "0.5s", "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }]
})json";

// Set in a forked child, for ever: what gRPC had running does not run there.
std::atomic<bool> in_forked_child{false};
__attribute__((constructor)) void WatchForks() {
  pthread_atfork(nullptr, nullptr, [] { in_forked_child.store(true, std::memory_order_relaxed); });
}

int64_t Milliseconds(Clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

absl::Status FromGrpc(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};  // the same numbers
}

// Says nothing of the question: the service did not answer, or cannot.
bool IsOutage(absl::StatusCode code) {
  return code != absl::StatusCode::kOk && code != absl::StatusCode::kInvalidArgument &&
         code != absl::StatusCode::kNotFound;
}

template <typename Reply>
class RemoteResult final : public noso_result {
 public:
  RemoteResult(std::shared_ptr<const Reply> reply, bool cached) : reply_(std::move(reply)), cached_(cached) {}

  noso_outcome outcome() const override { return OutcomeOf(*reply_); }

  bool Quick(noso_list list, size_t index, noso_field field, absl::string_view& text) const override {
    if constexpr (!std::is_same_v<Reply, v1::SubsumesResponse> && !std::is_same_v<Reply, v1::SearchResponse>) {
      if (list != NOSO_LIST_MATCHED || index != 0 || !reply_->has_matched_concept()) return false;
      if (field == NOSO_FIELD_DISPLAY) return text = reply_->matched_concept().title(), true;
      if (field == NOSO_FIELD_CODE) return text = reply_->matched_concept().code(), true;
    }
    return false;
  }

 private:
  void Fill(Lists& lists) const override {
    ReadReply(*reply_, lists);
    lists.Of(NOSO_LIST_ANSWER).front().Flag(NOSO_FLAG_CACHED, cached_);
  }

  const std::shared_ptr<const Reply> reply_;
  const bool cached_;
};

// The releases that a reply names, that which was asked first.
template <typename Reply>
std::vector<const v1::Release*> ReleasesOf(const Reply& reply) {
  std::vector<const v1::Release*> releases;
  if constexpr (std::is_same_v<Reply, v1::SearchResponse>) {
    for (const v1::Release& release : reply.releases()) releases.push_back(&release);
    return releases;
  } else if (reply.has_release()) {
    releases.push_back(&reply.release());
  }
  if constexpr (std::is_same_v<Reply, v1::ResolveResponse>) {
    for (const v1::Release& extension : reply.extensions()) releases.push_back(&extension);
  }
  return releases;
}

// Whether what a reply says that its code is, is as it was asked, or as it was read.
template <typename Reply>
bool IsOfCode(const Reply& reply, absl::string_view code) {
  if constexpr (std::is_same_v<Reply, v1::SubsumesResponse> || std::is_same_v<Reply, v1::SearchResponse>) {
    return true;
  } else {
    if (!reply.has_matched_concept() || reply.matched_concept().code() == code) return true;
    if constexpr (std::is_same_v<Reply, v1::ValidateCodeResponse>) {
      return reply.matched_concept().code() == reply.canonical();
    } else {
      return reply.matched_concept().code() == reply.normalized();
    }
  }
}

// Whether the reply answers what was asked. Errors: DataLoss.
template <typename Reply>
absl::Status CheckReply(const Reply& reply, const Request& request, absl::string_view code) {
  const std::vector<const v1::Release*> releases = ReleasesOf(reply);
  const noso_outcome outcome = OutcomeOf(reply);
  if (releases.empty() && outcome != NOSO_UNDETERMINED) {
    return absl::DataLossError("the service names no release for its answer; check which service runs there");
  }
  if (!IsOfCode(reply, code)) {
    return absl::DataLossError(absl::StrCat("the service answered for another code than ", base::Excerpt(code),
                                            "; check which service runs there"));
  }
  if (outcome == NOSO_UNDETERMINED) return absl::OkStatus();
  absl::string_view system = request.system;
  absl::string_view version = request.version;
  if (const size_t bar = system.find('|'); bar != absl::string_view::npos) {
    if (version.empty()) version = system.substr(bar + 1);
    system = system.substr(0, bar);
  }
  const auto any = [&](const auto& fits) { return std::any_of(releases.begin(), releases.end(), fits); };
  const bool by_url = absl::StartsWith(system, "http");  // an object identifier goes by another name
  const auto of_system = [&](const v1::Release* release) { return release->system() == system; };
  // A code that an extension has not is told from what is published.
  const bool right_system = !by_url || outcome == NOSO_INVALID || any([&](const v1::Release* release) {
    return of_system(release) || release->extends() == system;
  });
  const bool right_version = version.empty() || any([&](const v1::Release* release) {
                               return release->version() == version && (!by_url || of_system(release));
                             }) ||
                             (by_url && !any(of_system));
  const bool right_date = request.date.empty() || any([&](const v1::Release* release) {
                            return (release->valid_from().empty() || release->valid_from() <= request.date) &&
                                   (release->valid_to().empty() || request.date <= release->valid_to());
                          });
  if (right_system && right_version && right_date) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("the service answered from ", releases.front()->system(), " ",
                                          releases.front()->version(), ", which is not the release that was asked"));
}

template <typename Message>
void FillScope(const Request& request, Message& message) {
  message.set_system(std::string(request.system));
  if (!request.version.empty()) message.mutable_release()->set_version(std::string(request.version));
  if (!request.date.empty()) message.mutable_release()->set_date(std::string(request.date));
}

template <typename Message>
void Fill(const Request& request, Message& message) {
  FillScope(request, message);
  message.set_form(request.strict ? v1::FORM_STRICT : v1::FORM_LENIENT);
}

class Remote final : public Backend {
 public:
  Remote(Conninfo conninfo, std::shared_ptr<grpc::Channel> channel)
      : conninfo_(std::move(conninfo)),
        stub_(v1::TerminologyService::NewStub(std::move(channel))),
        cache_(conninfo_.cache_bytes) {}
  // A child must not wait for threads that it does not have.
  ~Remote() override {
    if (in_forked_child) static_cast<void>(stub_.release());
  }

  std::unique_ptr<noso_result> Ask(noso_verb verb, const Request& request, absl::string_view code) override {
    return AskBefore(verb, request, code, DeadlineOf(request, 1));
  }

  std::unique_ptr<noso_result> Subsumes(const Request& request, absl::string_view code_a,
                                        absl::string_view code_b) override {
    v1::SubsumesRequest message;
    Fill(request, message);
    message.set_code_a(std::string(code_a));
    message.set_code_b(std::string(code_b));
    return Call<v1::SubsumesResponse>('s', &v1::TerminologyService::Stub::Subsumes, message, request, code_a,
                                      DeadlineOf(request, 1));
  }

  std::unique_ptr<noso_result> Search(const Request& request, const SearchOptions& options,
                                      absl::string_view text) override {
    v1::SearchRequest message;
    FillScope(request, message);
    message.set_text(std::string(text));
    message.set_under(std::string(options.under));
    message.set_page_token(std::string(options.page_token));
    message.set_billable_only(options.billable_only);
    message.set_fold(options.fold == NOSO_FOLD_ALWAYS  ? v1::FOLD_ALWAYS
                     : options.fold == NOSO_FOLD_NEVER ? v1::FOLD_NEVER
                                                       : v1::FOLD_WHEN_MANY);
    message.set_count(options.count);
    return Call<v1::SearchResponse>('f', &v1::TerminologyService::Stub::Search, message, request, text,
                                    DeadlineOf(request, 1));
  }

  // One call a code; all must come from one set of releases, or it is asked once more.
  std::unique_ptr<noso_result> Batch(noso_verb verb, const Request& request,
                                     const std::vector<absl::string_view>& codes) override {
    const Clock::time_point deadline = DeadlineOf(request, 1 + codes.size() / kCodesADeadline);
    for (int attempt = 0; attempt < 2; ++attempt) {
      std::vector<std::unique_ptr<noso_result>> items;
      items.reserve(codes.size());
      for (const absl::string_view code : codes) {
        items.push_back(AskBefore(verb, request, code, deadline));
        if (IsOutage(static_cast<absl::StatusCode>(items.back()->status()))) return std::move(items.back());
      }
      if (OfOneSet(items)) return std::make_unique<BatchResult>(std::move(items));
    }
    return ErrorOf(
        absl::AbortedError("the service took up another release while the batch was asked, twice; ask it again"));
  }

  // Of nothing that a lock of writers would guard: a call may take its time.
  absl::Status Reload(base::Mutex& /*writers*/) override {
    RETURN_IF_ERROR(CheckProcess());
    return AskReleases(Clock::now() + std::chrono::milliseconds(conninfo_.deadline_milliseconds));
  }

  bool Idle() const override { return true; }  // results hold what they show
  bool StaysAtExit() const override { return true; }

 private:
  // Before anything that has a lock, which another thread may have held at the fork. Errors: Unavailable.
  static absl::Status CheckProcess() {
    if (!in_forked_child) return absl::OkStatus();
    return absl::UnavailableError(
        "in a forked child the service is not asked; open the terminology anew in a process of its own");
  }

  Clock::time_point DeadlineOf(const Request& request, size_t times) const {
    const int64_t milliseconds = request.deadline_milliseconds != 0
                                     ? request.deadline_milliseconds
                                     : conninfo_.deadline_milliseconds * static_cast<int64_t>(times);
    return Clock::now() + std::chrono::milliseconds(milliseconds);
  }

  std::unique_ptr<noso_result> AskBefore(noso_verb verb, const Request& request, absl::string_view code,
                                         Clock::time_point deadline) {
    using Stub = v1::TerminologyService::Stub;
    if (verb != NOSO_VERB_VALIDATE_CODE) {
      if (const absl::Status length = query::CheckCodeLength("code", code); !length.ok()) {
        return ErrorOf(length);
      }
    }
    const std::string text(code);
    if (verb == NOSO_VERB_RESOLVE) {
      v1::ResolveRequest message;
      Fill(request, message);
      message.set_code(text);
      message.set_on_miss(request.parent_fallback ? v1::ON_MISS_PARENT_FALLBACK : v1::ON_MISS_UNKNOWN);
      return Call<v1::ResolveResponse>('r', &Stub::Resolve, message, request, code, deadline);
    }
    if (verb == NOSO_VERB_LOOKUP) {
      v1::LookupRequest message;
      Fill(request, message);
      message.set_code(text);
      return Call<v1::LookupResponse>('l', &Stub::Lookup, message, request, code, deadline);
    }
    v1::ValidateCodeRequest message;
    Fill(request, message);
    message.set_code(text);
    message.set_use(request.claim ? v1::USE_CLAIM : v1::USE_TERMINOLOGY);
    message.set_max_repairs(request.max_repairs);
    return Call<v1::ValidateCodeResponse>('v', &Stub::ValidateCode, message, request, code, deadline);
  }

  template <typename Reply, typename Method, typename Message>
  std::unique_ptr<noso_result> Call(char verb, Method method, const Message& message, const Request& request,
                                    absl::string_view code, Clock::time_point deadline) {
    if (const absl::Status process = CheckProcess(); !process.ok()) return ErrorOf(process);
    std::string key(1, verb);
    message.AppendToString(&key);
    const AnswerCache::Found kept = cache_.Find(key);
    const auto from_cache = [&](bool stale) {
      auto result = std::make_unique<RemoteResult<Reply>>(std::static_pointer_cast<const Reply>(kept.answer), !stale);
      if (stale) result->MarkStale();
      return result;
    };
    absl::Status status = absl::OkStatus();
    if (kept || (conninfo_.cache_bytes != 0 && checked_at_.load() == 0)) {
      bool current = kept.current;
      status = CheckReleases(deadline, &current, key);
      if (kept && status.ok() && current) return from_cache(false);
    }
    if (status.ok()) {
      auto reply = std::make_shared<Reply>();
      status = Send([&](grpc::ClientContext* context) { return (stub_.get()->*method)(context, message, reply.get()); },
                    [&] { return CheckReply(*reply, request, code); }, deadline);
      if (status.ok()) {
        Keep<Reply>(std::move(key), reply);
        return std::make_unique<RemoteResult<Reply>>(std::move(reply), false);
      }
    }
    if (kept && IsOutage(status.code())) return from_cache(true);
    return ErrorOf(status);
  }

  // Sends a call, unless the service is left alone for now. An answer that `check` does not trust counts as none.
  template <typename Sent, typename Check>
  absl::Status Send(const Sent& sent, const Check& check, Clock::time_point deadline) {
    const Clock::time_point now = Clock::now();
    if (!breaker_.Allows(Milliseconds(now))) {
      return absl::UnavailableError(
          absl::StrCat("no answer from ", conninfo_.target,
                       " lately; it is asked again within seconds, check that the service runs there"));
    }
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + (deadline - now));
    const absl::Status status = FromGrpc(sent(&context));
    const absl::Status trust = status.ok() ? check() : absl::OkStatus();
    // A deadline that leaves no time says nothing of the service.
    const bool too_short = absl::IsDeadlineExceeded(status) && deadline - now < std::chrono::milliseconds(100);
    if (!too_short) breaker_.Report(!IsOutage(status.code()) && trust.ok(), Milliseconds(Clock::now()));
    if (!trust.ok()) return trust;
    if (!IsOutage(status.code())) return status;
    const auto allowed = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - now);
    // What does not know the method is another service than ours.
    return {absl::IsUnimplemented(status) ? absl::StatusCode::kUnavailable : status.code(),
            absl::StrCat("no answer from ", conninfo_.target, " within ", allowed.count(), " ms: ", status.message(),
                         conninfo_.tls ? "; check that the service runs there, and the certificates of both"
                                       : "; check that the service runs there, and whether it wants grpcs://")};
  }

  // Asks the service for its releases when that was long ago; one caller does so, the others go on meanwhile. Sets
  // whether what is kept under `key` is current.
  absl::Status CheckReleases(Clock::time_point deadline, bool* current, const std::string& key) {
    int64_t last = checked_at_.load();
    const int64_t now = Milliseconds(Clock::now());
    if (now - last < conninfo_.cache_check_milliseconds && last != 0) return absl::OkStatus();
    if (!checked_at_.compare_exchange_strong(last, now)) return absl::OkStatus();
    const absl::Status status = AskReleases(deadline);
    if (!status.ok()) checked_at_.store(0);
    *current = status.ok() && cache_.Find(key).current;
    return status;
  }

  absl::Status AskReleases(Clock::time_point deadline) {
    v1::ListReleasesResponse reply;
    RETURN_IF_ERROR(Send(
        [&](grpc::ClientContext* context) { return stub_->ListReleases(context, v1::ListReleasesRequest(), &reply); },
        [] { return absl::OkStatus(); }, deadline));
    std::string releases;
    for (const v1::Release& release : reply.releases()) {
      absl::StrAppend(&releases, release.id(), release.active() ? "*" : "", release.valid_from(), "-",
                      release.valid_to(), " ");
    }
    cache_.SetReleases(std::move(releases));
    return absl::OkStatus();
  }

  // Kept under the releases that are known, if the reply's are among them; else those are asked for the next time.
  template <typename Reply>
  void Keep(std::string key, std::shared_ptr<const Reply> reply) {
    if (conninfo_.cache_bytes == 0) return;
    std::string releases = cache_.releases();
    for (const v1::Release* release : ReleasesOf(*reply)) {
      if (absl::StrContains(releases, release->id())) continue;
      checked_at_.store(0);
      releases.clear();
    }
    const size_t bytes = 2 * reply->ByteSizeLong();  // in memory, about
    cache_.Put(std::move(key), releases.empty() ? "unknown" : releases, std::move(reply), bytes);
  }

  static bool OfOneSet(const std::vector<std::unique_ptr<noso_result>>& items) {
    std::map<absl::string_view, absl::string_view> ids;  // by system
    for (const auto& item : items) {
      for (size_t i = 0; i < item->lists().Count(NOSO_LIST_RELEASES); ++i) {
        const Entry& release = *item->lists().Find(NOSO_LIST_RELEASES, i);
        const auto [known, added] = ids.emplace(release.Get(NOSO_FIELD_SYSTEM), release.Get(NOSO_FIELD_ID));
        if (!added && known->second != release.Get(NOSO_FIELD_ID)) return false;
      }
    }
    return true;
  }

  const Conninfo conninfo_;
  std::unique_ptr<v1::TerminologyService::Stub> stub_;
  AnswerCache cache_;
  CircuitBreaker breaker_;
  std::atomic<int64_t> checked_at_{0};  // 0: never
};

absl::StatusOr<std::string> ReadPem(absl::string_view key, const std::string& path) {
  if (path.empty()) return std::string();
  absl::StatusOr<std::string> pem = base::ReadFile(path, kMaxPemBytes);
  if (pem.ok() && absl::StrContains(*pem, "-----BEGIN ")) return pem;
  return absl::InvalidArgumentError(
      absl::StrCat(key, ": '", base::Excerpt(path), "' ",
                   pem.ok() ? "holds nothing in PEM form" : absl::StrCat("cannot be read: ", pem.status().message()),
                   "; give a PEM file"));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(const Conninfo& conninfo) {
  grpc::ChannelArguments arguments;
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (conninfo.tls) {
    grpc::SslCredentialsOptions options;
    ASSIGN_OR_RETURN(options.pem_root_certs, ReadPem("ca", conninfo.ca));
    ASSIGN_OR_RETURN(options.pem_cert_chain, ReadPem("cert", conninfo.cert));
    ASSIGN_OR_RETURN(options.pem_private_key, ReadPem("key", conninfo.key));
    credentials = grpc::SslCredentials(options);
    if (!conninfo.server_name.empty()) arguments.SetSslTargetNameOverride(conninfo.server_name);
  }
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 5000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 2000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  return grpc::CreateCustomChannel(conninfo.target, credentials, arguments);
}

}  // namespace
}  // namespace nosograph::plugin

extern "C" __attribute__((visibility("default"))) void noso_remote_open(
    const nosograph::plugin::Conninfo& conninfo, const char* interface, bool quiet,
    std::unique_ptr<nosograph::plugin::Backend>* backend, absl::Status* status) {
  using namespace nosograph::plugin;
  if (absl::string_view(interface) != kRemoteInterface) {
    *status = absl::UnimplementedError(
        absl::StrCat("libnosograph_remote is '", kRemoteInterface, "', not '", interface, "'; install them together"));
    return;
  }
  if (quiet) gpr_set_log_function([](gpr_log_func_args*) {});
  absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = OpenChannel(conninfo);
  *status = channel.status();
  if (channel.ok()) *backend = std::make_unique<Remote>(conninfo, *std::move(channel));
}
