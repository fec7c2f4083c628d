// The words of a text as search knows them: case, diacritics, possessives and British spelling folded, and their stems.
//
// A word is a run of letters and digits. "Ménière's disease" has "meniere" and "disease". Stems are those of Snowball's
// English stemmer, which is harmless to words of other languages: what is indexed and what is asked go the same way.
// ForEachWord and AmericanSpelling are thread-safe; a Stemmer is not.
//
//   std::vector<Word> words = WordsOf("Crohn's disease");  // {"crohn", 0, 7}, {"disease", 8, 15}
//   Stemmer().Stem("fractures") == "fractur"
#ifndef NOSOGRAPH_TERMINOLOGY_BASE_WORDS_H_
#define NOSOGRAPH_TERMINOLOGY_BASE_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

struct sb_stemmer;

namespace nosograph::base {

// Longer ones are cut at a character: no word of a language is, and what has no end must not grow an index.
inline constexpr size_t kLongestWord = 64;

struct Word {
  std::string folded;
  // The bytes of the text that it was read from.
  uint32_t begin = 0;
  uint32_t end = 0;
  bool upper_case = false;  // two letters or more, all of them capitals: an abbreviation perhaps
};

// In order, `limit` of them at most. What is not UTF-8 parts words.
std::vector<Word> WordsOf(absl::string_view text, size_t limit = std::numeric_limits<size_t>::max());

// Where they stand alone, without what they are folded to and how they are written, which costs the most.
std::vector<Word> WordPlacesOf(absl::string_view text, size_t limit = std::numeric_limits<size_t>::max());

// A word in the American spelling where the British one is known by its letters, "oedema", "tumour", "leukaemia",
// "fibre", "paralyse"; else empty. Knows forms, not words, so that it may give a word that there is not.
std::string AmericanSpelling(absl::string_view word);

// What is left of a word of medicine's Latin and Greek without the ending that makes it noun or adjective: "aspergill"
// of aspergillus and aspergillosis, "thromb" of thrombus, thrombotic and thrombosis. Empty where less than four letters
// are left or there is no such ending. Inflammations, "-itis", keep theirs: they are another thing than what is
// inflamed.
absl::string_view MedicalRoot(absl::string_view word);

class Stemmer {
 public:
  Stemmer();
  ~Stemmer();
  Stemmer(const Stemmer&) = delete;
  Stemmer& operator=(const Stemmer&) = delete;

  // Lives until the next call. `word` is folded.
  absl::string_view Stem(absl::string_view word);

 private:
  sb_stemmer* stemmer_;
};

}  // namespace nosograph::base

#endif  // NOSOGRAPH_TERMINOLOGY_BASE_WORDS_H_
