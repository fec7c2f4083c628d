// How resources are searched and read, whatever their type: paging, links, and how much of each is told.
//
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(const Shown shown, ReadShown(parameters));
//   return SearchSet({.base = base, .type = "CodeSystem", .asked = asked, .total = found.size(), ...}, shown);
#ifndef NOSOGRAPH_SERVICE_REST_SEARCH_SET_H_
#define NOSOGRAPH_SERVICE_REST_SEARCH_SET_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "terminology/fhir/parameters.h"
#include "terminology/operations/reply.h"

namespace nosograph::rest {

// What of a resource is told: all unless _summary or _elements say otherwise (FHIR R4 3.1.1.5.8, 3.1.1.5.9).
struct Shown {
  std::string summary = {};   // "true", "text", "data", "count", "false" or empty
  std::string elements = {};  // as they were asked, parted by commas
  std::optional<uint32_t> count = {};
  std::optional<uint32_t> offset = {};
};

// Errors: InvalidArgument for values that are none.
absl::StatusOr<Shown> ReadShown(const fhir::Parameters& parameters);

// `resource` with the elements that were asked, those that FHIR demands, and the tag SUBSETTED; as it stands where all
// were asked. `summary` are the names of those of its type that a summary has.
std::string Subset(const std::string& resource, const Shown& shown, absl::Span<const char* const> summary);

// "code", "system|code", "|code": whether a token that was asked fits, any of several parted by commas. What has no
// system is asked by an empty one.
bool TokenFits(absl::string_view asked, absl::string_view system, absl::string_view code);

struct Found {
  std::string base;  // the address that resources are read at
  const char* type;
  std::vector<std::pair<const char*, std::string>> asked;  // understood, for the links
  size_t total;
  std::function<std::string(size_t)> id;
  std::function<std::string(size_t)> resource;
  absl::Span<const char* const> summary;
};
operations::Reply SearchSet(const Found& found, const Shown& shown);

// The part behind the last slash of a resource, as a single one is read.
operations::Reply NoSuchResource(const char* type, absl::string_view id);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_SEARCH_SET_H_
