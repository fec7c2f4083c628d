#include "terminology/base/words.h"

#include <libstemmer.h>
#include <utf8proc.h>

#include <algorithm>
#include <new>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace nosograph::base {
namespace {

enum class CharacterKind { kLetter, kMark, kOther };

CharacterKind KindOf(utf8proc_int32_t character) {
  switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return CharacterKind::kLetter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return CharacterKind::kMark;
    default:
      return CharacterKind::kOther;
  }
}

// Appends `character` without its case and its marks.
void AppendFolded(utf8proc_int32_t character, std::string& folded) {
  constexpr int kMostCharacters = 18;  // the longest compatibility decomposition of Unicode
  utf8proc_int32_t characters[kMostCharacters];
  int boundary = 0;
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      character, characters, kMostCharacters,
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK),
      &boundary);
  for (utf8proc_ssize_t i = 0; i < count && i < kMostCharacters; ++i) {
    if (KindOf(characters[i]) != CharacterKind::kLetter) continue;
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(characters[i], bytes);
    folded.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
  }
}

bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }

class Reader {
 public:
  Reader(absl::string_view text, size_t limit, bool folds = true) : text_(text), limit_(limit), folds_(folds) {}

  std::vector<Word> Read() {
    while (position_ < text_.size() && words_.size() < limit_) {
      if (IsAscii(text_[position_])) {
        ReadAscii();
      } else {
        ReadOther();
      }
    }
    Close(text_.size());
    return std::move(words_);
  }

 private:
  void ReadAscii() {
    const char c = text_[position_];
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      Open();
      ReadAsciiLetters();
      return;
    }
    const size_t end = position_++;
    if (c == '\'') return Apostrophe(end);
    Close(end);
  }

  void ReadAsciiLetters() {
    ascii_ = true;
    if (!folds_) {
      while (position_ < text_.size() && absl::ascii_isalnum(static_cast<unsigned char>(text_[position_]))) ++position_;
      return;
    }
    const size_t begin = position_;
    while (position_ < text_.size() && absl::ascii_isalnum(static_cast<unsigned char>(text_[position_]))) {
      const auto c = static_cast<unsigned char>(text_[position_++]);
      if (absl::ascii_isupper(c)) {
        ++capitals_;
      } else if (absl::ascii_islower(c)) {
        small_ = true;
      }
    }
    const size_t room = kLongestWord - std::min(kLongestWord, word_.folded.size());
    const size_t had = word_.folded.size();
    word_.folded.append(text_.data() + begin, std::min(room, position_ - begin));
    for (size_t i = had; i < word_.folded.size(); ++i) {
      word_.folded[i] = absl::ascii_tolower(static_cast<unsigned char>(word_.folded[i]));
    }
  }

  void ReadOther() {
    utf8proc_int32_t character = 0;
    const utf8proc_ssize_t length =
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text_.data()) + position_,
                         static_cast<utf8proc_ssize_t>(text_.size() - position_), &character);
    const size_t begin = position_;
    position_ += length > 0 ? static_cast<size_t>(length) : 1;
    if (length <= 0) return Close(begin);
    constexpr utf8proc_int32_t kTypographicApostrophe = 0x2019;
    if (character == kTypographicApostrophe) return Apostrophe(begin);
    const CharacterKind kind = KindOf(character);
    if (kind == CharacterKind::kMark) return;  // of the letter before it
    if (kind == CharacterKind::kOther) return Close(begin);
    position_ = begin;
    Open();
    position_ = begin + static_cast<size_t>(length);
    small_ = true;
    if (word_.folded.size() + 4 <= kLongestWord) AppendFolded(character, word_.folded);
  }

  // Ends the word at `end`, and steps over the "s" of a possessive.
  void Apostrophe(size_t end) {
    const bool possessive =
        open_ && position_ < text_.size() && (text_[position_] | 0x20) == 's' &&
        (position_ + 1 == text_.size() ||
         (IsAscii(text_[position_ + 1]) && !absl::ascii_isalnum(static_cast<unsigned char>(text_[position_ + 1]))));
    if (possessive) end = ++position_;
    Close(end);
  }

  void Open() {
    if (open_) return;
    open_ = true;
    if (words_.empty()) words_.reserve(text_.size() / 8 + 1);
    small_ = false;
    ascii_ = false;
    capitals_ = 0;
    word_ = {};
    word_.begin = static_cast<uint32_t>(position_);
  }

  void Close(size_t end) {
    if (!open_) return;
    open_ = false;
    if (!ascii_ && word_.folded.empty()) return;  // of what is no letter once it is folded
    if (!folds_) word_.folded.clear();
    word_.end = static_cast<uint32_t>(end);
    word_.upper_case = capitals_ > 1 && !small_;
    words_.push_back(std::move(word_));
  }

  const absl::string_view text_;
  const size_t limit_;
  const bool folds_;
  size_t position_ = 0;
  bool open_ = false;
  bool small_ = false;
  bool ascii_ = false;  // has a letter or digit of ASCII
  int capitals_ = 0;
  Word word_;
  std::vector<Word> words_;
};

