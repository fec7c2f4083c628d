#include "terminology/model/date.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"

namespace nosograph::model {

bool IsDate(absl::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  if (std::count_if(text.begin(), text.end(), [](char c) { return absl::ascii_isdigit(c); }) != 8) return false;
  absl::CivilDay day;
  return absl::ParseCivilTime(text, &day) && absl::FormatCivilTime(day) == text;
}

int FiscalYear(absl::string_view date) {
  int year = 0;
  int month = 0;
  if (!IsDate(date) || !absl::SimpleAtoi(date.substr(0, 4), &year) || !absl::SimpleAtoi(date.substr(5, 2), &month)) {
    return 0;
  }
  constexpr int kFirstMonth = 10;
  return month >= kFirstMonth ? year + 1 : year;
}

}  // namespace nosograph::model
