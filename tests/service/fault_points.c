/* Preloaded into the program: counts its calls that change files below $FAULT_FOLDER, and at the call number $FAULT_AT
   kills the process ($FAULT_KIND=kill) or lets that call and all later ones that need space fail with ENOSPC (=full).
   When it happens, $FAULT_MARK is made, so that a test knows whether there were that many calls. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define REAL(name) (__extension__(__typeof__(&name)) dlsym(RTLD_NEXT, #name))

static atomic_long calls;

static int is_below(const char* path) {
  const char* folder = getenv("FAULT_FOLDER");
  return folder != NULL && path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_below_fd(int descriptor) {
  char name[64];
  char path[4096];
  snprintf(name, sizeof(name), "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(name, path, sizeof(path) - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return is_below(path);
}

static void mark(void) {
  int descriptor = REAL(open)(getenv("FAULT_MARK"), O_WRONLY | O_CREAT, 0600);
  if (descriptor >= 0) close(descriptor);
}

/* Counts a call; not zero when it is to fail for want of space. */
static int fault(int needs_space) {
  const char* at = getenv("FAULT_AT");
  if (at == NULL) return 0;
  long number = atomic_fetch_add(&calls, 1) + 1;
  if (number < atol(at)) return 0;
  if (strcmp(getenv("FAULT_KIND"), "kill") == 0) {
    mark();
    kill(getpid(), SIGKILL);
    pause();
  }
  if (!needs_space) return 0;
  mark();
  errno = ENOSPC;
  return 1;
}

ssize_t write(int descriptor, const void* bytes, size_t size) {
  if (is_below_fd(descriptor) && fault(1)) return -1;
  return REAL(write)(descriptor, bytes, size);
}

ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  if (is_below_fd(descriptor) && fault(1)) return -1;
  return REAL(pwrite)(descriptor, bytes, size, offset);
}

ssize_t pwrite64(int descriptor, const void* bytes, size_t size, off64_t offset) {
  if (is_below_fd(descriptor) && fault(1)) return -1;
  return REAL(pwrite64)(descriptor, bytes, size, offset);
}

int fsync(int descriptor) {
  if (is_below_fd(descriptor) && fault(1)) return -1;
  return REAL(fsync)(descriptor);
}

int fdatasync(int descriptor) {
  if (is_below_fd(descriptor) && fault(1)) return -1;
  return REAL(fdatasync)(descriptor);
}

int ftruncate(int descriptor, off_t size) {
  if (is_below_fd(descriptor) && fault(1)) return -1;
  return REAL(ftruncate)(descriptor, size);
}

int ftruncate64(int descriptor, off64_t size) {
  if (is_below_fd(descriptor) && fault(1)) return -1;
  return REAL(ftruncate64)(descriptor, size);
}

int rename(const char* from, const char* to) {
  if (is_below(from) && fault(1)) return -1;
  return REAL(rename)(from, to);
}

int unlink(const char* path) {
  if (is_below(path) && fault(0)) return -1;
  return REAL(unlink)(path);
}

int mkdir(const char* path, mode_t mode) {
  if (is_below(path) && fault(1)) return -1;
  return REAL(mkdir)(path, mode);
}

int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (is_below(path) && access(path, F_OK) != 0 && fault(1)) return -1;
  }
  return REAL(open)(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  mode_t mode = 0;
  if (flags & O_CREAT) {
    va_list arguments;
    va_start(arguments, flags);
    mode = va_arg(arguments, mode_t);
    va_end(arguments);
    if (is_below(path) && access(path, F_OK) != 0 && fault(1)) return -1;
  }
  return REAL(open64)(path, flags, mode);
}
