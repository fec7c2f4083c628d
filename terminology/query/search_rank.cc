#include "terminology/query/search_rank.h"

#include <algorithm>
#include <cmath>

namespace nosograph::query {
namespace {

using snapshot::DocumentKind;
using snapshot::DocumentRecord;

constexpr float kInherited = 0.6F;
constexpr float kInTail = 0.9F;
constexpr float kForBilling = 1.05F;  // of two that answer alike, the one that may stand on a claim
constexpr float kOnlyGathers = 0.9F;  // chapters and blocks are no codes

float KindFactor(uint32_t kind) {
  switch (static_cast<DocumentKind>(kind)) {
    case DocumentKind::kTitle:
      return 1.0F;
    case DocumentKind::kInclusionTerm:
    case DocumentKind::kDesignation:
    case DocumentKind::kSynonym:
      return 0.96F;
    case DocumentKind::kIncludes:
      return 0.92F;
    case DocumentKind::kReference:
      return 0.85F;
  }
  return 0.8F;
}

}  // namespace

Ranker::Ranker(const snapshot::Snapshot& snapshot, const Plan& plan, RankScratch& scratch)
    : snapshot_(snapshot), index_(snapshot.text_index()), plan_(plan), scratch_(scratch) {
  if (scratch_.first_mark.size() < index_.term_count()) {
    scratch_.first_mark.resize(index_.term_count());
    scratch_.marked.resize(index_.term_count() / 64 + 1);
  }
  scratch_.marks.assign(1, {});
  for (uint32_t atom = 0; atom < plan_.atoms.size(); ++atom) {
    for (const Reading& reading : plan_.atoms[atom].readings) {
      uint32_t& first = scratch_.first_mark[reading.term];
      scratch_.marks.push_back({first, static_cast<uint16_t>(atom), reading.quality, reading.reason});
      first = static_cast<uint32_t>(scratch_.marks.size() - 1);
      scratch_.marked[reading.term / 64] |= uint64_t{1} << (reading.term % 64);
    }
  }
  MarkTails();
  for (const Slot& slot : plan_.slots) asked_ += static_cast<float>(slot.weight);
  own_.resize(plan_.atoms.size());
  above_.resize(plan_.atoms.size());
  tails_.resize(plan_.atoms.size());
}

void Ranker::MarkTails() {
  const uint32_t documents = index_.document_count();
  if (scratch_.marked_tails.size() < index_.tail_count()) scratch_.marked_tails.resize(index_.tail_count());
  for (const Atom& atom : plan_.atoms) {
    for (const Reading& reading : atom.readings) {
      const absl::Span<const uint32_t> leaves = index_.LeafPostings(reading.term);
      for (size_t i = leaves.size(); i-- > 0 && leaves[i] >= documents;) {
        if (leaves[i] - documents >= index_.tail_count()) continue;
        scratch_.marked_tails[leaves[i] - documents] = 1;
        any_tail_ = true;
      }
    }
  }
}

Ranker::~Ranker() {
  if (any_tail_) std::fill(scratch_.marked_tails.begin(), scratch_.marked_tails.end(), uint8_t{0});
  for (const Atom& atom : plan_.atoms) {
    for (const Reading& reading : atom.readings) {
      scratch_.first_mark[reading.term] = 0;
      scratch_.marked[reading.term / 64] = 0;
    }
  }
}

Ranker::Mass Ranker::ReadWords(uint32_t document, std::vector<Best>& best) const {
  uint32_t position = 0;
  Mass mass;
  for (const uint32_t word : index_.WordsOf(document)) {
    const uint32_t term = snapshot::TermOfWord(word);
    ++position;
    if (!IsMarked(term)) continue;
    uint8_t best_of_term = 0;
    for (uint32_t mark = scratch_.first_mark[term]; mark != 0; mark = scratch_.marks[mark].next) {
      const uint8_t quality = scratch_.marks[mark].quality;
      best_of_term = std::max(best_of_term, quality);
      Best& of = best[scratch_.marks[mark].atom];
      if (quality > of.quality) of = {quality, static_cast<uint8_t>(std::min<uint32_t>(position, 255))};
    }
    if ((word & snapshot::kNonessentialWord) != 0) mass.nonessential += static_cast<float>(index_.WeightOf(term));
    mass.matched += static_cast<float>(index_.WeightOf(term)) * static_cast<float>(best_of_term) / 255.0F;
  }
  return mass;
}

float Ranker::SlotValue(const Slot& slot, const std::vector<Best>& best, int* position) const {
  float value = 0;
  for (const Option& option : slot.options) {
    float found = 0;
    float weights = 0;
    for (const uint32_t atom : option.atoms) {
      const auto weight = static_cast<float>(plan_.atoms[atom].weight);
      weights += weight;
      found += weight * static_cast<float>(best[atom].quality);
    }
    if (weights == 0) continue;
    float of_option = found / weights / 255.0F;
    if (option.atoms.size() > 1) of_option *= of_option;  // half a phrase is less than half of what it says
    of_option *= static_cast<float>(option.quality) / 255.0F;
    if (of_option > value) {
      value = of_option;
      if (position != nullptr) *position = option.atoms.size() > 1 ? 0 : best[option.atoms.front()].position;
    }
  }
  return value;
}

void Ranker::ReadAbove(uint32_t document, bool title) {
  uint32_t above = title ? index_.TitleAbove(document) : index_.TitleOf(document);
  if (above_document_ == above) return;  // siblings come one after the other and share it
  above_document_ = above;
  std::fill(above_.begin(), above_.end(), Best());
  for (; above < index_.document_count(); above = index_.TitleAbove(above)) ReadWords(above, above_);
}

void Ranker::ReadTails(uint32_t item) {
  std::fill(tails_.begin(), tails_.end(), Best());
  if (!any_tail_ || snapshot_.subtree_end(item) <= item + 1) return;
  for (const snapshot::MadeRecord& made : index_.MadeOfItems(item + 1, snapshot_.subtree_end(item))) {
    if (made.tail < scratch_.marked_tails.size() && scratch_.marked_tails[made.tail] != 0) {
      ReadWords(index_.document_count() + made.tail, tails_);
    }
  }
}

float Ranker::TailShare(uint32_t document, uint32_t tail) {
  std::fill(own_.begin(), own_.end(), Best());
  std::fill(tails_.begin(), tails_.end(), Best());
  ReadWords(document, own_);
  ReadWords(index_.document_count() + tail, tails_);
  float share = 0;
  for (const Slot& slot : plan_.slots) {
    const float own = SlotValue(slot, own_, nullptr);
    const float of_tail = SlotValue(slot, tails_, nullptr);
    if (of_tail > own) share += (of_tail - own) * static_cast<float>(slot.weight);
  }
  return asked_ > 0 ? share / asked_ : 0;
}

Ranked Ranker::Score(uint32_t document) {
  Ranked ranked;
  const DocumentRecord& record = index_.documents[document];
  const bool title = record.kind == static_cast<uint32_t>(DocumentKind::kTitle);
  std::fill(own_.begin(), own_.end(), Best());
  const Mass found = ReadWords(document, own_);
  // What adds nothing to the name counts where it is asked for.
  const float mass = static_cast<float>(index_.MassOf(document)) + found.nonessential;
  float covered = 0;
  float near = 0;
  bool found_before = false;
  int last_position = 0;
  bool complete = true;
  bool whole = true;
  bool read_above = false;
  bool read_tails = false;
  bool exact = true;
  for (const Slot& slot : plan_.slots) {
    int position = 0;
    float value = SlotValue(slot, own_, &position);
    const auto weight = static_cast<float>(slot.weight);
    exact = exact && value > 0.95F;
    if (value > 0 && found_before) {
      const int step = position == 0 || last_position == 0 ? 1 : position - last_position;
      near += step == 1 ? 1.0F : step > 0 && step <= 4 ? 0.6F : step > 0 ? 0.4F : 0.2F;
      exact = exact && step > 0;
    }
    if (value > 0) {
      found_before = true;
      last_position = position;
    }
    const float of_text_alone = value;
    if (value < kInherited) {
      if (!read_above) ReadAbove(document, title);
      read_above = true;
      value = std::max(value, kInherited * SlotValue(slot, above_, nullptr));
    }
    float of_tail = 0;
    if (value < kInTail) {
      if (!read_tails) ReadTails(record.item);
      read_tails = true;
      of_tail = kInTail * SlotValue(slot, tails_, nullptr);
      if (of_tail > value) {
        value = of_tail;
        ranked.tail = true;
      }
    }
    whole = whole && (slot.little || std::max(of_text_alone, of_tail) > 0.3F);
    covered += weight * value;
    complete = complete && (slot.little || value > 0.3F);
  }
  covered /= std::max(1.0F, asked_);
  constexpr float kWhole = 0.95F;
  // A document's words are those of the query, but for what adds nothing.
  exact = exact && found.matched >= kWhole * mass;
  const float of_text = mass > 0 ? std::min(1.0F, found.matched / mass) : 0;
  const float closeness = plan_.slots.size() > 1 ? near / static_cast<float>(plan_.slots.size() - 1) : 1;
  float score = covered * covered * (0.55F + 0.4F * of_text + 0.05F * closeness);
  score *= KindFactor(record.kind);
  if (snapshot_.billable(record.item)) score *= kForBilling;
  const model::ConceptKind kind = snapshot_.kind(record.item);
  if (kind == model::ConceptKind::kChapter || kind == model::ConceptKind::kBlock) score *= kOnlyGathers;
  if (exact) score *= 1.5F;
  if (complete) score *= 1.1F;
  ranked.score = score;
  ranked.whole = whole;
  return ranked;
}

std::vector<Ranker::WordMatch> Ranker::Matches(uint32_t document) const {
  std::vector<WordMatch> matches;
  uint32_t word = 0;
  for (const uint32_t of_document : index_.WordsOf(document)) {
    const uint32_t term = snapshot::TermOfWord(of_document);
    const RankScratch::Mark* best = nullptr;
    const uint32_t first = term < scratch_.first_mark.size() ? scratch_.first_mark[term] : 0;
    for (uint32_t mark = first; mark != 0; mark = scratch_.marks[mark].next) {
      if (best == nullptr || scratch_.marks[mark].quality > best->quality) best = &scratch_.marks[mark];
    }
    if (best != nullptr) matches.push_back({word, best->atom, best->reason});
    ++word;
  }
  return matches;
}

}  // namespace nosograph::query