// Replaces an ending; false when `word` has it not, or too little before it to be a word of that form.
bool ReplaceEnding(absl::string_view ending, absl::string_view by, std::string& word) {
  constexpr size_t kShortestBeginning = 2;
  if (word.size() < ending.size() + kShortestBeginning || !absl::EndsWith(word, ending)) return false;
  word.replace(word.size() - ending.size(), ending.size(), by.data(), by.size());
  return true;
}

}  // namespace

std::vector<Word> WordsOf(absl::string_view text, size_t limit) { return Reader(text, limit).Read(); }

std::vector<Word> WordPlacesOf(absl::string_view text, size_t limit) { return Reader(text, limit, false).Read(); }

std::string AmericanSpelling(absl::string_view word) {
  constexpr size_t kShortest = 5;
  if (word.size() < kShortest) return "";
  std::string american;
  for (size_t i = 0; i < word.size(); ++i) {
    const bool digraph = i + 2 < word.size() && word[i + 1] == 'e' && (word[i] == 'a' || word[i] == 'o');
    if (!digraph) american += word[i];
  }
  struct Ending {
    absl::string_view british;
    absl::string_view american;
  };
  constexpr Ending kEndings[] = {{"our", "or"},      {"ours", "ors"},        {"oured", "ored"}, {"oural", "oral"},
                                 {"yse", "yze"},     {"ysed", "yzed"},       {"ise", "ize"},    {"ised", "ized"},
                                 {"ising", "izing"}, {"isation", "ization"}, {"tre", "ter"},    {"bre", "ber"},
                                 {"lled", "led"},    {"lling", "ling"}};
  for (const Ending& ending : kEndings) {
    if (ReplaceEnding(ending.british, ending.american, american)) break;
  }
  return american == word ? "" : american;
}

absl::string_view MedicalRoot(absl::string_view word) {
  // The longest first, so that "-osis" is taken before "-is".
  static constexpr absl::string_view kEndings[] = {
      "iasis", "iatic", "osis", "otic", "asis", "atic", "itic", "ical", "ious", "ive", "ion", "ism", "ial",
      "ous",   "ary",   "us",   "um",   "is",   "ia",   "ae",   "al",   "ar",   "ic",  "a",   "y"};
  constexpr size_t kShortest = 4;
  if (absl::EndsWith(word, "itis")) return "";
  for (const absl::string_view ending : kEndings) {
    if (word.size() >= ending.size() + kShortest && absl::EndsWith(word, ending)) {
      return word.substr(0, word.size() - ending.size());
    }
  }
  return "";
}

Stemmer::Stemmer() : stemmer_(sb_stemmer_new("english", "UTF_8")) {
  if (stemmer_ == nullptr) throw std::bad_alloc();  // the language is always there
}

Stemmer::~Stemmer() { sb_stemmer_delete(stemmer_); }

absl::string_view Stemmer::Stem(absl::string_view word) {
  const sb_symbol* stem =
      sb_stemmer_stem(stemmer_, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
  if (stem == nullptr) return word;  // out of memory
  return {reinterpret_cast<const char*>(stem), static_cast<size_t>(sb_stemmer_length(stemmer_))};
}

}  // namespace nosograph::base
