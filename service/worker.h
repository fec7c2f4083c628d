// Threads that do long work in the order in which it comes, so that it holds up no other thread; with one thread, one
// piece after the other. What cannot be done soon is not taken: better refused at once than answered too late.
//
// Thread-safe. The end of the object waits for what was taken.
//
//   Worker worker(1, 16);
//   if (!worker.Do([=] { ... })) return TooBusy();
#ifndef NOSOGRAPH_SERVICE_WORKER_H_
#define NOSOGRAPH_SERVICE_WORKER_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace nosograph::service {

class Worker {
 public:
  // `most` is how much may wait at once.
  Worker(size_t threads, size_t most) : most_(most) {
    for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
  }
  ~Worker() {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      ended_ = true;
    }
    come_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Whether it was taken.
  bool Do(std::function<void()> work) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (waiting_.size() >= most_) return false;
      waiting_.push_back(std::move(work));
    }
    come_.notify_one();
    return true;
  }

 private:
  void Run() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      come_.wait(lock, [this] { return ended_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      const std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  const size_t most_;
  std::mutex mutex_;
  std::condition_variable come_;
  std::deque<std::function<void()>> waiting_;
  bool ended_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_WORKER_H_
