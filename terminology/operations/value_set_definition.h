// A ValueSet resource, read: what it includes and excludes, before it is known what versions and value sets that means
// (FHIR R5 4.9, R4 4.9: ValueSet.compose).
//
// A plain value. Immutable once read, and thread-safe then: a value set that is kept is read once and asked often.
//
//   ASSIGN_OR_RETURN(const std::shared_ptr<const ValueSetDefinition> definition, ReadValueSetDefinition(json));
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_DEFINITION_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_DEFINITION_H_

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "terminology/model/code_system.h"

namespace nosograph::operations {

// One filter of an include (FHIR R5 ValueSet.compose.include.filter).
struct Filter {
  std::string property;
  std::string op;
  std::string value;
  absl::flat_hash_set<std::string> values = {};     // of in and not-in
  std::shared_ptr<const RE2> expression = nullptr;  // of regex, which is matched in linear time
  std::string at = {};                              // where it stands: "ValueSet.compose.include[0].filter[0]"
};

// What a value set says of a concept that it lists (FHIR R5 ValueSet.compose.include.concept).
struct ListedConcept {
  std::string display = {};
  std::string extensions = {};  // FHIR extensions, a JSON list; empty for none
  bool deprecated = false;      // as they say
  std::vector<model::Designation> designations = {};
};

struct IncludeDefinition {
  std::string system = {};  // empty where value sets alone are imported
  std::string version = {};
  std::vector<std::string> codes = {};                          // in the order that they are listed, each once
  absl::flat_hash_map<std::string, ListedConcept> listed = {};  // the same, with what is said of them
  std::vector<Filter> filters = {};
  std::vector<std::string> value_sets = {};  // canonicals; "#ID" is contained
};

struct ValueSetDefinition {
  std::string id = {};
  std::string url = {};
  std::string version = {};
  std::string version_algorithm = {};  // a code of http://hl7.org/fhir/version-algorithm; empty where it does not say
  std::string name = {};
  std::string language = {};          // its own
  std::string display_language = {};  // in which the composition wants displays, unless a request says otherwise
  std::string status = {};
  std::string standards_status = {};  // "deprecated", "withdrawn" ...: of the extension of that name
  bool experimental = false;
  // Has a compose, or else a whole expansion, which counts as a list; without either nothing can be told of its codes.
  bool composed = false;
  std::string locked_date = {};              // the releases of that day are meant (compose.lockedDate); empty for none
  std::vector<std::string> properties = {};  // that an expansion is to tell (compose.property, R5)
  bool inactive = true;                      // whether what is inactive is in it (compose.inactive)
  std::optional<bool> versions_match = {};
  std::vector<std::string> supplements = {};  // canonicals of those that it wants used
  std::vector<std::shared_ptr<const IncludeDefinition>> includes = {};
  std::vector<std::shared_ptr<const IncludeDefinition>> excludes = {};
  std::vector<std::shared_ptr<const ValueSetDefinition>> contained = {};
  std::string resource = {};  // JSON, as it was sent; empty for a contained one
  absl::Status problem = {};  // why it cannot be used: of ReadSentValueSet
};

// Of includes and excludes, and of filters of one.
inline constexpr size_t kMostParts = 100;

// Errors: InvalidArgument, with its place, for what is no ValueSet or wrongly composed, and for an operator that is not
// understood, which is never passed over; ResourceExhausted for more than kMostParts.
absl::StatusOr<std::shared_ptr<const ValueSetDefinition>> ReadValueSetDefinition(absl::string_view json);

// One that comes beside others: what is wrong with it is told when it is used, since most of them are not.
std::shared_ptr<const ValueSetDefinition> ReadSentValueSet(const std::string& json);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_VALUE_SET_DEFINITION_H_
