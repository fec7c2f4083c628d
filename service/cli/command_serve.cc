#include <google/protobuf/stubs/logging.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <initializer_list>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "service/admin.h"
#include "service/cli/command.h"
#include "service/cli/config_file.h"
#include "service/cli/exit_code.h"
#include "service/cli/serve_options.h"
#include "service/follower.h"
#include "service/grpc/certificate_keeper.h"
#include "service/grpc/server.h"
#include "service/listen_address.h"
#include "service/release_fragments.h"
#include "service/rest/facade.h"
#include "terminology/base/status_macros.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

void PrintReleases(const snapshot::ReleaseSet& set) {
  for (const snapshot::Release& release : set.releases()) {
    const snapshot::Snapshot& snapshot = *release.snapshot;
    std::cout << "  " << snapshot.url() << " " << snapshot.version() << ", " << snapshot.concept_count()
              << " concepts, snapshot " << release.id << (release.active ? ", active" : "") << "\n";
  }
}

// A line in one piece: the log of calls writes there too, and its lines stay whole.
void Say(std::initializer_list<absl::string_view> parts) { std::cerr << absl::StrCat(absl::StrJoin(parts, ""), "\n"); }

void Warn(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) Say({"warning: ", warning});
}

// What is looked at once a second, and complains of a problem once.
class Watch {
 public:
  explicit Watch(std::string prefix) : prefix_(std::move(prefix)) {}
  // Whether something was taken up.
  bool Took(const absl::StatusOr<bool>& changed) {
    const std::string problem(changed.status().message());
    if (!changed.ok() && problem != told_) Say({"warning: ", prefix_, problem});
    told_ = problem;
    return changed.ok() && *changed;
  }

 private:
  const std::string prefix_;
  std::string told_;
};

// Takes up what changes in the data folder and in the certificate files until a signal ends the service, which it
// gives. SIGHUP looks at once.
int FollowUntilSignal(const sigset_t& signals, service::Follower& follower, service::CertificateKeeper* certificates,
                      rest::KeptResources* kept) {
  constexpr timespec kPause{1, 0};
  Watch folder("the data folder has changed and cannot be taken up; what was served goes on: ");
  Watch resources("the resources that are kept have changed and cannot be taken up; what was served goes on: ");
  Watch files("the certificate files are not sound; the last good ones go on: ");
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &kPause);
    if (signal == SIGTERM || signal == SIGINT) return signal;
    if (certificates != nullptr && files.Took(certificates->Poll())) {
      std::cout << "the certificate files have changed; new connections have them" << std::endl;
    }
    (void)folder.Took(follower.Poll());
    if (kept == nullptr) continue;
    const absl::Status taken = kept->TakeUp();
    (void)resources.Took(taken.ok() ? absl::StatusOr<bool>(false) : taken);
  }
}

// Where resources that clients put are kept.
absl::StatusOr<std::shared_ptr<rest::KeptResources>> OpenKept(const ServeOptions& options) {
  const service::RoleRules rules = options.role_rules();
  const bool may_write = rules.anonymous == service::Role::kReleaser || !rules.releasers.empty();
  if (options.http.empty()) return nullptr;
  return rest::KeptResources::Open(options.data, may_write);
}

