#include "terminology/snapshot/hierarchy.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"

namespace nosograph::snapshot {
namespace {

// SNOMED CT, the largest classification with several parents, needs about five million.
constexpr size_t kMostListedAncestors = 100'000'000;

// Collects the lists in the order that the concepts came in, so that those of parents are there before their
// children's.
class AncestorCollector {
 public:
  AncestorCollector(const std::vector<uint32_t>& parents, const Hierarchy& hierarchy)
      : parents_(parents), hierarchy_(hierarchy), list_of_(parents.size(), kNone) {}

  // `further` are the further parents of `item`; false when there is too much.
  bool Add(uint32_t item, absl::Span<const ParentRecord> further) {
    const uint32_t inherited = parents_[item] == kNone ? kNone : list_of_[parents_[item]];
    list_of_[item] = inherited;
    if (further.empty()) return true;
    const uint32_t place = hierarchy_.position[item];
    const auto on_the_tree = [&](uint32_t above) { return above < place && place < hierarchy_.end[above]; };
    found_.clear();
    AddList(inherited);
    for (const ParentRecord& record : further) {
      // As far as the tree that the concept stands in: from there on all is above it anyway.
      for (uint32_t above = record.parent; above != kNone && !on_the_tree(hierarchy_.position[above]);
           above = parents_[above]) {
        found_.push_back(hierarchy_.position[above]);
      }
      AddList(list_of_[record.parent]);
    }
    std::sort(found_.begin(), found_.end());
    found_.erase(std::unique(found_.begin(), found_.end()), found_.end());
    found_.erase(std::remove_if(found_.begin(), found_.end(), on_the_tree), found_.end());
    const absl::Span<const uint32_t> before = List(inherited);
    if (std::equal(found_.begin(), found_.end(), before.begin(), before.end())) return true;
    list_of_[item] = static_cast<uint32_t>(lists_.ends.size());
    lists_.ancestors.insert(lists_.ancestors.end(), found_.begin(), found_.end());
    lists_.ends.push_back(static_cast<uint32_t>(lists_.ancestors.size()));
    return lists_.ancestors.size() <= kMostListedAncestors;
  }

  AncestorLists Finish() {
    if (lists_.ends.empty()) return {};
    lists_.list_of.resize(list_of_.size());
    for (size_t i = 0; i < list_of_.size(); ++i) lists_.list_of[hierarchy_.position[i]] = list_of_[i];
    return std::move(lists_);
  }

 private:
  absl::Span<const uint32_t> List(uint32_t list) const {
    if (list == kNone) return {};
    const uint32_t begin = list == 0 ? 0 : lists_.ends[list - 1];
    return absl::MakeConstSpan(lists_.ancestors).subspan(begin, lists_.ends[list] - begin);
  }
  void AddList(uint32_t list) {
    const absl::Span<const uint32_t> added = List(list);
    found_.insert(found_.end(), added.begin(), added.end());
  }

  const std::vector<uint32_t>& parents_;
  const Hierarchy& hierarchy_;
  std::vector<uint32_t> list_of_;  // by the number that the concept came as
  std::vector<uint32_t> found_;
  AncestorLists lists_;
};

}  // namespace

Hierarchy OrderHierarchy(const std::vector<uint32_t>& parents) {
  const auto count = static_cast<uint32_t>(parents.size());
  // Children as linked lists in the order they come in: no allocation a concept.
  std::vector<uint32_t> first_child(count + 1, kNone);
  std::vector<uint32_t> last_child(count + 1, kNone);
  std::vector<uint32_t> next_sibling(count, kNone);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t parent = parents[i] == kNone ? count : parents[i];  // `count` stands for the root of all
    (first_child[parent] == kNone ? first_child[parent] : next_sibling[last_child[parent]]) = i;
    last_child[parent] = i;
  }
  Hierarchy order{{}, std::vector<uint32_t>(count), std::vector<uint32_t>(count)};
  order.items.reserve(count);
  std::vector<uint32_t> open;  // ancestors of the current concept
  uint32_t current = first_child[count];
  while (current != kNone) {
    order.position[current] = static_cast<uint32_t>(order.items.size());
    order.as_given = order.as_given && order.position[current] == current;
    order.items.push_back(current);
    if (first_child[current] != kNone) {
      open.push_back(current);
      current = first_child[current];
      continue;
    }
    order.end[order.position[current]] = static_cast<uint32_t>(order.items.size());
    while (next_sibling[current] == kNone && !open.empty()) {
      current = open.back();
      open.pop_back();
      order.end[order.position[current]] = static_cast<uint32_t>(order.items.size());
    }
    current = next_sibling[current];
  }
  return order;
}

absl::StatusOr<AncestorLists> ListAncestors(const std::vector<uint32_t>& parents,
                                            const std::vector<ParentRecord>& further, const Hierarchy& hierarchy) {
  if (further.empty()) return AncestorLists();
  AncestorCollector collector(parents, hierarchy);
  size_t next = 0;
  for (uint32_t item = 0; item < parents.size(); ++item) {
    const size_t begin = next;
    while (next < further.size() && further[next].item == item) ++next;
    if (!collector.Add(item, absl::MakeConstSpan(further).subspan(begin, next - begin))) {
      return absl::InvalidArgumentError(absl::StrCat("its concepts have more than ", kMostListedAncestors,
                                                     " ancestors beside their first parents; give them fewer parents"));
    }
  }
  return collector.Finish();
}

}  // namespace nosograph::snapshot
