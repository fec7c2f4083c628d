// Compiles a code system into the bytes of a snapshot.
//
// The same code system gives the same bytes, on every machine. Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(std::string bytes, WriteSnapshot(system));
//   RETURN_IF_ERROR(base::WriteFileAtomically(path, bytes));
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_WRITER_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_WRITER_H_

#include <string>

#include "absl/status/statusor.h"
#include "terminology/model/code_system.h"

namespace nosograph::snapshot {

// Concepts are put into hierarchical order; siblings keep the order they come in. Errors: those of
// model::CheckCodeSystem; InvalidArgument when texts or records exceed what 32 bits can count.
absl::StatusOr<std::string> WriteSnapshot(const model::CodeSystem& system);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_WRITER_H_
