#include "terminology/model/version_order.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace nosograph::model {
namespace {

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

// All comparisons below: less than, equal to or more than 0.
template <typename T>
int Compare(const T& a, const T& b) {
  return a == b ? 0 : (a < b ? -1 : 1);
}

// Of digits, however many.
int CompareNumbers(absl::string_view a, absl::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  return a.size() == b.size() ? Compare(a, b) : Compare(a.size(), b.size());
}

// Digits as the numbers that they are, the rest as it is: "A10" is after "A2".
int CompareNaturally(absl::string_view a, absl::string_view b) {
  while (!a.empty() && !b.empty()) {
    const auto digits = [](absl::string_view text) {
      return std::min(text.find_first_not_of("0123456789"), text.size());
    };
    const size_t of_a = digits(a);
    const size_t of_b = digits(b);
    if (of_a > 0 && of_b > 0) {
      if (const int order = CompareNumbers(a.substr(0, of_a), b.substr(0, of_b)); order != 0) return order;
      a.remove_prefix(of_a);
      b.remove_prefix(of_b);
      continue;
    }
    if (a.front() != b.front()) return Compare(a.front(), b.front());
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return Compare(a.size(), b.size());
}

int CompareParts(absl::string_view a, absl::string_view b) {
  const std::vector<absl::string_view> left = absl::StrSplit(a, absl::ByAnyChar(".-"));
  const std::vector<absl::string_view> right = absl::StrSplit(b, absl::ByAnyChar(".-"));
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    if (const int order = CompareNaturally(left[i], right[i]); order != 0) return order;
  }
  return Compare(left.size(), right.size());
}

struct Semantic {
  absl::string_view numbers;
  absl::string_view before;  // what makes it one before the release
};

Semantic ReadSemantic(absl::string_view version) {
  version = version.substr(0, version.find('+'));  // the build says nothing of the order
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(version, absl::MaxSplits('-', 1));
  return {parts.first, parts.second};
}

bool IsSemantic(const Semantic& version) {
  const std::vector<absl::string_view> numbers = absl::StrSplit(version.numbers, '.');
  return numbers.size() == 3 && std::all_of(numbers.begin(), numbers.end(), IsNumber);
}

int CompareSemantically(absl::string_view a, absl::string_view b) {
  const Semantic left = ReadSemantic(a);
  const Semantic right = ReadSemantic(b);
  if (const int order = Compare(IsSemantic(left), IsSemantic(right)); order != 0) return order;
  if (const int order = CompareParts(left.numbers, right.numbers); order != 0) return order;
  if (left.before.empty() || right.before.empty()) return Compare(left.before.empty(), right.before.empty());
  const std::vector<absl::string_view> of_left = absl::StrSplit(left.before, '.');
  const std::vector<absl::string_view> of_right = absl::StrSplit(right.before, '.');
  for (size_t i = 0; i < of_left.size() && i < of_right.size(); ++i) {
    const bool left_number = IsNumber(of_left[i]);
    const bool right_number = IsNumber(of_right[i]);
    const int order = left_number != right_number ? Compare(right_number, left_number)
                      : left_number               ? CompareNumbers(of_left[i], of_right[i])
                                                  : Compare(of_left[i], of_right[i]);
    if (order != 0) return order;
  }
  return Compare(of_left.size(), of_right.size());
}

// "2024", "2024-05", "2024-05-01", "2024-05-01T10:00:00Z", and the same without hyphens.
bool IsDateLike(absl::string_view version) {
  const absl::string_view day = version.substr(0, version.find('T'));
  if (day.size() == 4 || day.size() == 8) return IsNumber(day);
  if (day.size() != 7 && day.size() != 10) return false;
  const std::vector<absl::string_view> parts = absl::StrSplit(day, '-');
  return parts.size() == (day.size() == 7 ? 2 : 3) && parts[0].size() == 4 && parts[1].size() == 2 &&
         std::all_of(parts.begin(), parts.end(), IsNumber);
}

// A day is after the month that it is in, and that after its year: what is known more closely comes later.
int CompareDates(absl::string_view a, absl::string_view b) {
  if (const int order = Compare(IsDateLike(a), IsDateLike(b)); order != 0) return order;
  const auto digits = [](absl::string_view text) {
    std::string all;
    for (const char c : text) {
      if (absl::ascii_isdigit(static_cast<unsigned char>(c))) all += c;
    }
    return all;
  };
  const std::string of_a = digits(a);
  const std::string of_b = digits(b);
  return of_a == of_b ? Compare(a, b) : Compare(of_a, of_b);
}

int CompareIntegers(absl::string_view a, absl::string_view b) {
  if (const int order = Compare(IsNumber(a), IsNumber(b)); order != 0) return order;
  return IsNumber(a) ? CompareNumbers(a, b) : Compare(a, b);
}

// A day without hyphens: "20240501". Other eight digits are a number.
bool IsPlainDay(absl::string_view day) {
  if (day.size() != 8 || !IsNumber(day)) return false;
  const absl::string_view century = day.substr(0, 2);
  const absl::string_view month = day.substr(4, 2);
  const absl::string_view of_month = day.substr(6, 2);
  return (century == "19" || century == "20") && month >= "01" && month <= "12" && of_month >= "01" && of_month <= "31";
}

// By year, month and day where it is a date, so that dates and other versions are in one order.
struct Look {
  std::string date;  // "2024-05-01" for "20240501"; else empty
  Semantic read;

