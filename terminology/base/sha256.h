// SHA-256 in hexadecimal: how a release names the bytes it was made from.
//
// Thread-safe: a function without state.
//
//   Sha256Hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_SHA256_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_SHA256_H_

#include <string>

#include "absl/strings/string_view.h"

namespace nosograph::base {

// 64 lower-case hexadecimal digits.
std::string Sha256Hex(absl::string_view bytes);

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_SHA256_H_
