// What a note calls the concept that it refers to: "acute bronchospasm (J98.01)" is a name of J98.01.
//
// Only a note that refers to one code alone, at its end, names it. Thread-safe: a function without state.
//
//   NameOfReference(NoteKind::kExcludes1, "acute bronchospasm (J98.01)")  // {"acute bronchospasm", "J98.01"}
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_REFERENCE_NAME_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_REFERENCE_NAME_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "terminology/model/code_system.h"

namespace nosograph::snapshot {

struct ReferenceName {
  absl::string_view name;  // a part of the note
  std::string code;
};

// Nothing where the note names no concept.
std::optional<ReferenceName> NameOfReference(model::NoteKind kind, absl::string_view note);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_REFERENCE_NAME_H_
