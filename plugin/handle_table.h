// The terminologies that are open, so that a handle that was closed, or is none, is told from one that is open.
//
// A handle is a number, not an address: place in the table and how often it was taken. Find takes no lock and reads two
// words. Open and Close are called under the lock of writers. A backend that results still refer into when it is closed
// is kept until they are gone. Thread-safe as said.
//
//   noso_terminology* handle = table.Open(std::move(backend));
//   if (Backend* backend = table.Find(handle)) ...
#ifndef NOSOGRAPH_PLUGIN_HANDLE_TABLE_H_
#define NOSOGRAPH_PLUGIN_HANDLE_TABLE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "plugin/backend.h"

namespace nosograph::plugin {

class HandleTable {
 public:
  static constexpr size_t kPlaces = 256;

  // Null when the table is full.
  noso_terminology* Open(std::unique_ptr<Backend> backend) {
    Sweep();
    for (size_t i = 0; i < kPlaces; ++i) {
      Place& place = places_[i];
      if (place.backend.load() != nullptr) continue;
      const uintptr_t number = (place.taken.load() + 1) * kPlaces + i;
      place.taken.store(number / kPlaces);
      place.backend.store(backend.release());
      return reinterpret_cast<noso_terminology*>(number);
    }
    return nullptr;
  }

  // False for what is not open.
  bool Close(noso_terminology* handle) {
    Backend* backend = Find(handle);
    if (backend == nullptr) return false;
    places_[reinterpret_cast<uintptr_t>(handle) % kPlaces].backend.store(nullptr);
    closed_.emplace_back(backend);
    Sweep();
    return true;
  }

  Backend* Find(const noso_terminology* handle) const {
    const auto number = reinterpret_cast<uintptr_t>(handle);
    const Place& place = places_[number % kPlaces];
    if (number < kPlaces || place.taken.load(std::memory_order_acquire) != number / kPlaces) return nullptr;
    return place.backend.load(std::memory_order_acquire);
  }

  ~HandleTable() {
    for (Place& place : places_) {
      std::unique_ptr<Backend> backend(place.backend.load());
      if (backend != nullptr && backend->StaysAtExit()) static_cast<void>(backend.release());
    }
  }

 private:
  struct Place {
    std::atomic<uintptr_t> taken{0};  // how often
    std::atomic<Backend*> backend{nullptr};
  };

  void Sweep() {
    closed_.erase(std::remove_if(closed_.begin(), closed_.end(), [](const auto& backend) { return backend->Idle(); }),
                  closed_.end());
  }

  std::array<Place, kPlaces> places_;
  std::vector<std::unique_ptr<Backend>> closed_;
};

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_HANDLE_TABLE_H_
