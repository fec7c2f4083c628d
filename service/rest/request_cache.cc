#include "service/rest/request_cache.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "service/rest/random_id.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"

namespace nosograph::rest {
namespace {

using operations::ReadSentContent;
using operations::SentContent;

int64_t Now() { return absl::ToUnixMicros(absl::Now()); }

}  // namespace

absl::StatusOr<std::string> RequestCache::Start(const fhir::Parameters& parameters) {
  auto context = std::make_shared<Context>();
  for (const fhir::Parameter& parameter : parameters.all()) context->bytes += parameter.resource.size();
  if (context->bytes > limits_.bytes) {
    return base::FieldError(
        absl::StatusCode::kResourceExhausted, "tx-resource", "",
        absl::StrCat("has ", context->bytes, " bytes, more than the ", limits_.bytes, " that are kept for all"),
        "put the resources, or send less");
  }
  ASSIGN_OR_RETURN(SentContent content, ReadSentContent(parameters, nullptr));
  context->content = std::make_shared<const SentContent>(std::move(content));
  context->used = Now();
  std::string id = RandomId();

  const base::MutexLock lock(mutex_);
  Contexts contexts;
  {
    const auto before = contexts_.Get();
    contexts = **before;
  }
  const int64_t oldest = Now() - absl::ToInt64Microseconds(limits_.idle);
  absl::erase_if(contexts, [&](const auto& entry) { return entry.second->used < oldest; });
  const auto bytes = [&] {
    size_t sum = context->bytes;
    for (const auto& [name, known] : contexts) sum += known->bytes;
    return sum;
  };
  while (!contexts.empty() && (contexts.size() >= limits_.contexts || bytes() > limits_.bytes)) {
    const auto first = std::min_element(contexts.begin(), contexts.end(), [](const auto& a, const auto& b) {
      return a.second->used.load() < b.second->used.load();
    });
    contexts.erase(first);
  }
  contexts.emplace(id, std::move(context));
  contexts_.Swap(std::make_shared<const Contexts>(std::move(contexts)));
  return id;
}

std::shared_ptr<const SentContent> RequestCache::Find(const std::string& id) const {
  const auto contexts = contexts_.Get();
  const auto found = (*contexts)->find(id);
  const int64_t now = Now();
  if (found == (*contexts)->end() || found->second->used < now - absl::ToInt64Microseconds(limits_.idle))
    return nullptr;
  found->second->used = now;
  return found->second->content;
}

bool RequestCache::End(const std::string& id) {
  const base::MutexLock lock(mutex_);
  Contexts contexts;
  {
    const auto before = contexts_.Get();
    contexts = **before;
  }
  if (contexts.erase(id) == 0) return false;
  contexts_.Swap(std::make_shared<const Contexts>(std::move(contexts)));
  return true;
}

}  // namespace nosograph::rest
