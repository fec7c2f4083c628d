// The ICD-10-CM order file (CMS): the authority on which codes are billable and on their official titles.
//
// Fixed columns, one code a line: 1-5 sequence number, 7-13 code without dot, 15 billable (1) or header (0), 17-76
// short title, from 78 on long title; CRLF or LF; plain ASCII. Not in plain string order.
//
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(OrderFile order, ReadIcd10CmOrder("icd10cm-order-2026.txt"));
//   RETURN_IF_ERROR(ApplyOrder(order, system));
#ifndef NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_ORDER_H_
#define NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_ORDER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/import/progress.h"
#include "terminology/model/code_system.h"

namespace nosograph::import {

struct OrderLine {
  std::string code;  // with the dot
  bool billable = false;
  std::string short_title;
  std::string long_title;
};

struct OrderFile {
  std::string name;              // without folders
  std::string sha256;            // of the file's bytes
  std::vector<OrderLine> lines;  // line i of the file at i - 1
};

// Errors: those of reading a file; InvalidArgument for a line that breaks the columns, a code that is none or stands
// twice; the message names file, line, value and remedy.
absl::StatusOr<OrderFile> ReadIcd10CmOrder(const std::string& path);

// Gives each code of `system`, the tabular list of the same release, its official title and billable flag. A title of
// the list that differs stays as a designation. Errors: InvalidArgument when the two do not have the same codes: they
// are of different releases, and one of them is not whole. A flag that contradicts the list (billable, though there are
// codes below it) is taken and told as "warning: ..." by `progress`.
absl::Status ApplyOrder(const OrderFile& order, model::CodeSystem& system, const Progress& progress = {});

}  // namespace nosograph::import

#endif  // NOSOGRAPH_TERMINOLOGY_IMPORT_ICD10CM_ORDER_H_
