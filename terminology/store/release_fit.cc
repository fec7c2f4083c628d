#include "terminology/store/release_fit.h"

#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::store {
namespace {

using snapshot::Release;
using snapshot::Snapshot;

constexpr size_t kMostWarnings = 20;

// "an extension of X", "a supplement of X", "a published code system".
std::string WhatItIs(absl::string_view extends, absl::string_view supplements) {
  if (!extends.empty()) return absl::StrCat("an extension of ", extends);
  if (!supplements.empty()) return absl::StrCat("a supplement of ", supplements);
  return "a published code system";
}

// The first few in full, then how many more there are.
class Warnings {
 public:
  void Add(std::string warning) {
    if (++count_ <= kMostWarnings) warnings_.push_back(std::move(warning));
  }
  std::vector<std::string> Take() {
    if (count_ > kMostWarnings) warnings_.push_back(absl::StrCat("and ", count_ - kMostWarnings, " more of that kind"));
    return std::move(warnings_);
  }

 private:
  size_t count_ = 0;
  std::vector<std::string> warnings_;
};

void AddMisfits(const Snapshot& addition, const Snapshot& published, Warnings& warnings) {
  const std::string release = absl::StrCat(published.url(), " ", published.version());
  for (uint32_t item = 0; item < addition.concept_count(); ++item) {
    const std::string code = absl::StrCat(addition.code(item), " of ", addition.url());
    const bool is_published = published.Find(addition.code(item)).has_value();
    if (!addition.supplements().empty()) {
      if (is_published) continue;
      warnings.Add(absl::StrCat(code, " adds to a code that is not in ", release, "; it has no effect there"));
      continue;
    }
    if (is_published) {
      warnings.Add(absl::StrCat(code, " is published in ", release,
                                ", which answers for it from now on; take it out of the extension"));
    }
    const auto extends = addition.extends(item);
    if (extends && !published.Find(extends->code)) {
      warnings.Add(absl::StrCat(code, " extends ", extends->code, ", which is not in ", release,
                                "; name another published code"));
    }
  }
}

absl::Status CheckExtension(const Snapshot& extension, const Snapshot& published) {
  for (uint32_t item = 0; item < extension.concept_count(); ++item) {
    const absl::string_view code = extension.code(item);
    if (published.Find(code)) {
      return absl::FailedPreconditionError(absl::StrCat("extension ", extension.url(), ": code ", base::Excerpt(code),
                                                        " is published in ", published.url(), " ", published.version(),
                                                        "; remove it from the extension, or give it another code"));
    }
    const auto extends = extension.extends(item);
    if (extends && !published.Find(extends->code)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "extension ", extension.url(), ": ", base::Excerpt(code), " extends ", base::Excerpt(extends->code),
          ", which is no code of ", published.url(), " ", published.version(), "; name a published code"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckAgainstOthers(const Snapshot& extension, const std::vector<LoadedRelease>& loaded,
                                const OpenRelease& open) {
  for (const LoadedRelease& item : loaded) {
    if (!item.active || item.extends != extension.extends() || item.system == extension.url()) continue;
    ASSIGN_OR_RETURN(const Release other, open(item));
    for (uint32_t code = 0; code < extension.concept_count(); ++code) {
      if (!other.snapshot->Find(extension.code(code))) continue;
      return absl::FailedPreconditionError(absl::StrCat("extension ", extension.url(), ": code ",
                                                        base::Excerpt(extension.code(code)), " is one of ", item.system,
                                                        " already; give it another code"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Misfits(const Snapshot& published, const std::vector<LoadedRelease>& loaded,
                                                 const OpenRelease& open) {
  Warnings warnings;
  for (const LoadedRelease& item : loaded) {
    if (!item.active || (item.extends != published.url() && item.supplements != published.url())) continue;
    ASSIGN_OR_RETURN(const Release addition, open(item));
    AddMisfits(*addition.snapshot, published, warnings);
  }
  return warnings.Take();
}

absl::StatusOr<std::vector<std::string>> CheckFit(const Snapshot& candidate, const std::vector<LoadedRelease>& loaded,
                                                  const OpenRelease& open) {
  for (const LoadedRelease& item : loaded) {
    if (item.system != candidate.url()) continue;
    if (item.extends == candidate.extends() && item.supplements == candidate.supplements()) continue;
    return absl::FailedPreconditionError(absl::StrCat(
        candidate.url(), " is loaded as ", WhatItIs(item.extends, item.supplements), ", and what is imported is ",
        WhatItIs(candidate.extends(), candidate.supplements()), "; give it a url of its own"));
  }
  const bool extension = !candidate.extends().empty();
  if (!extension && candidate.supplements().empty()) return Misfits(candidate, loaded, open);

  Warnings warnings;
  const absl::string_view below = extension ? candidate.extends() : candidate.supplements();
  const LoadedRelease* active = FindActive(loaded, below);
  if (active == nullptr) {
    warnings.Add(absl::StrCat("no release of ", below, " is loaded; until then ", candidate.url(), " adds to nothing"));
  } else {
    ASSIGN_OR_RETURN(const Release release, open(*active));
    if (extension) {
      RETURN_IF_ERROR(CheckExtension(candidate, *release.snapshot));
    } else {
      const absl::string_view version = candidate.supplements_version();
      if (!version.empty() && version != release.snapshot->version()) {
        warnings.Add(absl::StrCat(candidate.url(), " is for ", below, " ", version, ", and the active release is ",
                                  release.snapshot->version(), "; it has no effect there"));
      }
      AddMisfits(candidate, *release.snapshot, warnings);
    }
  }
  if (extension) RETURN_IF_ERROR(CheckAgainstOthers(candidate, loaded, open));
  return warnings.Take();
}

}  // namespace nosograph::store
