// What the REST facade says of itself: CapabilityStatement, TerminologyCapabilities, the versions of FHIR it speaks.
//
// Generated from the tables of operations and resources, which the router routes by, and from what is loaded.
// Thread-safe: functions without state.
#ifndef NOSOGRAPH_SERVICE_REST_CAPABILITIES_H_
#define NOSOGRAPH_SERVICE_REST_CAPABILITIES_H_

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "service/rest/resources.h"
#include "terminology/fhir/parameters.h"
#include "terminology/fhir/version.h"
#include "terminology/operations/content.h"
#include "terminology/operations/reply.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::rest {

struct Operation {
  const char* type;  // "" for the system
  const char* name;  // without the dollar
  const char* definition;
  // Null for one that the facade answers itself.
  operations::Reply (*answer)(const operations::Content& content, const fhir::Parameters& parameters,
                              fhir::Version version);
};

operations::Reply Versions(const operations::Content& content, const fhir::Parameters& parameters,
                           fhir::Version version);

// The one that the facade answers itself.
inline constexpr char kCacheControl[] = "cache-control";

// The operations that there are.
const std::array<Operation, 11>& Operations();

struct SearchParameter {
  const char* name;
  const char* type;
  const char* documentation;
};

// A type of resource, and how it is read and searched; null where only operations ask about it.
struct ResourceKind {
  const char* type;
  bool in_r4;
  bool in_r5;
  operations::Reply (*read)(const Place& place, absl::string_view id, const fhir::Parameters& parameters);
  operations::Reply (*search)(const Place& place, const fhir::Parameters& parameters);
  std::vector<SearchParameter> parameters;

  bool In(fhir::Version version) const { return version == fhir::Version::kR4 ? in_r4 : in_r5; }
};

// The types of resources that there are.
const std::vector<ResourceKind>& ResourceKinds();
// The one of that name in a version of FHIR; null for none.
const ResourceKind* KindOf(absl::string_view name, fhir::Version version);

// Why a search is refused: a modifier, and where it is `strict` a parameter, that is not understood. Nothing where it
// is not.
std::optional<operations::Reply> RefuseSearch(const ResourceKind& kind, fhir::Version version,
                                              const fhir::Parameters& parameters, bool strict);

// `base` is the address that it is asked at; `program` the version of the program; `may_keep` whether
// resources can be put.
operations::Reply CapabilityStatement(fhir::Version version, const std::string& base, const std::string& program,
                                      bool may_keep);
operations::Reply TerminologyCapabilities(const snapshot::ReleaseSet& set, fhir::Version version,
                                          const std::string& base, const std::string& program);

}  // namespace nosograph::rest

#endif  // NOSOGRAPH_SERVICE_REST_CAPABILITIES_H_
