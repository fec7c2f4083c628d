#include "terminology/base/unicode.h"

#include <utf8proc.h>

#include <cstdint>
#include <cstring>

#include "absl/strings/str_format.h"

namespace nosograph::base {
namespace {

constexpr absl::string_view kEllipsis = "...";

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// Reads the character at `position` and moves behind it; false at ill-formed UTF-8.
bool ReadCharacter(absl::string_view text, size_t& position, utf8proc_int32_t& character) {
  const utf8proc_ssize_t length = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + position,
                                                   static_cast<utf8proc_ssize_t>(text.size() - position), &character);
  if (length <= 0) return false;
  position += static_cast<size_t>(length);
  return true;
}

// Does not show, or changes how its neighbours show.
bool NeedsEscape(utf8proc_int32_t character) {
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return character == 0xA0;  // looks like a blank and is none
  }
}

// The character at `position` as it is shown; moves behind it.
std::string Shown(absl::string_view text, size_t& position) {
  const size_t start = position;
  utf8proc_int32_t character = 0;
  if (!ReadCharacter(text, position, character)) {
    return absl::StrFormat("\\x%02x", static_cast<unsigned char>(text[position++]));
  }
  if (character == '\\') return "\\\\";
  if (character == '\n') return "\\n";
  if (character == '\r') return "\\r";
  if (character == '\t') return "\\t";
  if (!NeedsEscape(character)) return std::string(text.substr(start, position - start));
  if (character < 0x100) return absl::StrFormat("\\x%02x", character);
  return absl::StrFormat("\\u{%04x}", character);
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  size_t position = 0;
  while (position < text.size()) {
    if (text.size() - position >= sizeof(uint64_t)) {
      uint64_t eight;
      std::memcpy(&eight, text.data() + position, sizeof(eight));
      if ((eight & 0x8080808080808080ULL) == 0) {
        position += sizeof(eight);
        continue;
      }
    }
    utf8proc_int32_t character;
    if (IsAscii(text[position])) {
      ++position;
    } else if (!ReadCharacter(text, position, character)) {
      return false;
    }
  }
  return true;
}

std::string Excerpt(absl::string_view text, size_t limit) {
  std::string excerpt;
  size_t cut = 0;  // the longest prefix that leaves room for the ellipsis
  size_t position = 0;
  while (position < text.size()) {
    if (excerpt.size() + kEllipsis.size() <= limit) cut = excerpt.size();
    excerpt += Shown(text, position);
    if (excerpt.size() > limit) {
      excerpt.resize(cut);
      return excerpt.append(kEllipsis.data(), kEllipsis.size());
    }
  }
  return excerpt;
}

}  // namespace nosograph::base
