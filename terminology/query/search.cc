#include "terminology/query/search.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "terminology/base/abbreviation.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/query/lookup.h"
#include "terminology/query/scope.h"
#include "terminology/query/search_codes.h"
#include "terminology/query/search_gather.h"
#include "terminology/query/search_one.h"
#include "terminology/snapshot/checksum.h"

namespace nosograph::query {
namespace {

using snapshot::Release;
using snapshot::ReleaseSet;

absl::Status CheckQuery(const SearchQuery& query) {
  if (query.text.size() > kLongestQuery) {
    return base::InvalidField(
        "text", query.text,
        absl::StrCat("it has ", query.text.size(), " bytes, more than the ", kLongestQuery, " of a query"),
        "give fewer words");
  }
  if (!base::IsValidUtf8(query.text))
    return base::InvalidField("text", query.text, "it is not UTF-8", "encode it as UTF-8");
  if (query.count == 0 || query.count > kMostHits) {
    return base::InvalidField("count", absl::StrCat(query.count),
                              absl::StrCat(query.count, " is not between 1 and ", kMostHits),
                              "give a number in between");
  }
  return CheckCodeLength("under", query.under);
}

// What one search needs of memory, taken out of a few that are kept. No locks: a slot is emptied and filled whole.
class ScratchPool {
 public:
  ~ScratchPool() {
    for (std::atomic<SearchScratch*>& slot : slots_) delete slot.load();
  }
  std::unique_ptr<SearchScratch> Take() {
    for (std::atomic<SearchScratch*>& slot : slots_) {
      if (SearchScratch* scratch = slot.exchange(nullptr)) return std::unique_ptr<SearchScratch>(scratch);
    }
    return std::make_unique<SearchScratch>();
  }
  void GiveBack(std::unique_ptr<SearchScratch> scratch) {
    for (std::atomic<SearchScratch*>& slot : slots_) {
      SearchScratch* none = nullptr;
      if (slot.compare_exchange_strong(none, scratch.get())) {
        scratch.release();
        return;
      }
    }
  }

 private:
  std::array<std::atomic<SearchScratch*>, 16> slots_ = {};
};

ScratchPool& Pool() {
  static ScratchPool pool;
  return pool;
}

class Lease {
 public:
  Lease() : scratch_(Pool().Take()) {}
  ~Lease() { Pool().GiveBack(std::move(scratch_)); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  SearchScratch& operator*() { return *scratch_; }

 private:
  std::unique_ptr<SearchScratch> scratch_;
};

// What is searched: a release, and which of its concepts.
struct Target {
  const Release* release;
  const Release* published;  // where `release` is a supplement, whose concepts its are; else null
  ItemRange range;
};

bool HasTarget(const std::vector<Target>& targets, const Release* release) {
  return std::any_of(targets.begin(), targets.end(), [&](const Target& target) { return target.release == release; });
}

// Whether a concept of an extension stands below `above`, which is published.
bool StandsBelow(const snapshot::Snapshot& extension, uint32_t item, const ConceptRef& above) {
  std::optional<uint32_t> root = item;
  while (extension.parent(*root)) root = extension.parent(*root);
  const std::optional<snapshot::Snapshot::CodingView> extends = extension.extends(*root);
  if (!extends) return false;
  const std::optional<uint32_t> published = above.snapshot().Find(extends->code);
  return published && (*published == above.item || above.snapshot().IsAbove(above.item, *published));
}

using Row = SearchRow;

class Searcher {
 public:
  Searcher(const ReleaseSet& set, const SearchQuery& query) : set_(set), query_(query) {}

