#include "terminology/operations/coding_verdict.h"

#include "absl/strings/str_cat.h"

namespace nosograph::operations {

std::string Path(const std::string& path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

}  // namespace nosograph::operations
