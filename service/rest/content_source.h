// What the facade answers from, by version of FHIR: the releases that are served, FHIR's own code systems in that
// version, and the resources that are kept. Put together once for each change of one of them.
//
// Thread-safe. Readers take no lock unless something has changed since the last question.
//
//   const ContentSource::View view = source.Get();
//   Answer(view.In(fhir::Version::kR5), ...);
#ifndef NOSOGRAPH_SERVICE_REST_CONTENT_SOURCE_H_
#define NOSOGRAPH_SERVICE_REST_CONTENT_SOURCE_H_

#include <array>
#include <memory>
#include <vector>

#include "service/rest/kept_resources.h"
#include "terminology/base/mutex.h"
#include "terminology/fhir/version.h"
#include "terminology/operations/content.h"
#include "terminology/snapshot/live_releases.h"

namespace nosograph::rest {

class ContentSource {
 private:
  struct Combined {
    uint64_t releases = 0;                            // id of the set
    uint64_t kept = 0;                                // number of the change
    std::array<operations::Content, 2> content = {};  // of R4, of R5
  };
  using LiveCombined = snapshot::Live<std::shared_ptr<const Combined>>;

 public:
  // `kept` may be null.
  ContentSource(std::shared_ptr<const snapshot::LiveReleases> live, std::shared_ptr<const KeptResources> kept);

  // One state, for as long as it is held.
  class View {
   public:
    const operations::Content& In(fhir::Version version) const { return combined_->content[Index(version)]; }
    // What is kept; null where nothing can be.
    const KeptSet* kept() const { return kept_.get(); }

   private:
    friend class ContentSource;
    std::shared_ptr<const Combined> combined_;
    std::shared_ptr<const KeptSet> kept_;
  };
  View Get() const;

 private:
  static size_t Index(fhir::Version version) { return version == fhir::Version::kR4 ? 0 : 1; }
  std::shared_ptr<const Combined> Combine(const snapshot::ReleaseSet& releases, const KeptSet* kept) const;

  const std::shared_ptr<const snapshot::LiveReleases> live_;
  const std::shared_ptr<const KeptResources> kept_;
  const std::shared_ptr<operations::CompiledResources> compiled_ = std::make_shared<operations::CompiledResources>();
  std::array<std::vector<snapshot::Release>, 2> own_;  // FHIR's own code systems, by version
  mutable base::Mutex mutex_;                          // of who puts together
  mutable LiveCombined combined_;
};

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_CONTENT_SOURCE_H_
