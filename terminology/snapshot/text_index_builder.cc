#include "terminology/snapshot/text_index_builder.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "terminology/base/abbreviation.h"
#include "terminology/base/words.h"
#include "terminology/model/code_system.h"
#include "terminology/snapshot/knowledge_codec.h"
#include "terminology/snapshot/nonessential_words.h"
#include "terminology/snapshot/reference_name.h"
#include "terminology/snapshot/text_index.h"

namespace nosograph::snapshot {
namespace {

using model::NoteKind;

// What `title` adds to the title of the code that it was made of; all of it where it does not begin with that.
absl::string_view TailOf(absl::string_view title, absl::string_view above) {
  if (!absl::ConsumePrefix(&title, above)) return title;
  while (!title.empty() && (title.front() == ',' || title.front() == ' ')) title.remove_prefix(1);
  return title;
}

class Builder {
 public:
  explicit Builder(const TextIndexSource& source) : source_(source) {}

  TextIndex Build() {
    CollectReferences();
    for (uint32_t item = 0; item < source_.concepts.size(); ++item) AddConcept(item);
    CloseSubtrees();
    AddTails();
    for (const std::vector<std::string>& group : source_.synonyms) AddSynonyms(group);
    for (const auto& [abbreviation, phrase] : abbreviations_) AddSynonyms({abbreviation, phrase});
    for (const auto& [joined, phrase] : joined_) AddSynonyms({joined, phrase});
    OrderTerms();
    FillStems();
    FillPostings();
    FillPhrases();
    return std::move(index_);
  }

 private:
  absl::string_view Title(uint32_t item) const { return source_.text.Text(source_.titles[item]); }
  bool Made(uint32_t item) const {
    return (source_.flags[item] & kSeventhCharacterFlag) != 0 && source_.concepts[item].parent != kNone;
  }
  // The concept that has a document: itself, or what it was made of.
  uint32_t Header(uint32_t item) const {
    while (Made(item)) item = source_.concepts[item].parent;
    return item;
  }

  // What notes call the concepts that they refer to.
  void CollectReferences() {
    const CodeIndexView codes{source_.codes.seed, source_.codes.pilots, source_.codes.slots};
    for (uint32_t note = 0; note < source_.notes.size(); ++note) {
      const absl::string_view text = source_.text.Text(source_.notes[note].text);
      const std::optional<ReferenceName> name = NameOfReference(static_cast<NoteKind>(source_.notes[note].kind), text);
      if (!name) continue;
      const std::optional<CodeIndexView::Found> found = codes.Find(name->code);
      if (!found || source_.text.Text(source_.concepts[found->item].code) != name->code) continue;
      references_.push_back({Header(found->item), note});
    }
    std::stable_sort(references_.begin(), references_.end(),
                     [](const Reference& a, const Reference& b) { return a.item < b.item; });
  }

  void AddConcept(uint32_t item) {
    const auto notes_begin = item == 0 ? 0 : source_.concepts[item - 1].notes_end;
    const auto designations_begin = item == 0 ? 0 : source_.concepts[item - 1].designations_end;
    if (Made(item)) {
      AddMade(item);
      return;
    }
    names_.clear();
    title_document_.push_back(static_cast<uint32_t>(index_.documents.size()));
    AddDocument(item, DocumentKind::kTitle, 0, Title(item));
    for (uint32_t i = designations_begin; i < source_.concepts[item].designations_end; ++i) {
      AddDocument(item, DocumentKind::kDesignation, i, source_.text.Text(source_.designations[i].value));
    }
    for (uint32_t i = notes_begin; i < source_.concepts[item].notes_end; ++i) {
      const auto kind = static_cast<NoteKind>(source_.notes[i].kind);
      const absl::string_view text = source_.text.Text(source_.notes[i].text);
      if (kind == NoteKind::kInclusionTerm) AddDocument(item, DocumentKind::kInclusionTerm, i, text);
      if (kind == NoteKind::kIncludes) AddDocument(item, DocumentKind::kIncludes, i, text);
    }
    AddKnowledge(item);
    for (; next_reference_ < references_.size() && references_[next_reference_].item == item; ++next_reference_) {
      const uint32_t note = references_[next_reference_].note;
      const absl::string_view text = source_.text.Text(source_.notes[note].text);
      const std::optional<ReferenceName> name = NameOfReference(static_cast<NoteKind>(source_.notes[note].kind), text);
      AddDocument(item, DocumentKind::kReference, note, name->name);
    }
  }

