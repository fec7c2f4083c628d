#include "terminology/query/search_one.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "terminology/snapshot/reference_name.h"

namespace nosograph::query {
namespace {

using snapshot::DocumentKind;
using snapshot::DocumentRecord;

// How many candidates are weighed word by word; those behind them stay in the order of the first pass, so that what
// stands before them is the same however many are asked for.
constexpr size_t kWeighed = 96;
// What scores less than this of the last hit of a usual page is not weighed either.
constexpr float kWorthWeighing = 0.8F;
// How many candidates ahead of the one that is weighed memory is fetched.
constexpr size_t kRecordsAhead = 4;
constexpr size_t kWordsAhead = 2;
// Where this many answer every word of the query, nothing is looked for that does not.
constexpr uint32_t kEnough = 1;

bool Better(const Candidate& a, const Candidate& b) {
  return a.score != b.score ? a.score > b.score : a.document < b.document;
}

}  // namespace

bool HasMade(const snapshot::Snapshot& snapshot, uint32_t item) {
  return item + 1 < snapshot.subtree_end(item) && snapshot.seventh_character(item + 1);
}

absl::Span<const snapshot::MadeRecord> MadeOf(const snapshot::Snapshot& snapshot, uint32_t item) {
  if (!HasMade(snapshot, item)) return {};
  return snapshot.text_index().MadeOfItems(item + 1, snapshot.subtree_end(item));
}

SearchOne::SearchOne(const snapshot::Snapshot& snapshot, const std::vector<base::Word>& words, ItemRange range,
                     const AcceptItem& accept, size_t wanted, bool all, SearchScratch& scratch, RankScratch& rank)
    : snapshot_(snapshot), index_(snapshot.text_index()), scratch_(scratch), rank_(rank) {
  plan_ = MakePlan(index_, words, scratch.stemmer);
  AddSpellings(index_, false, plan_);
  const auto [begin, end] = index_.DocumentsOfItems(range.begin, range.end);
  Find(accept, {begin, end}, wanted, all);
}

void SearchOne::Find(const AcceptItem& accept, DocumentRange range, size_t wanted, bool all) {
  const size_t limit = all ? SIZE_MAX : kWeighed;
  ScanResult scanned = ScanDocuments(index_, plan_, range, accept, limit, scratch_.scan);
  if (scanned.complete < kEnough && AddSpellings(index_, true, plan_)) {
    scanned = ScanDocuments(index_, plan_, range, accept, limit, scratch_.scan);
  }
  std::vector<Candidate>& candidates = scratch_.scan.candidates;
  ranker_.reset();  // one at a time has the scratch
  ranker_ = std::make_unique<Ranker>(snapshot_, plan_, rank_);
  std::sort(candidates.begin(), candidates.end(), Better);
  size_t weighed = std::min(candidates.size(), kWeighed);
  if (weighed > kUsualHits) {
    const float least = candidates[kUsualHits - 1].score * kWorthWeighing;
    while (candidates[weighed - 1].score < least) --weighed;
  }
  std::sort(candidates.begin(), candidates.begin() + static_cast<ptrdiff_t>(weighed),
            [](const Candidate& a, const Candidate& b) { return a.document < b.document; });
  std::vector<std::pair<FoundConcept, bool>> best;
  best.reserve(weighed);
  uint32_t complete = 0;
  for (size_t i = 0; i < weighed; ++i) {
    const uint32_t document = candidates[i].document;
    // What of the next ones is read is fetched meanwhile, and before it the records that say where that stands.
    if (i + kRecordsAhead < weighed) index_.Prefetch(candidates[i + kRecordsAhead].document);
    if (i + kWordsAhead < weighed) {
      const uint32_t next = candidates[i + kWordsAhead].document;
      __builtin_prefetch(index_.WordsOf(next).data());
      snapshot_.Prefetch(index_.documents[next].item);
    }
    const Ranked ranked = ranker_->Score(document);
    const uint32_t item = index_.documents[document].item;
    if (!best.empty() && best.back().first.item == item) {
      best.back().second = best.back().second || ranked.tail;
      best.back().first.whole = best.back().first.whole || ranked.whole;
      if (ranked.score > best.back().first.score) {
        best.back().first.document = document;
        best.back().first.score = ranked.score;
      }
      continue;
    }
    complete += candidates[i].complete ? 1 : 0;
    best.push_back(
        {{item, document, ranked.score, false, candidates[i].above_complete, ranked.whole, {}}, ranked.tail});
  }
  // Behind what was weighed stands what answers every word of the query, whatever the first pass thought of it.
  const uint32_t further = scanned.complete - std::min(scanned.complete, complete);
  if (!all && further > 0 && best.size() < wanted) return Find(accept, range, wanted, true);
  std::vector<uint32_t> order(best.size());  // moved once each
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return best[a].first.score != best[b].first.score ? best[a].first.score > best[b].first.score : a < b;
  });
  absl::flat_hash_set<uint32_t> seen;
  found_.reserve(best.size() + (all ? further : 0));
  for (const uint32_t place : order) {
    auto& [concept_found, tail] = best[place];
    if (all) seen.insert(concept_found.item);
    found_.push_back(std::move(concept_found));
    FindMade(tail, found_.back());
  }
  total_ = static_cast<uint32_t>(found_.size()) + further;
  if (!all) return;
  float last = found_.empty() ? 0 : found_.back().score;
  for (size_t i = weighed; i < candidates.size(); ++i) {
    const uint32_t item = index_.documents[candidates[i].document].item;
    if (!candidates[i].complete || !seen.insert(item).second) continue;
    last = std::min(last, candidates[i].score);
    found_.push_back({item, candidates[i].document, last, true, false, false, {}});
    FindMade(false, found_.back());
  }
  total_ = static_cast<uint32_t>(found_.size());
}

