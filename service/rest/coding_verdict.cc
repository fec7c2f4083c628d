#include "service/rest/coding_verdict.h"

#include "absl/strings/str_cat.h"

namespace nosograph::rest {

std::string Path(const std::string& path, absl::string_view field) {
  return path.empty() ? std::string(field) : absl::StrCat(path, ".", field);
}

}  // namespace nosograph::rest
