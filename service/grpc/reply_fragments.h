// What replies about a concept are put together from, in wire format: what is the concept's own, and the notes at it.
//
// All replies as a whole would be 2.5 KB a code (239 MB for ICD-10-CM), most of it notes of categories and chapters
// that many codes share. So a fragment has what is of this code alone in one piece, and names those above it, whose
// notes are taken from their fragments. It is made from the messages of convert.h when it is first asked for, and kept
// as long as the snapshot: about 0.8 KB for each concept that has been asked for. Thread-safe, without a lock.
//
//   if (const ReplyFragments* fragments = ReplyFragments::Of(release)) out += fragments->Get(item).own();
#ifndef NOSOGRAPH_SERVICE_GRPC_REPLY_FRAGMENTS_H_
#define NOSOGRAPH_SERVICE_GRPC_REPLY_FRAGMENTS_H_

#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "terminology/base/lazy_table.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::service {

// One piece of memory: this, the numbers of the concepts above, then the bytes.
class ReplyFragment {
 public:
  // Outcome, matched concept, billable code and ancestors of a ResolveResponse that finds the concept by its code.
  absl::string_view own() const { return {bytes(), own_}; }
  // The issues of that response: what there is to say of a header; empty for others.
  absl::string_view issues() const { return {bytes() + own_, issues_}; }
  // The notes that stand at the concept, with tag and length of `notes` in ResolveResponse and ResolveBatchResponse.
  absl::string_view notes() const { return {bytes() + own_ + issues_, notes_}; }
  // The concepts above, nearest first.
  absl::Span<const uint32_t> ancestors() const { return {numbers(), ancestors_}; }
  // All notes of the response, in bytes: its own and those of the concepts above.
  uint32_t all_notes() const { return all_notes_; }
  // There is condition knowledge at it or above it, which is not in here.
  bool has_knowledge() const { return has_knowledge_; }
  // A code of an edition of ICD, where what is above a concept above is above.
  bool in_a_tree() const { return in_a_tree_; }

 private:
  friend class ReplyFragments;
  ReplyFragment() = default;
  const uint32_t* numbers() const { return reinterpret_cast<const uint32_t*>(this + 1); }
  const char* bytes() const { return reinterpret_cast<const char*>(numbers() + ancestors_); }

  uint32_t own_ = 0;
  uint32_t issues_ = 0;
  uint32_t notes_ = 0;
  uint32_t ancestors_ = 0;
  uint32_t all_notes_ = 0;
  bool has_knowledge_ = false;
  bool in_a_tree_ = false;
};

class ReplyFragments final : public snapshot::Derived {
 public:
  static constexpr size_t kPlace = 0;

  explicit ReplyFragments(std::shared_ptr<const snapshot::Snapshot> snapshot)
      : snapshot_(std::move(snapshot)), fragments_(snapshot_->concept_count()) {}

  // Those of a release; null where it has none.
  static const ReplyFragments* Of(const snapshot::Release& release) { return release.Find<ReplyFragments>(); }

  const snapshot::Snapshot& snapshot() const { return *snapshot_; }

  const ReplyFragment& Get(uint32_t item) const {
    return fragments_.Get(item, [&] { return Make(item); });
  }

 private:
  struct Delete {
    void operator()(const ReplyFragment* fragment) const { ::operator delete(const_cast<ReplyFragment*>(fragment)); }
  };
  using Table = base::LazyTable<ReplyFragment, Delete>;

  Table::Made Make(uint32_t item) const;

  const std::shared_ptr<const snapshot::Snapshot> snapshot_;
  const Table fragments_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_REPLY_FRAGMENTS_H_
