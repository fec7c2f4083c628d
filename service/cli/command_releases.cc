#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "service/cli/command.h"
#include "service/cli/exit_code.h"
#include "service/cli/handlers_for.h"
#include "service/cli/json.h"
#include "service/cli/query_options.h"
#include "terminology/query/release_difference.h"
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

void WriteRelease(const store::LoadedRelease& release, JsonLine& json) {
  json.Text("system", release.system)
      .Text("version", release.version)
      .Text("extends", release.extends)
      .Text("supplements", release.supplements)
      .Text("valid_from", release.validity.from)
      .Text("valid_to", release.validity.to)
      .Flag("active", release.active)
      .Text("snapshot", release.snapshot);
}

// So that who watches a folder by a mistyped path does not take it for sound.
int NothingLoaded(const std::string& data) {
  return Fail(absl::NotFoundError("no release is loaded in " + data + "; import one, or give another --data"));
}

// What a service has loaded, in the form of what a data folder has.
absl::StatusOr<std::vector<store::LoadedRelease>> ReleasesOf(const ServerConnection& server) {
  const absl::StatusOr<service::TerminologyHandlers> handlers = HandlersFor(server, "");
  if (!handlers.ok()) return handlers.status();
  v1::ListReleasesResponse response;
  if (const absl::Status status = handlers->list_releases({}, {}, &response); !status.ok()) return status;
  std::vector<store::LoadedRelease> releases;
  for (const v1::Release& release : response.releases()) {
    releases.push_back({.system = release.system(),
                        .version = release.version(),
                        .extends = release.extends(),
                        .supplements = release.supplements(),
                        .validity = {release.valid_from(), release.valid_to()},
                        .snapshot = release.id(),
                        .active = release.active()});
  }
  return releases;
}

int List(const ReleasesOptions& options) {
  const absl::StatusOr<std::vector<store::LoadedRelease>> releases =
      options.server.asked() ? ReleasesOf(options.server) : store::DataFolder(options.data).Releases();
  if (!releases.ok()) return Fail(releases.status());
  if (releases->empty() && !options.server.asked()) return NothingLoaded(options.data);
  for (const store::LoadedRelease& release : *releases) {
    if (options.output == kJson) {
      JsonLine json;
      WriteRelease(release, json);
      std::cout << json.Take();
      continue;
    }
    std::cout << (release.active ? "* " : "  ") << release.system << " " << release.version;
    if (!release.validity.from.empty()) std::cout << ", valid from " << release.validity.from;
    if (!release.validity.to.empty()) std::cout << " to " << release.validity.to;
    if (!release.extends.empty()) std::cout << ", extends " << release.extends;
    if (!release.supplements.empty()) std::cout << ", supplements " << release.supplements;
    std::cout << ", snapshot " << release.snapshot.substr(0, 12) << "\n";
  }
  return kOk;
}

int PrintActivation(const absl::StatusOr<store::Activation>& activation) {
  if (!activation.ok()) return Fail(activation.status());
  const std::optional<store::LoadedRelease>& before = activation->before;
  std::cout << "active: " << activation->now.system << " " << activation->now.version;
  if (before) {
    std::cout << ", before: " << before->version;
    if (before->version == activation->now.version && before->snapshot != activation->now.snapshot) {
      std::cout << " with other content (snapshot " << before->snapshot.substr(0, 12) << ")";
    }
  }
  std::cout << "\n";
  for (const std::string& warning : activation->warnings) std::cerr << "warning: " << warning << "\n";
  return kOk;
}

int Activate(const ReleasesOptions& options) {
  return PrintActivation(store::DataFolder(options.data).Activate(options.system, options.version, UserName()));
}

int RollBack(const ReleasesOptions& options) {
  return PrintActivation(store::DataFolder(options.data).RollBack(options.system, UserName()));
}

// Every release is looked at, whatever the first one says.
int Verify(const ReleasesOptions& options) {
  const store::DataFolder folder(options.data);
  const absl::StatusOr<std::vector<store::LoadedRelease>> releases = folder.Releases();
  if (!releases.ok()) return Fail(releases.status());
  if (releases->empty()) return NothingLoaded(options.data);
  int exit_code = kOk;
  for (const store::LoadedRelease& loaded : *releases) {
    const absl::StatusOr<snapshot::Release> release = folder.OpenRelease(loaded);
    if (!release.ok()) exit_code = Fail(release.status());
    if (options.output == kJson) {
      JsonLine json;
      WriteRelease(loaded, json);
      json.Flag("sound", release.ok()).Text("problem", std::string(release.status().message()));
      std::cout << json.Take();
    } else if (release.ok()) {
      std::cout << "sound: " << loaded.system << " " << loaded.version << ", every byte verified\n";
    }
  }
  return exit_code;
}