  absl::StatusOr<SearchAnswer> Run() {
    ASSIGN_OR_RETURN(scopes_, ScopesOf(set_, query_.system, query_.release));
    if (!query_.under.empty()) RETURN_IF_ERROR(FindUnder());
    AddTargets();
    RETURN_IF_ERROR(ReadToken());
    words_ = base::WordsOf(query_.text, kMostQueryWords);
    if (words_.empty()) {
      return base::InvalidField("text", query_.text, "it has neither letter nor digit", "give words or a code");
    }
    TakeCode();
    base::RemoveSpelledAbbreviations(words_);
    FindCodes();
    if (!words_.empty()) FindWords();
    apart_ = FitsApart();
    if (query_.fold == Fold::kWhenMany && !apart_ && !query_.billable_only) {
      const Gathering gathering = GatherRows(query_.count, rows_);
      total_ -= std::min(total_, gathering.fewer);
      std::erase_if(further_, [&](const Row& row) {
        return gathering.stand_for_others.contains({row.item.release, row.item.item});
      });
    }
    rows_.insert(rows_.end(), std::make_move_iterator(further_.begin()), std::make_move_iterator(further_.end()));
    return Answer();
  }

 private:
  absl::Status FindUnder() {
    const LookupQuery lookup{.system = query_.system, .code = query_.under, .release = query_.release};
    ASSIGN_OR_RETURN(const Location location, Locate(scopes_, lookup));
    if (!location.item) {
      return base::InvalidField("under", query_.under,
                                absl::StrCat("there is no code '", base::Excerpt(query_.under), "'"),
                                "give a code, block or chapter that the release has");
    }
    under_ = location.item;
    return absl::OkStatus();
  }

  void AddTarget(const Release* release, const Release* published) {
    if (release == nullptr || HasTarget(targets_, release)) return;
    ItemRange range{0, release->snapshot->concept_count()};
    if (under_ && under_->release == release) range = {under_->item, release->snapshot->subtree_end(under_->item)};
    targets_.push_back({release, published, range});
  }

  void AddTargets() {
    for (const Scope& scope : scopes_) {
      const Release* published = scope.extension_only() ? nullptr : scope.published();
      AddTarget(published, nullptr);
      if (published == nullptr || query_.with_extensions) {
        for (const Release* extension : scope.extensions()) AddTarget(extension, nullptr);
      }
      if (published == nullptr) continue;
      for (const Release* supplement : set_.ActiveSupplements(*published)) AddTarget(supplement, published);
    }
  }

  // Where the concept of a target is asked for, itself; else nothing.
  std::optional<ConceptRef> Accept(const Target& target, uint32_t item) const {
    ConceptRef found{target.release, item};
    if (target.published != nullptr) {
      const std::optional<uint32_t> published = target.published->snapshot->Find(found.code());
      if (!published) return std::nullopt;
      found = {target.published, *published};
    }
    if (under_) {
      if (under_->release == found.release) {
        if (found.item != under_->item && !found.snapshot().IsAbove(under_->item, found.item)) return std::nullopt;
      } else if (!found.of_extension() || under_->of_extension() ||
                 !StandsBelow(found.snapshot(), found.item, *under_)) {
        return std::nullopt;
      }
    }
    return found;
  }

  bool WantedForBilling(const ConceptRef& item) const {
    return !query_.billable_only || item.billable() || HasMade(item.snapshot(), item.item);
  }

  // Where billable codes alone are asked for, a header that is also called something that its codes are not is found in
  // their place: by `document`, of the target's index.
  bool StandsForBilling(const Target& target, const ConceptRef& item, uint32_t document) const {
    const snapshot::TextIndexView& index = target.release->snapshot->text_index();
    const model::ConceptKind kind = item.snapshot().kind(item.item);
    if (document >= index.document_count() || kind == model::ConceptKind::kChapter ||
        kind == model::ConceptKind::kBlock) {
      return false;
    }
    switch (static_cast<snapshot::DocumentKind>(index.documents[document].kind)) {
      case snapshot::DocumentKind::kTitle:  // its codes are found by it themselves, unless a supplement says it
        return target.published != nullptr;
      case snapshot::DocumentKind::kReference:  // of a range that it is only a part of, perhaps
        return false;
      default:
        return true;
    }
  }
  bool MayStandForBilling(const Target& target, uint32_t item, const ConceptRef& found) const {
    if (!query_.billable_only) return false;
    const auto [begin, end] = target.release->snapshot->text_index().DocumentsOfItems(item, item + 1);
    for (uint32_t document = begin; document < end; ++document) {
      if (StandsForBilling(target, found, document)) return true;
    }
    return false;
  }

