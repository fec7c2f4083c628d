// std::mutex with the annotations that clang's -Wthread-safety checks.
//
// Not absl::Mutex: ThreadSanitizer does not understand that of a library built without it. Thread-safe.
//
//   mutable Mutex mutex_;
//   int count_ NOSOGRAPH_GUARDED_BY(mutex_);
//   { const MutexLock lock(mutex_); ++count_; }
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_MUTEX_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_MUTEX_H_

#include <mutex>

#ifdef __clang__  // g++ warns of attributes that it does not know
#define NOSOGRAPH_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define NOSOGRAPH_THREAD_ATTRIBUTE(x)
#endif
#define NOSOGRAPH_GUARDED_BY(mutex) NOSOGRAPH_THREAD_ATTRIBUTE(guarded_by(mutex))
#define NOSOGRAPH_REQUIRES(mutex) NOSOGRAPH_THREAD_ATTRIBUTE(requires_capability(mutex))

namespace nosograph::base {

class NOSOGRAPH_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void Lock() NOSOGRAPH_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void Unlock() NOSOGRAPH_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class NOSOGRAPH_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) NOSOGRAPH_THREAD_ATTRIBUTE(acquire_capability(mutex)) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() NOSOGRAPH_THREAD_ATTRIBUTE(release_capability()) { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_MUTEX_H_
