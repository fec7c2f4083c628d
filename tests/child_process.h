// Work in a process of its own, for tests of what happens when a process dies, lacks a right or meets a limit.
#ifndef NOSOGRAPH_TESTS_CHILD_PROCESS_H_
#define NOSOGRAPH_TESTS_CHILD_PROCESS_H_

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>

namespace nosograph::testing {

inline constexpr int kChildSkipped = 77;

// Starts `work` in a child, which ends with its result, or with 1 when an expectation in it failed.
inline pid_t StartChild(const std::function<int()>& work) {
  fflush(nullptr);
  const pid_t child = fork();
  if (child != 0) return child;
  const int result = work();
  fflush(nullptr);
  _exit(::testing::Test::HasFailure() ? 1 : result);
}

// The exit code, or minus the number of the signal that killed it.
inline int WaitForChild(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) return 1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

inline int RunInChild(const std::function<int()>& work) { return WaitForChild(StartChild(work)); }

// In a child: no file can grow beyond `bytes`; a write beyond fails with EFBIG, as on a file system that is full.
inline void LimitFileSize(rlim_t bytes) {
  signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{bytes, bytes};
  setrlimit(RLIMIT_FSIZE, &limit);
}

// In a child: root passes every permission, so become nobody; another user stays who they are.
inline void DropRoot() {
  constexpr uid_t kNobody = 65534;
  if (geteuid() == 0 && (setresgid(kNobody, kNobody, kNobody) != 0 || setresuid(kNobody, kNobody, kNobody) != 0)) {
    _exit(kChildSkipped);
  }
}

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_CHILD_PROCESS_H_
