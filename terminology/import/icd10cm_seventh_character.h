// The seventh characters of ICD-10-CM: which there are for a code, which codes a rule excepts, and what the code with
// the character is called.
//
// The tabular list prints a seventh character once, as a definition on a category or subcategory, and its exceptions as
// prose. Thread-safe: functions and values without shared state.
//
//   ASSIGN_OR_RETURN(SeventhCharacterException rule, ReadSeventhCharacterException(note));
//   rule.Excepts("S06.1X7", 'D') == true
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_SEVENTH_CHARACTER_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_SEVENTH_CHARACTER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace nosograph::import {

// One character of a definition.
struct SeventhCharacter {
  char character = 0;
  std::string text;  // "initial encounter"
};

// "7th characters D and S do not apply to codes in category S06 with 6th character 7 - ..., or 8 - ...".
struct SeventhCharacterException {
  std::string characters;           // "DS": those that do not apply
  std::vector<std::string> within;  // "S06": categories, subcategories or codes, with the dot
  int position = 0;                 // 6: which character of the code decides; 0: the rule holds for all of `within`
  std::string deciding;             // "78": what it has to be

  // `padded` is a code of six characters and the dot.
  bool Excepts(absl::string_view padded, char character) const;
};

// Whether a general note speaks of seventh characters, so that it has to be understood: the only ones that do, in the
// releases at hand, say which of them do not apply.
bool IsAboutSeventhCharacters(absl::string_view note);

// nullopt when the note is not of the form above.
std::optional<SeventhCharacterException> ReadSeventhCharacterException(absl::string_view note);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_SEVENTH_CHARACTER_H_
