#include "service/rest/question.h"

#include "absl/strings/str_cat.h"
#include "terminology/base/unicode.h"

namespace nosograph::rest {

operations::Reply WrongMethod(absl::string_view method) {
  return operations::ErrorReply(
      405, {.code = "not-supported",
            .text = absl::StrCat("the method ", base::Excerpt(method), " is not taken here"),
            .diagnostics = "use GET, POST for operations and new resources, PUT and DELETE for those that are kept"});
}

}  // namespace nosograph::rest