  // A code alone, or one before or behind words, as it is copied from a list. Where it says all, its parts are no
  // words.
  void TakeCode() {
    const absl::string_view text = absl::StripAsciiWhitespace(query_.text);
    code_ = text;
    if (text.find('.') == absl::string_view::npos) return;  // nearly all
    constexpr absl::string_view kBlanks = " \t";
    const size_t first = text.find_first_of(kBlanks);
    const size_t last = text.find_last_of(kBlanks);
    std::vector<absl::string_view> tried = {text};
    if (first != absl::string_view::npos) tried = {text.substr(0, first), text.substr(last + 1)};
    for (absl::string_view part : tried) {
      while (absl::ConsumeSuffix(&part, ":") || absl::ConsumeSuffix(&part, ",") || absl::ConsumeSuffix(&part, ";")) {
      }
      if (!IsDottedCode(part) || !FindNearest(part)) continue;
      code_ = part;
      const auto begin = static_cast<size_t>(part.data() - query_.text.data());
      std::erase_if(words_,
                    [&](const base::Word& word) { return word.begin >= begin && word.end <= begin + part.size(); });
      return;
    }
  }

  // Whether there is such a code; or one that it begins with, which is read in its place.
  bool FindNearest(absl::string_view written) {
    for (const Target& target : targets_) {
      if (!ItemsByCode(*target.release->snapshot, written).empty()) return true;
    }
    for (const Target& target : targets_) {
      const snapshot::Snapshot& snapshot = *target.release->snapshot;
      const std::optional<uint32_t> item = NearestByCode(snapshot, written);
      if (!item || target.published != nullptr) continue;
      nearest_ = Correction{std::string(written), std::string(snapshot.code(*item))};
      return true;
    }
    return false;
  }

  void FindCodes() {
    const absl::string_view code = nearest_ ? absl::string_view(nearest_->read_as) : code_;
    for (const Target& target : targets_) {
      if (target.published != nullptr) continue;
      for (const uint32_t item : ItemsByCode(*target.release->snapshot, code)) {
        const std::optional<ConceptRef> found = Accept(target, item);
        if (!found || !WantedForBilling(*found)) continue;
        rows_.push_back({.item = *found, .whole = true, .made = MadeCodes(MadeOf(found->snapshot(), found->item))});
      }
    }
    // The code itself first, then what begins with it.
    std::stable_sort(rows_.begin(), rows_.end(), [&](const Row& a, const Row& b) {
      return SameCode(a.item.code(), code) > SameCode(b.item.code(), code);
    });
    for (Row& row : rows_) row.score = SameCode(row.item.code(), code) ? 2 : 1;
    if (rows_.empty()) nearest_.reset();
    total_ = static_cast<uint32_t>(rows_.size());
  }