void SearchOne::FindMade(bool tail, FoundConcept& found) {
  const absl::Span<const snapshot::MadeRecord> made = MadeOf(snapshot_, found.item);
  if (made.empty()) return;
  found.made = MadeCodes(made);
  if (!tail) return;
  float most = 0;
  std::vector<float> shares(made.size(), 0);
  for (size_t i = 0; i < made.size(); ++i) {
    shares[i] = ranker_->TailShare(found.document, made[i].tail);
    most = std::max(most, shares[i]);
  }
  std::vector<uint32_t> best;
  for (size_t i = 0; i < made.size(); ++i) {
    if (shares[i] >= most) best.push_back(made[i].item);
  }
  found.made = MadeCodes(std::move(best));
}

absl::string_view SearchOne::TextOf(uint32_t document) const {
  const DocumentRecord& record = index_.documents[document];
  switch (static_cast<DocumentKind>(record.kind)) {
    case DocumentKind::kTitle:
      return snapshot_.title(record.item);
    case DocumentKind::kInclusionTerm:
    case DocumentKind::kIncludes:
      return snapshot_.NoteAt(record.source).text;
    case DocumentKind::kDesignation:
      return snapshot_.DesignationAt(record.source).value;
    case DocumentKind::kReference: {
      const snapshot::Snapshot::NoteView note = snapshot_.NoteAt(record.source);
      const std::optional<snapshot::ReferenceName> name = snapshot::NameOfReference(note.kind, note.text);
      return name ? name->name : note.text;
    }
    case DocumentKind::kSynonym:
      break;  // encoded; see Describe
  }
  return {};
}

void SearchOne::Describe(uint32_t document, uint32_t made, SearchHit& hit) const {
  const DocumentRecord& record = index_.documents[document];
  hit.kind = static_cast<DocumentKind>(record.kind);
  if (hit.kind == DocumentKind::kSynonym) {
    const std::optional<model::ConditionKnowledge> knowledge = snapshot_.knowledge(record.item);
    if (knowledge && record.source < knowledge->statements.size()) {
      hit.text = knowledge->statements[record.source].text;
    }
  } else {
    hit.text = std::string(TextOf(document));
  }
  std::vector<Ranker::WordMatch> matches = ranker_->Matches(document);
  const auto own = static_cast<uint32_t>(index_.WordsOf(document).size());
  if (made != snapshot::kNone && hit.kind == DocumentKind::kTitle) {
    // The title of a made code is that of the code above it, then its tail; or its tail alone.
    hit.text = std::string(snapshot_.title(made));
    const absl::Span<const snapshot::MadeRecord> record_of = index_.MadeOfItems(made, made + 1);
    const uint32_t tail = record_of.empty() ? 0 : index_.document_count() + record_of.front().tail;
    const bool behind = absl::StartsWith(hit.text, snapshot_.title(record.item));
    if (!behind) matches.clear();
    if (!record_of.empty()) {
      for (Ranker::WordMatch match : ranker_->Matches(tail)) {
        if (behind) match.word += own;
        matches.push_back(match);
      }
    }
  }
  size_t read = 0;  // words, to the last that matched
  for (const Ranker::WordMatch& match : matches) read = std::max<size_t>(read, match.word + 1);
  const std::vector<base::Word> words = base::WordPlacesOf(hit.text, read);
  hit.matches.reserve(matches.size());
  for (const Ranker::WordMatch& match : matches) {
    if (match.word >= words.size()) continue;
    const Atom& atom = plan_.atoms[match.atom];
    hit.matches.push_back({words[match.word].begin, words[match.word].end, atom.begin, atom.end, match.reason});
  }
}

void SearchOne::AddCorrections(uint32_t document, std::vector<Correction>& corrections) const {
  const absl::Span<const uint32_t> words = index_.WordsOf(document);
  for (const Ranker::WordMatch& match : ranker_->Matches(document)) {
    if (match.reason != MatchReason::kSpelling) continue;
    corrections.push_back(
        {plan_.atoms[match.atom].word, std::string(index_.Term(snapshot::TermOfWord(words[match.word])))});
  }
}

}  // namespace nosograph::query
