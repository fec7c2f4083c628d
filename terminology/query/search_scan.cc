#include "terminology/query/search_scan.h"

#include <algorithm>

namespace nosograph::query {
namespace {

using snapshot::DocumentKind;
using snapshot::DocumentRecord;
using snapshot::TextIndexView;

constexpr uint32_t kBlock = 256;      // documents
constexpr unsigned kInherited = 150;  // of 256: what a title above is worth

class Scan {
 public:
  Scan(const TextIndexView& index, const Plan& plan, DocumentRange range, const AcceptItem& accept,
       ScanScratch& scratch)
      : index_(index), plan_(plan), range_(range), accept_(accept), scratch_(scratch) {
    blocks_ = (index.document_count() + kBlock - 1) / kBlock;
    const size_t size = size_t{blocks_} * kBlock;
    if (scratch.covered.size() < size) {
      for (auto* bytes : {&scratch.of_slot, &scratch.of_option, &scratch.of_atom, &scratch.slots}) bytes->resize(size);
      scratch.covered.resize(size);
      scratch.touched.resize(blocks_);
    }
  }

  ScanResult Run(size_t limit) {
    uint32_t total = 0;
    for (const Slot& slot : plan_.slots) total += slot.little ? 0 : slot.weight;
    for (const Slot& slot : plan_.slots) {
      if (slot.little && total > 0) continue;
      ++selecting_;
      AddSlot(slot, total == 0 ? 1.0F / static_cast<float>(plan_.slots.size())
                               : static_cast<float>(slot.weight) / static_cast<float>(total));
    }
    Collect(limit);
    Clear();
    return result_;
  }

 private:
  void Touch(uint32_t document) { scratch_.touched[document / kBlock] = 1; }

  static void Raise(uint8_t& at, uint8_t to) { at = std::max(at, to); }

  void Mark(uint32_t document, uint8_t quality, uint32_t& inherited_to, std::vector<uint8_t>& into) {
    Raise(into[document], quality);
    Touch(document);
    const DocumentRecord& record = index_.documents[document];
    if (record.subtree_end <= document + 1 || record.kind != static_cast<uint32_t>(DocumentKind::kTitle) ||
        document < inherited_to) {
      return;
    }
    // The subtree of a document within one that was filled has what it would be given.
    inherited_to = std::min(record.subtree_end, index_.document_count());
    const auto less = static_cast<uint8_t>(quality * kInherited / 256);
    uint8_t* const begin = into.data() + document + 1;
    uint8_t* const end = into.data() + inherited_to;
    for (uint8_t* at = begin; at < end; ++at) *at = std::max(*at, less);
    for (uint32_t block = document / kBlock; block <= (inherited_to - 1) / kBlock; ++block) scratch_.touched[block] = 1;
  }

  void AddAtom(const Atom& atom, std::vector<uint8_t>& into) {
    const uint32_t documents = index_.document_count();
    for (const Reading& reading : atom.readings) {
      uint32_t inherited_to = 0;
      for (const uint32_t posting : index_.Postings(reading.term)) {
        if (posting < documents) {
          Mark(posting, reading.quality, inherited_to, into);
          continue;
        }
        for (const uint32_t document : index_.DocumentsOfTail(posting - documents)) {
          if (document >= documents) continue;
          Raise(into[document], static_cast<uint8_t>(reading.quality - reading.quality / 8));
          Touch(document);
        }
      }
    }
  }

  void AddSlot(const Slot& slot, float share) {
    for (const Option& option : slot.options) {
      if (option.atoms.size() == 1 && option.quality == 255) {
        AddAtom(plan_.atoms[option.atoms.front()], scratch_.of_slot);
        continue;
      }
      uint32_t weights = 0;
      for (const uint32_t atom : option.atoms) weights += plan_.atoms[atom].weight;
      for (const uint32_t atom : option.atoms) {
        AddAtom(plan_.atoms[atom], scratch_.of_atom);
        // Sixteen bits hold the products, and eight of them stand in a register.
        const auto part =
            static_cast<uint16_t>(plan_.atoms[atom].weight * option.quality / std::max<uint32_t>(1, weights));
        ForEachTouched([&](uint32_t begin) {
          uint8_t* const of_atom = scratch_.of_atom.data() + begin;
          uint8_t* const of_option = scratch_.of_option.data() + begin;
          for (uint32_t i = 0; i < kBlock; ++i) {
            of_option[i] = static_cast<uint8_t>(of_option[i] + (static_cast<uint16_t>(of_atom[i] * part) >> 8));
            of_atom[i] = 0;
          }
        });
      }
      ForEachTouched([&](uint32_t begin) {
        uint8_t* const of_option = scratch_.of_option.data() + begin;
        uint8_t* const of_slot = scratch_.of_slot.data() + begin;
        for (uint32_t i = 0; i < kBlock; ++i) {
          of_slot[i] = std::max(of_slot[i], of_option[i]);
          of_option[i] = 0;
        }
      });
    }
    constexpr uint8_t kFound = 90;  // an inherited word of a misspelling still counts as found
    const auto part = static_cast<uint16_t>(share * 4 * kWholeCover / 255);
    ForEachTouched([&](uint32_t begin) {
      uint8_t* const of_slot = scratch_.of_slot.data() + begin;
      int16_t* const covered = scratch_.covered.data() + begin;
      uint8_t* const slots = scratch_.slots.data() + begin;
      for (uint32_t i = 0; i < kBlock; ++i) {
        covered[i] = static_cast<int16_t>(covered[i] + (static_cast<uint16_t>(of_slot[i] * part) >> 2));
        slots[i] = static_cast<uint8_t>(slots[i] + (of_slot[i] >= kFound ? 1 : 0));
        of_slot[i] = 0;
      }
    });
  }