  void FindWords() {
    // What of a row is shown is counted too: then all rows must be known.
    const bool every = offset_ > 0 || query_.count > kUsualHits || query_.fold == Fold::kNever || query_.billable_only;
    const size_t by_code = rows_.size();
    size_t found_count = 0;
    for (const Target& target : targets_) {
      if (target.release->snapshot->text_index().document_count() == 0) continue;
      const auto accept = [&](uint32_t item) {
        const std::optional<ConceptRef> found = Accept(target, item);
        return found && (WantedForBilling(*found) || MayStandForBilling(target, item, *found));
      };
      const bool all = !under_ && !query_.billable_only && target.published == nullptr;
      const AcceptItem accepted = all ? nullptr : AcceptItem(accept);
      if ((*lease_).rank.size() <= searches_.size()) (*lease_).rank.emplace_back();
      searches_.push_back(std::make_unique<SearchOne>(*target.release->snapshot, words_, target.range, accepted,
                                                      query_.count, every, *lease_, (*lease_).rank[searches_.size()]));
      SearchOne& search = *searches_.back();
      total_ += search.total();
      std::vector<FoundConcept> found_here = search.TakeFound();
      found_count = found_here.size();
      rows_.reserve(rows_.size() + found_here.size());
      for (FoundConcept& found : found_here) {
        const std::optional<ConceptRef> item = Accept(target, found.item);
        if (!item) continue;
        if (!WantedForBilling(*item) && !StandsForBilling(target, *item, found.document)) continue;
        Row row{*item, &search, found.document, found.score, found.whole, std::move(found.made)};
        row.above_complete = found.above_complete;
        (found.further ? further_ : rows_).push_back(std::move(row));
      }
    }
    if (searches_.size() > 1) {  // each has its own in order
      std::stable_sort(rows_.begin() + static_cast<ptrdiff_t>(by_code), rows_.end(),
                       [](const Row& a, const Row& b) { return a.score > b.score; });
    }
    const bool from_one = searches_.size() == 1 && rows_.size() + further_.size() == found_count;
    if (!from_one) RemoveRepeated();
  }

  // A concept that several searches found, a published text and a supplement's, stays where it is best.
  void RemoveRepeated() {
    absl::flat_hash_set<std::pair<const Release*, uint32_t>> seen;
    const auto again = [&](const Row& row) { return !seen.insert({row.item.release, row.item.item}).second; };
    const size_t removed = std::erase_if(rows_, again) + std::erase_if(further_, again);
    total_ -= static_cast<uint32_t>(std::min<size_t>(total_, removed));
  }

  uint64_t Fingerprint() const {
    std::string key = absl::StrCat(query_.text.size(), ":", query_.text, ":", query_.under, ":", query_.billable_only,
                                   ":", static_cast<int>(query_.fold), ":", query_.count);
    for (const Target& target : targets_) absl::StrAppend(&key, ":", target.release->id);
    return snapshot::Checksum(key);
  }

  absl::Status ReadToken() {
    if (query_.page_token.empty()) return absl::OkStatus();
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(query_.page_token, absl::MaxSplits('-', 1));
    uint64_t fingerprint = 0;
    if (!absl::SimpleAtoi(parts.first, &offset_) || !absl::SimpleHexAtoi(parts.second, &fingerprint) ||
        fingerprint != Fingerprint() || offset_ > kMostOffset) {
      return base::InvalidField("page_token", query_.page_token,
                                "it belongs to another query, or to a release that is no longer served",
                                "ask for the first page again");
    }
    return absl::OkStatus();
  }

  // Whether all that was found, made codes apart, fits on one page.
  bool FitsApart() const {
    if (query_.fold != Fold::kWhenMany) return query_.fold == Fold::kNever;
    size_t apart = 0;
    for (const Row& row : rows_) {
      if (row.whole) apart += row.search == nullptr ? 1 : std::max<size_t>(1, row.made.size());
    }
    return apart <= query_.count;
  }

  absl::StatusOr<SearchAnswer> Answer();
  void AddHit(const Row& row, const ConceptRef& item, uint32_t folded, SearchAnswer& answer) const;

  static constexpr uint32_t kMostOffset = 100'000;

