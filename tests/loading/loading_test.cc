// The library as a host loads it: opened and closed at run time, by many threads, and across forks.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "plugin/include/nosograph.h"
#include "tests/plugin/data_folder.h"

namespace nosograph {
namespace {

constexpr int kThreads = 64;
constexpr int kLoads = 10'000;
constexpr int kForks = 1'000;
constexpr int kForksUnderLoad = 100;
#ifdef NOSOGRAPH_SANITIZED
constexpr int kSlower = 5;  // forks copy the sanitizer's own memory too
#else
constexpr int kSlower = 1;
#endif

bool IsMapped() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("libnosograph.so") != std::string::npos) return true;
  }
  return false;
}

struct Library {
  Library() : handle(dlopen(NOSOGRAPH_PLUGIN_LIBRARY, RTLD_NOW | RTLD_LOCAL)) {
    if (handle == nullptr) return;
    open = reinterpret_cast<decltype(&noso_open)>(dlsym(handle, "noso_open"));
    close = reinterpret_cast<decltype(&noso_close)>(dlsym(handle, "noso_close"));
    reload = reinterpret_cast<decltype(&noso_reload)>(dlsym(handle, "noso_reload"));
    lookup = reinterpret_cast<decltype(&noso_lookup)>(dlsym(handle, "noso_lookup"));
    get = reinterpret_cast<decltype(&noso_result_get)>(dlsym(handle, "noso_result_get"));
    free = reinterpret_cast<decltype(&noso_result_free)>(dlsym(handle, "noso_result_free"));
  }
  ~Library() {
    if (handle != nullptr) dlclose(handle);
  }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  bool Answers(noso_terminology* terminology) const {
    noso_result* result = nullptr;
    size_t size = 0;
    if (lookup(terminology, nullptr, "L94.2", 5, &result) != NOSO_OK) return false;
    const char* text = get(result, NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY, &size);
    const bool right = std::string(text, size) == "Calcinosis cutis";
    get(result, NOSO_LIST_ANCESTORS, 0, NOSO_FIELD_CODE, &size);
    free(result);
    return right && size > 0;
  }
  bool OpensAndAnswers(const std::string& conninfo) const {
    noso_terminology* terminology = nullptr;
    if (open(conninfo.data(), conninfo.size(), &terminology) != NOSO_OK) return false;
    const bool right = Answers(terminology);
    return close(terminology) == NOSO_OK && right;
  }

  void* handle;
  decltype(&noso_open) open = nullptr;
  decltype(&noso_close) close = nullptr;
  decltype(&noso_reload) reload = nullptr;
  decltype(&noso_lookup) lookup = nullptr;
  decltype(&noso_result_get) get = nullptr;
  decltype(&noso_result_free) free = nullptr;
};

// What a child found, as its exit status; without the exit handlers of a test program.
bool ChildSays(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);  // one that hangs is a failure, not a wait
    _exit(body() ? 0 : 1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(Loading, UnloadsForReal) {
  testing::WholeContentFolder folder;
  for (int i = 0; i < 20; ++i) {
    ASSERT_FALSE(IsMapped());
    const Library library;
    ASSERT_NE(library.handle, nullptr) << dlerror();
    ASSERT_TRUE(library.OpensAndAnswers(folder.conninfo()));
    ASSERT_TRUE(IsMapped());
  }
  EXPECT_FALSE(IsMapped());
}

TEST(Loading, ManyThreadsLoadAndUnload) {
  testing::WholeContentFolder folder;
  std::atomic<int> left{kLoads};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      while (left.fetch_sub(1) > 0) {
        const Library library;
        if (library.handle == nullptr || !library.OpensAndAnswers(folder.conninfo())) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_FALSE(IsMapped());
}

TEST(Loading, ChildrenOfAForkAnswer) {
  testing::WholeContentFolder folder;
  const Library library;
  noso_terminology* terminology = nullptr;
  ASSERT_EQ(library.open(folder.conninfo().data(), folder.conninfo().size(), &terminology), NOSO_OK);
  int wrong = 0;
  for (int i = 0; i < kForks / kSlower && wrong == 0; ++i) {
    wrong += ChildSays([&] {
      return library.Answers(terminology) && library.reload(terminology) == NOSO_OK && library.Answers(terminology) &&
             library.OpensAndAnswers(folder.conninfo());
    })
                 ? 0
                 : 1;
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(library.close(terminology), NOSO_OK);
}

TEST(Loading, ChildrenOfAForkUnderLoadAnswer) {
  testing::WholeContentFolder folder;
  const Library library;
  noso_terminology* terminology = nullptr;
  ASSERT_EQ(library.open(folder.conninfo().data(), folder.conninfo().size(), &terminology), NOSO_OK);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      while (!stop) {
        if (!library.Answers(terminology)) ++wrong;
        if (i == 0 && library.reload(terminology) != NOSO_OK) ++wrong;  // a writer among them
      }
    });
  }
  for (int i = 0; i < kForksUnderLoad && wrong == 0; ++i) {
    const bool right = ChildSays([&] {
      return library.Answers(terminology) && library.reload(terminology) == NOSO_OK && library.Answers(terminology);
    });
    if (!right) ++wrong;
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(library.close(terminology), NOSO_OK);
}

}  // namespace
}  // namespace nosograph
