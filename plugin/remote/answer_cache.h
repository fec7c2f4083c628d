// The service's answers, kept as long as it serves the releases that they came from.
//
// Bounded in bytes; what was asked longest ago goes first. Thread-safe; holds its lock for one look or one change.
//
//   AnswerCache cache(8 << 20);
//   cache.SetReleases(fingerprint);                  // other ones than before: all that is kept is only of use as
//   stale cache.Put(key, fingerprint, answer, bytes); if (AnswerCache::Found found = cache.Find(key)) use(found.answer,
//   found.current);
#ifndef NOSOGRAPH_PLUGIN_REMOTE_ANSWER_CACHE_H_
#define NOSOGRAPH_PLUGIN_REMOTE_ANSWER_CACHE_H_

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "terminology/base/mutex.h"

namespace nosograph::plugin {

class AnswerCache {
 public:
  explicit AnswerCache(size_t max_bytes) : max_bytes_(max_bytes) {}

  struct Found {
    std::shared_ptr<const void> answer = nullptr;
    bool current = false;  // from the releases that are served now
    explicit operator bool() const { return answer != nullptr; }
  };

  Found Find(absl::string_view key) {
    const base::MutexLock lock(mutex_);
    const auto found = places_.find(key);
    if (found == places_.end()) return {};
    kept_.splice(kept_.begin(), kept_, found->second);
    return {found->second->answer, found->second->releases == releases_};
  }

  // `releases` is what was served when it was asked.
  void Put(std::string key, const std::string& releases, std::shared_ptr<const void> answer, size_t bytes) {
    const base::MutexLock lock(mutex_);
    Erase(key);
    const size_t size = bytes + 2 * key.size() + releases.size() + kOverhead;
    if (size > max_bytes_) return;
    kept_.push_front({std::move(key), releases, std::move(answer), size});
    places_.emplace(kept_.front().key, kept_.begin());
    bytes_ += size;
    while (bytes_ > max_bytes_) Erase(kept_.back().key);
  }

  // Which releases are served now; empty while that is not known.
  void SetReleases(std::string releases) {
    const base::MutexLock lock(mutex_);
    releases_ = std::move(releases);
  }
  std::string releases() {
    const base::MutexLock lock(mutex_);
    return releases_;
  }

 private:
  static constexpr size_t kOverhead = 200;  // of list, table and pointers

  struct Kept {
    std::string key;
    std::string releases;
    std::shared_ptr<const void> answer;
    size_t size;
  };

  void Erase(absl::string_view key) NOSOGRAPH_REQUIRES(mutex_) {
    const auto found = places_.find(key);
    if (found == places_.end()) return;
    const auto place = found->second;
    bytes_ -= place->size;
    places_.erase(found);
    kept_.erase(place);
  }

  const size_t max_bytes_;
  base::Mutex mutex_;
  std::string releases_ NOSOGRAPH_GUARDED_BY(mutex_);
  std::list<Kept> kept_ NOSOGRAPH_GUARDED_BY(mutex_);  // asked last first
  absl::flat_hash_map<absl::string_view, std::list<Kept>::iterator> places_ NOSOGRAPH_GUARDED_BY(mutex_);
  size_t bytes_ NOSOGRAPH_GUARDED_BY(mutex_) = 0;
};

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_REMOTE_ANSWER_CACHE_H_
