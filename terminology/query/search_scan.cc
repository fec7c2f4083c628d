#include "terminology/query/search_scan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>

#include "absl/types/span.h"
#include "terminology/query/search_blocks.h"
#include "terminology/snapshot/format.h"

namespace nosograph::query {
namespace {

using snapshot::TextIndexView;

constexpr size_t kAhead = 4;          // headers whose records are fetched while one is worked on
constexpr unsigned kInherited = 150;  // of 256: what a title above is worth

class Scan {
 public:
  Scan(const TextIndexView& index, const Plan& plan, DocumentRange range, const AcceptItem& accept,
       ScanScratch& scratch)
      : index_(index), plan_(plan), range_(range), accept_(accept), scratch_(scratch) {
    blocks_ = (index.document_count() + kBlock - 1) / kBlock;
    range_.end = std::min(range_.end, index.document_count());
    first_block_ = range_.begin / kBlock;
    end_block_ = std::max(first_block_, (range_.end + kBlock - 1) / kBlock);
    const size_t size = size_t{blocks_} * kBlock;
    if (scratch.covered.size() < size) {
      for (auto* bytes : {&scratch.of_slot, &scratch.of_option, &scratch.of_atom, &scratch.slots}) bytes->resize(size);
      scratch.covered.resize(size);
      scratch.touched.resize(blocks_);
      scratch.of_slot_touched.resize(blocks_);
      scratch.most.resize(blocks_);
    }
  }

  ScanResult Run(size_t limit) {
    if (range_.begin >= range_.end) {
      scratch_.candidates.clear();
      return result_;
    }
    OrderSlots();
    for (size_t i = 0; i < ordered_.size(); ++i) {
      // What has none of the words so far, and could no longer come near the best with all that are left, is let go.
      only_touched_ = ordered_[i].rest < Least();
      AddSlot(*ordered_[i].slot, ordered_[i].part);
      LetGo(i + 1 < ordered_.size() ? ordered_[i + 1].rest : 0);
    }
    Collect(limit);
    Clear();
    return result_;
  }

 private:
  struct OrderedSlot {
    const Slot* slot;
    uint16_t part;  // what a quality is multiplied by, times four
    int rest;       // the most that this slot and those behind it add to what is covered
  };

  // The most telling first.
  void OrderSlots() {
    uint32_t total = 0;
    for (const Slot& slot : plan_.slots) total += slot.little ? 0 : slot.weight;
    for (const Slot& slot : plan_.slots) {
      if (slot.little && total > 0) continue;
      const float share = total == 0 ? 1.0F / static_cast<float>(plan_.slots.size())
                                     : static_cast<float>(slot.weight) / static_cast<float>(total);
      ordered_.push_back({&slot, static_cast<uint16_t>(share * 4 * kWholeCover / kWholeQuality), 0});
    }
    std::stable_sort(ordered_.begin(), ordered_.end(),
                     [](const OrderedSlot& a, const OrderedSlot& b) { return a.part > b.part; });
    int rest = 0;
    for (size_t i = ordered_.size(); i-- > 0;) {
      rest += kWholeQuality * ordered_[i].part / 4;
      ordered_[i].rest = rest;
    }
  }

  // The least that a document must cover beside the best.
  int Least() const { return most_ * 9 / 20; }

  static void Raise(uint8_t& at, uint8_t to) { at = std::max(at, to); }

  // The next touched block at or behind `block`, or the end.
  uint32_t NextTouched(uint32_t block, uint32_t end) const {
    if (block >= end) return end;
    const void* const found = std::memchr(scratch_.touched.data() + block, 1, end - block);
    return found == nullptr ? end : static_cast<uint32_t>(static_cast<const uint8_t*>(found) - scratch_.touched.data());
  }

  // Gives documents, ascending, a quality.
  void Scatter(absl::Span<const uint32_t> documents, uint8_t quality, std::vector<uint8_t>& into) {
    uint8_t* const at = into.data();
    uint8_t* const touched = scratch_.of_slot_touched.data();
    const uint32_t end = std::min(end_block_ * kBlock, index_.document_count());
    const uint32_t* next = documents.begin();
    if (first_block_ > 0) next = std::lower_bound(next, documents.end(), first_block_ * kBlock);
    if (!only_touched_) {
      for (; next != documents.end() && *next < end; ++next) {
        Raise(at[*next], quality);
        touched[*next / kBlock] = 1;
      }
      return;
    }
    while (next != documents.end() && *next < end) {
      const uint32_t block = *next / kBlock;
      if (scratch_.touched[block] == 0) {
        const uint32_t wanted = NextTouched(block, end_block_);
        if (wanted == end_block_) return;
        next = Gallop(next + 1, documents.end(), wanted * kBlock);
        continue;
      }
      touched[block] = 1;
      for (const uint32_t block_end = std::min((block + 1) * kBlock, end);
           next != documents.end() && *next >= block * kBlock && *next < block_end; ++next) {
        Raise(at[*next], quality);
      }
    }
  }

