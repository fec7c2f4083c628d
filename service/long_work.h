// Long work for calls: done by threads that stand back behind those that take calls in, and ended by one that does not.
//
// Whoever writes a reply also reads what has come on the same connection meanwhile; a thread that stands back would
// then take calls in late, and those that wait for an answer would see their deadlines pass unread. So while more
// waits, what was done is handed to a thread of its own to be sent; while nothing waits, the worker sends it itself.
//
// What cannot be done soon is not taken. Thread-safe. The end of the object waits for what was taken.
//
//   LongWork work(2);
//   bool taken = work.Do([=] { Status status = Answer(); return [=] { reactor->Finish(status); }; });
#ifndef NOSOGRAPH_SERVICE_LONG_WORK_H_
#define NOSOGRAPH_SERVICE_LONG_WORK_H_

#include <cstddef>
#include <functional>
#include <limits>
#include <utility>

#include "service/worker.h"

namespace nosograph::service {

class LongWork {
 public:
  explicit LongWork(size_t threads) : worker_(threads, kMost, kNice) {}

  // Whether it was taken. What `work` gives back sends what it did.
  bool Do(std::function<std::function<void()>()> work) {
    return worker_.Do([this, work = std::move(work)] {
      std::function<void()> send = work();
      if (!worker_.idle()) {
        outlet_.Do(std::move(send));
      } else {
        send();
      }
    });
  }

 private:
  // How much may wait: two hundredths of a second of searches, a tenth of batches of 1,000 codes.
  static constexpr size_t kMost = 100;
  // A tenth of the weight of the threads before: taking in what comes three times as often as it can be answered, and
  // refusing most of it, needs less than nine tenths of a processor.
  static constexpr int kNice = 10;

  Worker outlet_{1, std::numeric_limits<size_t>::max()};
  Worker worker_;  // the last: ends before what it hands to
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_LONG_WORK_H_
