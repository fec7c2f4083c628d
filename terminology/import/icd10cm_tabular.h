// The ICD-10-CM tabular list (XML of NCHS/CDC) as a code system.
//
// Makes the codes that the file only defines: a leaf under a seventh-character definition is padded with X to six
// characters and gets each character that its nearest definition lists (ICD-10-CM Official Guidelines, I.A.4 and
// I.A.5), except where a note of the category says that a character does not apply (S06). Chapters become `chapter-4`,
// blocks ranges (`E36-E36`), since 39 of 297 block ids are also a category's code. All notes are kept in order; what
// stands between the characters of a definition is a gloss on it and no note. Titles stay as published.
//
// Does not know releases or folders. Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(model::CodeSystem system, ImportIcd10CmTabular("icd10c-tabular-April-1-2026.xml", "2026-04-01"));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_TABULAR_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_TABULAR_H_

#include <string>

#include "absl/status/statusor.h"
#include "terminology/import/progress.h"
#include "terminology/model/code_system.h"

namespace nosograph::import {

// `version` is the release's first day of validity, YYYY-MM-DD; the file itself names only the fiscal year. Errors:
// those of reading a file; InvalidArgument for a version that is no date, and for a file that is not UTF-8, not
// well-formed, nested too deep, no tabular list, or breaks its rules; the message names file, line, value and remedy.
absl::StatusOr<model::CodeSystem> ImportIcd10CmTabular(const std::string& path, const std::string& version,
                                                       const Progress& progress = {});

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_TABULAR_H_
