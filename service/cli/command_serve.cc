#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/follower.h"
#include "service/grpc/server.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

struct ServeOptions {
  std::string data;
  std::string address;
  std::string log = "all";
};

service::CallLog::Level LevelOf(const std::string& name) {
  if (name == "none") return service::CallLog::Level::kNone;
  return name == "errors" ? service::CallLog::Level::kErrors : service::CallLog::Level::kAll;
}

void PrintReleases(const snapshot::ReleaseSet& set) {
  for (const snapshot::Release& release : set.releases()) {
    const snapshot::Snapshot& snapshot = *release.snapshot;
    std::cout << "  " << snapshot.url() << " " << snapshot.version() << ", " << snapshot.concept_count()
              << " concepts, snapshot " << release.id << (release.active ? ", active" : "") << "\n";
  }
}

void Warn(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) std::cerr << "warning: " << warning << "\n";
}

// Takes up what changes in the data folder until a signal ends the service, which it gives. SIGHUP looks at once.
int FollowUntilSignal(const sigset_t& signals, service::Follower& follower, const snapshot::LiveReleases& live) {
  constexpr timespec kPause{1, 0};
  std::string told;
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &kPause);
    if (signal == SIGTERM || signal == SIGINT) return signal;
    std::vector<std::string> left_out;
    const absl::StatusOr<bool> changed = follower.Poll(&left_out);
    const std::string problem(changed.status().message());
    if (!changed.ok() && problem != told) {
      std::cerr << "warning: the data folder has changed and cannot be taken up; what was served goes on: " << problem
                << "\n";
    }
    told = problem;
    if (!changed.ok() || !*changed) continue;
    Warn(left_out);
    std::cout << "the data folder has changed; serving\n";
    PrintReleases(*live.Get());
    std::cout.flush();
  }
}

int Serve(const ServeOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our output that leaves must not end the service
  // Blocked before any thread starts, so that each inherits it and only sigwait sees the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  store::DataFolder folder(options.data);
  absl::StatusOr<std::vector<store::LoadedRelease>> loaded = folder.Releases();
  if (!loaded.ok()) return Fail(loaded.status());
  std::vector<std::string> left_out;
  absl::StatusOr<snapshot::ReleaseSet> set = folder.Load(*loaded, snapshot::Access::kMemory, &left_out, nullptr);
  if (!set.ok()) return Fail(set.status());
  Warn(left_out);
  if (const absl::Status history = folder.Reconcile(); !history.ok()) {
    std::cerr << "warning: the history could not be brought up to date: " << history.message() << "\n";
  }
  const service::CallLog log(STDERR_FILENO, LevelOf(options.log));
  const auto live = std::make_shared<snapshot::LiveReleases>(*std::move(set));
  absl::StatusOr<std::unique_ptr<service::Server>> server =
      service::Server::Start({.address = options.address, .log = &log}, service::MakeTerminologyHandlers(live, {}));
  if (!server.ok()) return Fail(server.status());

  std::cout << "serving gRPC on " << (*server)->address() << "\n";
  PrintReleases(*live->Get());
  std::cout << "SIGTERM or Ctrl-C ends it; what is imported or activated meanwhile is taken up" << std::endl;

  service::Follower follower(folder, *std::move(loaded), *live);
  const int signal = FollowUntilSignal(signals, follower, *live);
  std::cerr << (signal == SIGINT ? "SIGINT" : "SIGTERM") << ": finishing the calls that run\n";
  // A second signal ends it at once.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*server)->Drain({});
  return kOk;
}

}  // namespace

void AddServeCommand(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("serve", "Serve the catalogue over gRPC, on this machine's loopback");
  auto options = std::make_shared<ServeOptions>();
  options->address = "127.0.0.1:50051";
  AddDataOption(*command, options->data);
  command->add_option("--grpc", options->address, "Address to listen on; port 0 takes a free one, which is printed")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  command->add_option("--call-log", options->log, "Which calls have a line of JSON on standard error")
      ->check(CLI::IsMember({"none", "errors", "all"}))
      ->type_name("CALLS")
      ->capture_default_str();
  command->callback([options, &exit_code] { exit_code = Serve(*options); });
}

}  // namespace nosograph::cli
