// What many replies of a release have in common, in wire format: each concept, and the notes that stand at it.
//
// A ResolveResponse repeats the concepts above its own with all their notes; put together from these fragments it costs
// a copy each. A fragment is made from the messages of convert.h when it is first asked for, and kept as long as the
// snapshot: about 150 bytes for each concept that has been asked for, where all replies as a whole would be 2.5 KB a
// code (239 MB for ICD-10-CM). Thread-safe, without a lock: two threads that make the same fragment keep the first.
//
//   ReleaseSet set = WithFragments(folder.Load(), held);
//   if (const ReplyFragments* fragments = ReplyFragments::Of(release)) out += fragments->concept_bytes(item);
#ifndef NOSOGRAPH_SERVICE_GRPC_REPLY_FRAGMENTS_H_
#define NOSOGRAPH_SERVICE_GRPC_REPLY_FRAGMENTS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::service {

class ReplyFragments final : public snapshot::Derived {
 public:
  explicit ReplyFragments(std::shared_ptr<const snapshot::Snapshot> snapshot);
  ~ReplyFragments() override;
  ReplyFragments(const ReplyFragments&) = delete;
  ReplyFragments& operator=(const ReplyFragments&) = delete;

  // Those of a release; null where it has none.
  static const ReplyFragments* Of(const snapshot::Release& release) {
    return static_cast<const ReplyFragments*>(release.derived.get());  // nobody else derives anything
  }

  const snapshot::Snapshot& snapshot() const { return *snapshot_; }

  struct Fragment {
    // A v1.Concept, without tag and length.
    std::string concept_message;
    // The notes that stand at it, each with tag and length of `notes` in ResolveResponse and ResolveBatchResponse.
    std::string notes;
    // What there is to say of it where it is asked for by its code, with tag and length of `issues` in ResolveResponse;
    // empty but for headers.
    std::string issues;
  };
  const Fragment& Get(uint32_t item) const;

 private:
  const std::shared_ptr<const snapshot::Snapshot> snapshot_;
  const std::unique_ptr<std::atomic<const Fragment*>[]> fragments_;
};

// The same set, with fragments for each release; those of snapshots that `held` has are taken from it. `held` may be
// null.
snapshot::ReleaseSet WithFragments(const snapshot::ReleaseSet& set, const snapshot::ReleaseSet* held);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_REPLY_FRAGMENTS_H_
