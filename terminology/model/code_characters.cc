#include "terminology/model/code_characters.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "terminology/base/unicode.h"

namespace nosograph::model {
namespace {

size_t CharacterLength(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// The character at `position` of valid UTF-8; moves behind it.
char32_t Next(absl::string_view text, size_t& position) {
  const size_t length = CharacterLength(text[position]);
  if (length == 1) return static_cast<unsigned char>(text[position++]);
  char32_t character = static_cast<unsigned char>(text[position]) & (0xFF >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[position + i]) & 0x3F);
  }
  position += length;
  return character;
}

// Has no width: joiners, marks of direction, the byte order mark.
bool IsInvisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) ||
         c == 0xFEFF;
}

bool IsBlank(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Cyrillic and Greek letters by the Latin capital that they, or their own capitals, look like. Small letters that look
// like one Latin letter and whose capitals look like another are left out: there is no telling.
struct LookAlike {
  char16_t character;
  char latin;
};
constexpr LookAlike kLookAlikes[] = {
    {0x0391, 'A'}, {0x0392, 'B'}, {0x0395, 'E'}, {0x0396, 'Z'}, {0x0397, 'H'}, {0x0399, 'I'}, {0x039A, 'K'},
    {0x039C, 'M'}, {0x039D, 'N'}, {0x039F, 'O'}, {0x03A1, 'P'}, {0x03A4, 'T'}, {0x03A5, 'Y'}, {0x03A7, 'X'},
    {0x03B1, 'a'}, {0x03B2, 'b'}, {0x03B5, 'e'}, {0x03B9, 'i'}, {0x03BA, 'k'}, {0x03BF, 'o'}, {0x03C1, 'p'},
    {0x03C4, 't'}, {0x03C7, 'x'}, {0x0405, 'S'}, {0x0406, 'I'}, {0x0408, 'J'}, {0x0410, 'A'}, {0x0412, 'B'},
    {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'}, {0x0420, 'P'}, {0x0421, 'C'},
    {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'}, {0x0432, 'b'}, {0x0435, 'e'}, {0x043A, 'k'},
    {0x043C, 'm'}, {0x043D, 'h'}, {0x043E, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0442, 't'}, {0x0443, 'y'},
    {0x0445, 'x'}, {0x0455, 's'}, {0x0456, 'i'}, {0x0458, 'j'}, {0x050C, 'G'}, {0x051A, 'Q'}, {0x051C, 'W'},
};

// The ASCII character that `c` stands for or looks like; 0 for none.
char ToAscii(char32_t c) {
  if (c < 0x80) return static_cast<char>(c);
  if (c >= 0xFF01 && c <= 0xFF5E) return static_cast<char>(c - 0xFEE0);                   // full-width
  if (c >= 0x0660 && c <= 0x0669) return static_cast<char>('0' + (c - 0x0660));           // Arabic-Indic digits
  if (c >= 0x06F0 && c <= 0x06F9) return static_cast<char>('0' + (c - 0x06F0));           // the same, Persian and Urdu
  if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';                            // hyphens, dashes, minus
  if (c == 0xB7 || c == 0x2024 || c == 0x2027 || c == 0x3002 || c == 0xFF61) return '.';  // dots of other scripts
  const auto* end = std::end(kLookAlikes);
  const auto* found = std::lower_bound(std::begin(kLookAlikes), end, c, [](const LookAlike& entry, char32_t wanted) {
    return entry.character < wanted;
  });
  return found != end && found->character == c ? found->latin : '\0';
}

}  // namespace

bool ToPlainCode(absl::string_view text, PlainCode& plain) {
  bool after_blank = false;
  for (size_t position = 0; position < text.size();) {
    const char32_t character = Next(text, position);
    if (IsBlank(character) || IsInvisible(character)) {
      plain.liberties |= kBlanks;
      after_blank = true;
      continue;
    }
    if (after_blank && !plain.text.empty()) plain.word_starts.push_back(plain.text.size());
    after_blank = false;
    if (character == 0x2020) {  // dagger; StripEnd counts it as a mark
      plain.text.push_back('+');
      continue;
    }
    char c = ToAscii(character);
    if (character >= 0x80 && c != 0) plain.liberties |= kLookAlike;
    if (c == ',') {
      plain.liberties |= kLookAlike;
      c = '.';
    }
    if (absl::ascii_islower(c) && c != 'l') {
      plain.liberties |= kLowerCase;
      c = absl::ascii_toupper(c);
    } else if (absl::ascii_isupper(c)) {
      plain.has_capital = true;
    }
    const bool known = absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '*' || c == '+' || c == '!';
    if (!known) return false;
    plain.text.push_back(c);
  }
  return true;
}

CodeReading ReadAnyCode(absl::string_view text) {
  CodeReading reading;
  bool pending_blank = false;
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const char32_t character = Next(text, position);
    if (IsBlank(character)) {
      if (pending_blank || character != ' ' || reading.canonical.empty()) reading.liberties |= kBlanks;
      pending_blank = true;
      continue;
    }
    if (character < 0x20 || (character >= 0x7F && character < 0xA0)) return {};
    if (pending_blank && !reading.canonical.empty()) reading.canonical.push_back(' ');
    pending_blank = false;
    reading.canonical.append(text.data() + start, position - start);
  }
  if (pending_blank) reading.liberties |= kBlanks;
  if (reading.canonical.empty()) return {};
  reading.form = reading.liberties == 0 ? CodeForm::kCanonical : CodeForm::kNotCanonical;
  return reading;
}

}  // namespace nosograph::model
