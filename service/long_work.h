// Long work for calls, on threads of its own, so that it holds up no call that is short. What cannot be done soon is
// not taken: better refused at once than answered too late.
//
// While little waits, ordinary threads do the work and send what comes of it. Once much waits, and until nothing does,
// threads do it that stand back behind those that take calls in: else calls come in late, and those that wait see their
// deadlines pass unread. What those did a thread sends that does not stand back, since whoever writes a reply also
// reads what has come on the same connection meanwhile. (A thread that has stood back may not come forward again
// without rights, hence two kinds.)
//
// Thread-safe. The end of the object waits for what was taken.
//
//   LongWork work(2);
//   bool taken = work.Do([=] { Status status = Answer(); return [=] { reactor->Finish(status); }; });
#ifndef NOSOGRAPH_SERVICE_LONG_WORK_H_
#define NOSOGRAPH_SERVICE_LONG_WORK_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "service/give_way.h"
#include "service/worker.h"

namespace nosograph::service {

class LongWork {
 public:
  // Does something, and gives back what sends what came of it.
  using Work = std::function<std::function<void()>()>;

  // How much may wait. With a processor of its own that is two hundredths of a second of searches and a tenth of
  // batches of 1,000 codes; while most of it goes into refusing calls, somewhat more.
  static constexpr size_t kMost = 100;
  // More than this is much.
  static constexpr size_t kMuch = 64;

  // As many threads of each kind.
  explicit LongWork(size_t threads) {
    for (size_t i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Run(false); });
      threads_.emplace_back([this] {
        GiveWay(kNice);
        Run(true);
      });
    }
  }
  ~LongWork() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    ordinary_.notify_all();
    standing_back_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  LongWork(const LongWork&) = delete;
  LongWork& operator=(const LongWork&) = delete;

  // Whether much waits; lives as long as this.
  const std::atomic<bool>& much() const { return much_; }

  // Whether it was taken.
  bool Do(Work work) {
    bool begins = false;
    bool much = false;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (waiting_.size() >= kMost) return false;
      waiting_.push_back(std::move(work));
      begins = !much_ && waiting_.size() > kMuch;
      much_ = much_ || begins;
      much = much_;
    }
    if (begins) {
      standing_back_.notify_all();
    } else {
      (much ? standing_back_ : ordinary_).notify_one();
    }
    return true;
  }

 private:
  // A tenth of the weight of the threads before: taking in what comes three times as often as it can be answered, and
  // refusing most of it, needs less than nine tenths of a processor.
  static constexpr int kNice = 10;

  void Run(bool stands_back) {
    std::condition_variable& come = stands_back ? standing_back_ : ordinary_;
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      come.wait(lock, [&] { return ended_ || (!waiting_.empty() && stands_back == much_); });
      if (waiting_.empty()) return;
      const Work work = std::move(waiting_.front());
      waiting_.pop_front();
      much_ = much_ && !waiting_.empty();
      lock.unlock();
      std::function<void()> send = work();
      if (stands_back) {
        outlet_.Do(std::move(send));
      } else {
        send();
      }
      lock.lock();
    }
  }

  Worker outlet_{1, std::numeric_limits<size_t>::max()};
  std::mutex mutex_;
  std::condition_variable ordinary_;
  std::condition_variable standing_back_;
  std::deque<Work> waiting_;
  std::atomic<bool> much_{false};  // written with the mutex held
  bool ended_ = false;
  std::vector<std::thread> threads_;  // of both kinds
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_LONG_WORK_H_
