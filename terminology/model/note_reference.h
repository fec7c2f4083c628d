// The codes that a note of the classification refers to.
//
// Knows how references are written, not which codes exist, so that a caller keeps what its release has. A category
// alone in running text, "vitamin B12", is one only where a word before it says so, "category B12". Thread-safe: a
// function without state.
//
//   ParseReferences("diabetes (E08-E13 with .62-)")
//   // {{.first = "E08", .last = "E13", .endings = {".62-"}, .qualifier = "with .62-"}}
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_NOTE_REFERENCE_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_NOTE_REFERENCE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace nosograph::model {

struct NoteReference {
  std::string first;      // "F90", "M54.0", "E08"
  std::string last = {};  // of a range, inclusive with all that is below it; empty for a single code
  bool excepted = false;  // "S00-T88, except T74 and T76": not meant
  bool below = false;     // written with a dash, "F90.-": the codes below it are meant
  // "with .62-", "with fifth or sixth character 5", as written; empty where there is none. It holds for all codes of
  // the same letter in the list before it, "E08, E09 with .00".
  std::string qualifier = {};
  std::vector<std::string> endings = {};  // those of a qualifier that names them: ".62-", "-23"
  // Of a qualifier that names characters: "with fifth or sixth character 1-4" has the positions 5 and 6, any of which
  // may be meant, and the characters "1234". Position 0 is the last one.
  std::vector<int> positions = {};
  std::string characters = {};
  size_t begin = 0;  // bytes of the note that it was read from
  size_t end = 0;

  friend bool operator==(const NoteReference&, const NoteReference&) = default;
};

// In the order of the note. Understands (F84.0), (F90.-), (M54.0-), (M30-M36), (K85-K86.-), (A50.01, A50.3-), "C00 to
// C14", and qualifiers that begin with "with".
std::vector<NoteReference> ParseReferences(absl::string_view note);

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_NOTE_REFERENCE_H_
