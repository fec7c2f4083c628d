#include "terminology/snapshot/reference_name.h"

#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "terminology/model/note_reference.h"

namespace nosograph::snapshot {
namespace {

// Kinds whose notes tell of conditions that stand elsewhere. "Use additional code" and the like tell what to add.
bool TellsOfConditions(model::NoteKind kind) {
  switch (kind) {
    case model::NoteKind::kExcludes1:
    case model::NoteKind::kExcludes2:
    case model::NoteKind::kCodeFirst:
    case model::NoteKind::kCodeAlso:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<ReferenceName> NameOfReference(model::NoteKind kind, absl::string_view note) {
  if (!TellsOfConditions(kind)) return std::nullopt;
  absl::string_view rest = absl::StripTrailingAsciiWhitespace(note);
  if (!absl::ConsumeSuffix(&rest, ")")) return std::nullopt;
  const size_t open = rest.rfind('(');
  if (open == absl::string_view::npos || open == 0) return std::nullopt;
  std::vector<model::NoteReference> references = model::ParseReferences(note);
  if (references.size() != 1) return std::nullopt;
  model::NoteReference& reference = references.front();
  const bool plain = reference.last.empty() && !reference.excepted && reference.qualifier.empty();
  if (!plain || reference.begin < open) return std::nullopt;
  return ReferenceName{absl::StripTrailingAsciiWhitespace(note.substr(0, open)), std::move(reference.first)};
}

}  // namespace nosograph::snapshot
