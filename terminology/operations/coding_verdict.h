// What is found out of one coding, and how issues name the fields of it (terminology ecosystem IG).
//
// A plain value.
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_VERDICT_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_VERDICT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "terminology/fhir/outcome.h"
#include "terminology/query/concept_ref.h"

namespace nosograph::operations {

// What is found out of one coding.
struct CodingVerdict {
  std::optional<query::ConceptRef> item = {};  // the concept, where there is one in the system asked
  bool valid = false;
  std::vector<fhir::Issue> issues = {};
  std::string unknown_system = {};  // that is not loaded, or not in that version
  bool caused = false;              // other versions of it are, or a value set asks for it
  std::string version = {};         // in which it was looked for, where it is not there
  std::string display = {};         // of the concept, in the language wanted
  bool named = true;                // whether the answer tells code and system
  bool shown = true;                // whether it tells version and display
};

// Where a field stands: "Coding.code", or the field alone where `path` is empty.
std::string Path(const std::string& path, absl::string_view field);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_CODING_VERDICT_H_