  void AddKnowledge(uint32_t item) {
    while (next_knowledge_ < source_.knowledge.size() && source_.knowledge[next_knowledge_].item < item) {
      ++next_knowledge_;
    }
    if (next_knowledge_ == source_.knowledge.size() || source_.knowledge[next_knowledge_].item != item) return;
    const KnowledgeRecord& record = source_.knowledge[next_knowledge_];
    const std::optional<model::ConditionKnowledge> knowledge =
        DecodeKnowledge(absl::string_view(source_.knowledge_content).substr(record.offset, record.length));
    if (!knowledge) return;
    for (uint32_t i = 0; i < knowledge->statements.size(); ++i) {
      if (knowledge->statements[i].section == model::Section::kSynonyms) {
        AddDocument(item, DocumentKind::kSynonym, i, knowledge->statements[i].text);
      }
    }
  }

  void AddDocument(uint32_t item, DocumentKind kind, uint32_t source, absl::string_view text) {
    const std::vector<base::Word> words = base::WordsOf(text);
    std::string name;
    for (const base::Word& word : words) absl::StrAppend(&name, word.folded, " ");
    if (kind != DocumentKind::kTitle && (words.empty() || names_.contains(name))) return;
    names_.insert(std::move(name));
    DocumentRecord record{};
    record.item = item;
    record.kind = static_cast<uint32_t>(kind) & 0xF;
    record.source = source & 0x0FFFFFFF;
    record.words_begin = static_cast<uint32_t>(index_.document_words.size());
    index_.documents.push_back(record);
    AddWords(words, NonessentialWords(text, words));
    CollectAbbreviations(text, words);
    CollectJoined(text, words);
  }

  void AddWords(const std::vector<base::Word>& words, const std::vector<bool>& nonessential) {
    for (size_t i = 0; i < words.size(); ++i) {
      index_.document_words.push_back(TermOf(words[i].folded) | (nonessential[i] ? kNonessentialWord : 0));
    }
  }

  void AddMade(uint32_t item) {
    const absl::string_view tail = TailOf(Title(item), Title(Header(item)));
    const auto [known, added] = tails_.try_emplace(tail, static_cast<uint32_t>(tail_words_.size()));
    if (added) {
      tail_words_.push_back(base::WordsOf(tail));
      tail_documents_.emplace_back();
    }
    index_.made.push_back({item, known->second});
    std::vector<uint32_t>& documents = tail_documents_[known->second];
    const uint32_t document = title_document_.back();  // the header's: what is made of it follows it
    if (documents.empty() || documents.back() != document) documents.push_back(document);
  }

  void AddTails() {
    for (size_t tail = 0; tail < tail_words_.size(); ++tail) {
      index_.tails.push_back(
          {static_cast<uint32_t>(index_.document_words.size()), static_cast<uint32_t>(index_.tail_documents.size())});
      AddWords(tail_words_[tail], std::vector<bool>(tail_words_[tail].size(), false));
      index_.tail_documents.insert(index_.tail_documents.end(), tail_documents_[tail].begin(),
                                   tail_documents_[tail].end());
    }
    index_.tails.push_back(
        {static_cast<uint32_t>(index_.document_words.size()), static_cast<uint32_t>(index_.tail_documents.size())});
  }

