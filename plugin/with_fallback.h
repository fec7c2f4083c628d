// A service, and the local snapshots that answer in its stead while it cannot; their answers are marked stale.
//
// What the service says of a question, that it is wrong or that a release is not loaded, stands. Thread-safe.
//
//   WithFallback backend(std::move(remote), std::move(embedded));
#ifndef NOSOGRAPH_PLUGIN_WITH_FALLBACK_H_
#define NOSOGRAPH_PLUGIN_WITH_FALLBACK_H_

#include <memory>
#include <utility>
#include <vector>

#include "plugin/backend.h"

namespace nosograph::plugin {

class WithFallback final : public Backend {
 public:
  WithFallback(std::unique_ptr<Backend> service, std::unique_ptr<Backend> local)
      : service_(std::move(service)), local_(std::move(local)) {}

  std::unique_ptr<noso_result> Ask(noso_verb verb, const Request& request, absl::string_view code) override {
    return Either([&](Backend& backend) { return backend.Ask(verb, request, code); });
  }
  std::unique_ptr<noso_result> Subsumes(const Request& request, absl::string_view code_a,
                                        absl::string_view code_b) override {
    return Either([&](Backend& backend) { return backend.Subsumes(request, code_a, code_b); });
  }
  std::unique_ptr<noso_result> Search(const Request& request, const SearchOptions& options,
                                      absl::string_view text) override {
    return Either([&](Backend& backend) { return backend.Search(request, options, text); });
  }
  std::unique_ptr<noso_result> Batch(noso_verb verb, const Request& request,
                                     const std::vector<absl::string_view>& codes) override {
    return Either([&](Backend& backend) { return backend.Batch(verb, request, codes); });
  }
  absl::Status Reload(base::Mutex& writers) override {
    const absl::Status status = service_->Reload(writers);
    return status.ok() ? local_->Reload(writers) : status;
  }
  bool Idle() const override { return service_->Idle() && local_->Idle(); }
  bool StaysAtExit() const override { return service_->StaysAtExit(); }

 private:
  template <typename Ask>
  std::unique_ptr<noso_result> Either(const Ask& ask) {
    std::unique_ptr<noso_result> answer = ask(*service_);
    switch (answer->status()) {
      case NOSO_OK:
      case NOSO_INVALID_ARGUMENT:
      case NOSO_NOT_FOUND:
        return answer;
      default:
        break;
    }
    std::unique_ptr<noso_result> local = ask(*local_);
    if (local->status() != NOSO_OK) return answer;  // why the service did not answer says more
    local->MarkStale();
    return local;
  }

  const std::unique_ptr<Backend> service_;
  const std::unique_ptr<Backend> local_;
};

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_WITH_FALLBACK_H_