  // The first that is not below `wanted`, sought in steps that grow.
  static const uint32_t* Gallop(const uint32_t* begin, const uint32_t* end, uint32_t wanted) {
    ptrdiff_t step = 1;
    while (step < end - begin && begin[step] < wanted) {
      begin += step;
      step *= 2;
    }
    return std::lower_bound(begin, std::min(begin + step, end), wanted);
  }

  // What a title says holds for all that is below it, somewhat less.
  void Inherit(uint32_t begin, uint32_t end, uint8_t quality, std::vector<uint8_t>& into) {
    const auto less = static_cast<uint8_t>(quality * kInherited / 256);
    begin = std::max(begin, first_block_ * kBlock);
    end = std::min({end, end_block_ * kBlock, index_.document_count()});
    const auto fill = [&](uint32_t from, uint32_t to) { RaiseTo(into.data() + from, to - from, less); };
    if (begin >= end) return;
    const uint32_t last = (end - 1) / kBlock;
    if (!only_touched_) {
      fill(begin, end);
      std::memset(scratch_.of_slot_touched.data() + begin / kBlock, 1, last - begin / kBlock + 1);
      return;
    }
    for (uint32_t block = NextTouched(begin / kBlock, last + 1); block <= last;
         block = NextTouched(block + 1, last + 1)) {
      fill(std::max(begin, block * kBlock), std::min(end, (block + 1) * kBlock));
      scratch_.of_slot_touched[block] = 1;
    }
  }

  void AddAtom(const Atom& atom, std::vector<uint8_t>& into) {
    const uint32_t documents = index_.document_count();
    for (const Reading& reading : atom.readings) {
      const absl::Span<const uint32_t> headers = index_.HeaderPostings(reading.term);
      Scatter(headers, reading.quality, into);
      uint32_t inherited_to = 0;
      for (size_t i = 0; i < headers.size(); ++i) {
        const uint32_t header = headers[i];
        if (i + kAhead < headers.size()) index_.Prefetch(headers[i + kAhead]);
        // The subtree of a title within one that was filled has what it would be given.
        if (header < inherited_to || !index_.IsHeader(header)) continue;
        inherited_to = index_.documents[header].subtree_end;
        Inherit(header + 1, inherited_to, reading.quality, into);
      }
      const absl::Span<const uint32_t> leaves = index_.LeafPostings(reading.term);
      const auto tails =
          static_cast<size_t>(std::lower_bound(leaves.begin(), leaves.end(), documents) - leaves.begin());
      Scatter(leaves.first(tails), reading.quality, into);
      for (const uint32_t tail : leaves.subspan(tails)) {
        if (tail < documents) continue;
        Scatter(index_.DocumentsOfTail(tail - documents), static_cast<uint8_t>(reading.quality - reading.quality / 8),
                into);
      }
    }
  }

  void AddSlot(const Slot& slot, uint16_t slot_part) {
    for (const Option& option : slot.options) {
      if (option.atoms.size() == 1 && option.quality == kWholeQuality) {
        AddAtom(plan_.atoms[option.atoms.front()], scratch_.of_slot);
        continue;
      }
      uint32_t weights = 0;
      for (const uint32_t atom : option.atoms) weights += plan_.atoms[atom].weight;
      for (const uint32_t atom : option.atoms) {
        AddAtom(plan_.atoms[atom], scratch_.of_atom);
        const auto part =
            static_cast<uint16_t>(plan_.atoms[atom].weight * option.quality / std::max<uint32_t>(1, weights));
        ForEach(scratch_.of_slot_touched, [&](uint32_t begin) {
          AddToOption(scratch_.of_atom.data() + begin, scratch_.of_option.data() + begin, part);
        });
      }
      ForEach(scratch_.of_slot_touched, [&](uint32_t begin) {
        RaiseToOption(scratch_.of_option.data() + begin, scratch_.of_slot.data() + begin);
      });
    }
    constexpr uint8_t kFound = 90;  // an inherited word of a misspelling still counts as found
    ForEach(scratch_.of_slot_touched, [&](uint32_t begin) {
      const int16_t most = AddToCover(scratch_.of_slot.data() + begin, scratch_.covered.data() + begin,
                                      scratch_.slots.data() + begin, slot_part, kFound);
      const uint32_t block = begin / kBlock;
      scratch_.most[block] = most;
      scratch_.touched[block] = 1;
      scratch_.of_slot_touched[block] = 0;
      most_ = std::max<int>(most_, most);
    });
  }

  template <typename Take>
  void ForEach(const std::vector<uint8_t>& touched, const Take& take) {
    constexpr uint32_t kAtOnce = sizeof(uint64_t);
    for (uint32_t block = first_block_; block < end_block_;) {
      const uint32_t end = std::min(block + kAtOnce, end_block_);
      uint64_t any = 1;
      if (end - block == kAtOnce) std::memcpy(&any, touched.data() + block, kAtOnce);
      if (any == 0) {  // most, after the first words
        block = end;
        continue;
      }
      for (; block < end; ++block) {
        if (touched[block] != 0) take(block * kBlock);
      }
    }
  }

