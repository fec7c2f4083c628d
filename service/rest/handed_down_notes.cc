#include "service/rest/handed_down_notes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace nosograph::rest {

std::string NoteCode(model::NoteKind kind) {
  std::string code(model::NoteKindName(kind));
  std::replace(code.begin(), code.end(), ' ', '-');
  return code;
}

void WriteNote(const query::InheritedNote& note, fhir::ParametersWriter& answer) {
  if (note.text.empty()) return;
  answer.StartParts("property")
      .Value("code", "valueCode", NoteCode(note.kind))
      .Value("value", "valueString", note.text);
  if (note.inherited) answer.Value("description", "valueString", absl::StrCat("at ", note.level.code()));
  answer.EndParts();
}

absl::string_view HandedDownNotes::Get(uint32_t item) const {
  return written_.Get(item, [&] {
    const snapshot::Release release{.snapshot = snapshot_, .id = ""};
    fhir::ParametersWriter answer;
    for (const query::InheritedNote& note : query::NotesHandedDownBy({&release, item})) WriteNote(note, answer);
    return std::make_unique<const std::string>(answer.TakeParameters());
  });
}

}  // namespace nosograph::rest
