#include "terminology/import/concept_order.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::import {
namespace {

using Parents = std::vector<std::vector<uint32_t>>;  // by concept, the first parent first

absl::StatusOr<Parents> ReadParents(const std::vector<ConceptEdge>& edges, const model::CodeSystem& system) {
  absl::flat_hash_map<absl::string_view, uint32_t> index;
  for (uint32_t i = 0; i < system.concepts.size(); ++i) {
    if (!index.emplace(system.concepts[i].code, i).second) {
      return absl::InvalidArgumentError(absl::StrCat(system.url, ": code ", base::Excerpt(system.concepts[i].code),
                                                     " stands twice; remove one of the two"));
    }
  }
  Parents parents(system.concepts.size());
  for (const ConceptEdge& edge : edges) {
    const auto other = index.find(edge.other);
    if (other == index.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          system.url, ": ", edge.path, ": '", base::Excerpt(edge.other), "' is given as ",
          edge.kind == ConceptEdge::Kind::kChild ? "child" : "parent", " of ",
          base::Excerpt(system.concepts[edge.item].code), " and is no code of the code system; add or correct it"));
    }
    const bool child = edge.kind == ConceptEdge::Kind::kChild;
    std::vector<uint32_t>& of = parents[child ? other->second : edge.item];
    const uint32_t parent = child ? edge.item : other->second;
    if (std::find(of.begin(), of.end(), parent) == of.end()) of.push_back(parent);
  }
  return parents;
}

// The codes of a cycle that `item` leads into, since all that is left has a parent that is left.
std::string CycleOf(uint32_t item, const Parents& parents, const std::vector<bool>& placed,
                    const model::CodeSystem& system) {
  std::vector<uint32_t> path;
  while (std::find(path.begin(), path.end(), item) == path.end()) {
    path.push_back(item);
    item = *std::find_if(parents[item].begin(), parents[item].end(), [&](uint32_t above) { return !placed[above]; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), item));
  constexpr size_t kShown = 8;
  if (path.size() > kShown) path.resize(kShown);
  return absl::StrJoin(
      path, ", ", [&](std::string* out, uint32_t concept_) { *out += base::Excerpt(system.concepts[concept_].code); });
}

}  // namespace

absl::Status PutParentsFirst(const std::vector<ConceptEdge>& edges, model::CodeSystem& system) {
  ASSIGN_OR_RETURN(const Parents parents, ReadParents(edges, system));
  const auto count = static_cast<uint32_t>(system.concepts.size());
  std::vector<bool> placed(count);
  std::vector<uint32_t> order;
  order.reserve(count);
  // Depth first: before a concept, those of its parents that are not there yet.
  struct Visit {
    uint32_t item;
    size_t next_parent;
  };
  std::vector<bool> open(count);
  std::vector<Visit> stack;
  for (uint32_t start = 0; start < count; ++start) {
    if (placed[start]) continue;
    stack.push_back({start, 0});
    open[start] = true;
    while (!stack.empty()) {
      Visit& visit = stack.back();
      if (visit.next_parent < parents[visit.item].size()) {
        const uint32_t parent = parents[visit.item][visit.next_parent++];
        if (placed[parent]) continue;
        if (open[parent]) {
          return absl::InvalidArgumentError(absl::StrCat(system.url, ": the concepts ",
                                                         CycleOf(parent, parents, placed, system),
                                                         " are each other's ancestors; remove a parent of one"));
        }
        open[parent] = true;
        stack.push_back({parent, 0});
        continue;
      }
      placed[visit.item] = true;
      order.push_back(visit.item);
      stack.pop_back();
    }
  }
  std::vector<uint32_t> place(count);
  for (uint32_t i = 0; i < count; ++i) place[order[i]] = i;
  std::vector<model::Concept> ordered;
  ordered.reserve(count);
  for (const uint32_t item : order) {
    model::Concept& moved = ordered.emplace_back(std::move(system.concepts[item]));
    for (const uint32_t parent : parents[item]) {
      if (moved.parent) {
        moved.other_parents.push_back(place[parent]);
      } else {
        moved.parent = place[parent];
      }
    }
  }
  system.concepts = std::move(ordered);
  return absl::OkStatus();
}

}  // namespace nosograph::import
