#include "terminology/snapshot/text_index.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace nosograph::snapshot {
namespace {

template <typename Record>
absl::string_view TextOf(absl::Span<const char> text, absl::Span<const Record> records, uint32_t index) {
  const absl::Span<const char> slice = Slice(text, records[index].text_begin, records[index + 1].text_begin);
  return {slice.data(), slice.size()};
}

// The first index below `count` whose text is not less than `wanted`.
template <typename TextOfIndex>
uint32_t LowerBound(uint32_t count, absl::string_view wanted, const TextOfIndex& text_of) {
  uint32_t begin = 0;
  uint32_t end = count;
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    if (text_of(middle) < wanted) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// Whether the beginnings in `records` never fall, begin at 0 and end at `end`.
template <typename Record>
bool Covers(absl::Span<const Record> records, uint32_t Record::* begin, size_t end) {
  if (records.empty()) return end == 0;
  const bool sorted = std::is_sorted(records.begin(), records.end(),
                                     [begin](const Record& a, const Record& b) { return a.*begin < b.*begin; });
  return sorted && records.front().*begin == 0 && records.back().*begin == end;
}

bool AllBelow(absl::Span<const uint32_t> numbers, uint32_t limit) {
  return std::all_of(numbers.begin(), numbers.end(), [limit](uint32_t number) { return number < limit; });
}

bool Ascending(absl::Span<const uint32_t> numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(), [](uint32_t a, uint32_t b) { return a >= b; }) ==
         numbers.end();
}

}  // namespace

uint8_t SharedBytes(absl::string_view a, absl::string_view b) {
  const auto end = a.begin() + static_cast<ptrdiff_t>(std::min({a.size(), b.size(), size_t{kMostShared}}));
  return static_cast<uint8_t>(std::mismatch(a.begin(), end, b.begin()).first - a.begin());
}

bool IsBeforeBackwards(absl::string_view a, absl::string_view b) {
  // As unsigned, whatever a char is.
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend(), [](char left, char right) {
    return static_cast<unsigned char>(left) < static_cast<unsigned char>(right);
  });
}

uint32_t LettersOf(absl::string_view word) {
  constexpr uint32_t kOthers = 26;  // the first bit of them; 6 are left
  uint32_t letters = 0;
  for (const char c : word) {
    const auto byte = static_cast<unsigned char>(c);
    letters |= uint32_t{1} << (byte >= 'a' && byte <= 'z' ? byte - 'a' : kOthers + byte % 6U);
  }
  return letters;
}

uint8_t TermWeight(uint32_t having, uint32_t all) {
  constexpr double kSixteenths = 16;
  const double bits = std::log2(1 + static_cast<double>(all) / std::max<uint32_t>(1, having));
  return static_cast<uint8_t>(std::clamp<double>(std::lround(bits * kSixteenths), 1, kMostWeight));
}

size_t TextIndexView::bytes() const {
  const auto size = [](const auto& span) { return span.size() * sizeof(span[0]); };
  return size(documents) + size(document_words) + size(term_text) + size(terms) + size(postings) + size(stem_text) +
         size(stems) + size(stem_terms) + size(tails) + size(tail_documents) + size(made) + size(phrases) +
         size(phrase_stems) + size(synonyms) + size(term_weights) + size(masses) + size(term_shared) +
         size(term_endings) + size(term_letters);
}

absl::string_view TextIndexView::Stem(uint32_t stem) const {
  return stem < stem_count() ? TextOf(stem_text, stems, stem) : absl::string_view();
}

std::optional<uint32_t> TextIndexView::FindTerm(absl::string_view word) const {
  const uint32_t term = LowerBound(term_count(), word, [this](uint32_t at) { return Term(at); });
  if (word.empty() || Term(term) != word) return std::nullopt;
  return term;
}

std::optional<uint32_t> TextIndexView::FindStem(absl::string_view stem) const {
  const uint32_t found = LowerBound(stem_count(), stem, [this](uint32_t at) { return Stem(at); });
  if (stem.empty() || Stem(found) != stem) return std::nullopt;
  return found;
}

