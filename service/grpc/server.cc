#include "service/grpc/server.h"

#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "service/grpc/call_queues.h"
#include "service/grpc/calls.h"
#include "service/grpc/catalogue_calls.h"
#include "service/grpc/health_service.h"
#include "service/grpc/reflection_service.h"
#include "service/grpc/terminology_calls.h"
#include "service/listen_address.h"
#include "terminology/base/status_macros.h"

namespace nosograph::service {
namespace {

// Once no call runs, this is how long connections without one are waited for.
constexpr std::chrono::milliseconds kIdleConnections(250);
// How long the answer to a ping may take.
constexpr absl::Duration kPingPatience = absl::Seconds(20);
// How often a client may ping; gRPC would take one in five minutes, and end the connection of one that sends more.
constexpr absl::Duration kClientPings = absl::Seconds(4);
constexpr char kTerminology[] = "nosograph.v1.TerminologyService";
constexpr char kCatalogue[] = "nosograph.v1.CatalogueService";
// How long calls of a connection that is too old may go on.
constexpr absl::Duration kAgeGrace = absl::Minutes(1);

class GrpcServer final : public Server {
 public:
  GrpcServer(ListenAddress address, const ServerOptions& options, TerminologyHandlers terminology,
             std::optional<CatalogueHandlers> catalogue)
      : address_(std::move(address)),
        credentials_(options.credentials ? options.credentials : grpc::InsecureServerCredentials()),
        options_(options),
        calls_(options.roles, options.credentials != nullptr, options.log, options.metrics, options.max_calls) {
    if (catalogue) {
      catalogue_ =
          NewCatalogueCalls(*std::move(catalogue), terminology.list_releases, options.max_import_bytes, calls_);
    }
    terminology_ = NewTerminologyCalls(std::move(terminology), calls_);
    std::vector<std::string> listed = {kTerminology, "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"};
    if (catalogue_) listed.emplace_back(kCatalogue);
    reflection_.emplace(std::move(listed));
  }
  ~GrpcServer() override {
    if (server_) Drain({.notice = absl::ZeroDuration(), .patience = absl::ZeroDuration()});
  }

  absl::Status Listen() {
    grpc::EnableDefaultHealthCheckService(false);  // it would have threads of its own
    // Debian builds Abseil with its check of the order in which locks are taken. gRPC takes them for every call, and
    // the check keeps its own record of them behind one lock of the whole process.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address_.Text(address_.port), credentials_, &port);
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else a second server on the port would start too
    SetConnectionPolicy(builder);
    std::vector<CallService*> services = {&terminology_->service(), &health_.service(), &reflection_->service()};
    if (catalogue_) services.push_back(&catalogue_->service());
    queues_.AddTo(builder, std::move(services));
    // A port in use is told by the status; the library would print its own lines before.
    gpr_set_log_function([](gpr_log_func_args* /*line*/) {});
    server_ = builder.BuildAndStart();
    gpr_set_log_function(nullptr);
    if (!server_ || port == 0) {
      if (server_) server_->Shutdown();
      server_.reset();
      return absl::UnavailableError(absl::StrCat("cannot listen on ", address_.Text(address_.port),
                                                 ": the port is in use or not allowed, or the address is not this "
                                                 "machine's; choose another port, or 0 for a free one"));
    }
    queues_.Run();
    port_ = port;
    SetServing(true);
    return absl::OkStatus();
  }

  bool serving() const override { return serving_; }
  std::string address() const override { return address_.Text(port_); }

  void AnnounceReleases() override {
    if (catalogue_) catalogue_->Announce();
  }

  void Drain(const DrainTimes& times) override {
    SetServing(false);
    absl::SleepFor(times.notice);
    calls_.Close();
    calls_.WaitForNone(times.patience);
    server_->Shutdown(std::chrono::system_clock::now() + kIdleConnections);
    queues_.End();
    server_.reset();
  }

 private:
  void SetConnectionPolicy(grpc::ServerBuilder& builder) const {
    builder.SetMaxReceiveMessageSize(options_.max_message_bytes);
    const auto set = [&](const char* argument, absl::Duration duration) {
      if (duration == absl::InfiniteDuration()) return;
      builder.AddChannelArgument(argument, static_cast<int>(absl::ToInt64Milliseconds(duration)));
    };
    set(GRPC_ARG_KEEPALIVE_TIME_MS, options_.keepalive);
    set(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatience);
    set(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kClientPings);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    set(GRPC_ARG_MAX_CONNECTION_AGE_MS, options_.max_connection_age);
    set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, kAgeGrace);
  }
  void SetServing(bool serving) {
    serving_ = serving;
    std::vector<std::string> services = {"", kTerminology};
    if (catalogue_) services.emplace_back(kCatalogue);
    health_.SetServing(services, serving);
  }

  const ListenAddress address_;
  const std::shared_ptr<grpc::ServerCredentials> credentials_;
  const ServerOptions options_;
  std::atomic<bool> serving_{false};
  Calls calls_;
  std::unique_ptr<TerminologyCalls> terminology_;
  std::unique_ptr<CatalogueCalls> catalogue_;
  HealthService health_;
  std::optional<ReflectionService> reflection_;
  std::unique_ptr<grpc::Server> server_;
  CallQueues queues_;  // the last: takes no call any more before what answers them goes
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, TerminologyHandlers terminology,
                                                      std::optional<CatalogueHandlers> catalogue) {
  const bool beyond = options.credentials != nullptr || options.plaintext_beyond_loopback;
  ASSIGN_OR_RETURN(ListenAddress listen,
                   ReadListenAddress(options.address, beyond ? Reach::kAnywhere : Reach::kLoopback));
  auto server = std::make_unique<GrpcServer>(std::move(listen), options, std::move(terminology), std::move(catalogue));
  RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace nosograph::service
