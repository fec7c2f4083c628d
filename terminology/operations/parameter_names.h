// The names of the parameters that operations take, and which of them was meant where one is misspelt.
//
// Operations pass over what they do not know (FHIR asks them to); a slip of the pen must not pass for that.
//
// Thread-safe: a function without state.
//
//   const absl::string_view meant = MistakenFor("activeonly");  // "activeOnly"
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_PARAMETER_NAMES_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_PARAMETER_NAMES_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "terminology/fhir/parameters.h"
#include "terminology/operations/reply.h"

namespace nosograph::operations {

// The known name that this one is in other cases, or one slip away from: a letter too much, too few, another, or two
// swapped. Empty for a name that is known, and for one that is like none.
absl::string_view MistakenFor(absl::string_view name);

// The refusal of a request one of whose parameters is mistaken so; nothing where none is.
std::optional<Reply> RefuseMistaken(const fhir::Parameters& parameters);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_PARAMETER_NAMES_H_
