// Calendar dates as releases use them: YYYY-MM-DD, which compare as texts.
//
// Thread-safe: functions without state.
//
//   IsDate("2026-04-01") == true; IsDate("2026-02-30") == false
//   FiscalYear("2025-10-01") == 2026
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_DATE_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_DATE_H_

#include "absl/strings/string_view.h"

namespace nosograph::model {

// Whether `text` is a day of the Gregorian calendar, written YYYY-MM-DD.
bool IsDate(absl::string_view text);

// The fiscal year of the United States that a date lies in, from 1 October; ICD-10-CM is published by it.
int FiscalYear(absl::string_view date);

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_DATE_H_
