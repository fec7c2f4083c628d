// Which of two versions of one resource is the later, and whether one is that of a pattern (FHIR R5 2.1.5 "Canonical
// resources", versionAlgorithm[x]: http://hl7.org/fhir/version-algorithm).
//
// Thread-safe: functions without state.
//
//   IsLaterVersion("semver", "1.0.0", "1.0.0-rc.2");  // true
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_VERSION_ORDER_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_VERSION_ORDER_H_

#include "absl/strings/string_view.h"

namespace nosograph::model {

// Whether `a` comes after `b` by `algorithm`: "semver" (semver.org 2.0, 11), "integer", "alpha", "date", "natural".
// Anything else, nothing and a FHIRPath expression among it, takes them for what they look like: dates, or numbers with
// parts, before which comes what has more behind a hyphen, "1.0-beta", and of which one is the later wherever they are
// not the same: one order of all. Versions that are none of their algorithm, "one" for an integer, come before those
// that are.
bool IsLaterVersion(absl::string_view algorithm, absl::string_view a, absl::string_view b);

// Of two resources, each with an algorithm of its own: theirs where they agree.
bool IsLaterVersion(absl::string_view algorithm_of_a, absl::string_view a, absl::string_view algorithm_of_b,
                    absl::string_view b);

// Whether a version is that of the pattern: the same, or of as many parts, of which those written "x" or "*" are free.
bool FitsVersion(absl::string_view pattern, absl::string_view version);

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_VERSION_ORDER_H_
