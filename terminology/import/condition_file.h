// One JSON file of condition knowledge, as content/condition-knowledge.schema.json describes it.
//
// Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::Read(path));
//   ASSIGN_OR_RETURN(model::ConditionKnowledge knowledge, ReadCondition(document));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_CONDITION_FILE_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_CONDITION_FILE_H_

#include "absl/status/statusor.h"
#include "terminology/import/json_reader.h"
#include "terminology/model/condition_knowledge.h"

namespace nosograph::import {

// Errors: InvalidArgument that names file, place and remedy: a field missing, unknown or of another type, a text that
// is empty, a statement without a source or with one that is not listed, a source that no statement names.
absl::StatusOr<model::ConditionKnowledge> ReadCondition(const JsonDocument& document);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_CONDITION_FILE_H_
