// What answers behind an open terminology: snapshots in this process, or a service.
//
// Thread-safe, all of it: calls of many threads at once. A result may outlive the backend's last call, not the backend:
// it is destroyed when Idle().
//
//   std::unique_ptr<noso_result> answer = backend.Ask(NOSO_VERB_LOOKUP, {}, "L94.2");
#ifndef NOSOGRAPH_PLUGIN_BACKEND_H_
#define NOSOGRAPH_PLUGIN_BACKEND_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "plugin/result.h"
#include "terminology/base/mutex.h"

namespace nosograph::plugin {

// A noso_request that was checked: UTF-8, and numbers that are known.
struct Request {
  absl::string_view system = {};
  absl::string_view version = {};
  absl::string_view date = {};
  bool strict = false;
  bool parent_fallback = true;
  bool claim = true;
  int32_t max_repairs = 10;
  int64_t deadline_milliseconds = 0;  // 0: the backend's own
};

// What a search asks beside a Request; checked as that is.
struct SearchOptions {
  absl::string_view under = {};
  absl::string_view page_token = {};
  bool billable_only = false;
  int32_t fold = NOSO_FOLD_WHEN_MANY;
  uint32_t count = 0;  // 0: the usual page
};

class Backend {
 public:
  virtual ~Backend() = default;

  // Results are never null; an error is a result with a status.
  virtual std::unique_ptr<noso_result> Ask(noso_verb verb, const Request& request, absl::string_view code) = 0;
  virtual std::unique_ptr<noso_result> Subsumes(const Request& request, absl::string_view code_a,
                                                absl::string_view code_b) = 0;
  virtual std::unique_ptr<noso_result> Search(const Request& request, const SearchOptions& options,
                                              absl::string_view text) = 0;
  virtual std::unique_ptr<noso_result> Batch(noso_verb verb, const Request& request,
                                             const std::vector<absl::string_view>& codes) = 0;
  // `writers` is the lock that a fork waits for: held by what changes anything here, and not longer.
  virtual absl::Status Reload(base::Mutex& writers) = 0;
  // Whether no result refers into it any more. Only asked once no call runs.
  virtual bool Idle() const = 0;
  // Left as it is when the process ends with it open: what it rests on may be gone by then.
  virtual bool StaysAtExit() const { return false; }
};

// The items of a batch, each with its own status.
class BatchResult final : public noso_result {
 public:
  // `ground` is what the items refer to; it goes after them.
  explicit BatchResult(std::vector<std::unique_ptr<noso_result>> items, std::shared_ptr<const void> ground = nullptr)
      : ground_(std::move(ground)), items_(std::move(items)) {
    for (const std::unique_ptr<noso_result>& item : items_) item->MarkItem();
  }
  size_t item_count() const override { return items_.size(); }
  const noso_result* item(size_t index) const override { return index < items_.size() ? items_[index].get() : nullptr; }
  void MarkStale() override {
    for (const std::unique_ptr<noso_result>& item : items_) item->MarkStale();
  }

 private:
  void Fill(Lists& lists) const override { lists.Of(NOSO_LIST_ANSWER).emplace_back(); }

  const std::shared_ptr<const void> ground_;
  const std::vector<std::unique_ptr<noso_result>> items_;
};

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_BACKEND_H_
