// Makes the calling thread one that others go before: those that take calls in have to come to their turn while long
// work is done, or nobody is told in time that there is too much of it.
//
// `nice` is added to the thread's niceness, 0 to 19 (setpriority(2), which Linux has by thread); where it is refused,
// the thread is like the others.
#ifndef NOSOGRAPH_SERVICE_GIVE_WAY_H_
#define NOSOGRAPH_SERVICE_GIVE_WAY_H_

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace nosograph::service {

inline void GiveWay(int nice) {
  constexpr int kLast = 19;
  const auto thread = static_cast<id_t>(gettid());
  (void)setpriority(PRIO_PROCESS, thread, std::min(kLast, getpriority(PRIO_PROCESS, thread) + nice));
}

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GIVE_WAY_H_
