// A result that is no answer: a status with its message, undetermined.
//
// Not thread-safe, as every result.
//
//   return ErrorOf(absl::UnavailableError("no route to 127.0.0.1:1; start the service"));
#ifndef NOSOGRAPH_PLUGIN_ERROR_RESULT_H_
#define NOSOGRAPH_PLUGIN_ERROR_RESULT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "plugin/result.h"

namespace nosograph::plugin {

class ErrorResult final : public noso_result {
 public:
  explicit ErrorResult(const absl::Status& status) : status_(status.raw_code()), message_(status.message()) {}

  noso_status status() const override { return status_; }
  absl::string_view message() const override { return message_; }

 private:
  void Fill(Lists& lists) const override {
    lists.Of(NOSO_LIST_ANSWER).emplace_back().Add(NOSO_FIELD_OUTCOME, "UNDETERMINED").Add(NOSO_FIELD_MESSAGE, message_);
  }

  const noso_status status_;
  const std::string message_;
};

inline std::unique_ptr<noso_result> ErrorOf(const absl::Status& status) {
  return std::make_unique<ErrorResult>(status);
}

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_ERROR_RESULT_H_
