// The grammar of ICD-10 codes: WHO, the US (ICD-10-CM), the German (ICD-10-GM) modification, and ICD-10-PCS.
//
// Tells whether a text can be a code, what its canonical form is, and which ancestors its form implies. It knows
// nothing of which codes exist; that is the release's to say. Thread-safe: functions without state.
//
//   CodeReading reading = ReadCode(Grammar::kIcd10Cm, "l9421");
//   // reading.form == CodeForm::kNotCanonical, reading.canonical == "L94.21"
//   FormalParent("S72.001A") == "S72.001"; FormalParent("L94.2") == "L94"; FormalParent("L94") == ""
//
// What published codes look like (measured on ICD-10-CM 2021 to 2026; each is a rule of the grammar):
// - the second and third character may be letters (QA0, C4A, O9A), but never I, L or O;
// - the fourth may be any letter but O: Y93.I and Y93.1 are both codes, Y93.L and Y93.1 as well;
// - from the fifth on letters stand (S06.A1XA, H54.0X33), but never I or O;
// - an extension may be longer than any published code, up to twelve characters behind the dot.
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_ICD_CODE_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_ICD_CODE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace nosograph::model {

enum class Grammar : uint8_t { kAny = 0, kIcd10 = 1, kIcd10Cm = 2, kIcd10Gm = 3, kIcd10Pcs = 4 };

// Longest text that is read at all, in bytes; a longer one is malformed. No ICD code or extension comes near it.
inline constexpr size_t kMaxCodeBytes = 64;

enum class CodeForm : uint8_t {
  kCanonical,     // the text is the canonical form
  kNotCanonical,  // another way to write `canonical`
  kMalformed,     // no code: empty, too long, not UTF-8, or of characters or a shape that no code has
};

// Which liberties the text took; a bit set in CodeReading::liberties.
enum Liberty : uint8_t {
  kLowerCase = 1,      // "l94.2"
  kMissingDot = 2,     // "L942"
  kBlanks = 4,         // "L94.2 ", also non-breaking and other Unicode blanks
  kLookAlike = 8,      // Cyrillic or Greek letters, full-width forms, letter O for the digit 0, l or I for 1
  kPadding = 16,       // WHO: "M45X" or "M45.X" for "M45"; a dash as in "L94.-"
  kMark = 32,          // WHO, GM: dagger, asterisk, exclamation mark: "F00.0*"
  kMisplacedDot = 64,  // "L9.42", "L942."
  kUpperCase = 128,    // "CHAPTER-12"
};

struct CodeReading {
  CodeForm form = CodeForm::kMalformed;
  uint8_t liberties = 0;
  std::string canonical;  // empty when malformed
};

// Reads `text` as a code of `grammar`. Where a look-alike makes it ambiguous ("O10" is both a code and a way to type
// "I10" only by guess) nothing is guessed: a text that is canonical as it stands is canonical, and a small l that may
// be L or 1 ("Y93.l1") is malformed unless the whole text is in lower case. So are two codes in one text ("I10 E11").
// Blocks ("L80-L99") and the ids of chapters ("chapter-12") are canonical as they stand. Cost is bounded by
// kMaxCodeBytes. kAny: any FHIR code (no leading, trailing or doubled blanks) is canonical as it stands.
CodeReading ReadCode(Grammar grammar, absl::string_view text);

// The code one step up by form alone: the last character gone, then a dot left at the end. Empty for a category, a
// block and a chapter. For an extension code as for a published one. A placeholder X is a step of its own, since some
// belong to a code (H54.0X) and some do not (W21.89X): look each step up and climb on.
absl::string_view FormalParent(absl::string_view canonical);

// The code with placeholders X up to six characters, not counting the dot: "W21.9" gives "W21.9XX".
std::string PadToSix(absl::string_view code);

// The grammar of a code system by its canonical URI or OID; kAny when it is none of ICD-10's.
Grammar GrammarOf(absl::string_view system);

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_ICD_CODE_H_
