#include "terminology/model/note_reference.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace nosograph::model {
namespace {

constexpr size_t kCategoryLength = 3;
constexpr size_t kMaxSuffixLength = 4;

bool IsCodeCharacter(char c) { return absl::ascii_isupper(c) || absl::ascii_isdigit(c); }

// The place in a code that an ordinal names, 0 for the last; nothing for another word.
std::optional<int> PositionOf(absl::string_view word) {
  static constexpr std::array<std::pair<absl::string_view, int>, 10> kOrdinals = {{{"final", 0},
                                                                                   {"fourth", 4},
                                                                                   {"4th", 4},
                                                                                   {"fifth", 5},
                                                                                   {"5th", 5},
                                                                                   {"sixth", 6},
                                                                                   {"six", 6},
                                                                                   {"6th", 6},
                                                                                   {"seventh", 7},
                                                                                   {"7th", 7}}};
  for (const auto& [name, position] : kOrdinals) {
    if (word == name) return position;
  }
  return std::nullopt;
}

// Whether what stands before a category in running text says that a code follows.
bool AnnouncesACode(absl::string_view before) {
  static constexpr std::array<absl::string_view, 15> kWords = {"except", "category", "categories", "code", "codes",
                                                               "to",     "in",       "and",        "or",   "from",
                                                               "under",  "with",     "by",         "see",  "through"};
  before = absl::StripTrailingAsciiWhitespace(before);
  if (before.empty() || !absl::ascii_isalpha(before.back())) return true;  // in a list, or at the beginning
  size_t begin = before.size();
  while (begin > 0 && absl::ascii_isalpha(before[begin - 1])) --begin;
  const std::string word = absl::AsciiStrToLower(before.substr(begin));
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

class Scanner {
 public:
  explicit Scanner(absl::string_view note) : note_(note) {}

  std::vector<NoteReference> Scan() {
    std::vector<NoteReference> references;
    while (at_ < note_.size()) {
      if (note_[at_] == '(' || note_[at_] == '[') ++depth_;
      if ((note_[at_] == ')' || note_[at_] == ']') && depth_ > 0) --depth_;
      const bool word_begins = at_ == 0 || !absl::ascii_isalnum(note_[at_ - 1]);
      std::optional<NoteReference> reference = word_begins ? Reference() : std::nullopt;
      if (!reference) {
        ++at_;
        continue;
      }
      Qualify(*reference);
      reference->excepted = IsExcepted(*reference, references);
      QualifyListBefore(*reference, references);
      references.push_back(*std::move(reference));
    }
    return references;
  }

 private:
  char Peek(size_t ahead = 0) const { return at_ + ahead < note_.size() ? note_[at_ + ahead] : '\0'; }

  // "L94", "L94.2"; stands behind it. A dot that no character follows is left.
  std::optional<std::string> Code() {
    const absl::string_view category = note_.substr(at_, kCategoryLength);
    const bool shaped = category.size() == kCategoryLength && absl::ascii_isupper(category[0]) &&
                        IsCodeCharacter(category[1]) && IsCodeCharacter(category[2]) &&
                        (absl::ascii_isdigit(category[1]) || absl::ascii_isdigit(category[2]));
    if (!shaped) return std::nullopt;
    size_t end = at_ + kCategoryLength;
    if (end + 1 < note_.size() && note_[end] == '.' && IsCodeCharacter(note_[end + 1])) {
      size_t suffix = end + 1;
      while (suffix < note_.size() && IsCodeCharacter(note_[suffix])) ++suffix;
      if (suffix - end - 1 > kMaxSuffixLength) return std::nullopt;
      end = suffix;
    }
    if (end < note_.size() && absl::ascii_isalnum(note_[end])) return std::nullopt;  // part of a word
    std::string code(note_.substr(at_, end - at_));
    at_ = end;
    return code;
  }

  // "-", ".-", ".": what stands for the characters that follow. A dash that a code follows makes a range instead.
  bool Dash() {
    const size_t start = at_;
    if (Peek() == '.' && Peek(1) == '-') {
      at_ += 2;
      return true;
    }
    if (Peek() == '.' && (absl::StartsWith(note_.substr(at_), ". with") || Peek(1) == ')')) {
      ++at_;  // "I69. with final characters -21"
      return true;
    }
    if (Peek() == '-') {
      ++at_;
      const size_t behind = at_;
      const bool range = Code().has_value();
      at_ = behind;
      if (!range) {
        if (Peek() == '.' && Peek(1) == '-') at_ += 2;  // "D29.2.-" is also written so
        return true;
      }
    }
    at_ = start;
    return false;
  }

  // Behind a code: " - ", "-", " to ", " through " and a code.
  std::optional<std::string> RangeEnd() {
    const size_t start = at_;
    absl::string_view rest = note_.substr(at_);
    const absl::string_view stripped = absl::StripLeadingAsciiWhitespace(rest);
    for (const absl::string_view between : {"-", "to ", "through "}) {
      const bool word = between != "-";
      if (!absl::StartsWith(stripped, between) || (word && stripped.size() == rest.size())) continue;
      at_ = note_.size() - absl::StripLeadingAsciiWhitespace(stripped.substr(between.size())).size();
      if (std::optional<std::string> code = Code()) return code;
    }
    at_ = start;
    return std::nullopt;
  }

  std::optional<NoteReference> Reference() {
    NoteReference reference{.first = "", .begin = at_};
    std::optional<std::string> first = Code();
    if (!first) return std::nullopt;
    reference.first = *std::move(first);
    reference.below = Dash();
    if (std::optional<std::string> last = RangeEnd()) {
      reference.last = *std::move(last);
      reference.below = Dash();
    }
    reference.end = at_;
    const bool bare = reference.first.size() == kCategoryLength && reference.last.empty() && !reference.below;
    if (bare && depth_ == 0 && !AnnouncesACode(note_.substr(0, reference.begin))) {
      at_ = reference.begin;
      return std::nullopt;
    }
    return reference;
  }

  // What stands between the reference before and this one; nothing for the first.
  absl::string_view Between(const NoteReference& before, const NoteReference& reference) const {
    return absl::StripAsciiWhitespace(note_.substr(before.end, reference.begin - before.end));
  }

  bool IsExcepted(const NoteReference& reference, const std::vector<NoteReference>& before) const {
    if (absl::EndsWith(absl::StripTrailingAsciiWhitespace(note_.substr(0, reference.begin)), "except")) return true;
    if (before.empty() || !before.back().excepted) return false;
    const absl::string_view between = Between(before.back(), reference);
    return between == "and" || between == "or" || between == ",";
  }

  void QualifyListBefore(const NoteReference& reference, std::vector<NoteReference>& before) const {
    if (reference.qualifier.empty()) return;
    const NoteReference* next = &reference;
    for (size_t i = before.size(); i-- > 0; next = &before[i]) {
      NoteReference& item = before[i];
      if (Between(item, *next) != "," || !item.qualifier.empty() || item.first[0] != reference.first[0]) return;
      item.qualifier = reference.qualifier;
      item.endings = reference.endings;
      item.positions = reference.positions;
      item.characters = reference.characters;
    }
  }

  void Qualify(NoteReference& reference) {
    const absl::string_view rest = note_.substr(at_);
    absl::string_view text = absl::StripLeadingAsciiWhitespace(rest);
    absl::ConsumePrefix(&text, ",");
    text = absl::StripLeadingAsciiWhitespace(text);
    if (!absl::StartsWith(text, "with ")) return;
    const absl::string_view named = text.substr(0, text.find_first_of(")]"));
    // Prose that goes on, "P92 with failure to thrive", is no qualifier: one names characters.
    const bool names_characters = absl::StrContains(named, "character") || absl::StrContains(named, " .");
    if (!names_characters) return;
    reference.qualifier = std::string(absl::StripTrailingAsciiWhitespace(named));
    for (size_t i = 0; i < reference.qualifier.size(); ++i) ReadEnding(reference, i);
    ReadCharacters(reference);
    at_ += rest.size() - text.size() + reference.qualifier.size();
    reference.end = at_;
  }

  // "with fifth or sixth character 1-4 or 6": ordinals, then what the characters there may be.
  static void ReadCharacters(NoteReference& reference) {
    if (!reference.endings.empty()) return;
    std::string characters;
    std::vector<int> positions;
    bool named = false;    // the word "character" is behind us
    bool through = false;  // and "1 through"
    for (const absl::string_view word : absl::StrSplit(reference.qualifier, absl::ByAnyChar(" ,"), absl::SkipEmpty())) {
      if (named) {
        if (word == "or" || word == "and" || word == "of") continue;
        if (word == "through" && !characters.empty()) {
          through = true;
          continue;
        }
        const absl::string_view bare = absl::StripSuffix(word, ".");
        // "fifth to sixth characters 51": one character a position, which makes an ending.
        if (bare.size() > 1 && bare.size() == positions.size() &&
            std::all_of(bare.begin(), bare.end(), IsCodeCharacter)) {
          reference.endings.push_back(absl::StrCat("-", bare));
          return;
        }
        const bool range = bare.size() == 3 && bare[1] == '-' && bare[0] <= bare[2];
        if (bare.empty() || !IsCodeCharacter(bare[0]) || (bare.size() != 1 && !range)) break;  // prose
        const char first = through ? static_cast<char>(characters.back() + 1) : bare[0];
        for (int c = first; c <= (range ? bare[2] : bare[0]); ++c) characters += static_cast<char>(c);
        through = false;
        continue;
      }
      const size_t dash = word.find('-');  // "fifth-character"
      if (const std::optional<int> position = PositionOf(word.substr(0, dash))) positions.push_back(*position);
      named = absl::StartsWith(dash == absl::string_view::npos ? word : word.substr(dash + 1), "character");
    }
    if (characters.empty()) return;
    reference.characters = std::move(characters);
    reference.positions = std::move(positions);
  }

  // ".62-" or "-23" at `i` of the qualifier.
  static void ReadEnding(NoteReference& reference, size_t i) {
    const std::string& text = reference.qualifier;
    // Also behind the dash of a range, ".51-.52".
    const bool apart = i == 0 || text[i - 1] == ' ' || (text[i] == '.' && text[i - 1] == '-');
    const bool starts =
        (text[i] == '.' || text[i] == '-') && apart && i + 1 < text.size() && IsCodeCharacter(text[i + 1]);
    if (!starts) return;
    size_t end = i + 1;
    while (end < text.size() && IsCodeCharacter(text[end])) ++end;
    const bool range = end + 1 < text.size() && text[end] == '-' && text[end + 1] == '.';
    if (end < text.size() && text[end] == '-' && !range) ++end;
    reference.endings.push_back(text.substr(i, end - i));
  }

  const absl::string_view note_;
  size_t at_ = 0;
  int depth_ = 0;  // of brackets
};

}  // namespace

std::vector<NoteReference> ParseReferences(absl::string_view note) { return Scanner(note).Scan(); }

}  // namespace nosograph::model