  // Of blocks in which nothing comes near the best, whatever is found yet, `rest` at most.
  void LetGo(int rest) {
    ForEach(scratch_.touched, [&](uint32_t begin) {
      if (scratch_.most[begin / kBlock] + rest < Least()) ClearBlock(begin);
    });
  }

  void Collect(size_t limit) {
    std::vector<Candidate>& candidates = scratch_.candidates;
    candidates.clear();
    if (most_ == 0) return;
    const auto least = static_cast<int16_t>(std::max(1, Least()));
    int16_t worth = least;  // what covers less cannot be among the best any more
    float last = 0;         // nor what scores no more: of two alike the one before is the better
    const auto selecting = static_cast<uint8_t>(ordered_.size());
    const std::vector<int16_t>& covered = scratch_.covered;
    float asked = 0;
    for (const Slot& slot : plan_.slots) asked += slot.little ? 0.0F : static_cast<float>(slot.weight);
    uint32_t last_complete = snapshot::kNone;  // documents of a concept follow one another
    ForEach(scratch_.touched, [&](uint32_t begin) {
      if (scratch_.most[begin / kBlock] < least) return;
      for (uint32_t group = begin; group < begin + kBlock; group += kGroup) {
        for (uint32_t found = AtLeast(covered.data() + group, least); found != 0; found &= found - 1) {
          const uint32_t i = group + static_cast<uint32_t>(std::countr_zero(found));
          if (!InRange(i)) continue;
          const bool complete = scratch_.slots[i] == selecting;
          if (complete && std::exchange(last_complete, index_.documents[i].item) != index_.documents[i].item) {
            ++result_.complete;
          }
          if (covered[i] < worth) continue;
          const float cover = static_cast<float>(covered[i]) / kWholeCover;
          const float mass = static_cast<float>(index_.MassOf(i)) + 1;
          const float of_text = std::min(1.0F, cover * asked / mass);
          const float score = cover * cover * (0.4F + 0.6F * of_text) * (complete ? kForComplete : 1.0F);
          if (score > last) candidates.push_back({i, score, complete, false});
        }
        if (candidates.size() / 4 < limit) continue;
        last = KeepBest(limit);
        worth = std::max(least, static_cast<int16_t>(std::sqrt(last / kForComplete) * kWholeCover));
      }
    });
    if (candidates.size() > limit) KeepBest(limit);
    for (Candidate& candidate : candidates) {
      candidate.complete = candidate.complete || IsComplete(candidate.document, least);
      const uint32_t above = index_.TitleAbove(index_.TitleOf(candidate.document));
      candidate.above_complete = above < index_.document_count() && IsComplete(above, least);
    }
  }

  // Of more candidates than `limit` the best: the score of the last of them.
  float KeepBest(size_t limit) {
    std::vector<Candidate>& candidates = scratch_.candidates;
    const auto last = candidates.begin() + static_cast<ptrdiff_t>(limit) - 1;
    std::nth_element(candidates.begin(), last, candidates.end(), [](const Candidate& a, const Candidate& b) {
      return a.score != b.score ? a.score > b.score : a.document < b.document;
    });
    candidates.resize(limit);
    return candidates.back().score;
  }

  // Whether every slot found a text of the document's concept. Documents of a concept follow one another.
  bool IsComplete(uint32_t document, int16_t least) const {
    const auto complete = [&](uint32_t at) {
      return scratch_.slots[at] == ordered_.size() && scratch_.covered[at] >= least && InRange(at);
    };
    const uint32_t item = index_.documents[document].item;
    for (uint32_t at = document; at-- > 0 && index_.documents[at].item == item;) {
      if (complete(at)) return true;
    }
    for (uint32_t at = document; at < index_.document_count() && index_.documents[at].item == item; ++at) {
      if (complete(at)) return true;
    }
    return false;
  }

  bool InRange(uint32_t document) const {
    return document >= range_.begin && document < range_.end && (!accept_ || accept_(index_.documents[document].item));
  }

  void ClearBlock(uint32_t begin) {
    ClearCover(scratch_.covered.data() + begin, scratch_.slots.data() + begin);
    scratch_.touched[begin / kBlock] = 0;
  }

  void Clear() {
    ForEach(scratch_.touched, [&](uint32_t begin) { ClearBlock(begin); });
  }

  static constexpr float kForComplete = 1.25F;
  static constexpr int kWholeQuality = 255;

  const TextIndexView& index_;
  const Plan& plan_;
  DocumentRange range_;
  const AcceptItem& accept_;
  ScanScratch& scratch_;
  uint32_t blocks_ = 0;
  uint32_t first_block_ = 0;  // those that hold the range
  uint32_t end_block_ = 0;
  std::vector<OrderedSlot> ordered_;
  bool only_touched_ = false;  // nothing is found but in blocks that are touched already
  int most_ = 0;               // the most that any document covers so far
  ScanResult result_;
};

}  // namespace

ScanResult ScanDocuments(const TextIndexView& index, const Plan& plan, DocumentRange range, const AcceptItem& accept,
                         size_t limit, ScanScratch& scratch) {
  return Scan(index, plan, range, accept, scratch).Run(limit);
}

}  // namespace nosograph::query
