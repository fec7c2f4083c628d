#include "service/release_fragments.h"

#include <memory>
#include <utility>
#include <vector>

#include "service/grpc/reply_fragments.h"
#include "terminology/operations/handed_down_notes.h"

namespace nosograph::service {
namespace {

template <typename T>
void Add(snapshot::Release& release) {
  if (release.derived[T::kPlace] == nullptr) release.derived[T::kPlace] = std::make_shared<T>(release.snapshot);
}

}  // namespace

snapshot::ReleaseSet WithFragments(const snapshot::ReleaseSet& set, const snapshot::ReleaseSet* held) {
  std::vector<snapshot::Release> releases = set.releases();
  for (snapshot::Release& release : releases) {
    if (held != nullptr) {
      for (const snapshot::Release& other : held->releases()) {
        if (other.snapshot == release.snapshot) release.derived = other.derived;
      }
    }
    Add<ReplyFragments>(release);
    Add<operations::HandedDownNotes>(release);
  }
  return snapshot::ReleaseSet(std::move(releases));
}

}  // namespace nosograph::service