// FHIR over REST, with the same TLS, roles and log as gRPC.
absl::Status StartHttp(const ServeOptions& options, const std::shared_ptr<snapshot::LiveReleases>& live,
                       std::shared_ptr<rest::KeptResources> kept, const service::CertificateKeeper* certificates,
                       service::CallLog& log, service::HttpMetrics& metrics,
                       std::unique_ptr<service::HttpServer>& server) {
  const bool anywhere = certificates != nullptr || options.plaintext_beyond_loopback;
  RETURN_IF_ERROR(
      service::ReadListenAddress(options.http, anywhere ? service::Reach::kAnywhere : service::Reach::kLoopback)
          .status());
  service::HttpOptions http{.address = options.http,
                            .threads = options.http_threads > 0
                                           ? options.http_threads
                                           : static_cast<int>(std::max(1U, std::thread::hardware_concurrency())),
                            .max_header_bytes = options.max_http_header_bytes,
                            .max_body_bytes = options.max_http_body_bytes,
                            .max_connections = options.max_http_connections,
                            .patience = absl::Seconds(options.http_patience_seconds),
                            .refuse = rest::RefuseRequest,
                            .is_heavy = rest::IsHeavy};
  if (certificates != nullptr) {
    http.tls = {.content = [certificates] { return certificates->content(); }, .clients = options.client_certificate()};
  }
  http.ended = [&log, &metrics](const service::HttpExchange& exchange) {
    metrics.Began();
    metrics.Ended(exchange.operation, exchange.status, exchange.duration);
    constexpr int kFirstError = 400;
    if (!log.Wants(exchange.status >= kFirstError)) return;
    log.Write({.method = absl::StrCat("REST ", exchange.operation),
               .http_status = exchange.status,
               .at = exchange.begin,
               .duration = exchange.duration,
               .peer = exchange.peer,
               .trace = service::ReadTraceParent(exchange.traceparent)});
  };
  const auto may = [rules = options.role_rules()](service::Role least) {
    return [rules, least](const service::HttpRequest& request) {
      const service::Role role =
          request.certificate_names ? service::RoleOf(rules, *request.certificate_names) : rules.anonymous;
      return role >= least;
    };
  };
  ASSIGN_OR_RETURN(server,
                   service::HttpServer::Start(http, rest::MakeFacade(live, {.program_version = Version(),
                                                                            .may_ask = may(service::Role::kReader),
                                                                            .may_write = may(service::Role::kReleaser),
                                                                            .kept = std::move(kept)})));
  return absl::OkStatus();
}

