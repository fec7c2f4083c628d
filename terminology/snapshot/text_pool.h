// The texts of a snapshot that is being written, each once.
//
// Not thread-safe. Owns what it was given.
//
//   TextPool pool;
//   const TextRef ref = pool.Add("Calcinosis cutis");
//   pool.Text(ref) == "Calcinosis cutis"
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_POOL_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_POOL_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "terminology/snapshot/checksum.h"
#include "terminology/snapshot/format.h"

namespace nosograph::snapshot {

class TextPool {
 public:
  TextPool() = default;
  TextPool(const TextPool&) = delete;  // the set looks into `content_` of this very object
  TextPool& operator=(const TextPool&) = delete;

  // The place of `text`, which is added if it is new. Texts beyond what 32 bits address are not; see fits().
  TextRef Add(absl::string_view text) {
    if (text.empty()) return {0, 0};
    if (const auto known = refs_.find(text); known != refs_.end()) return *known;
    if (text.size() > std::numeric_limits<uint32_t>::max() - content_.size()) {
      fits_ = false;
      return {0, 0};
    }
    const TextRef ref{static_cast<uint32_t>(content_.size()), static_cast<uint32_t>(text.size())};
    content_.append(text.data(), text.size());
    refs_.insert(ref);
    return ref;
  }

  // Lives until the next Add.
  absl::string_view Text(TextRef ref) const { return {content_.data() + ref.offset, ref.length}; }
  const std::string& content() const { return content_; }
  bool fits() const { return fits_; }

 private:
  struct Hash {
    using is_transparent = void;
    const std::string* content;
    size_t operator()(absl::string_view text) const { return Checksum(text); }
    size_t operator()(TextRef ref) const { return Checksum({content->data() + ref.offset, ref.length}); }
  };
  struct Equal {
    using is_transparent = void;
    const std::string* content;
    absl::string_view View(TextRef ref) const { return {content->data() + ref.offset, ref.length}; }
    static absl::string_view View(absl::string_view text) { return text; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return View(a) == View(b);
    }
  };

  std::string content_;
  absl::flat_hash_set<TextRef, Hash, Equal> refs_{0, Hash{&content_}, Equal{&content_}};
  bool fits_ = true;
};

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_POOL_H_
