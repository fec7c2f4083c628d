// The texts of a snapshot by their words: what search looks into.
//
// A document is one text that names a concept: its title, an inclusion term, another designation, or what a note
// elsewhere calls it when it refers to it. Codes that are made of the code above them (7th characters) have no
// document: what their titles add to the title of the code above, their tail, stands once for all codes that have it.
// A term is a folded word (base/words.h) as the texts have it; terms of one stem have the same stem number. Postings
// are plain sorted lists: a query reads thousands of them in a row, and reads them as they are.
//
// Thread-safe: immutable, refers into the snapshot. Numbers that a damaged file makes up lead to nothing: every access
// is bounded.
//
//   const TextIndexView& index = snapshot->text_index();
//   for (uint32_t document : index.Postings(term)) ...
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_INDEX_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "terminology/snapshot/format.h"

namespace nosograph::snapshot {

// How telling it is that a document has a word which `having` of `all` documents have: sixteenths of a bit ("inverse
// document frequency": Spärck Jones, Journal of Documentation 1972).
inline constexpr uint8_t kMostWeight = 255;
inline constexpr uint16_t kMostMass = 0xFFFF;
uint8_t TermWeight(uint32_t having, uint32_t all);

// How many bytes both begin with, kMostShared at most.
inline constexpr uint8_t kMostShared = 255;
uint8_t SharedBytes(absl::string_view a, absl::string_view b);

// Which letters a word has: a bit for each of a to z, the bytes of others share what is left. A word that has another
// in it has all of its bits.
uint32_t LettersOf(absl::string_view word);

// Whether a word stands before another when both are read backwards.
bool IsBeforeBackwards(absl::string_view a, absl::string_view b);

// A word of a document: the number of its term, and whether it adds nothing to what the document names.
inline constexpr uint32_t kNonessentialWord = 1U << 31;
inline uint32_t TermOfWord(uint32_t word) { return word & ~kNonessentialWord; }

// A range of terms: begin, and one behind its last.
struct TermRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool empty() const { return begin >= end; }
};

// Part of a list; empty where there is none such.
template <typename T>
absl::Span<const T> Slice(absl::Span<const T> all, uint32_t begin, uint32_t end) {
  if (begin > end || end > all.size()) return {};
  return all.subspan(begin, end - begin);
}

class TextIndexView {
 public:
  uint32_t document_count() const { return static_cast<uint32_t>(documents.size()); }
  uint32_t tail_count() const { return tails.empty() ? 0 : static_cast<uint32_t>(tails.size() - 1); }
  uint32_t term_count() const { return terms.empty() ? 0 : static_cast<uint32_t>(terms.size() - 1); }
  uint32_t stem_count() const { return stems.empty() ? 0 : static_cast<uint32_t>(stems.size() - 1); }
  size_t bytes() const;

  absl::string_view Term(uint32_t term) const {
    if (term >= term_count()) return {};
    const uint32_t begin = terms[term].text_begin;
    const uint32_t end = terms[term + 1].text_begin;
    return begin <= end && end <= term_text.size() ? absl::string_view(term_text.data() + begin, end - begin)
                                                   : absl::string_view();
  }
  // The stem of a term; stem_count() for a term that is none.
  uint32_t StemOf(uint32_t term) const { return term < term_count() ? terms[term].stem : stem_count(); }
  std::optional<uint32_t> FindTerm(absl::string_view word) const;
  std::optional<uint32_t> FindStem(absl::string_view stem) const;
  // The terms that begin with `prefix`.
  TermRange TermsBeginningWith(absl::string_view prefix) const;
  // The terms that end with `ending`, in no order.
  absl::Span<const uint32_t> TermsEndingWith(absl::string_view ending) const;
  // The terms of a stem, ascending.
  absl::Span<const uint32_t> TermsOf(uint32_t stem) const;
  // How many documents have a term of the stem.
  uint32_t DocumentsOf(uint32_t stem) const { return stem < stem_count() ? stems[stem].document_count : 0; }

  // How telling a term is, see TermWeight; the most for one that there is not.
  uint8_t WeightOf(uint32_t term) const { return term < term_weights.size() ? term_weights[term] : kMostWeight; }
  // The sum of the weights of a document's words, those apart that add nothing to what it names.
  uint16_t MassOf(uint32_t document) const { return document < masses.size() ? masses[document] : kMostMass; }

