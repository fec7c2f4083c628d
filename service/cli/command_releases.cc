#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/handlers_for.h"
#include "service/cli/json.h"
#include "service/cli/table.h"
#include "service/grpc/convert.h"
#include "terminology/store/data_folder.h"

namespace nosograph::cli {
namespace {

struct ReleasesOptions {
  std::string data;
  ServerConnection server;
  std::string output;
  std::string system = std::string(model::kIcd10CmUrl);
  std::string version;
  std::string other_version;
  int limit = 20;
};

void WriteRelease(const v1::Release& release, JsonLine& json) {
  json.Text("system", release.system())
      .Text("version", release.version())
      .Text("extends", release.extends())
      .Text("supplements", release.supplements())
      .Text("valid_from", release.valid_from())
      .Text("valid_to", release.valid_to())
      .Flag("active", release.active())
      .Text("snapshot", release.id());
}

// So that who watches a folder by a mistyped path does not take it for sound.
int NothingLoaded(const ReleasesOptions& options) {
  return Fail(absl::NotFoundError(options.server.asked() ? "no release is loaded there; import one"
                                                         : "no release is loaded in " + options.data +
                                                               "; import one, or give another --data"));
}

// What the folder's list says, without a look at the snapshots: one that is damaged must not hide the others.
absl::StatusOr<std::vector<v1::Release>> ListFolder(const std::string& data) {
  const absl::StatusOr<std::vector<store::LoadedRelease>> loaded = store::DataFolder(data).Releases();
  if (!loaded.ok()) return loaded.status();
  std::vector<v1::Release> releases(loaded->size());
  for (size_t i = 0; i < releases.size(); ++i) service::ToMessage((*loaded)[i], &releases[i]);
  return releases;
}

absl::StatusOr<std::vector<v1::Release>> ListServer(const ServerConnection& server) {
  const absl::StatusOr<service::TerminologyHandlers> handlers = HandlersFor(server, "");
  if (!handlers.ok()) return handlers.status();
  v1::ListReleasesResponse response;
  if (const absl::Status status = handlers->list_releases({}, {}, &response); !status.ok()) return status;
  return std::vector<v1::Release>(response.releases().begin(), response.releases().end());
}

int List(const ReleasesOptions& options) {
  const absl::StatusOr<std::vector<v1::Release>> releases =
      options.server.asked() ? ListServer(options.server) : ListFolder(options.data);
  if (!releases.ok()) return Fail(releases.status());
  if (releases->empty()) return NothingLoaded(options);
  Table table({"", "SYSTEM", "VERSION", "VALID FROM", "TO", "SNAPSHOT", "EXTENDS OR SUPPLEMENTS"});
  for (const v1::Release& release : *releases) {
    if (options.output == kJson) {
      JsonLine json;
      WriteRelease(release, json);
      std::cout << json.Take();
      continue;
    }
    table.Add({release.active() ? "*" : "", release.system(), release.version(), release.valid_from(),
               release.valid_to(), release.id().substr(0, 12),
               release.extends().empty() ? release.supplements() : release.extends()});
  }
  if (options.output != kJson) std::cout << table.Text();
  return kOk;
}

int PrintActivation(const absl::Status& status, const v1::ActivateResponse& response) {
  if (!status.ok()) return Fail(status);
  std::cout << "active: " << response.now().system() << " " << response.now().version();
  if (response.has_before()) {
    const v1::Release& before = response.before();
    std::cout << ", before: " << before.version();
    if (before.version() == response.now().version() && before.id() != response.now().id()) {
      std::cout << " with other content (snapshot " << before.id().substr(0, 12) << ")";
    }
  }
  std::cout << "\n";
  for (const std::string& warning : response.warnings()) std::cerr << "warning: " << warning << "\n";
  return kOk;
}

int Activate(const ReleasesOptions& options) {
  const absl::StatusOr<service::CatalogueHandlers> catalogue = CatalogueFor(options.server, options.data);
  if (!catalogue.ok()) return Fail(catalogue.status());
  v1::ActivateRequest request;
  request.set_system(options.system);
  request.set_version(options.version);
  v1::ActivateResponse response;
  return PrintActivation(catalogue->activate(LocalCaller(), request, &response), response);
}

int RollBack(const ReleasesOptions& options) {
  const absl::StatusOr<service::CatalogueHandlers> catalogue = CatalogueFor(options.server, options.data);
  if (!catalogue.ok()) return Fail(catalogue.status());
  v1::RollBackRequest request;
  request.set_system(options.system);
  v1::ActivateResponse response;
  return PrintActivation(catalogue->roll_back(LocalCaller(), request, &response), response);
}

int Verify(const ReleasesOptions& options) {
  const absl::StatusOr<service::CatalogueHandlers> catalogue = CatalogueFor(options.server, options.data);
  if (!catalogue.ok()) return Fail(catalogue.status());
  v1::VerifyResponse response;
  const absl::Status status = catalogue->verify(LocalCaller(), {}, &response);
  if (!status.ok()) return Fail(status);
  if (response.items().empty()) return NothingLoaded(options);
  int exit_code = kOk;
  for (const v1::VerifyResponse::Item& item : response.items()) {
    if (!item.sound()) {
      std::cerr << "error: " << item.problem() << "\n";
      exit_code = kNoAnswer;
    }
    if (options.output == kJson) {
      JsonLine json;
      WriteRelease(item.release(), json);
      json.Flag("sound", item.sound()).Text("problem", item.problem());
      std::cout << json.Take();
    } else if (item.sound()) {
      std::cout << "sound: " << item.release().system() << " " << item.release().version() << ", every byte verified\n";
    }
  }
  return exit_code;
}

int Log(const ReleasesOptions& options) {
  const absl::StatusOr<service::CatalogueHandlers> catalogue = CatalogueFor(options.server, options.data);
  if (!catalogue.ok()) return Fail(catalogue.status());
  v1::ListEventsRequest request;
  request.set_limit(options.limit);
  v1::ListEventsResponse response;
  if (const absl::Status status = catalogue->list_events(LocalCaller(), request, &response); !status.ok()) {
    return Fail(status);
  }
  Table table({"AT", "WHAT", "SYSTEM", "VERSION", "BY"});
  for (const v1::Event& event : response.events()) {
    if (options.output == kJson) {
      JsonLine json;
      json.Text("at", event.at()).Text("by", event.by()).Text("what", event.what()).Text("system", event.system());
      json.Text("version", event.version()).Text("snapshot", event.snapshot());
      std::cout << json.Take();
    } else {
      table.Add({event.at(), event.what(), event.system(), event.version(), event.by()});
    }
  }
  if (options.output != kJson) std::cout << table.Text();
  return kOk;
}

const char* NameOf(v1::ReleaseChange::Kind kind) {
  switch (kind) {
    case v1::ReleaseChange::KIND_ADDED:
      return "added";
    case v1::ReleaseChange::KIND_REMOVED:
      return "removed";
    case v1::ReleaseChange::KIND_BILLABLE_TO_HEADER:
      return "billable to header";
    case v1::ReleaseChange::KIND_HEADER_TO_BILLABLE:
      return "header to billable";
    case v1::ReleaseChange::KIND_RETITLED:
      return "retitled";
    default:
      return "changed";  // as a newer service may tell
  }
}

void PrintChange(const v1::ReleaseChange& change, const std::string& output) {
  if (output == kJson) {
    JsonLine json;
    json.Text("change", NameOf(change.kind())).Text("code", change.code());
    json.Text("from_title", change.from_title()).Text("to_title", change.to_title());
    std::cout << json.Take();
    return;
  }
  std::cout << NameOf(change.kind()) << "  " << change.code() << "  "
            << (change.to_title().empty() ? change.from_title() : change.to_title());
  if (change.kind() == v1::ReleaseChange::KIND_RETITLED) std::cout << "  (before: " << change.from_title() << ")";
  std::cout << "\n";
}

int Diff(const ReleasesOptions& options) {
  const absl::StatusOr<service::TerminologyHandlers> handlers = HandlersFor(options.server, options.data);
  if (!handlers.ok()) return Fail(handlers.status());
  v1::CompareReleasesRequest request;
  request.set_system(options.system);
  request.set_from_version(options.version);
  request.set_to_version(options.other_version);
  v1::CompareReleasesResponse response;
  do {
    response.Clear();
    const absl::Status status = handlers->compare_releases(LocalCaller(), request, &response);
    if (!status.ok()) return Fail(status);
    if (request.page_token().empty()) {
      for (const v1::Release* side : {&response.from(), &response.to()}) {
        if (!side->fragment()) continue;
        std::cerr << "warning: " << side->version()
                  << " is an excerpt: that a code is not in it does not say that it was added or removed\n";
      }
    }
    for (const v1::ReleaseChange& change : response.changes()) PrintChange(change, options.output);
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  if (options.output == kJson) return kOk;
  std::cout << "from " << options.version << " to " << options.other_version << ":";
  const char* before = " ";
  for (const v1::CompareReleasesResponse::Count& count : response.counts()) {
    std::cout << before << count.count() << " " << NameOf(count.kind());
    before = ", ";
  }
  std::cout << "\n";
  return kOk;
}

using Action = int (*)(const ReleasesOptions&);

CLI::App* Add(CLI::App& releases, const char* name, const char* help, Action action, bool with_output,
              const std::shared_ptr<ReleasesOptions>& options, int& exit_code) {
  CLI::App* command = releases.add_subcommand(name, help);
  AddDataOption(*command, options->data);
  if (with_output) AddOutputOption(*command, options->output);
  command->callback([options, action, &exit_code] { exit_code = action(*options); });
  return command;
}

}  // namespace

void AddReleasesCommand(CLI::App& app, int& exit_code) {
  CLI::App* releases = app.add_subcommand("releases", "The releases of the data folder, or of a service");
  releases->require_subcommand(1);
  const auto options = std::make_shared<ReleasesOptions>();
  CLI::App* list = Add(*releases, "list", "What is loaded; * marks the active release of each system", List, true,
                       options, exit_code);
  AddServerOptions(*list, options->server);
  CLI::App* verify = Add(*releases, "verify", "Read every byte of every release", Verify, true, options, exit_code);
  AddServerOptions(*verify, options->server);

  CLI::App* log =
      Add(*releases, "log", "Who imported and activated what, the newest first", Log, true, options, exit_code);
  AddServerOptions(*log, options->server);
  log->add_option("--limit", options->limit, "Entries at most")->check(CLI::Range(1, 10'000))->capture_default_str();

  CLI::App* activate =
      Add(*releases, "activate", "Make a release the active one of its system", Activate, false, options, exit_code);
  AddServerOptions(*activate, options->server);
  activate->add_option("system", options->system, "Canonical URI of the code system")->required()->type_name("URI");
  activate->add_option("version", options->version, "Version of the release")->required()->type_name("VERSION");

  CLI::App* rollback =
      Add(*releases, "rollback", "Make the release active that was active before", RollBack, false, options, exit_code);
  AddServerOptions(*rollback, options->server);
  rollback->add_option("system", options->system, "Canonical URI of the code system")
      ->type_name("URI")
      ->capture_default_str();

  CLI::App* diff = Add(*releases, "diff",
                       "What changed between two releases: codes added, removed, retitled, billable "
                       "codes that became headers and headers that became billable",
                       Diff, true, options, exit_code);
  AddServerOptions(*diff, options->server);
  diff->add_option("from", options->version, "Version of the older release")->required()->type_name("VERSION");
  diff->add_option("to", options->other_version, "Version of the newer release")->required()->type_name("VERSION");
  diff->add_option("--system", options->system, "Canonical URI of the code system")
      ->type_name("URI")
      ->capture_default_str();
}

}  // namespace nosograph::cli
