#include "service/rest/handed_down_notes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "terminology/fhir/parameter_shape.h"

namespace nosograph::rest {
namespace {

constexpr absl::string_view kHole = fhir::ParameterShape::kHole;

}  // namespace

std::string NoteCode(model::NoteKind kind) {
  std::string code(model::NoteKindName(kind));
  std::replace(code.begin(), code.end(), ' ', '-');
  return code;
}

void WriteNote(const query::InheritedNote& note, fhir::ParametersWriter& answer) {
  if (note.text.empty()) return;
  static const auto& own = *new fhir::ParameterShape([](fhir::ParametersWriter& writer) {
    writer.StartParts("property").Value("code", "valueCode", kHole).Value("value", "valueString", kHole).EndParts();
  });
  static const auto& handed_down = *new fhir::ParameterShape([](fhir::ParametersWriter& writer) {
    writer.StartParts("property")
        .Value("code", "valueCode", kHole)
        .Value("value", "valueString", kHole)
        .Value("description", "valueString", kHole)
        .EndParts();
  });
  if (note.inherited) {
    answer.Filled(handed_down, {NoteCode(note.kind), note.text, absl::StrCat("at ", note.level.code())});
  } else {
    answer.Filled(own, {NoteCode(note.kind), note.text});
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

}  // namespace nosograph::rest