  absl::string_view numbers() const { return date.empty() ? read.numbers : absl::string_view(date); }
};

Look ReadLook(absl::string_view version) {
  const absl::string_view day = version.substr(0, version.find('T'));
  if (IsPlainDay(day)) {
    return {absl::StrCat(version.substr(0, 4), "-", version.substr(4, 2), "-", version.substr(6)), {}};
  }
  if (IsDateLike(version) && day.size() != 4 && day.size() != 8) return {std::string(version), {}};
  return {"", ReadSemantic(version)};
}

int CompareAsTheyLook(absl::string_view a, absl::string_view b) {
  const Look look_of_a = ReadLook(a);
  const Look look_of_b = ReadLook(b);
  const Semantic& left = look_of_a.read;
  const Semantic& right = look_of_b.read;
  if (const int order = CompareParts(look_of_a.numbers(), look_of_b.numbers()); order != 0) return order;
  if (left.before.empty() != right.before.empty()) return Compare(left.before.empty(), right.before.empty());
  if (const int order = CompareParts(left.before, right.before); order != 0) return order;
  // Builds, and ways of writing the same, are in some order too: of two that differ one is the later.
  const int order = CompareParts(a, b);
  return order != 0 ? order : Compare(a, b);
}

}  // namespace

bool IsLaterVersion(absl::string_view algorithm, absl::string_view a, absl::string_view b) {
  if (algorithm == "semver") return CompareSemantically(a, b) > 0;
  if (algorithm == "integer") return CompareIntegers(a, b) > 0;
  if (algorithm == "alpha") return Compare(a, b) > 0;
  if (algorithm == "date") return CompareDates(a, b) > 0;
  if (algorithm == "natural") return CompareNaturally(a, b) > 0;
  return CompareAsTheyLook(a, b) > 0;
}

bool IsLaterVersion(absl::string_view algorithm_of_a, absl::string_view a, absl::string_view algorithm_of_b,
                    absl::string_view b) {
  return IsLaterVersion(algorithm_of_a == algorithm_of_b ? algorithm_of_a : absl::string_view(), a, b);
}

bool FitsVersion(absl::string_view pattern, absl::string_view version) {
  if (pattern == version) return true;
  const std::vector<absl::string_view> wanted = absl::StrSplit(pattern, '.');
  const std::vector<absl::string_view> has = absl::StrSplit(version, '.');
  if (wanted.size() != has.size()) return false;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] != has[i] && wanted[i] != "x" && wanted[i] != "X" && wanted[i] != "*") return false;
  }
  return true;
}

}  // namespace nosograph::model
