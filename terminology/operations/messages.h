// The words of issues that terminology servers share: one table, by the ids that FHIR's validator knows them by, so
// that they can be put into another language in one place.
//
// Thread-safe: functions without state.
//
//   Message("Unknown_Code_in_Version", {code, system, version})
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_MESSAGES_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_MESSAGES_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace nosograph::operations {

// The text of a message with `arguments` in the places {0}, {1} ...; the id itself for one that the table does not
// have.
std::string Message(absl::string_view id, std::initializer_list<absl::string_view> arguments);

// "A, B or C".
std::string OneOf(std::vector<std::string> choices);

// Whether the table has it.
bool HasMessage(absl::string_view id);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_MESSAGES_H_
