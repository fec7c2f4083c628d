// Whether releases go together: an extension adds codes under codes that are there, a supplement adds to codes that are
// there, and each code is defined once.
//
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(std::vector<std::string> warnings, CheckFit(candidate, loaded, open));
#ifndef NOSOGRAPH_TERMINOLOGY_STORE_RELEASE_FIT_H_
#define NOSOGRAPH_TERMINOLOGY_STORE_RELEASE_FIT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "terminology/snapshot/release_set.h"
#include "terminology/store/active_file.h"

namespace nosograph::store {

using OpenRelease = std::function<absl::StatusOr<snapshot::Release>(const LoadedRelease&)>;

// Whether `candidate` can be loaded beside `loaded`; what does not fit, though it can be, as warnings. Errors: those of
// `open`; FailedPrecondition when an extension defines a code that the active release or another extension has, extends
// one that is not there, or when the url is that of a published system where this is an extension, and the like.
absl::StatusOr<std::vector<std::string>> CheckFit(const snapshot::Snapshot& candidate,
                                                  const std::vector<LoadedRelease>& loaded, const OpenRelease& open);

// What of the active extensions and supplements of `published` does not fit it: told, since a release is not to be
// refused for it. Errors: those of `open`.
absl::StatusOr<std::vector<std::string>> Misfits(const snapshot::Snapshot& published,
                                                 const std::vector<LoadedRelease>& loaded, const OpenRelease& open);

}  // namespace nosograph::store

#endif  // NOSOGRAPH_TERMINOLOGY_STORE_RELEASE_FIT_H_
