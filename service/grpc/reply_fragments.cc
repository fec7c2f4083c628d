#include "service/grpc/reply_fragments.h"

#include <optional>
#include <utility>
#include <vector>

#include "service/grpc/convert.h"

namespace nosograph::service {

using snapshot::Release;

ReplyFragments::ReplyFragments(std::shared_ptr<const snapshot::Snapshot> snapshot)
    : snapshot_(std::move(snapshot)),
      fragments_(std::make_unique<std::atomic<const Fragment*>[]>(snapshot_->concept_count())) {}

ReplyFragments::~ReplyFragments() {
  for (uint32_t item = 0; item < snapshot_->concept_count(); ++item) delete fragments_[item].load();
}

const ReplyFragments::Fragment& ReplyFragments::Get(uint32_t item) const {
  std::atomic<const Fragment*>& place = fragments_[item];
  if (const Fragment* made = place.load(std::memory_order_acquire)) return *made;
  const Release release{snapshot_, ""};
  auto fragment = std::make_unique<Fragment>();
  v1::Concept message;
  ToMessage({&release, item}, &message);
  message.SerializeToString(&fragment->concept_message);
  v1::ResolveResponse notes;
  AddNotes({&release, item}, &notes);
  notes.SerializeToString(&fragment->notes);
  if (const std::optional<query::Issue> issue = query::HeaderIssue({&release, item}, snapshot_->code(item))) {
    v1::ResolveResponse issues;
    ToMessage(*issue, issues.add_issues());
    issues.SerializeToString(&fragment->issues);
  }
  const Fragment* first = nullptr;
  if (place.compare_exchange_strong(first, fragment.get(), std::memory_order_acq_rel)) return *fragment.release();
  return *first;
}

snapshot::ReleaseSet WithFragments(const snapshot::ReleaseSet& set, const snapshot::ReleaseSet* held) {
  std::vector<Release> releases = set.releases();
  for (Release& release : releases) {
    if (held != nullptr) {
      for (const Release& other : held->releases()) {
        if (other.snapshot == release.snapshot) release.derived = other.derived;
      }
    }
    if (!release.derived) release.derived = std::make_shared<ReplyFragments>(release.snapshot);
  }
  return snapshot::ReleaseSet(std::move(releases));
}

}  // namespace nosograph::service