int Log(const ReleasesOptions& options) {
  const absl::StatusOr<std::vector<store::Event>> events = store::DataFolder(options.data).Events(options.limit);
  if (!events.ok()) return Fail(events.status());
  for (const store::Event& event : *events) {
    if (options.output == kJson) {
      JsonLine json;
      json.Text("at", event.at).Text("by", event.by).Text("what", event.what).Text("system", event.system);
      json.Text("version", event.version).Text("snapshot", event.snapshot);
      std::cout << json.Take();
    } else {
      std::cout << event.at << "  " << event.what << "  " << event.system << " " << event.version
                << (event.by.empty() ? "" : ", by ") << event.by << "\n";
    }
  }
  return kOk;
}

using query::Change;

int Diff(const ReleasesOptions& options) {
  const absl::StatusOr<snapshot::ReleaseSet> set = LoadReleases(options.data);
  if (!set.ok()) return Fail(set.status());
  const auto from = set->Select(options.system, {.version = options.version});
  if (!from.ok()) return Fail(from.status());
  const auto to = set->Select(options.system, {.version = options.other_version});
  if (!to.ok()) return Fail(to.status());
  for (const snapshot::Release* side : {*from, *to}) {
    if (!side->snapshot->fragment()) continue;
    std::cerr << "warning: " << side->snapshot->version()
              << " is an excerpt: that a code is not in it does not say that it was added or removed\n";
  }
  const std::vector<Change> changes = query::Difference(**from, **to);
  for (const Change& change : changes) {
    if (options.output == kJson) {
      JsonLine json;
      json.Text("change", query::ChangeName(change.kind)).Text("code", change.code());
      json.Text("from_title", change.from ? change.from->title() : "");
      json.Text("to_title", change.to ? change.to->title() : "");
      std::cout << json.Take();
      continue;
    }
    std::cout << query::ChangeName(change.kind) << "  " << change.code() << "  "
              << (change.to ? change.to->title() : change.from->title());
    if (change.kind == Change::Kind::kRetitled) std::cout << "  (before: " << change.from->title() << ")";
    std::cout << "\n";
  }
  if (options.output == kJson) return kOk;
  std::cout << "from " << options.version << " to " << options.other_version << ":";
  for (const Change::Kind kind : query::kChangeKinds) {
    std::cout << " " << std::count_if(changes.begin(), changes.end(), [&](const Change& c) { return c.kind == kind; })
              << " " << query::ChangeName(kind) << (kind == query::kChangeKinds.back() ? "\n" : ",");
  }
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
  CLI::App* releases = app.add_subcommand("releases", "The releases of the data folder");
  releases->require_subcommand(1);
  const auto options = std::make_shared<ReleasesOptions>();
  CLI::App* list = Add(*releases, "list", "What is loaded; * marks the active release of each system", List, true,
                       options, exit_code);
  AddServerOptions(*list, options->server);
  Add(*releases, "verify", "Read every byte of every release", Verify, true, options, exit_code);

  CLI::App* log =
      Add(*releases, "log", "Who imported and activated what, the newest first", Log, true, options, exit_code);
  log->add_option("--limit", options->limit, "Entries at most")->check(CLI::Range(1, 1'000'000))->capture_default_str();

  CLI::App* activate =
      Add(*releases, "activate", "Make a release the active one of its system", Activate, false, options, exit_code);
  activate->add_option("system", options->system, "Canonical URI of the code system")->required()->type_name("URI");
  activate->add_option("version", options->version, "Version of the release")->required()->type_name("VERSION");

  CLI::App* rollback =
      Add(*releases, "rollback", "Make the release active that was active before", RollBack, false, options, exit_code);
  rollback->add_option("system", options->system, "Canonical URI of the code system")
      ->type_name("URI")
      ->capture_default_str();

  CLI::App* diff = Add(*releases, "diff",
                       "What changed between two releases: codes added, removed, retitled, billable "
                       "codes that became headers and headers that became billable",
                       Diff, true, options, exit_code);
  diff->add_option("from", options->version, "Version of the older release")->required()->type_name("VERSION");
  diff->add_option("to", options->other_version, "Version of the newer release")->required()->type_name("VERSION");
  diff->add_option("--system", options->system, "Canonical URI of the code system")
      ->type_name("URI")
      ->capture_default_str();
}

}  // namespace nosograph::cli
