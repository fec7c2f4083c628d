// The releases that answer together: published code systems, of which several versions may be loaded side by side, and
// the extensions and supplements beside them.
//
// Does not load files (store/) and does not change: another release makes another set. Thread-safe: immutable once
// built. Snapshots are shared and live as long as a set, or anyone else, holds them.
//
//   ReleaseSet set({Release{.snapshot = icd10cm, .id = sha256, .active = true}, ...});
//   ASSIGN_OR_RETURN(const Release* release, set.Select("http://hl7.org/fhir/sid/icd-10-cm", {.date = "2021-09-30"}));
#ifndef NOSOGRAPH_TERMINOLOGY_SNAPSHOT_RELEASE_SET_H_
#define NOSOGRAPH_TERMINOLOGY_SNAPSHOT_RELEASE_SET_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "terminology/snapshot/snapshot.h"

namespace nosograph::snapshot {

// What a user of a release works out from its snapshot and keeps beside it; goes when nobody holds it any more. A class
// of it has a `kPlace` of its own in Release::derived.
class Derived {
 public:
  virtual ~Derived() = default;
};

struct Release {
  std::shared_ptr<const Snapshot> snapshot;
  std::string id;               // SHA-256 of the snapshot file, hexadecimal
  std::string valid_from = {};  // first day of validity, YYYY-MM-DD; empty when not known
  std::string valid_to = {};    // last day; empty while it is open
  bool active = true;           // what answers when no release is asked for; one of each system
  std::array<std::shared_ptr<const Derived>, 2> derived = {};

  // Null where it has none.
  template <typename T>
  const T* Find() const {
    return static_cast<const T*>(derived[T::kPlace].get());
  }
  bool ValidOn(absl::string_view date) const {
    return (valid_from.empty() || valid_from <= date) && (valid_to.empty() || date <= valid_to);
  }
};

// Which release of a system; the active one when nothing is set.
struct ReleaseSelector {
  absl::string_view version = {};
  absl::string_view date = {};  // YYYY-MM-DD

  bool empty() const { return version.empty() && date.empty(); }
};

class ReleaseSet {
 public:
  ReleaseSet() = default;
  explicit ReleaseSet(std::vector<Release> releases);

  // All, in the order of their validity within a system.
  const std::vector<Release>& releases() const { return releases_; }
  bool empty() const { return releases_.empty(); }

  // That of no other set in this process, so that what was worked out for a set can be known again; 0 where empty.
  uint64_t id() const { return id_; }

  // The active release of each published system, and of each extension of `system` (of each at all when it is empty).
  std::vector<const Release*> ActivePublished() const;
  std::vector<const Release*> ActiveExtensions(absl::string_view system = {}) const;

  // The active supplements of this release's code system, as far as they are for this version of it.
  std::vector<const Release*> ActiveSupplements(const Release& release) const;

  // Whether any release of the system is loaded. `system` is a canonical URI; ICD-10-CM goes by its object identifier
  // too, with or without "urn:oid:".
  bool Has(absl::string_view system) const;
  // The active release; null when the system is not loaded.
  const Release* Active(absl::string_view system) const;

  // The release asked for. By date, of those valid on that day the one that began last. Errors: NotFound when the
  // system or the release is not loaded, InvalidArgument for a date that is none; the message names field, value and
  // what is loaded.
  absl::StatusOr<const Release*> Select(absl::string_view system, const ReleaseSelector& selector) const;

 private:
  std::vector<const Release*> Of(absl::string_view system) const;

  std::vector<Release> releases_;
  uint64_t id_ = 0;
  bool any_supplement_ = false;  // is active: filters ask for supplements with each concept
};

// `system` as a canonical URI where it is an object identifier that is known; else as it stands.
absl::string_view CanonicalSystem(absl::string_view system);

}  // namespace nosograph::snapshot

#endif  // NOSOGRAPH_TERMINOLOGY_SNAPSHOT_RELEASE_SET_H_