  // How many documents and tails have the term.
  uint32_t PostingCount(uint32_t term) const;
  // The titles with documents below them that have the term, ascending.
  absl::Span<const uint32_t> HeaderPostings(uint32_t term) const;
  // The other documents that have it, ascending; behind them the tails, counted on from all documents.
  absl::Span<const uint32_t> LeafPostings(uint32_t term) const;
  // Fetches the record of a document, so that it is at hand when it is asked for.
  void Prefetch(uint32_t document) const {
    if (document < document_count()) __builtin_prefetch(&documents[document]);
  }
  // Whether the document is the title of a concept that has documents below its own.
  bool IsHeader(uint32_t document) const {
    return document < document_count() && documents[document].kind == static_cast<uint32_t>(DocumentKind::kTitle) &&
           documents[document].subtree_end > document + 1;
  }
  // Of a title document that of the concept right above; document_count() where none stands above.
  uint32_t TitleAbove(uint32_t document) const {
    if (document >= document_count()) return document_count();
    const uint32_t above = documents[document].source;
    return above < document ? above : document_count();
  }
  // Of a document the title document of its concept.
  uint32_t TitleOf(uint32_t document) const;
  // The words of a document, in the order of its text, or of the tail document_count() + tail: see TermOfWord.
  absl::Span<const uint32_t> WordsOf(uint32_t document) const;
  // The title documents with a made code that has the tail.
  absl::Span<const uint32_t> DocumentsOfTail(uint32_t tail) const;
  // The documents of the concepts from `begin_item` until before `end_item`.
  std::pair<uint32_t, uint32_t> DocumentsOfItems(uint32_t begin_item, uint32_t end_item) const;
  // The made codes among the same.
  absl::Span<const MadeRecord> MadeOfItems(uint32_t begin_item, uint32_t end_item) const;

  // The phrases that begin with a stem.
  absl::Span<const PhraseRecord> PhrasesBeginningWith(uint32_t stem) const;
  absl::Span<const uint32_t> StemsOf(const PhraseRecord& phrase) const;
  // The phrases of a phrase's group, itself among them, as indices into `phrases`.
  absl::Span<const uint32_t> SynonymsOf(const PhraseRecord& phrase) const;

  // Whether every number refers to what is there, and every list is in its order: what is wrong, empty when nothing is.
  std::string Check(uint32_t concept_count) const;

  absl::Span<const DocumentRecord> documents;
  absl::Span<const uint32_t> document_words;
  absl::Span<const char> term_text;
  absl::Span<const TermRecord> terms;
  absl::Span<const uint32_t> postings;
  absl::Span<const char> stem_text;
  absl::Span<const StemRecord> stems;
  absl::Span<const uint32_t> stem_terms;
  absl::Span<const TailRecord> tails;
  absl::Span<const uint32_t> tail_documents;
  absl::Span<const MadeRecord> made;
  absl::Span<const PhraseRecord> phrases;
  absl::Span<const uint32_t> phrase_stems;
  absl::Span<const uint32_t> synonyms;
  absl::Span<const uint8_t> term_weights;
  absl::Span<const uint16_t> masses;
  absl::Span<const uint8_t> term_shared;
  absl::Span<const uint32_t> term_endings;
  absl::Span<const uint32_t> term_letters;

 private:
  absl::string_view Stem(uint32_t stem) const;
};

// What a query asks thousands of times is here, where it becomes part of what asks.

inline absl::Span<const uint32_t> TextIndexView::TermsOf(uint32_t stem) const {
  if (stem >= stem_count()) return {};
  return Slice(stem_terms, stems[stem].terms_begin, stems[stem + 1].terms_begin);
}

inline absl::Span<const uint32_t> TextIndexView::HeaderPostings(uint32_t term) const {
  if (term >= term_count()) return {};
  return Slice(postings, terms[term].postings_begin, terms[term].leaves_begin);
}

inline absl::Span<const uint32_t> TextIndexView::LeafPostings(uint32_t term) const {
  if (term >= term_count()) return {};
  return Slice(postings, terms[term].leaves_begin, terms[term + 1].postings_begin);
}

inline uint32_t TextIndexView::PostingCount(uint32_t term) const {
  return static_cast<uint32_t>(HeaderPostings(term).size() + LeafPostings(term).size());
}

inline uint32_t TextIndexView::TitleOf(uint32_t document) const {
  while (document > 0 && document < document_count() &&
         documents[document].kind != static_cast<uint32_t>(DocumentKind::kTitle)) {
    --document;
  }
  return document;
}

inline absl::Span<const uint32_t> TextIndexView::WordsOf(uint32_t document) const {
  const uint32_t count = document_count();
  if (document + 1 < count)
    return Slice(document_words, documents[document].words_begin, documents[document + 1].words_begin);
  if (tails.empty() || document >= count + tail_count()) return {};
  const auto begin = [&](uint32_t at) {
    return at < count ? documents[at].words_begin : tails[at - count].words_begin;
  };
  return Slice(document_words, begin(document), begin(document + 1));
}

inline absl::Span<const uint32_t> TextIndexView::DocumentsOfTail(uint32_t tail) const {
  if (tail >= tail_count()) return {};
  return Slice(tail_documents, tails[tail].documents_begin, tails[tail + 1].documents_begin);
}

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_TEXT_INDEX_H_
