#include "terminology/operations/compiled_resources.h"

#include <utility>
#include <vector>

namespace nosograph::operations {

std::shared_ptr<const CompiledResource> CompiledResources::Find(const std::string& sha256) {
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return nullptr;
  const auto found = by_key_.find(sha256);
  if (found == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->resource;
}

void CompiledResources::Add(const std::string& sha256, std::shared_ptr<const CompiledResource> resource, size_t bytes) {
  if (bytes > kLargest) return;
  std::vector<std::shared_ptr<const CompiledResource>> gone;  // destroyed without the lock
  const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock() || by_key_.contains(sha256)) return;
  entries_.push_front({sha256, std::move(resource), bytes});
  by_key_.emplace(sha256, entries_.begin());
  bytes_ += bytes;
  while (entries_.size() > kMost || bytes_ > kMostBytes) {
    Entry& last = entries_.back();
    bytes_ -= last.bytes;
    by_key_.erase(last.sha256);
    gone.push_back(std::move(last.resource));
    entries_.pop_back();
  }
}

}  // namespace nosograph::operations
