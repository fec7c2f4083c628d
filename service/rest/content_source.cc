#include "service/rest/content_source.h"

#include <algorithm>
#include <string>
#include <utility>

#include "terminology/import/fhir_own_code_systems.h"
#include "terminology/operations/system_versions.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::rest {
namespace {

using operations::Content;
using operations::IsLater;

using snapshot::Release;
using snapshot::ReleaseSet;

std::vector<Release> OwnOf(const std::string& version) {
  std::vector<Release> releases;
  // Built in and tested: value() ends a program that was built with something else.
  const std::vector<model::CodeSystem> systems = import::FhirOwnCodeSystems(version).value();
  for (const model::CodeSystem& system : systems) {
    std::string bytes = snapshot::WriteSnapshot(system).value();
    releases.push_back(
        {.snapshot =
             snapshot::Snapshot::FromBytes(std::move(bytes), system.url, snapshot::Verification::kHeader).value(),
         .id = system.url});
  }
  return releases;
}

// Those of `more` that are not there yet; the latest of a system that nothing else has is its active one.
void Add(const std::vector<Release>& more, std::vector<Release>& releases) {
  for (const Release& release : more) {
    Release added = release;
    for (Release& known : releases) {
      if (known.snapshot->url() != added.snapshot->url() || !known.active) continue;
      if (IsLater(added, known)) {
        known.active = false;
      } else {
        added.active = false;
      }
    }
    const bool there = std::any_of(releases.begin(), releases.end(), [&](const Release& known) {
      return known.snapshot->url() == added.snapshot->url() && known.snapshot->version() == added.snapshot->version();
    });
    if (!there) releases.push_back(std::move(added));
  }
}

}  // namespace

ContentSource::ContentSource(std::shared_ptr<const snapshot::LiveReleases> live,
                             std::shared_ptr<const KeptResources> kept)
    : live_(std::move(live)),
      kept_(std::move(kept)),
      own_{OwnOf("4.0.1"), OwnOf("5.0.0")},
      combined_(std::make_shared<const Combined>()) {}

ContentSource::View ContentSource::Get() const {
  View view;
  if (kept_ != nullptr) view.kept_ = kept_->Get();
  const snapshot::LiveReleases::Pin releases = live_->Get();
  const auto fits = [&](const Combined& combined) {
    return combined.releases == releases->id() && combined.kept == (view.kept_ == nullptr ? 0 : view.kept_->number);
  };
  {
    const LiveCombined::Pin combined = combined_.Get();
    view.combined_ = *combined;
  }
  if (fits(*view.combined_)) return view;
  const base::MutexLock lock(mutex_);
  view.combined_ = Combine(*releases, view.kept_.get());
  combined_.Swap(view.combined_);
  return view;
}

std::shared_ptr<const ContentSource::Combined> ContentSource::Combine(const ReleaseSet& releases,
                                                                      const KeptSet* kept) const {
  auto combined = std::make_shared<Combined>();
  combined->releases = releases.id();
  combined->kept = kept == nullptr ? 0 : kept->number;
  const bool any_kept = kept != nullptr && !kept->by_id.empty();
  for (size_t i = 0; i < own_.size(); ++i) {
    Content& content = combined->content[i];
    content.compiled = compiled_;
    if (any_kept) content.kept = kept->resources;
    // Before anything is loaded nothing is told, not even what is built in.
    if (releases.empty() && !any_kept) continue;
    std::vector<Release> all = releases.releases();
    if (any_kept) Add(kept->releases, all);
    Add(own_[i], all);
    content.releases = ReleaseSet(std::move(all));
  }
  return combined;
}

}  // namespace nosograph::rest
