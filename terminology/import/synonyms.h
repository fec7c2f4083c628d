// The words and phrases that search takes for one another: terminology/content/search/synonyms.txt, or a file like it.
//
// One group a line, its phrases parted by "="; "#" begins a comment. Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(system.synonyms, ParseSynonyms("kidney = renal\n"));  // {{"kidney", "renal"}}
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_SYNONYMS_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_SYNONYMS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace nosograph::import {

// Errors: InvalidArgument that names the line and the remedy, for text that is not UTF-8, a line without "=", a phrase
// without a word or of more than eight, and more than 10,000 lines.
absl::StatusOr<std::vector<std::vector<std::string>>> ParseSynonyms(absl::string_view text);

// Those that come with the program.
const std::vector<std::vector<std::string>>& DefaultSynonyms();

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_SYNONYMS_H_