int Serve(const ServeOptions& options) {
  if (const absl::Status status = CheckServeOptions(options); !status.ok()) return Fail(status);
  google::protobuf::SetLogHandler(nullptr);  // what it says of bytes that are no message, the reply says better
  std::signal(SIGPIPE, SIG_IGN);             // a reader of our output that leaves must not end the service
  // Blocked before any thread starts, so that each inherits it and only sigwait sees the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto folder = std::make_shared<store::DataFolder>(options.data);
  absl::StatusOr<std::vector<store::LoadedRelease>> loaded = folder->Releases();
  if (!loaded.ok()) return Fail(loaded.status());
  std::vector<std::string> left_out;
  absl::StatusOr<snapshot::ReleaseSet> set = folder->Load(*loaded, snapshot::Access::kMemory, &left_out, nullptr);
  if (!set.ok()) return Fail(set.status());
  Warn(left_out);
  if (const absl::Status history = folder->Reconcile(); !history.ok()) {
    Say({"warning: the history could not be brought up to date: ", history.message()});
  }
  std::unique_ptr<service::CertificateKeeper> certificates;
  if (options.with_tls()) {
    absl::StatusOr<std::unique_ptr<service::CertificateKeeper>> started =
        service::CertificateKeeper::Start(options.tls);
    if (!started.ok()) return FailInput(started.status());
    certificates = *std::move(started);
  }
  absl::StatusOr<std::shared_ptr<rest::KeptResources>> opened = OpenKept(options);
  if (!opened.ok()) return Fail(opened.status());
  const std::shared_ptr<rest::KeptResources> kept = *std::move(opened);
  service::CallLog log(STDERR_FILENO, options.log_level());
  const auto live = std::make_shared<snapshot::LiveReleases>(service::WithFragments(*set, nullptr));
  service::CallMetrics metrics;
  service::HttpMetrics http_metrics(rest::OperationNames());
  std::atomic<int64_t> taken_up{absl::ToUnixSeconds(absl::Now())};
  service::Follower follower(*folder, *std::move(loaded), *live);
  absl::StatusOr<std::unique_ptr<service::Server>> server = service::Server::Start(
      {.address = options.address,
       .credentials = certificates ? certificates->Credentials(options.client_certificate()) : nullptr,
       .plaintext_beyond_loopback = options.plaintext_beyond_loopback,
       .log = &log,
       .metrics = &metrics,
       .roles = options.role_rules(),
       .max_calls = options.max_calls,
       .max_import_bytes = options.max_import_bytes,
       .max_message_bytes = options.max_message_bytes,
       .keepalive = absl::Seconds(options.keepalive_seconds),
       .max_connection_age = options.max_connection_age_seconds == 0
                                 ? absl::InfiniteDuration()
                                 : absl::Seconds(options.max_connection_age_seconds)},
      service::MakeTerminologyHandlers(live, {.batch_codes = options.max_batch}),
      service::MakeCatalogueHandlers(folder, [&follower] { return follower.Poll().status(); }));
  if (!server.ok()) return Fail(server.status());
  std::unique_ptr<service::HttpServer> admin;
  if (!options.admin.empty()) {
    absl::StatusOr<std::unique_ptr<service::HttpServer>> started =
        service::StartAdmin(options.admin, {.ready = [&] { return (*server)->serving(); },
                                            .metrics =
                                                [&] {
                                                  service::Gauges gauges{.releases = live->Get()->releases(),
                                                                         .taken_up = absl::FromUnixSeconds(taken_up),
                                                                         .version = Version()};
                                                  if (certificates) gauges.certificate_expiry = certificates->expiry();
                                                  return service::RenderMetrics(
                                                      metrics, options.http.empty() ? nullptr : &http_metrics, gauges);
                                                }});
    if (!started.ok())
      return Fail(absl::Status(started.status().code(), absl::StrCat("--admin: ", started.status().message())));
    admin = *std::move(started);
  }

  std::unique_ptr<service::HttpServer> http;
  if (!options.http.empty()) {
    const absl::Status status = StartHttp(options, live, kept, certificates.get(), log, http_metrics, http);
    if (!status.ok()) return Fail(absl::Status(status.code(), absl::StrCat("--http: ", status.message())));
  }

  std::cout << "serving gRPC on " << (*server)->address() << (certificates ? ", TLS" : "") << "\n";
  if (http) std::cout << "serving FHIR on " << (certificates ? "https://" : "http://") << http->address() << "\n";
  if (admin) std::cout << "admin port on " << admin->address() << "\n";
  PrintReleases(*live->Get());
  std::cout << "SIGTERM or Ctrl-C ends it; what is imported or activated meanwhile is taken up" << std::endl;

  follower.OnChange([&](const std::vector<std::string>& not_taken) {
    Warn(not_taken);
    std::cout << "the data folder has changed; serving\n";
    PrintReleases(*live->Get());
    std::cout.flush();
    taken_up = absl::ToUnixSeconds(absl::Now());
    (*server)->AnnounceReleases();
  });
  const int signal = FollowUntilSignal(signals, follower, certificates.get(), kept.get());
  Say({signal == SIGINT ? "SIGINT" : "SIGTERM", ": finishing the calls that run"});
  // A second signal ends it at once.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*server)->Drain({});
  if (http) http->Drain(absl::Seconds(5));
  if (admin) admin->Drain(absl::Seconds(1));
  return kOk;
}

}  // namespace

void AddServeCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("serve", "Serve the catalogue over gRPC");
  auto options = std::make_shared<ServeOptions>();
  AddServeOptions(*command, *options);
  auto config = std::make_shared<ConfigOptions>();
  AddConfigOptions(*command, *config);
  command->callback([command, options, config, &exit_code] {
    if (!config->file.empty()) {
      if (const absl::Status status = ApplyConfigFile(*command, config->file); !status.ok()) {
        exit_code = FailInput(absl::Status(status.code(), absl::StrCat("--config: ", status.message())));
        return;
      }
    }
    if (config->print) {
      std::cout << PrintConfig(*command);
      return;
    }
    exit_code = Serve(*options);
  });
}

}  // namespace nosograph::cli
