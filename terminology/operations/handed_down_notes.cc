#include "terminology/operations/handed_down_notes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "terminology/operations/property_shapes.h"

namespace nosograph::operations {

std::string NoteCode(model::NoteKind kind) {
  std::string code(model::NoteKindName(kind));
  std::replace(code.begin(), code.end(), ' ', '-');
  return code;
}

void WriteNote(const query::InheritedNote& note, fhir::ParametersWriter& answer) {
  if (note.text.empty()) return;
  const PropertyShapes& shapes = PropertyShapes::Get();
  if (note.inherited) {
    answer.Filled(shapes.described_text, {NoteCode(note.kind), note.text, absl::StrCat("at ", note.level.code())});
  } else {
    answer.Filled(shapes.text, {NoteCode(note.kind), note.text});
  }
}

absl::string_view HandedDownNotes::Get(uint32_t item) const {
  return written_.Get(item, [&] {
    const snapshot::Release release{.snapshot = snapshot_, .id = ""};
    fhir::ParametersWriter answer;
    for (const query::InheritedNote& note : query::NotesHandedDownBy({&release, item})) WriteNote(note, answer);
    return std::make_unique<const std::string>(answer.TakeParameters());
  });
}

}  // namespace nosograph::operations
