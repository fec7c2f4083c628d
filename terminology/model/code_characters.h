// The characters that codes are typed with: look-alikes, blanks, invisible ones. Internal to the model's grammar.
//
// Promises nothing about which codes there are. Thread-safe: functions without state; values belong to the caller.
//
//   PlainCode plain;
//   if (!ToPlainCode("Ｌ94 2", plain)) return;  // a character that no code is typed with
//   // plain.text == "L942", plain.word_starts == {3}, plain.liberties == kLookAlike | kBlanks
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_CODE_CHARACTERS_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_CODE_CHARACTERS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "terminology/model/icd_code.h"

namespace nosograph::model {

// A text in ASCII: capitals, digits, ".", "-" and the marks "*", "+", "!"; no blanks. One letter stays small: l, which
// may be meant for L or for 1.
struct PlainCode {
  std::string text;
  absl::InlinedVector<size_t, 4> word_starts;  // where words behind the first start in `text`
  bool has_capital = false;                    // among the characters as given
  uint8_t liberties = 0;
};

// False when a character is none that a code is typed with. `text` is valid UTF-8 of at most kMaxCodeBytes.
bool ToPlainCode(absl::string_view text, PlainCode& plain);

// Reads by FHIR's rule for codes alone: no blanks at the ends, none doubled, no control characters.
CodeReading ReadAnyCode(absl::string_view text);

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_CODE_CHARACTERS_H_
