// The releases that answer together: published code systems and the extensions beside them.
//
// Does not load files (store/) and does not change: a new release makes a new set. Thread-safe: immutable once built.
// Snapshots are shared and live as long as a set, or anyone else, holds them.
//
//   ReleaseSet set({Release{.snapshot = icd10cm, .id = sha256}, Release{.snapshot = dermatology, .id = other}});
//   const Release* release = set.Published("http://hl7.org/fhir/sid/icd-10-cm");
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_RELEASE_SET_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_RELEASE_SET_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "terminology/snapshot/snapshot.h"

namespace nosograph::snapshot {

struct Release {
  std::shared_ptr<const Snapshot> snapshot;
  std::string id;               // SHA-256 of the snapshot file, hexadecimal
  std::string valid_from = {};  // first day of validity, YYYY-MM-DD; empty when not known
  std::string valid_to = {};    // last day; empty while it is open
};

class ReleaseSet {
 public:
  ReleaseSet() = default;
  explicit ReleaseSet(std::vector<Release> releases);

  const std::vector<Release>& published() const { return published_; }
  const std::vector<Release>& extensions() const { return extensions_; }
  bool empty() const { return published_.empty() && extensions_.empty(); }

  // By canonical URI; ICD-10-CM by its object identifier too, with or without "urn:oid:". Null when not held.
  const Release* Published(absl::string_view system) const;
  const Release* Extension(absl::string_view system) const;

 private:
  std::vector<Release> published_;
  std::vector<Release> extensions_;
};

// `system` as a canonical URI where it is an object identifier that is known; else as it stands.
absl::string_view CanonicalSystem(absl::string_view system);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_RELEASE_SET_H_
