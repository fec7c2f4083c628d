#include <pthread.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <utility>

#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/grpc/server.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

struct ServeOptions {
  std::string data;
  std::string address;
};

void PrintRelease(const snapshot::Release& release) {
  const snapshot::Snapshot& snapshot = *release.snapshot;
  std::cout << "  " << snapshot.url() << " " << snapshot.version() << ", " << snapshot.concept_count()
            << " concepts, snapshot " << release.id << (release.active ? ", active" : "") << "\n";
}

int Serve(const ServeOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader of our output that leaves must not end the service
  // Blocked before any thread starts, so that each inherits it and only sigwait sees the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  store::DataFolder folder(options.data);
  absl::StatusOr<snapshot::ReleaseSet> set = LoadReleases(options.data, snapshot::Access::kMemory);
  if (!set.ok()) return Fail(set.status());
  if (const absl::Status history = folder.Reconcile(); !history.ok()) {
    std::cerr << "warning: the history could not be brought up to date: " << history.message() << "\n";
  }
  const auto releases = std::make_shared<const snapshot::ReleaseSet>(*std::move(set));
  absl::StatusOr<std::unique_ptr<service::Server>> server =
      service::Server::Start(options.address, service::MakeTerminologyHandlers(releases, {}));
  if (!server.ok()) return Fail(server.status());

  std::cout << "serving gRPC on " << (*server)->address() << "\n";
  for (const snapshot::Release& release : releases->releases()) PrintRelease(release);
  std::cout << "SIGTERM or Ctrl-C ends it" << std::endl;

  int signal = 0;
  sigwait(&signals, &signal);
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
  command->callback([options, &exit_code] { exit_code = Serve(*options); });
}

}  // namespace nosograph::cli