  void CloseSubtrees() {
    // Documents are in the order of concepts: walk back, the first document of a concept at or behind the subtree's
    // end.
    std::vector<uint32_t> first(source_.concepts.size() + 1, static_cast<uint32_t>(index_.documents.size()));
    for (uint32_t document = static_cast<uint32_t>(index_.documents.size()); document-- > 0;) {
      first[index_.documents[document].item] = document;
    }
    for (size_t item = source_.concepts.size(); item-- > 0;) first[item] = std::min(first[item], first[item + 1]);
    for (uint32_t document = 0; document < index_.documents.size(); ++document) {
      DocumentRecord& record = index_.documents[document];
      record.subtree_end = first[source_.concepts[record.item].end];
      if (record.kind != static_cast<uint32_t>(DocumentKind::kTitle)) continue;
      const uint32_t parent = source_.concepts[record.item].parent;
      record.source = (parent == kNone ? document : first[Header(parent)]) & 0x0FFFFFFF;
    }
  }

  void CollectAbbreviations(absl::string_view text, const std::vector<base::Word>& words) {
    for (size_t i = 2; i < words.size(); ++i) {
      const base::Word& word = words[i];
      if (!word.upper_case || word.folded.size() > base::kLongestAbbreviation || word.begin == 0 ||
          word.end >= text.size())
        continue;
      const char open = text[word.begin - 1];
      const char close = text[word.end];
      if (!((open == '[' && close == ']') || (open == '(' && close == ')'))) continue;
      const std::optional<size_t> begin = base::SpelledBefore(words, i);
      if (!begin) continue;
      std::string phrase;
      for (size_t at = *begin; at < i; ++at) absl::StrAppend(&phrase, at == *begin ? "" : " ", words[at].folded);
      const std::pair<std::string, std::string> pair{word.folded, phrase};
      if (std::find(abbreviations_.begin(), abbreviations_.end(), pair) == abbreviations_.end()) {
        abbreviations_.push_back(pair);
      }
    }
  }

  // What is written with a hyphen may be asked for in one word: "gastro-esophageal".
  void CollectJoined(absl::string_view text, const std::vector<base::Word>& words) {
    constexpr size_t kShortest = 3;
    const auto long_enough = [](const base::Word& word) {
      return word.folded.size() >= kShortest && absl::ascii_isalpha(static_cast<unsigned char>(word.folded[0]));
    };
    for (size_t i = 1; i < words.size(); ++i) {
      const base::Word& first = words[i - 1];
      const base::Word& second = words[i];
      const bool hyphen = first.end < text.size() && text[first.end] == '-' && second.begin == first.end + 1;
      if (!hyphen || !long_enough(first) || !long_enough(second)) continue;
      std::string joined = absl::StrCat(first.folded, second.folded);
      if (joined.size() > base::kLongestWord || !joined_seen_.insert(joined).second) continue;
      joined_.emplace_back(std::move(joined), absl::StrCat(first.folded, " ", second.folded));
    }
  }

  uint32_t TermOf(absl::string_view word) {
    return terms_.try_emplace(word, static_cast<uint32_t>(terms_.size())).first->second;
  }

  void AddSynonyms(const std::vector<std::string>& group) {
    std::vector<uint32_t> phrases;
    for (const std::string& phrase : group) {
      std::vector<uint32_t> words;
      for (const base::Word& word : base::WordsOf(phrase)) words.push_back(TermOf(word.folded));
      if (words.empty()) continue;
      phrases.push_back(static_cast<uint32_t>(phrase_words_.size()));
      phrase_words_.push_back(std::move(words));
    }
    groups_.push_back(std::move(phrases));
  }

