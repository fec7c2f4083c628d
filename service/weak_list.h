// What is open, without keeping it open: streams and watches, each of which goes by itself.
//
// Thread-safe.
//
//   WeakList<WatchCall> watches;
//   watches.Add(watch);
//   for (const std::shared_ptr<WatchCall>& open : watches.Open()) open->Changed();
#ifndef NOSOGRAPH_SERVICE_WEAK_LIST_H_
#define NOSOGRAPH_SERVICE_WEAK_LIST_H_

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace nosograph::service {

template <typename Entry>
class WeakList {
 public:
  void Add(const std::shared_ptr<Entry>& entry) {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::erase_if(entries_, [](const std::weak_ptr<Entry>& known) { return known.expired(); });
    entries_.push_back(entry);
  }
  // Those that are still there, and stay so as long as the result does.
  std::vector<std::shared_ptr<Entry>> Open() const {
    std::vector<std::shared_ptr<Entry>> open;
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const std::weak_ptr<Entry>& entry : entries_) {
      if (std::shared_ptr<Entry> still = entry.lock()) open.push_back(std::move(still));
    }
    return open;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Entry>> entries_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_WEAK_LIST_H_