TermRange TextIndexView::TermsBeginningWith(absl::string_view prefix) const {
  const uint32_t begin = LowerBound(term_count(), prefix, [this](uint32_t at) { return Term(at); });
  // Cut to the length of the prefix, terms keep their order.
  const auto cut = [&](uint32_t at) { return Term(begin + at).substr(0, prefix.size()); };
  uint32_t low = 0;
  uint32_t high = term_count() - begin;
  while (low < high) {
    const uint32_t middle = low + (high - low) / 2;
    if (cut(middle) <= prefix) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {begin, begin + low};
}

absl::Span<const uint32_t> TextIndexView::TermsEndingWith(absl::string_view ending) const {
  const auto ends = [&](uint32_t term) { return absl::EndsWith(Term(term), ending); };
  const auto begin = std::partition_point(term_endings.begin(), term_endings.end(),
                                          [&](uint32_t term) { return IsBeforeBackwards(Term(term), ending); });
  const auto end = std::partition_point(begin, term_endings.end(), ends);
  return {begin, static_cast<size_t>(end - begin)};
}

std::pair<uint32_t, uint32_t> TextIndexView::DocumentsOfItems(uint32_t begin_item, uint32_t end_item) const {
  const auto at = [this](uint32_t item) {
    return static_cast<uint32_t>(
        std::lower_bound(documents.begin(), documents.end(), item,
                         [](const DocumentRecord& record, uint32_t wanted) { return record.item < wanted; }) -
        documents.begin());
  };
  return {at(begin_item), at(end_item)};
}

absl::Span<const MadeRecord> TextIndexView::MadeOfItems(uint32_t begin_item, uint32_t end_item) const {
  const auto before = [](const MadeRecord& record, uint32_t wanted) { return record.item < wanted; };
  const MadeRecord* const begin = std::lower_bound(made.begin(), made.end(), begin_item, before);
  // Those of one concept are few: sought in steps that grow.
  const MadeRecord* end = begin;
  for (ptrdiff_t step = 1; end != made.end() && end->item < end_item; step *= 2) {
    const MadeRecord* const next = made.end() - end > step ? end + step : made.end();
    if (next == made.end() || next->item >= end_item) {
      end = std::lower_bound(end, next, end_item, before);
      break;
    }
    end = next;
  }
  return {begin, static_cast<size_t>(end - begin)};
}

absl::Span<const uint32_t> TextIndexView::StemsOf(const PhraseRecord& phrase) const {
  const PhraseRecord* next = &phrase + 1;
  const bool last = next == phrases.data() + phrases.size();
  return Slice(phrase_stems, phrase.stems_begin, last ? static_cast<uint32_t>(phrase_stems.size()) : next->stems_begin);
}

absl::Span<const uint32_t> TextIndexView::SynonymsOf(const PhraseRecord& phrase) const {
  return Slice(synonyms, phrase.synonyms_begin, phrase.synonyms_end);
}

absl::Span<const PhraseRecord> TextIndexView::PhrasesBeginningWith(uint32_t stem) const {
  const auto first = [this](const PhraseRecord& phrase) {
    const absl::Span<const uint32_t> of = StemsOf(phrase);
    return of.empty() ? uint32_t{0} : of.front();
  };
  const auto begin = std::lower_bound(phrases.begin(), phrases.end(), stem,
                                      [&](const PhraseRecord& a, uint32_t wanted) { return first(a) < wanted; });
  auto end = begin;
  while (end != phrases.end() && first(*end) == stem) ++end;
  return phrases.subspan(static_cast<size_t>(begin - phrases.begin()), static_cast<size_t>(end - begin));
}

std::string TextIndexView::Check(uint32_t concept_count) const {
  const bool there = !documents.empty();
  const bool whole = terms.empty() != there && stems.empty() != there && tails.empty() != there;
  if (!whole) return "its text index lacks a part";
  if (!there) return "";
  if (!Covers(terms, &TermRecord::text_begin, term_text.size()) ||
      !Covers(terms, &TermRecord::postings_begin, postings.size()) ||
      !Covers(stems, &StemRecord::text_begin, stem_text.size()) ||
      !Covers(stems, &StemRecord::terms_begin, stem_terms.size()) ||
      tails.back().words_begin != document_words.size() || tails.back().documents_begin != tail_documents.size()) {
    return "a list of its text index is not in order";
  }
  const uint32_t all = document_count() + tail_count();
  if (term_weights.size() != term_count() || term_shared.size() != term_count() ||
      term_endings.size() != term_count() || term_letters.size() != term_count() || masses.size() != all)
    return "the weights of its text index are not whole";
  uint32_t words = 0;
  uint32_t item = 0;
  for (const DocumentRecord& document : documents) {
    if (document.item < item || document.item >= concept_count || document.kind > kMaxDocumentKind ||
        document.words_begin < words || document.subtree_end > document_count() ||
        document.subtree_end <= static_cast<uint32_t>(&document - documents.data())) {
      return "a document of its text index refers to what is not there";
    }
    if (document.kind == static_cast<uint32_t>(DocumentKind::kTitle)) {
      const uint32_t above = document.source;
      const auto at = static_cast<uint32_t>(&document - documents.data());
      if (above > at || documents[above].kind != static_cast<uint32_t>(DocumentKind::kTitle)) {
        return "a title of its text index stands below what is none";
      }
    }
    item = document.item;
    words = document.words_begin;
  }
  for (const TailRecord& tail : tails) {
    if (tail.words_begin < words || tail.documents_begin > tail_documents.size())
      return "a tail of its text index is none";
    words = tail.words_begin;
  }
  for (uint32_t term = 0; term < term_count(); ++term) {
    if (terms[term].stem >= stem_count() || (term > 0 && Term(term) <= Term(term - 1)) ||
        term_shared[term] != (term == 0 ? 0 : SharedBytes(Term(term - 1), Term(term))) ||
        term_letters[term] != LettersOf(Term(term)) || terms[term].leaves_begin < terms[term].postings_begin ||
        terms[term].leaves_begin > terms[term + 1].postings_begin || !Ascending(HeaderPostings(term)) ||
        !Ascending(LeafPostings(term))) {
      return absl::StrCat("term ", term, " of its text index is not in order");
    }
    for (const uint32_t document : HeaderPostings(term)) {
      if (!IsHeader(document)) return absl::StrCat("term ", term, " of its text index has a title that is none");
    }
  }
  for (uint32_t stem = 0; stem < stem_count(); ++stem) {
    if ((stem > 0 && Stem(stem) <= Stem(stem - 1)) || !Ascending(TermsOf(stem))) {
      return absl::StrCat("stem ", stem, " of its text index is not in order");
    }
  }
  const bool words_known = std::all_of(document_words.begin(), document_words.end(),
                                       [this](uint32_t word) { return TermOfWord(word) < term_count(); });
  if (!words_known || !AllBelow(postings, all) || !AllBelow(stem_terms, term_count()) ||
      !AllBelow(tail_documents, document_count()) || !AllBelow(phrase_stems, stem_count()) ||
      !AllBelow(synonyms, static_cast<uint32_t>(phrases.size()))) {
    return "a number in its text index refers to what is not there";
  }
  const bool endings_known = AllBelow(term_endings, term_count());
  const auto out_of_order = [this](uint32_t a, uint32_t b) { return !IsBeforeBackwards(Term(a), Term(b)); };
  const bool backwards =
      endings_known && std::adjacent_find(term_endings.begin(), term_endings.end(), out_of_order) == term_endings.end();
  if (!backwards) return "the endings of the terms of its text index are not in order";
  uint32_t made_item = 0;
  for (const MadeRecord& record : made) {
    if (record.item < made_item || record.item >= concept_count || record.tail >= tail_count()) {
      return "a made code of its text index is none";
    }
    made_item = record.item;
  }
  for (const PhraseRecord& phrase : phrases) {
    if (StemsOf(phrase).empty() || phrase.synonyms_begin > phrase.synonyms_end ||
        phrase.synonyms_end > synonyms.size()) {
      return "a phrase of its text index is none";
    }
  }
  return "";
}

}  // namespace nosograph::snapshot
