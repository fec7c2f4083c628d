#include "terminology/snapshot/live_releases.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/content_release.h"

namespace nosograph::snapshot {
namespace {

// A set whose version, and every title in it, is `number`, so that a reader sees at once what belongs together.
Release Numbered(int number) {
  model::CodeSystem system{.url = "http://example.org/numbered", .version = absl::StrCat(number)};
  for (int i = 0; i < 20; ++i) system.concepts.push_back({.code = absl::StrCat("c", i), .title = system.version});
  return testing::ReleaseOf(system);
}

TEST(LiveReleases, AnswersFromTheSetThatWasSwappedIn) {
  LiveReleases live(ReleaseSet({Numbered(1)}));
  EXPECT_EQ(live.Get()->releases().front().snapshot->version(), "1");
  live.Swap(ReleaseSet({Numbered(2)}));
  EXPECT_EQ(live.Get()->releases().front().snapshot->version(), "2");
}

TEST(LiveReleases, KeepsASetAsLongAsItIsPinned) {
  Release first = Numbered(1);
  const std::weak_ptr<const Snapshot> watched = first.snapshot;
  LiveReleases live(ReleaseSet({std::move(first)}));
  {
    LiveReleases::Pin pin = live.Get();
    live.Swap(ReleaseSet({Numbered(2)}));
    EXPECT_EQ(live.Reclaim(), 1u);
    EXPECT_EQ(pin->releases().front().snapshot->title(0), "1") << "the call goes on with what it began with";
    const LiveReleases::Pin moved = std::move(pin);
    EXPECT_EQ(live.Reclaim(), 1u);
    EXPECT_FALSE(watched.expired());
  }
  EXPECT_EQ(live.Reclaim(), 0u);
  EXPECT_TRUE(watched.expired());
}

TEST(LiveReleases, AThreadThatIsIdleHoldsNothing) {
  Release first = Numbered(1);
  const std::weak_ptr<const Snapshot> watched = first.snapshot;
  LiveReleases live(ReleaseSet({std::move(first)}));
  std::atomic<bool> asked{false};
  std::atomic<bool> swapped{false};
  std::thread reader([&] {
    EXPECT_EQ(live.Get()->releases().size(), 1u);
    asked = true;
    while (!swapped) std::this_thread::yield();
  });
  while (!asked) std::this_thread::yield();
  live.Swap(ReleaseSet({Numbered(2)}));
  EXPECT_TRUE(watched.expired());
  swapped = true;
  reader.join();
}

// What ThreadSanitizer looks at: readers that never pause, and swaps under them.
TEST(LiveReleases, ReadersSeeOneReleaseWholeWhileItIsSwapped) {
  constexpr int kReaders = 4;
  constexpr int kSwaps = 200;
  std::vector<std::weak_ptr<const Snapshot>> watched;
  LiveReleases live(ReleaseSet({Numbered(0)}));
  std::atomic<bool> done{false};
  std::atomic<int> reading{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      bool counted = false;
      while (!done) {
        const LiveReleases::Pin pin = live.Get();
        const Snapshot& snapshot = *pin->releases().front().snapshot;
        for (uint32_t item = 0; item < snapshot.concept_count(); ++item) {
          ASSERT_EQ(snapshot.title(item), snapshot.version());
        }
        if (!counted) ++reading;
        counted = true;
      }
    });
  }
  while (reading < kReaders) std::this_thread::yield();
  for (int number = 1; number <= kSwaps; ++number) {
    Release release = Numbered(number);
    watched.push_back(release.snapshot);
    live.Swap(ReleaseSet({std::move(release)}));
  }
  // Though the readers never stop, what was replaced goes.
  while (live.Reclaim() != 0) std::this_thread::yield();
  for (int i = 0; i + 1 < kSwaps; ++i) EXPECT_TRUE(watched[static_cast<size_t>(i)].expired()) << i;
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(live.Get()->releases().front().snapshot->version(), absl::StrCat(kSwaps));
}

// More readers than cores and many swaps, so that readers are held up between any two of their steps: a set that is
// freed too early is met by the sanitizers.
TEST(LiveReleases, NoSetIsFreedUnderAReader) {
  constexpr int kReaders = 8;
  constexpr int kSwaps = 10000;
  const Release release = Numbered(1);
  LiveReleases live(ReleaseSet({release}));
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&] {
      while (!done) ASSERT_EQ(live.Get()->releases().front().snapshot.get(), release.snapshot.get());
    });
  }
  for (int i = 0; i < kSwaps; ++i) live.Swap(ReleaseSet({release}));
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(live.Reclaim(), 0u);
}

}  // namespace
}  // namespace nosograph::snapshot