  // Gives terms their numbers in the order of their bytes, everywhere.
  void OrderTerms() {
    std::vector<std::pair<absl::string_view, uint32_t>> ordered(terms_.begin(), terms_.end());
    std::sort(ordered.begin(), ordered.end());
    std::vector<uint32_t> number(ordered.size());
    for (uint32_t term = 0; term < ordered.size(); ++term) {
      number[ordered[term].second] = term;
      index_.terms.push_back({static_cast<uint32_t>(index_.term_text.size()), 0, 0, 0});
      index_.term_shared.push_back(term == 0 ? 0 : SharedBytes(ordered[term - 1].first, ordered[term].first));
      index_.term_letters.push_back(LettersOf(ordered[term].first));
      index_.term_text.append(ordered[term].first.data(), ordered[term].first.size());
    }
    index_.term_endings.resize(ordered.size());
    std::iota(index_.term_endings.begin(), index_.term_endings.end(), 0);
    std::sort(index_.term_endings.begin(), index_.term_endings.end(),
              [&](uint32_t a, uint32_t b) { return IsBeforeBackwards(ordered[a].first, ordered[b].first); });
    for (uint32_t& word : index_.document_words) word = number[TermOfWord(word)] | (word & kNonessentialWord);
    for (std::vector<uint32_t>& words : phrase_words_) {
      for (uint32_t& word : words) word = number[word];
    }
  }

  void FillStems() {
    base::Stemmer stemmer;
    std::vector<std::pair<std::string, uint32_t>> stems;
    for (uint32_t term = 0; term < index_.terms.size(); ++term) {
      const uint32_t begin = index_.terms[term].text_begin;
      const size_t end = term + 1 < index_.terms.size() ? index_.terms[term + 1].text_begin : index_.term_text.size();
      const absl::string_view word = absl::string_view(index_.term_text).substr(begin, end - begin);
      const std::string american = base::AmericanSpelling(word);
      stems.emplace_back(stemmer.Stem(american.empty() ? word : american), term);
    }
    std::sort(stems.begin(), stems.end());
    for (size_t i = 0; i < stems.size(); ++i) {
      if (i == 0 || stems[i].first != stems[i - 1].first) {
        index_.stems.push_back({static_cast<uint32_t>(index_.stem_text.size()), static_cast<uint32_t>(i), 0});
        index_.stem_text += stems[i].first;
      }
      index_.stem_terms.push_back(stems[i].second);
      index_.terms[stems[i].second].stem = static_cast<uint32_t>(index_.stems.size() - 1);
    }
    index_.stems.push_back(
        {static_cast<uint32_t>(index_.stem_text.size()), static_cast<uint32_t>(index_.stem_terms.size()), 0});
  }

  void FillPostings() {
    std::vector<uint32_t> last_of_term(index_.terms.size(), kNone);
    std::vector<uint32_t> last_of_stem(index_.stems.size(), kNone);
    std::vector<uint32_t> headers(index_.terms.size(), 0);
    std::vector<uint32_t> leaves(index_.terms.size(), 0);
    ForEachPosting([&](uint32_t document, uint32_t term) {
      if (std::exchange(last_of_term[term], document) != document) ++(IsHeader(document) ? headers : leaves)[term];
      const uint32_t stem = index_.terms[term].stem;
      if (document < index_.documents.size() && std::exchange(last_of_stem[stem], document) != document) {
        ++index_.stems[stem].document_count;
      }
    });
    uint32_t begin = 0;
    for (size_t term = 0; term < index_.terms.size(); ++term) {
      index_.terms[term].postings_begin = begin;
      index_.terms[term].leaves_begin = begin + headers[term];
      begin += headers[term] + leaves[term];
      headers[term] = index_.terms[term].postings_begin;  // from here on: where the next is put
      leaves[term] = index_.terms[term].leaves_begin;
    }
    index_.postings.resize(begin);
    std::fill(last_of_term.begin(), last_of_term.end(), kNone);
    ForEachPosting([&](uint32_t document, uint32_t term) {
      if (std::exchange(last_of_term[term], document) == document) return;
      index_.postings[(IsHeader(document) ? headers : leaves)[term]++] = document;
    });
    FillWeights();
    index_.terms.push_back({static_cast<uint32_t>(index_.term_text.size()), begin, begin, 0});
  }

