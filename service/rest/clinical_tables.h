// Search in the form of NLM's Clinical Table Search Service, which autocomplete widgets of web pages ask:
// /api/icd10cm/v3/search?terms=WORDS.
//
// Parameters: terms, maxList (7; 500 at most), count and offset (a page), sf (fields searched: code, name), df (fields
// shown), ef (further fields), cf (the field that is the code). The answer is [total, codes, further fields, rows].
// Only codes that may stand on a claim are found, as there. Thread-safe: a function without state.
#ifndef NOSOGRAPH_SERVICE_REST_CLINICAL_TABLES_H_
#define NOSOGRAPH_SERVICE_REST_CLINICAL_TABLES_H_

#include "terminology/fhir/parameters.h"
#include "terminology/operations/reply.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

operations::Reply SearchClinicalTable(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_CLINICAL_TABLES_H_