  const ReleaseSet& set_;
  const SearchQuery& query_;
  Lease lease_;
  std::vector<Scope> scopes_;
  std::optional<ConceptRef> under_;
  std::vector<Target> targets_;
  absl::string_view code_;             // what of the query may be a code; of query_.text
  std::optional<Correction> nearest_;  // what it is read as where there is no such code
  std::vector<base::Word> words_;
  std::vector<std::unique_ptr<SearchOne>> searches_;
  std::vector<Row> rows_;
  std::vector<Row> further_;  // behind them, however many rows are asked for
  bool apart_ = false;
  uint32_t total_ = 0;
  uint32_t offset_ = 0;
};

void Searcher::AddHit(const Row& row, const ConceptRef& item, uint32_t folded, SearchAnswer& answer) const {
  SearchHit hit{.item = item,
                .kind = snapshot::DocumentKind::kTitle,
                .text = std::string(item.title()),
                .matches = {},
                .score = row.score,
                .folded_codes = folded};
  if (row.search != nullptr) {
    // A supplement knows nothing of the codes below.
    const bool below = item.item != row.item.item && &row.search->snapshot() == &item.snapshot();
    row.search->Describe(row.document, below ? item.item : snapshot::kNone, hit);
  }
  answer.hits.push_back(std::move(hit));
}

absl::StatusOr<SearchAnswer> Searcher::Answer() {
  SearchAnswer answer;
  for (const Target& target : targets_) answer.releases.push_back(target.release);
  // Apart, pages are counted in codes; else in rows.
  size_t at = 0;
  size_t total = 0;
  answer.hits.reserve(std::min<size_t>(query_.count, rows_.size()));
  const auto add = [&](const Row& row, const ConceptRef& item, uint32_t folded) {
    if (at++ >= offset_ && answer.hits.size() < query_.count) AddHit(row, item, folded, answer);
  };
  absl::flat_hash_set<std::pair<const Release*, uint32_t>> seen;  // where billable codes alone are asked for
  const auto add_for_billing = [&](const Row& row, uint32_t item) {
    if (!row.item.snapshot().billable(item) || !seen.insert({row.item.release, item}).second) return;
    add(row, {row.item.release, item}, 0);
    ++total;
  };
  for (const Row& row : rows_) {
    const MadeCodes& made = row.made;
    if (query_.billable_only) {
      if (!made.empty()) {
        for (size_t i = 0; i < made.size(); ++i) add_for_billing(row, made[i]);
      } else if (row.item.billable()) {
        add_for_billing(row, row.item.item);
      } else {  // a header stands for what is below it
        const uint32_t end = row.item.snapshot().subtree_end(row.item.item);
        for (uint32_t item = row.item.item; item < end; ++item) add_for_billing(row, item);
      }
      continue;
    }
    if (!made.empty() && (query_.fold == Fold::kNever || (apart_ && row.whole && row.search != nullptr))) {
      for (size_t i = 0; i < made.size(); ++i) add(row, {row.item.release, made[i]}, 0);
      total += made.size();
      continue;
    }
    ++total;
    if (row.gathered != snapshot::kNone) {
      add(row, {row.item.release, row.gathered}, row.gathered_codes);
    } else if (made.size() == 1 && row.search != nullptr) {
      add(row, {row.item.release, made[0]}, 0);
    } else {
      add(row, row.item, static_cast<uint32_t>(made.size()));
    }
  }
  answer.total = query_.billable_only ? static_cast<uint32_t>(total) : std::max(total_, static_cast<uint32_t>(total));
  const size_t end = offset_ + answer.hits.size();
  if (!answer.hits.empty() && end < answer.total && end <= kMostOffset) {
    answer.next_page_token = absl::StrCat(end, "-", absl::Hex(Fingerprint(), absl::kZeroPad16));
  }
  if (nearest_ && !answer.hits.empty()) answer.corrections.push_back(*nearest_);
  if (!answer.hits.empty() && !searches_.empty()) {
    for (const Row& row : rows_) {
      if (row.search == nullptr) continue;
      row.search->AddCorrections(row.document, answer.corrections);
      break;
    }
  }
  return answer;
}

}  // namespace

absl::StatusOr<SearchAnswer> Search(const ReleaseSet& set, const SearchQuery& query) {
  RETURN_IF_ERROR(CheckQuery(query));
  return Searcher(set, query).Run();
}

}  // namespace nosograph::query
