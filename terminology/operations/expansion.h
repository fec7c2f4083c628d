// The expansion of a value set as a resource: its metadata, the parameters that had a say, and the concepts of a page,
// nested or flat, with displays in the languages wanted, designations and properties (FHIR R5 4.9.5).
//
// Thread-safe: functions without state over an immutable set.
//
//   const std::string body = WriteExpansion(set, value_set, asked, page);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_EXPANSION_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_EXPANSION_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "terminology/fhir/version.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/system_versions.h"
#include "terminology/operations/value_set.h"
#include "terminology/query/concept_ref.h"

namespace nosograph::operations {

// The concepts of a page, in order, and how many there are in all.
struct ExpansionPage {
  bool ranked = false;  // best first, so that the order says something
  uint64_t total = 0;
  std::vector<query::ConceptRef> items = {};
};

// The property that stands for each.
inline constexpr absl::string_view kAllProperties = "*";

// What a request wants of an expansion.
struct ExpansionAsked {
  std::string filter;
  std::optional<uint32_t> count;
  uint32_t offset = 0;
  bool active_only = false;
  bool offset_given = false;
  // As they were given; nothing where they were not.
  std::optional<bool> active_given = {};
  std::optional<bool> exclude_nested = {};
  std::optional<bool> designations = {};
  std::optional<bool> definitions = {};
  std::vector<std::string> properties = {};
  fhir::Version version = fhir::Version::kR5;  // R4 has extensions for what only R5 has elements for
  SystemVersions versions = {};
  DisplayLanguages languages = {};
  std::vector<std::string> designation_tokens = {};

  bool Wants(absl::string_view property) const {
    return std::any_of(properties.begin(), properties.end(),
                       [&](const std::string& wanted) { return wanted == property || wanted == kAllProperties; });
  }

  bool OnPage(uint64_t index) const { return index >= offset && (!count || index < uint64_t{offset} + *count); }
};

std::string WriteExpansion(const snapshot::ReleaseSet& set, const ValueSet& value_set, const ExpansionAsked& asked,
                           const ExpansionPage& page);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_EXPANSION_H_
