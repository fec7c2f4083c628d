// What a request brings with it (tx-resource, of the terminology ecosystem IG): code systems compiled by the snapshot's
// writer and read as what is loaded is, and value sets by their canonical.
//
// Thread-safe: functions without state.
//
//   ASSIGN_OR_RETURN(const snapshot::ReleaseSet with_sent, WithRequestContent(set, parameters));
//   query::LookUp(with_sent, ...);
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_REQUEST_CONTENT_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_REQUEST_CONTENT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "terminology/fhir/parameters.h"
#include "terminology/operations/content.h"

namespace nosograph::operations {

// Of CodeSystem $validate-code: the code system that is asked, as a resource. It counts as a tx-resource too.
inline constexpr char kAskedCodeSystem[] = "codeSystem";

// `content`, and before it what the tx-resources are: code systems hide a loaded one of the same url and version, and
// the newest of them is the active one of its url. Supplements, sent or loaded, say something only where useSupplement
// or an extension valueset-supplement of the value set that is asked about names them. Errors: InvalidArgument for what
// is no resource, or cannot be read; Unimplemented for resources of a type that is not understood, which are never
// passed over; NotFound, told as FHIR does, for a supplement that is named and not there.
absl::StatusOr<Content> WithRequestContent(const Content& content, const fhir::Parameters& parameters);

// The tx-resources, compiled. Errors: as above.
struct SentContent {
  std::vector<snapshot::Release> releases = {};
  CanonicalResources resources = {};
};
// `compiled` has what came before; null for nothing.
absl::StatusOr<SentContent> ReadSentContent(const fhir::Parameters& parameters, CompiledResources* compiled);
// The same with `cached` besides, which goes behind what the request itself brings; null for none.
absl::StatusOr<Content> WithRequestContent(const Content& content, const fhir::Parameters& parameters,
                                           const SentContent* cached);

// The value set that is asked about itself (the parameter valueSet), read once however often it is needed; what is
// wrong with it is its `problem`.
std::shared_ptr<const ValueSetDefinition> PostedValueSet(const Content& content, const std::string& json);

// Whether the request brings anything, or names supplements.
bool HasRequestContent(const fhir::Parameters& parameters);
// Whether it asks about a value set that is kept and names supplements.
bool NamesSupplements(const Content& content, const fhir::Parameters& parameters);

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_REQUEST_CONTENT_H_
