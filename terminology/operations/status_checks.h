// Resources whose status asks for care: deprecated, withdrawn, retired, and experimental or draft ones that another,
// which is neither, builds on (terminology ecosystem IG: warning-* of expansions, issues "status-check").
//
// Thread-safe: functions without state over an immutable set.
//
//   for (const StatusCheck& check : StatusChecksOf(set, value_set)) issues.push_back(IssueOf(check));
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_STATUS_CHECKS_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_STATUS_CHECKS_H_

#include <optional>
#include <string>
#include <vector>

#include "terminology/fhir/outcome.h"
#include "terminology/operations/value_set.h"

namespace nosograph::operations {

struct StatusCheck {
  const char* status;      // "deprecated"
  const char* message_id;  // "MSG_DEPRECATED"
  const char* type;        // "CodeSystem", "ValueSet"
  std::string canonical;
};

// Of a code system that `source` speaks of; of itself alone where that is null.
std::optional<StatusCheck> StatusCheckOf(const snapshot::Release& release, const ValueSet* source);

// Of the value set and those that it imports, each once.
std::vector<StatusCheck> StatusChecksOfValueSets(const ValueSet& value_set);

// The same, and of the code systems that they speak of, each once.
std::vector<StatusCheck> StatusChecksOf(const snapshot::ReleaseSet& set, const ValueSet& value_set);

fhir::Issue IssueOf(const StatusCheck& check);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_STATUS_CHECKS_H_
