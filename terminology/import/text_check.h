// What every text file must pass before an importer looks at it.
//
// Thread-safe: functions without state.
//
//   RETURN_IF_ERROR(CheckText(text, "order.txt"));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_TEXT_CHECK_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_TEXT_CHECK_H_

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace nosograph::import {

// UTF-8 without control characters other than tab, line feed and carriage return. Errors: InvalidArgument that names
// the byte, counted from 0, its value and the remedy.
absl::Status CheckText(absl::string_view text, absl::string_view file);

// The name of a file as a release keeps it: without folders, at most 255 bytes, fit to be shown.
std::string SourceName(absl::string_view path);

// The line, from 1, that the byte stands in.
size_t LineOfByte(absl::string_view text, size_t offset);

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_TEXT_CHECK_H_
