// What the services work out from a release and keep beside it, so that answers are put together from parts that are
// written already.
//
// Thread-safe: a function without state.
//
//   ReleaseSet set = WithFragments(folder.Load(), held);
#ifndef NOSOGRAPH_SERVICE_RELEASE_FRAGMENTS_H_
#define NOSOGRAPH_SERVICE_RELEASE_FRAGMENTS_H_

#include "terminology/snapshot/release_set.h"

namespace nosograph::service {

// The same set, with fragments for each release; those of snapshots that `held` has are taken from it. `held` may be
// null.
snapshot::ReleaseSet WithFragments(const snapshot::ReleaseSet& set, const snapshot::ReleaseSet* held);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_RELEASE_FRAGMENTS_H_
