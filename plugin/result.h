// An answer as the C ABI shows it: lists of entries, each with fields and flags.
//
// A back end derives its own, which says at once what is cheap and fills the lists when they are first asked for.
// Not thread-safe: of one thread at a time, since reading fills it.
//
//   Entry entry;
//   entry.Add(NOSO_FIELD_CODE, "L94.2").Flag(NOSO_FLAG_BILLABLE, true);
//   lists.Of(NOSO_LIST_MATCHED).push_back(std::move(entry));
#ifndef NOSOGRAPH_PLUGIN_RESULT_H_
#define NOSOGRAPH_PLUGIN_RESULT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "plugin/include/nosograph.h"

namespace nosograph::plugin {

class Entry {
 public:
  // `text` must live as long as the result. Empty text is as none.
  Entry& Add(noso_field field, absl::string_view text) {
    if (!text.empty()) fields_.emplace_back(field, text);
    return *this;
  }
  Entry& Flag(noso_flag flag, bool on) {
    if (on) flags_ |= uint32_t{1} << flag;
    return *this;
  }

  absl::string_view Get(noso_field field) const {
    for (const auto& [name, text] : fields_) {
      if (name == field) return text;
    }
    return {};
  }
  bool Has(noso_flag flag) const { return flag >= 0 && flag < 32 && (flags_ >> flag & 1) != 0; }

 private:
  std::vector<std::pair<noso_field, absl::string_view>> fields_;
  uint32_t flags_ = 0;
};

class Lists {
 public:
  static constexpr noso_list kCount = NOSO_LIST_CORRECTIONS + 1;

  std::vector<Entry>& Of(noso_list list) { return lists_[static_cast<size_t>(list)]; }
  const Entry* Find(noso_list list, size_t index) const {
    if (list < 0 || list >= kCount || index >= lists_[static_cast<size_t>(list)].size()) return nullptr;
    return &lists_[static_cast<size_t>(list)][index];
  }
  size_t Count(noso_list list) const {
    return list < 0 || list >= kCount ? 0 : lists_[static_cast<size_t>(list)].size();
  }
  // "SYSTEM|VERSION" of the release that was asked; empty where there is none.
  absl::string_view release() const { return release_; }

  // Once the releases are listed.
  void NameRelease() {
    const Entry* asked = Find(NOSO_LIST_RELEASES, 0);
    if (asked == nullptr) return;
    release_ = absl::StrCat(asked->Get(NOSO_FIELD_SYSTEM), "|", asked->Get(NOSO_FIELD_VERSION));
  }

  // Keeps text that lives nowhere else.
  absl::string_view Keep(std::string text) { return kept_.emplace_back(std::move(text)); }

 private:
  std::array<std::vector<Entry>, kCount> lists_;
  std::deque<std::string> kept_;
  std::string release_;
};

}  // namespace nosograph::plugin

// NOLINTNEXTLINE(readability-identifier-naming): the name in C
struct noso_result {
 public:
  virtual ~noso_result() = default;
  noso_result() = default;
  noso_result(const noso_result&) = delete;
  noso_result& operator=(const noso_result&) = delete;

  virtual noso_status status() const { return NOSO_OK; }
  virtual absl::string_view message() const { return {}; }
  virtual noso_outcome outcome() const { return NOSO_UNDETERMINED; }
  // What can be told without the lists; false where they must be asked.
  virtual bool Quick(noso_list /*list*/, size_t /*index*/, noso_field /*field*/, absl::string_view& /*text*/) const {
    return false;
  }
  // Of a batch.
  virtual size_t item_count() const { return 0; }
  virtual const noso_result* item(size_t) const { return nullptr; }

  const nosograph::plugin::Lists& lists() const {
    if (lists_ == nullptr) {
      auto lists = std::make_unique<nosograph::plugin::Lists>();
      Fill(*lists);
      lists->NameRelease();
      if (stale_) lists->Of(NOSO_LIST_ANSWER).front().Flag(NOSO_FLAG_STALE, true);
      lists_ = std::move(lists);
    }
    return *lists_;
  }
  // Belongs to a batch.
  void MarkItem() { item_ = true; }
  bool is_item() const { return item_; }
  // Before it is read.
  virtual void MarkStale() { stale_ = true; }

 protected:
  // Asked once. Leaves one entry in NOSO_LIST_ANSWER.
  virtual void Fill(nosograph::plugin::Lists& lists) const = 0;

 private:
  mutable std::unique_ptr<const nosograph::plugin::Lists> lists_;
  bool stale_ = false;
  bool item_ = false;
};

#endif  // NOSOGRAPH_PLUGIN_RESULT_H_