  bool IsHeader(uint32_t document) const {
    return document < index_.documents.size() &&
           index_.documents[document].kind == static_cast<uint32_t>(DocumentKind::kTitle) &&
           index_.documents[document].subtree_end > document + 1;
  }

  void FillWeights() {
    const auto documents = static_cast<uint32_t>(index_.documents.size());
    for (const TermRecord& term : index_.terms) {
      index_.term_weights.push_back(TermWeight(index_.stems[term.stem].document_count, documents));
    }
    index_.masses.resize(documents + index_.tails.size() - 1);
    ForEachWord([&](uint32_t document, uint32_t word) {
      if ((word & kNonessentialWord) != 0) return;
      uint16_t& mass = index_.masses[document];
      mass = static_cast<uint16_t>(std::min<uint32_t>(kMostMass, mass + uint32_t{index_.term_weights[word]}));
    });
  }

  template <typename Take>
  void ForEachPosting(const Take& take) const {
    ForEachWord([&](uint32_t document, uint32_t word) { take(document, TermOfWord(word)); });
  }

  template <typename Take>
  void ForEachWord(const Take& take) const {
    const auto documents = static_cast<uint32_t>(index_.documents.size());
    const auto all = documents + static_cast<uint32_t>(index_.tails.size() - 1);
    const auto begin = [&](uint32_t at) {
      return at < documents ? index_.documents[at].words_begin : index_.tails[at - documents].words_begin;
    };
    for (uint32_t document = 0; document < all; ++document) {
      for (uint32_t word = begin(document); word < begin(document + 1); ++word) {
        take(document, index_.document_words[word]);
      }
    }
  }

  void FillPhrases() {
    std::vector<std::vector<uint32_t>> stems;
    for (const std::vector<uint32_t>& words : phrase_words_) {
      std::vector<uint32_t>& of = stems.emplace_back();
      for (const uint32_t word : words) of.push_back(index_.terms[word].stem);
    }
    std::vector<uint32_t> order(stems.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return stems[a] < stems[b]; });
    std::vector<uint32_t> number(stems.size());
    for (uint32_t i = 0; i < order.size(); ++i) {
      number[order[i]] = i;
      index_.phrases.push_back({static_cast<uint32_t>(index_.phrase_stems.size()), 0, 0});
      index_.phrase_stems.insert(index_.phrase_stems.end(), stems[order[i]].begin(), stems[order[i]].end());
    }
    for (const std::vector<uint32_t>& group : groups_) {
      const auto begin = static_cast<uint32_t>(index_.synonyms.size());
      for (const uint32_t phrase : group) index_.synonyms.push_back(number[phrase]);
      for (const uint32_t phrase : group) {
        index_.phrases[number[phrase]].synonyms_begin = begin;
        index_.phrases[number[phrase]].synonyms_end = static_cast<uint32_t>(index_.synonyms.size());
      }
    }
  }

  struct Reference {
    uint32_t item;
    uint32_t note;
  };

  const TextIndexSource& source_;
  TextIndex index_;
  absl::flat_hash_map<std::string, uint32_t> terms_;  // by the order that they came in
  std::vector<Reference> references_;                 // by concept
  size_t next_reference_ = 0;
  size_t next_knowledge_ = 0;
  absl::flat_hash_set<std::string> names_;  // of the concept at hand, folded
  std::vector<uint32_t> title_document_;
  absl::flat_hash_map<absl::string_view, uint32_t> tails_;
  std::vector<std::vector<base::Word>> tail_words_;
  std::vector<std::vector<uint32_t>> tail_documents_;
  std::vector<std::pair<std::string, std::string>> abbreviations_;
  std::vector<std::pair<std::string, std::string>> joined_;
  absl::flat_hash_set<std::string> joined_seen_;
  std::vector<std::vector<uint32_t>> phrase_words_;
  std::vector<std::vector<uint32_t>> groups_;  // phrases
};

}  // namespace

TextIndex BuildTextIndex(const TextIndexSource& source) { return Builder(source).Build(); }

}  // namespace nosograph::snapshot
