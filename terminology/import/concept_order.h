// Puts the concepts of a code system, whose parents are told by code, into an order with parents before children.
//
// Thread-safe: a function without state.
//
//   RETURN_IF_ERROR(PutParentsFirst({{.item = 1, .other = "a", .path = "/concept/1", .kind = Kind::kParent}}, system));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_CONCEPT_ORDER_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_CONCEPT_ORDER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "terminology/model/code_system.h"

namespace nosograph::import {

// One statement about the hierarchy.
struct ConceptEdge {
  enum class Kind {
    kNested,  // `other` is the concept that `item` stands in
    kParent,  // `other` is a parent of `item`
    kChild,   // `other` is a child of `item`
  };

  uint32_t item;      // index into CodeSystem::concepts
  std::string other;  // a code
  std::string path;   // where it stands in the source, for messages
  Kind kind;
};

// Sets parent and other_parents of each concept, the parent that it is nested in first, else in the order of the
// source; what is said twice counts once. Concepts keep their order as far as parents allow. Errors: InvalidArgument
// for a code that is none of the code system's, that stands twice, or for a cycle, with the codes and the remedy.
absl::Status PutParentsFirst(const std::vector<ConceptEdge>& edges, model::CodeSystem& system);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_CONCEPT_ORDER_H_
