#include "terminology/query/search_plan.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "terminology/query/spelling.h"

namespace nosograph::query {
namespace {

using snapshot::PhraseRecord;
using snapshot::TermRange;
using snapshot::TextIndexView;

constexpr int kSlight = 3;
constexpr size_t kLongestEnding = 5;
constexpr uint8_t kExactQuality = 255;
constexpr uint8_t kStemQuality = 245;
constexpr uint8_t kSynonymQuality = 230;
constexpr uint8_t kRootQuality = 225;
constexpr uint8_t kJoinedQuality = 240;
constexpr uint8_t kPartsQuality = 200;
constexpr uint8_t kCompoundQuality = 150;

// Longer terms are a worse guess of what is being typed.
uint8_t PrefixQuality(size_t typed, size_t whole) {
  constexpr size_t kWorst = 170;
  constexpr size_t kRange = 65;
  return static_cast<uint8_t>(kWorst + kRange * typed / std::max<size_t>(1, whole));
}

uint8_t SpellingQuality(const Spelling& spelling, uint8_t errors) {
  if (spelling.whole <= errors) return spelling.whole <= 1 ? 205 : 165;
  return spelling.prefix <= 1 ? 180 : 140;
}

bool IsLittle(absl::string_view word) {
  static constexpr std::array<absl::string_view, 16> kLittle = {"a",  "an", "and", "as", "at",  "by", "for",  "from",
                                                                "in", "of", "on",  "or", "the", "to", "with", "due"};
  return std::find(kLittle.begin(), kLittle.end(), word) != kLittle.end();
}

bool HasLetter(absl::string_view word) {
  return std::any_of(word.begin(), word.end(),
                     [](char c) { return !absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

class Maker {
 public:
  Maker(const TextIndexView& index, const std::vector<base::Word>& words, base::Stemmer& stemmer)
      : index_(index), words_(words), stemmer_(stemmer) {}

  Plan Make() {
    constexpr size_t kUsualAtoms = 24;  // of words and their synonyms
    plan_.atoms.reserve(kUsualAtoms);
    plan_.slots.reserve(words_.size());
    for (size_t i = 0; i < words_.size(); ++i) AddWord(words_[i], i + 1 == words_.size());
    for (uint32_t word = 0; word < words_.size();) {
      uint32_t taken = AddPhrase(word);
      if (taken == 0) taken = AddJoined(word);
      if (taken == 0) {
        AddParts(word, AddSlot(word, 1));
        taken = 1;
      }
      word += taken;
    }
    // Last: a compound is none of the word's forms, and stands in no phrase for it.
    for (size_t i = 0; i < words_.size(); ++i) AddCompounds(words_[i].folded, plan_.atoms[i]);
    return std::move(plan_);
  }

 private:
  void AddReading(Atom& atom, uint32_t term, uint8_t quality, MatchReason reason) {
    if (term >= index_.term_count()) return;  // of a damaged file that nobody verified
    atom.readings.push_back({term, quality, reason});
    atom.postings += index_.PostingCount(term);
  }

  // The terms of a stem; the one that is the word itself is exact.
  void AddStem(uint32_t stem, uint8_t exact_quality, uint8_t quality, MatchReason reason, Atom& atom) {
    for (const uint32_t term : index_.TermsOf(stem)) {
      const bool exact = index_.Term(term) == atom.word;
      AddReading(atom, term, exact ? exact_quality : quality, exact ? MatchReason::kExact : reason);
    }
  }

  std::optional<uint32_t> StemOf(const std::string& word) {
    if (const std::optional<uint32_t> term = index_.FindTerm(word)) return index_.StemOf(*term);
    const std::string american = base::AmericanSpelling(word);
    return index_.FindStem(stemmer_.Stem(american.empty() ? word : american));
  }

  void AddWord(const base::Word& word, bool last) {
    Atom atom{.word = word.folded, .begin = word.begin, .end = word.end};
    const std::optional<uint32_t> stem = StemOf(word.folded);
    stems_.push_back(stem.value_or(index_.stem_count()));
    if (stem) {
      AddStem(*stem, kExactQuality, kStemQuality, MatchReason::kStem, atom);
      atom.known = !atom.readings.empty();
    }
    const size_t shortest = last ? 1 : 2;
    if (HasLetter(word.folded) && word.folded.size() >= shortest && !(IsLittle(word.folded) && !last)) {
      AddPrefix(word.folded, stem, atom);
      const std::string american = base::AmericanSpelling(word.folded);
      if (!american.empty()) AddPrefix(american, stem, atom);
    }
    AddRoot(word.folded, stem, atom);
    atom.weight = WeightOf(word.folded, atom.known ? index_.DocumentsOf(*stem) : atom.postings);
    plan_.atoms.push_back(std::move(atom));
  }

  void AddPrefix(absl::string_view prefix, std::optional<uint32_t> stem, Atom& atom) {
    const TermRange range = index_.TermsBeginningWith(prefix);
    for (uint32_t term = range.begin; term < range.end; ++term) {
      if (stem && index_.StemOf(term) == *stem) continue;
      AddReading(atom, term, PrefixQuality(prefix.size(), index_.Term(term).size()), MatchReason::kPrefix);
    }
  }

  // Terms that are compounds with the word: "mucopurulent" where "purulent" is asked.
  void AddCompounds(absl::string_view word, Atom& atom) {
    constexpr size_t kShortest = 6;
    constexpr size_t kShortestBeginning = 3;
    if (word.size() < kShortest) return;
    for (const uint32_t term : index_.TermsEndingWith(word)) {
      if (index_.Term(term).size() < word.size() + kShortestBeginning) continue;
      AddReading(atom, term, kCompoundQuality, MatchReason::kStem);
    }
  }

  // Numbers and single letters are rare, and yet say little without the words beside them.
  uint8_t WeightOf(absl::string_view word, uint32_t documents) const {
    const uint8_t weight = snapshot::TermWeight(documents, index_.document_count());
    const bool slight = word.size() == 1 || !HasLetter(word);
    return slight ? static_cast<uint8_t>(std::max(1, weight / kSlight)) : weight;
  }

  // Terms that another ending makes of the word's root.
  void AddRoot(absl::string_view word, std::optional<uint32_t> stem, Atom& atom) {
    const absl::string_view root = base::MedicalRoot(word);
    if (root.empty()) return;
    const TermRange range = index_.TermsBeginningWith(root);
    for (uint32_t term = range.begin; term < range.end; ++term) {
      if ((stem && index_.StemOf(term) == *stem) || index_.Term(term).size() > root.size() + kLongestEnding ||
          base::MedicalRoot(index_.Term(term)) != root || absl::StartsWith(index_.Term(term), word)) {
        continue;
      }
      AddReading(atom, term, kRootQuality, MatchReason::kStem);
    }
  }

  // Two words of the query that the texts write as one, "non suppurative", and what that is a synonym of. How many
  // words the slot has, 0 when they are none.
  uint32_t AddJoined(uint32_t word) {
    if (word + 1 >= words_.size() || words_[word].folded.size() < 3 || words_[word + 1].folded.size() < 3) return 0;
    const std::optional<uint32_t> stem = StemOf(words_[word].folded + words_[word + 1].folded);
    if (!stem) return 0;
    Slot& slot = AddSlot(word, 2);
    const uint32_t joined[] = {*stem};
    AddSynonym(word, 2, joined, kJoinedQuality, slot);
    for (const PhraseRecord& phrase : index_.PhrasesBeginningWith(*stem)) {
      if (index_.StemsOf(phrase).size() == 1) AddSynonymsOf(phrase, word, 2, slot);
    }
    return 2;
  }

  // A word that the texts do not have, read as two that they have: "hepatocerebral".
  void AddParts(uint32_t word, Slot& slot) {
    const std::string& whole = words_[word].folded;
    constexpr size_t kShortest = 4;
    if (whole.size() < 2 * kShortest || !plan_.atoms[word].readings.empty()) return;
    for (size_t at = whole.size() - kShortest; at >= kShortest; --at) {
      const std::optional<uint32_t> last = StemOf(whole.substr(at));
      if (!last || index_.DocumentsOf(*last) == 0) continue;
      absl::string_view first = absl::string_view(whole).substr(0, at);
      if (first.size() > kShortest && (first.back() == 'o' || first.back() == 'i')) first.remove_suffix(1);
      if (index_.TermsBeginningWith(first).empty()) continue;
      Atom beginning{.word = std::string(first), .begin = words_[word].begin, .end = words_[word].end};
      AddPrefix(first, std::nullopt, beginning);
      beginning.weight = snapshot::TermWeight(beginning.postings, index_.document_count());
      Atom ending{.word = whole.substr(at), .begin = words_[word].begin, .end = words_[word].end};
      AddStem(*last, kExactQuality, kStemQuality, MatchReason::kStem, ending);
      AddRoot(ending.word, last, ending);
      ending.weight = snapshot::TermWeight(index_.DocumentsOf(*last), index_.document_count());
      const auto atom = static_cast<uint32_t>(plan_.atoms.size());
      plan_.atoms.push_back(std::move(beginning));
      plan_.atoms.push_back(std::move(ending));
      slot.options.push_back({{atom, atom + 1}, kPartsQuality});
      return;
    }
  }

  // Whether the word may be a word of this stem: it is one, or the last word is the beginning of one.
  bool MayBe(size_t word, uint32_t stem) const {
    if (stems_[word] == stem) return true;
    if (word + 1 != words_.size() || words_[word].folded.size() < 3) return false;
    const auto& readings = plan_.atoms[word].readings;
    return std::any_of(readings.begin(), readings.end(),
                       [&](const Reading& reading) { return index_.StemOf(reading.term) == stem; });
  }

  bool Matches(size_t word, absl::Span<const uint32_t> stems) const {
    if (stems.size() > words_.size() - word) return false;
    for (size_t i = 0; i < stems.size(); ++i) {
      if (!MayBe(word + i, stems[i])) return false;
    }
    return true;
  }

  // A slot for the longest phrase that has synonyms and begins at `word`: how many words it has, 0 when there is none.
  uint32_t AddPhrase(uint32_t word) {
    size_t longest = 0;
    for (const PhraseRecord& phrase : index_.PhrasesBeginningWith(stems_[word])) {
      if (Matches(word, index_.StemsOf(phrase))) longest = std::max(longest, index_.StemsOf(phrase).size());
    }
    if (longest == 0) return 0;
    Slot& slot = AddSlot(word, static_cast<uint32_t>(longest));
    for (const PhraseRecord& phrase : index_.PhrasesBeginningWith(stems_[word])) {
      if (index_.StemsOf(phrase).size() != longest || !Matches(word, index_.StemsOf(phrase))) continue;
      AddSynonymsOf(phrase, word, longest, slot);
    }
    return static_cast<uint32_t>(longest);
  }

  void AddSynonymsOf(const PhraseRecord& phrase, size_t word, size_t count, Slot& slot) {
    for (const uint32_t synonym : index_.SynonymsOf(phrase)) {
      if (synonym >= index_.phrases.size() || &index_.phrases[synonym] == &phrase) continue;
      AddSynonym(word, count, index_.StemsOf(index_.phrases[synonym]), kSynonymQuality, slot);
    }
  }

  Slot& AddSlot(uint32_t word, uint32_t count) {
    Slot& slot = plan_.slots.emplace_back();
    Option as_written{{}, kExactQuality};
    bool little = true;
    for (uint32_t i = word; i < word + count; ++i) {
      as_written.atoms.push_back(i);
      slot.weight += plan_.atoms[i].weight;
      little = little && IsLittle(plan_.atoms[i].word);
    }
    slot.little = little;
    slot.options.push_back(std::move(as_written));
    return slot;
  }

  void AddSynonym(size_t word, size_t count, absl::Span<const uint32_t> stems, uint8_t quality, Slot& slot) {
    Option option{{}, quality};
    uint32_t weight = 0;
    for (const uint32_t stem : stems) {
      Atom atom{.begin = words_[word].begin, .end = words_[word + count - 1].end};
      AddStem(stem, kExactQuality, kExactQuality, MatchReason::kSynonym, atom);
      atom.weight = snapshot::TermWeight(index_.DocumentsOf(stem), index_.document_count());
      weight += atom.weight;
      if (index_.DocumentsOf(stem) == 0) return;  // no text says it so
      option.atoms.push_back(static_cast<uint32_t>(plan_.atoms.size()));
      plan_.atoms.push_back(std::move(atom));
    }
    // What may be said in a common way is no rare thing to ask for.
    slot.weight = std::min(slot.weight, std::max<uint32_t>(weight, slot.weight / 2));
    slot.options.push_back(std::move(option));
  }

  const TextIndexView& index_;
  const std::vector<base::Word>& words_;
  base::Stemmer& stemmer_;
  std::vector<uint32_t> stems_;  // by word
  Plan plan_;
};

bool AddSpellingsOf(const TextIndexView& index, Atom& atom) {
  constexpr size_t kShortest = 4;  // of a word of five letters, one of which is missing
  constexpr size_t kShortestForTwo = 9;
  const size_t size = atom.word.size();
  if (size < kShortest || !HasLetter(atom.word)) return false;
  const uint8_t most = size + 1 >= kShortestForTwo ? 2 : 1;
  std::vector<uint32_t> had;
  for (const Reading& reading : atom.readings) had.push_back(reading.term);
  std::sort(had.begin(), had.end());
  bool added = false;
  for (uint8_t errors = 1; errors <= most && !added; ++errors) {
    ForEachSpelling(index, atom.word, errors, [&](uint32_t term, const Spelling& spelling) {
      if (size == kShortest && (spelling.whole > errors || index.Term(term).size() != size + 1)) return;
      if (std::binary_search(had.begin(), had.end(), term)) return;
      atom.readings.push_back({term, SpellingQuality(spelling, errors), MatchReason::kSpelling});
      atom.postings += index.PostingCount(term);
      added = true;
    });
  }
  if (added) atom.weight = snapshot::TermWeight(atom.postings, index.document_count());
  return added;
}

}  // namespace

Plan MakePlan(const TextIndexView& index, const std::vector<base::Word>& words, base::Stemmer& stemmer) {
  return Maker(index, words, stemmer).Make();
}

bool AddSpellings(const TextIndexView& index, bool all, Plan& plan) {
  bool added = false;
  for (Slot& slot : plan.slots) {
    bool changed = false;
    for (const uint32_t atom : slot.options.front().atoms) {
      Atom& of = plan.atoms[atom];
      if (of.readings.empty() || (all && !of.known)) changed = AddSpellingsOf(index, of) || changed;
    }
    if (!changed) continue;
    added = true;
    if (slot.options.size() > 1) continue;
    slot.weight = 0;
    for (const uint32_t atom : slot.options.front().atoms) slot.weight += plan.atoms[atom].weight;
  }
  return added;
}

}  // namespace nosograph::query
