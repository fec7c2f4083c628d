#include "terminology/model/icd_code.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "terminology/base/unicode.h"
#include "terminology/model/code_characters.h"

namespace nosograph::model {
namespace {

constexpr size_t kCategoryLength = 3;
constexpr size_t kMaxSuffixLength = 12;
constexpr size_t kPcsLength = 7;

constexpr absl::string_view kChapterPrefix = "chapter-";

// What may stand in one place of a code.
enum class Place {
  kFirst,     // a letter
  kDigit,     // WHO and GM: second and third
  kCategory,  // CM: second and third
  kFourthCm,  // CM: the only later place where published codes have I and L
  kLater,
  kPcs,
};

// A character as it counts in its place, or 0 when none can stand there. `mixed`: the text has capitals too, so that a
// small l is no lower-case L.
char InPlace(Place place, char c, bool mixed, uint8_t& liberties) {
  if (c == 'O' && place != Place::kFirst) {
    liberties |= kLookAlike;
    return '0';
  }
  if (c == 'I' && place != Place::kFirst && place != Place::kFourthCm) {
    liberties |= kLookAlike;
    return '1';
  }
  if (c == 'l') {
    const bool never_l = place == Place::kDigit || place == Place::kCategory;
    if (never_l || (mixed && place == Place::kLater)) {
      liberties |= kLookAlike;
      return '1';
    }
    if (mixed && place != Place::kFirst) return 0;  // L or 1: both may be codes
    liberties |= kLowerCase;
    return 'L';
  }
  const bool digit = absl::ascii_isdigit(c);
  const bool letter = absl::ascii_isupper(c);
  switch (place) {
    case Place::kFirst:
      return letter ? c : '\0';
    case Place::kDigit:
      return digit ? c : '\0';
    case Place::kCategory:
      return digit || (letter && c != 'L') ? c : '\0';
    default:
      return digit || letter ? c : '\0';
  }
}

// Appends the category that `text` starts with; false when it starts with none.
bool AppendCategory(Grammar grammar, absl::string_view text, bool mixed, CodeReading& reading) {
  if (text.size() < kCategoryLength) return false;
  bool has_digit = false;
  for (size_t i = 0; i < kCategoryLength; ++i) {
    const Place place = i == 0 ? Place::kFirst : grammar == Grammar::kIcd10Cm ? Place::kCategory : Place::kDigit;
    const char c = InPlace(place, text[i], mixed, reading.liberties);
    if (c == 0) return false;
    has_digit |= absl::ascii_isdigit(c);
    reading.canonical.push_back(c);
  }
  return has_digit;  // three letters are a word
}

CodeReading Finished(CodeReading reading) {
  reading.form = reading.liberties == 0 ? CodeForm::kCanonical : CodeForm::kNotCanonical;
  return reading;
}

// A text of one code without its dots, which are counted on the way.
struct Undotted {
  std::string text;
  size_t dots = 0;
  size_t first_dot = 0;
};

Undotted WithoutDots(absl::string_view text) {
  Undotted undotted;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '.') {
      undotted.text.push_back(text[i]);
    } else if (undotted.dots++ == 0) {
      undotted.first_dot = i;
    }
  }
  return undotted;
}

CodeReading ReadPcs(const PlainCode& plain) {
  CodeReading reading{CodeForm::kMalformed, plain.liberties, ""};
  const Undotted undotted = WithoutDots(plain.text);
  if (undotted.text.size() != kPcsLength) return {};
  if (undotted.dots > 0) reading.liberties |= kMisplacedDot;
  for (char given : undotted.text) {
    const char c = InPlace(Place::kPcs, given, plain.has_capital, reading.liberties);
    if (c == 0) return {};
    reading.canonical.push_back(c);
  }
  return Finished(std::move(reading));
}

// Whether a text of several words may hold several codes: a word behind the first that starts like a category.
bool MayBeSeveralCodes(const PlainCode& plain) {
  for (size_t start : plain.word_starts) {
    const absl::string_view word = absl::string_view(plain.text).substr(start);
    if (word.size() >= kCategoryLength && (absl::ascii_isupper(word[0]) || word[0] == 'l') &&
        (absl::ascii_isdigit(word[1]) || absl::ascii_isdigit(word[2]))) {
      return true;
    }
  }
  return false;
}

// The id of a chapter, "chapter-12", in whatever case.
bool IsChapter(absl::string_view text) {
  const absl::string_view number = text.substr(std::min(text.size(), kChapterPrefix.size()));
  const auto is_digit = [](char c) { return absl::ascii_isdigit(c); };
  return absl::StartsWithIgnoreCase(text, kChapterPrefix) && !number.empty() && number.size() <= 2 &&
         std::all_of(number.begin(), number.end(), is_digit);
}

CodeReading ReadBlock(Grammar grammar, const PlainCode& plain) {
  CodeReading reading{CodeForm::kMalformed, plain.liberties, ""};
  const absl::string_view text = plain.text;
  if (!AppendCategory(grammar, text, plain.has_capital, reading)) return {};
  reading.canonical.push_back('-');
  if (!AppendCategory(grammar, text.substr(kCategoryLength + 1), plain.has_capital, reading)) return {};
  return Finished(std::move(reading));
}

