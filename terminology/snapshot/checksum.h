// The checksum and the hash of snapshots: XXH3, 64 bits. It finds damage; it is no protection against a forger.
//
// Thread-safe: a function without state. The value is part of the file format.
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_CHECKSUM_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_CHECKSUM_H_

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>

#include "absl/strings/string_view.h"

namespace nosograph::snapshot {

inline uint64_t Checksum(absl::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_CHECKSUM_H_
