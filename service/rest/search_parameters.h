// What CodeSystems, ValueSets and ConceptMaps are searched by beside their url, version, name, title and status (FHIR
// R4 and R5, "Search Parameters" of each).
//
// Thread-safe: functions without state.
//
//   for (const SearchedBy& parameter : SearchParametersOf("ValueSet")) ...
#ifndef NOSOGRAPH_SERVICE_REST_SEARCH_PARAMETERS_H_
#define NOSOGRAPH_SERVICE_REST_SEARCH_PARAMETERS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "service/rest/kept_resources.h"
#include "terminology/fhir/version.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

// What a resource says at a parameter; a plain text has no system.
struct SearchedValue {
  std::string system = {};
  std::string text = {};
};

// What is searched: of the two the one that there is.
struct SearchedResource {
  const KeptResource* kept = nullptr;
  const snapshot::Release* release = nullptr;  // a code system; of a ValueSet that of all its codes
};

enum class SearchedType { kToken, kUri, kString, kDate };

struct SearchedBy {
  const char* name;
  SearchedType type;
  const char* documentation;
  std::vector<SearchedValue> (*values)(const SearchedResource& resource);
  // Instead of `values` where there are too many to list.
  bool (*has)(const SearchedResource& resource, absl::string_view value) = nullptr;
  bool in_r4 = true;
  bool in_r5 = true;
  bool In(fhir::Version version) const { return version == fhir::Version::kR5 ? in_r5 : in_r4; }
};

absl::Span<const SearchedBy> SearchParametersOf(absl::string_view type);

// The values that are asked, parted by commas, of which a backslash makes a plain character. Errors: InvalidArgument
// for a date that is none.
absl::StatusOr<std::vector<std::string>> ReadChoices(const SearchedBy& parameter, absl::string_view asked);

// Whether a resource fits any of them. Dates may have a prefix, such as "ge", and count as far as both are written.
bool Fits(const SearchedBy& parameter, const SearchedResource& resource, absl::Span<const std::string> choices);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_SEARCH_PARAMETERS_H_
