// The order that concepts stand in in a snapshot, and what a hierarchy with several parents needs beside it.
//
// Every concept has its place below its first parent: that makes a tree, in which "c is below a" is a comparison of
// intervals. Ancestors off that tree are kept as sorted lists, which concepts share: one that has no further parent has
// the list of its first parent. Thread-safe: functions without state.
//
//   const Hierarchy hierarchy = OrderHierarchy(parents);
//   ASSIGN_OR_RETURN(AncestorLists lists, ListAncestors(parents, further, hierarchy));
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_HIERARCHY_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_HIERARCHY_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/snapshot/format.h"

namespace nosograph::snapshot {

struct Hierarchy {
  std::vector<uint32_t> items;     // by position: the number that the concept came as
  std::vector<uint32_t> position;  // the inverse
  std::vector<uint32_t> end;       // by position: one behind the last concept of the subtree
  bool as_given = true;            // the concepts came in this order
};

// Siblings keep the order they came in. `parents` are numbers of concepts that came before, or kNone.
Hierarchy OrderHierarchy(const std::vector<uint32_t>& parents);

struct AncestorLists {
  std::vector<uint32_t> list_of;    // by position: a list, kNone for none; empty where no concept has a further parent
  std::vector<uint32_t> ends;       // by list
  std::vector<uint32_t> ancestors;  // positions
};

// `further` has the further parents, by concept, both as the numbers that they came as. Errors: InvalidArgument when
// the lists grow beyond what a snapshot should hold.
absl::StatusOr<AncestorLists> ListAncestors(const std::vector<uint32_t>& parents,
                                            const std::vector<ParentRecord>& further, const Hierarchy& hierarchy);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_HIERARCHY_H_
