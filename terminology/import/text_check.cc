#include "terminology/import/text_check.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_format.h"
#include "terminology/base/unicode.h"

namespace nosograph::import {
namespace {

bool IsForbiddenControl(unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

// Only called when the text is known to be bad, so that it may be slow.
size_t FirstInvalidUtf8(absl::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (!base::IsValidUtf8(text.substr(at, length)) || at + length > text.size()) return at;
    at += length;
  }
  return at;
}

}  // namespace

std::string SourceName(absl::string_view path) {
  constexpr size_t kMaxBytes = 255;
  const absl::string_view bare = path.substr(0, path.find_last_not_of('/') + 1);
  return base::Excerpt(bare.substr(bare.find_last_of('/') + 1), kMaxBytes);
}

size_t LineOfByte(absl::string_view text, size_t offset) {
  return 1 + static_cast<size_t>(std::count(text.begin(), text.begin() + std::min(offset, text.size()), '\n'));
}

absl::Status CheckText(absl::string_view text, absl::string_view file) {
  if (text.size() >= 2 &&
      (text.substr(0, 2) == "\xFE\xFF" || text.substr(0, 2) == "\xFF\xFE" || text[0] == '\0' || text[1] == '\0')) {
    return absl::InvalidArgumentError(absl::StrFormat("%s:1: the file is UTF-16 or UTF-32; save it as UTF-8", file));
  }
  // Without an early exit, so that the compiler can take many bytes at a time.
  uint64_t controls = 0;
  for (const char c : text) controls += IsForbiddenControl(static_cast<unsigned char>(c)) ? 1 : 0;
  if (controls != 0) {
    const auto found = std::find_if(text.begin(), text.end(),
                                    [](char c) { return IsForbiddenControl(static_cast<unsigned char>(c)); });
    const auto offset = static_cast<size_t>(found - text.begin());
    return absl::InvalidArgumentError(
        absl::StrFormat("%s:%d: byte %d: control character 0x%02X; the file is damaged or not text, download it again",
                        file, LineOfByte(text, offset), offset, static_cast<unsigned char>(*found)));
  }
  if (!base::IsValidUtf8(text)) {
    const size_t offset = FirstInvalidUtf8(text);
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s:%d: byte %d: 0x%02X is not UTF-8; save the file as UTF-8 or download it again", file,
        LineOfByte(text, offset), offset, offset < text.size() ? static_cast<unsigned char>(text[offset]) : 0));
  }
  return absl::OkStatus();
}

}  // namespace nosograph::import
