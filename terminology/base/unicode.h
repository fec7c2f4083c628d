// UTF-8 as the engine needs it: is a text well-formed, and how is a text from outside quoted in a message.
//
// Thread-safe: functions without state.
//
//   IsValidUtf8("Ménière") == true
//   Excerpt("L94\x01" "2") == "L94\\x012"
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_UNICODE_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_UNICODE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace nosograph::base {

// Whether `text` is well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no surrogates.
bool IsValidUtf8(absl::string_view text);

// `text` fit to be quoted in a message: at most `limit` bytes (8 or more), cut at a character and then ending in
// "...". Control characters, marks of direction, characters without width and bytes that are not UTF-8 are escaped as
// \n, \xNN or \u{NNNN}, the backslash as \\. The cost depends on `limit` alone, never on the length of `text`.
std::string Excerpt(absl::string_view text, size_t limit = 64);

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_UNICODE_H_