// Takes marks and dashes off the end of `text`.
void StripEnd(Grammar grammar, absl::string_view& text, uint8_t& liberties) {
  while (grammar != Grammar::kIcd10Cm && !text.empty() && absl::StrContains("*+!", text.back())) {
    text.remove_suffix(1);
    liberties |= kMark;
  }
  const size_t size = text.size();
  while (absl::ConsumeSuffix(&text, "-")) liberties |= kPadding;
  if (text.size() < size) absl::ConsumeSuffix(&text, ".");
}

CodeReading ReadIcd10(Grammar grammar, const PlainCode& plain) {
  absl::string_view text = plain.text;
  // A word, though its letters may look like digits: "flood" does not mean F10.0D.
  if (std::none_of(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); })) return {};
  if (text.size() == 2 * kCategoryLength + 1 && text[kCategoryLength] == '-') return ReadBlock(grammar, plain);

  CodeReading reading{CodeForm::kMalformed, plain.liberties, ""};
  StripEnd(grammar, text, reading.liberties);
  Undotted undotted = WithoutDots(text);
  absl::string_view characters = undotted.text;
  if (grammar == Grammar::kIcd10 && characters.size() == kCategoryLength + 1 && characters.back() == 'X') {
    characters.remove_suffix(1);
    reading.liberties |= kPadding;
    if (undotted.dots == 1 && undotted.first_dot == kCategoryLength) undotted.dots = 0;
  }
  if (characters.size() > kCategoryLength + kMaxSuffixLength) return {};
  if (!AppendCategory(grammar, characters, plain.has_capital, reading)) return {};
  const absl::string_view suffix = characters.substr(kCategoryLength);
  if (suffix.empty()) {
    if (undotted.dots > 0) reading.liberties |= kMisplacedDot;
    return Finished(std::move(reading));
  }
  if (undotted.dots == 0) {
    reading.liberties |= kMissingDot;
  } else if (undotted.dots > 1 || undotted.first_dot != kCategoryLength) {
    reading.liberties |= kMisplacedDot;
  }
  reading.canonical.push_back('.');
  for (size_t i = 0; i < suffix.size(); ++i) {
    const Place place = i == 0 && grammar == Grammar::kIcd10Cm ? Place::kFourthCm : Place::kLater;
    const char c = InPlace(place, suffix[i], plain.has_capital, reading.liberties);
    if (c == 0) return {};
    reading.canonical.push_back(c);
  }
  return Finished(std::move(reading));
}

}  // namespace

CodeReading ReadCode(Grammar grammar, absl::string_view text) {
  if (text.empty() || text.size() > kMaxCodeBytes || !base::IsValidUtf8(text)) return {};
  if (grammar == Grammar::kAny) return ReadAnyCode(text);
  if (IsChapter(text)) {
    const std::string canonical = absl::AsciiStrToLower(text);
    return {canonical == text ? CodeForm::kCanonical : CodeForm::kNotCanonical,
            static_cast<uint8_t>(canonical == text ? 0 : kUpperCase), canonical};
  }
  PlainCode plain;
  if (!ToPlainCode(text, plain) || plain.text.empty() || MayBeSeveralCodes(plain)) return {};
  return grammar == Grammar::kIcd10Pcs ? ReadPcs(plain) : ReadIcd10(grammar, plain);
}

absl::string_view FormalParent(absl::string_view canonical) {
  if (canonical.size() <= kCategoryLength || absl::StrContains(canonical, '-')) return {};
  const bool has_digit = std::any_of(canonical.begin(), canonical.end(), [](char c) { return absl::ascii_isdigit(c); });
  if (!has_digit) return {};
  canonical.remove_suffix(1);
  absl::ConsumeSuffix(&canonical, ".");
  return canonical;
}

std::string PadToSix(absl::string_view code) {
  constexpr size_t kSixCharactersAndDot = 7;
  std::string padded(code);
  if (padded.size() == kCategoryLength) padded.push_back('.');
  if (padded.size() < kSixCharactersAndDot) padded.append(kSixCharactersAndDot - padded.size(), 'X');
  return padded;
}

Grammar GrammarOf(absl::string_view system) {
  system = system.substr(0, system.find('|'));
  absl::ConsumePrefix(&system, "urn:oid:");
  struct Known {
    absl::string_view system;
    Grammar grammar;
  };
  static constexpr Known kKnown[] = {
      {"http://hl7.org/fhir/sid/icd-10-cm", Grammar::kIcd10Cm},
      {"2.16.840.1.113883.6.90", Grammar::kIcd10Cm},
      {"http://hl7.org/fhir/sid/icd-10", Grammar::kIcd10},
      {"2.16.840.1.113883.6.3", Grammar::kIcd10},
      {"http://fhir.de/CodeSystem/bfarm/icd-10-gm", Grammar::kIcd10Gm},
      {"http://fhir.de/CodeSystem/dimdi/icd-10-gm", Grammar::kIcd10Gm},
      {"http://hl7.org/fhir/sid/icd-10-de", Grammar::kIcd10Gm},
      {"http://hl7.org/fhir/sid/icd-10-pcs", Grammar::kIcd10Pcs},
      {"http://www.cms.gov/Medicare/Coding/ICD10", Grammar::kIcd10Pcs},
      {"2.16.840.1.113883.6.4", Grammar::kIcd10Pcs},
  };
  for (const Known& known : kKnown) {
    if (system == known.system) return known.grammar;
  }
  return Grammar::kAny;
}

}  // namespace nosograph::model
