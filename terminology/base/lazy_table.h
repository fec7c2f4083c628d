// Values by number that are made when they are first asked for, and kept.
//
// Thread-safe, without a lock: of two threads that make the same value both get the first.
//
//   LazyTable<std::string> names(count);
//   const std::string& name = names.Get(7, [] { return std::make_unique<const std::string>("seven"); });
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_LAZY_TABLE_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_LAZY_TABLE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace nosograph::base {

template <typename T, typename Deleter = std::default_delete<const T>>
class LazyTable {
 public:
  using Made = std::unique_ptr<const T, Deleter>;

  explicit LazyTable(size_t count) : count_(count), values_(std::make_unique<std::atomic<const T*>[]>(count)) {}
  ~LazyTable() {
    for (size_t number = 0; number < count_; ++number) Made(values_[number].load());
  }
  LazyTable(const LazyTable&) = delete;
  LazyTable& operator=(const LazyTable&) = delete;

  // `number` is below the count; `make` gives a Made.
  template <typename Make>
  const T& Get(uint32_t number, const Make& make) const {
    if (const T* known = values_[number].load(std::memory_order_acquire)) return *known;
    Made made = make();
    const T* first = nullptr;
    if (values_[number].compare_exchange_strong(first, made.get(), std::memory_order_acq_rel)) return *made.release();
    return *first;
  }

 private:
  const size_t count_;
  const std::unique_ptr<std::atomic<const T*>[]> values_;
};

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_LAZY_TABLE_H_
