#include "terminology/query/release_difference.h"

#include <algorithm>

namespace nosograph::query {
namespace {

using snapshot::Release;
using snapshot::Snapshot;

bool IsCode(const Snapshot& snapshot, uint32_t item) {
  const model::ConceptKind kind = snapshot.kind(item);
  return kind != model::ConceptKind::kChapter && kind != model::ConceptKind::kBlock;
}

// Whether `title` is a further name of the concept, without a use of its own: the title that the tabular list has where
// the order file's is the official one.
bool IsAlsoCalled(const ConceptRef& item, absl::string_view title) {
  for (const snapshot::DesignationRecord& record : item.snapshot().designations(item.item)) {
    const Snapshot::DesignationView designation = item.snapshot().Read(record);
    if (designation.use.empty() && designation.value == title) return true;
  }
  return false;
}

// Two releases of which one was imported with the order file, and one without, name a concept from different files.
bool SameTitle(const ConceptRef& then, const ConceptRef& now) {
  return then.title() == now.title() || IsAlsoCalled(then, now.title()) || IsAlsoCalled(now, then.title());
}

// Billable concepts of the subtree of `top` that `wanted` takes.
template <typename Wanted>
std::vector<ConceptRef> Billable(const Release& release, uint32_t top, size_t limit, const Wanted& wanted) {
  std::vector<ConceptRef> found;
  const Snapshot& snapshot = *release.snapshot;
  for (uint32_t item = top; item < snapshot.subtree_end(top) && found.size() < limit; ++item) {
    if (snapshot.billable(item) && wanted(item)) found.push_back({&release, item});
  }
  return found;
}

}  // namespace

std::vector<Change> Difference(const Release& from, const Release& to) {
  const Snapshot& before = *from.snapshot;
  const Snapshot& after = *to.snapshot;
  std::vector<Change> changes;
  for (uint32_t item = 0; item < after.concept_count(); ++item) {
    if (!IsCode(after, item)) continue;
    const ConceptRef now{&to, item};
    const std::optional<uint32_t> known = before.Find(after.code(item));
    if (!known) {
      changes.push_back({Change::Kind::kAdded, std::nullopt, now});
      continue;
    }
    const ConceptRef then{&from, *known};
    if (then.billable() != now.billable()) {
      changes.push_back(
          {then.billable() ? Change::Kind::kBillableToHeader : Change::Kind::kHeaderToBillable, then, now});
    } else if (!SameTitle(then, now)) {
      changes.push_back({Change::Kind::kRetitled, then, now});
    }
  }
  for (uint32_t item = 0; item < before.concept_count(); ++item) {
    if (IsCode(before, item) && !after.Find(before.code(item))) {
      changes.push_back({Change::Kind::kRemoved, ConceptRef{&from, item}, std::nullopt});
    }
  }
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.kind < b.kind; });
  return changes;
}

std::vector<ConceptRef> Successors(const ConceptRef& retired, const Release& to, size_t limit) {
  const Snapshot& before = retired.snapshot();
  const Snapshot& after = *to.snapshot;
  const auto added = [&](uint32_t item) { return !before.Find(after.code(item)); };
  if (const std::optional<uint32_t> same = after.Find(retired.code())) {
    return Billable(to, *same, limit, [](uint32_t) { return true; });
  }
  std::vector<ConceptRef> same_title;
  for (uint32_t item = 0; item < after.concept_count() && same_title.size() < limit; ++item) {
    if (after.billable(item) && after.title(item) == retired.title() && added(item)) same_title.push_back({&to, item});
  }
  if (!same_title.empty()) return same_title;
  for (std::optional<uint32_t> above = before.parent(retired.item); above; above = before.parent(*above)) {
    if (!IsCode(before, *above)) break;  // a block says too little
    const std::optional<uint32_t> there = after.Find(before.code(*above));
    if (!there) continue;
    std::vector<ConceptRef> siblings = Billable(to, *there, after.concept_count(), added);
    if (siblings.empty()) continue;
    if (before.seventh_character(retired.item)) {  // the encounter stays the same
      std::stable_partition(siblings.begin(), siblings.end(),
                            [&](const ConceptRef& sibling) { return sibling.code().back() == retired.code().back(); });
    }
    siblings.resize(std::min(siblings.size(), limit));
    return siblings;
  }
  return {};
}

}  // namespace nosograph::query