  template <typename Take>
  void ForEachTouched(const Take& take) {
    for (uint32_t block = 0; block < blocks_; ++block) {
      if (scratch_.touched[block] != 0) take(block * kBlock);
    }
  }

  void Collect(size_t limit) {
    std::vector<Candidate>& candidates = scratch_.candidates;
    candidates.clear();
    int16_t most = 0;
    std::vector<int16_t>& covered = scratch_.covered;
    ForEachTouched([&](uint32_t begin) {
      int16_t of_block = 0;
      uint32_t complete = 0;
      for (uint32_t i = begin; i < begin + kBlock; ++i) of_block = std::max(of_block, covered[i]);
      for (uint32_t i = begin; i < begin + kBlock; ++i) complete += scratch_.slots[i] == selecting_ ? 1 : 0;
      if (begin + kBlock <= range_.begin || begin >= range_.end) return;
      most = std::max(most, of_block);
      if (complete > 0) CountComplete(begin);
    });
    if (most == 0) return;
    const auto least = static_cast<int16_t>(most * 2 / 5);
    float asked = 0;
    for (const Slot& slot : plan_.slots) asked += slot.little ? 0.0F : static_cast<float>(slot.weight);
    ForEachTouched([&](uint32_t begin) {
      for (uint32_t group = begin; group < begin + kBlock; group += kGroup) {
        int16_t of_group = 0;
        for (uint32_t i = group; i < group + kGroup; ++i) of_group = std::max(of_group, covered[i]);
        if (of_group < least) continue;
        for (uint32_t i = group; i < group + kGroup; ++i) {
          if (covered[i] < least || !InRange(i)) continue;
          const float cover = static_cast<float>(covered[i]) / kWholeCover;
          const float mass = static_cast<float>(index_.MassOf(i)) + 1;
          const float of_text = std::min(1.0F, cover * asked / mass);
          const float whole = scratch_.slots[i] == selecting_ ? 1.25F : 1.0F;
          candidates.push_back({i, cover * cover * (0.4F + 0.6F * of_text) * whole});
        }
      }
    });
    if (candidates.size() > limit) {
      std::nth_element(candidates.begin(), candidates.begin() + static_cast<ptrdiff_t>(limit), candidates.end(),
                       [](const Candidate& a, const Candidate& b) {
                         return a.score != b.score ? a.score > b.score : a.document < b.document;
                       });
      candidates.resize(limit);
    }
  }

  bool InRange(uint32_t document) const {
    return document >= range_.begin && document < range_.end && (!accept_ || accept_(index_.documents[document].item));
  }

  // Documents of a concept follow one another.
  void CountComplete(uint32_t begin) {
    for (uint32_t i = begin; i < begin + kBlock; ++i) {
      if (scratch_.slots[i] != selecting_ || i >= index_.document_count()) continue;
      const uint32_t item = index_.documents[i].item;
      if (item == last_complete_ || !InRange(i)) continue;
      last_complete_ = item;
      ++result_.complete;
    }
  }

  void Clear() {
    ForEachTouched([&](uint32_t begin) {
      std::fill_n(scratch_.covered.begin() + begin, kBlock, int16_t{0});
      std::fill_n(scratch_.slots.begin() + begin, kBlock, uint8_t{0});
      scratch_.touched[begin / kBlock] = 0;
    });
  }

  static constexpr uint32_t kGroup = 32;

  const TextIndexView& index_;
  const Plan& plan_;
  const DocumentRange range_;
  const AcceptItem& accept_;
  ScanScratch& scratch_;
  uint32_t blocks_ = 0;
  uint8_t selecting_ = 0;
  uint32_t last_complete_ = snapshot::kNone;
  ScanResult result_;
};

}  // namespace

ScanResult ScanDocuments(const TextIndexView& index, const Plan& plan, DocumentRange range, const AcceptItem& accept,
                         size_t limit, ScanScratch& scratch) {
  return Scan(index, plan, range, accept, scratch).Run(limit);
}

}  // namespace nosograph::query
