// The engine's answers as lists of entries.
//
// Thread-safe: functions without state; the lists are the caller's. Entries refer into the release set.
//
//   Describe(resolution, lists);
#ifndef NOSOGRAPH_PLUGIN_DESCRIBE_H_
#define NOSOGRAPH_PLUGIN_DESCRIBE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "plugin/result.h"
#include "terminology/query/lookup.h"
#include "terminology/query/resolve.h"
#include "terminology/query/search.h"
#include "terminology/query/subsumes.h"
#include "terminology/query/validate_code.h"

namespace nosograph::plugin {

void Describe(const query::Resolution& resolution, Lists& lists);
// `set` is the one that the lookup was made in.
void Describe(const snapshot::ReleaseSet& set, const query::Lookup& lookup, Lists& lists);
void Describe(const query::CodeValidator& validator, const query::Validation& validation, absl::string_view code,
              size_t max_repairs, Lists& lists);
void Describe(const query::Subsumption& answer, Lists& lists);
void Describe(const query::SearchAnswer& answer, Lists& lists);

}  // namespace nosograph::plugin

#endif  // NOSOGRAPH_PLUGIN_DESCRIBE_H_
