#include "terminology/operations/parameter_names.h"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/one_slip.h"
#include "terminology/base/unicode.h"

namespace nosograph::operations {
namespace {

// Of the operations of FHIR R4 and R5 and of the terminology ecosystem, also those that are not understood here;
// ascending.
constexpr absl::string_view kNames[] = {"abstract",
                                        "activeOnly",
                                        "allow-subset",
                                        "cache-id",
                                        "check-system-version",
                                        "code",
                                        "codeA",
                                        "codeB",
                                        "codeSystem",
                                        "codeableConcept",
                                        "coding",
                                        "codingA",
                                        "codingB",
                                        "conceptMap",
                                        "conceptMapVersion",
                                        "context",
                                        "contextDirection",
                                        "count",
                                        "date",
                                        "default-valueset-version",
                                        "dependency",
                                        "designation",
                                        "diagnostics",
                                        "display",
                                        "displayLanguage",
                                        "exclude-system",
                                        "excludeNested",
                                        "excludeNotForUI",
                                        "excludePostCoordinated",
                                        "filter",
                                        "force-system-version",
                                        "includeDefinition",
                                        "includeDesignations",
                                        "inferSystem",
                                        "lenient-display-validation",
                                        "manifest",
                                        "mode",
                                        "offset",
                                        "profile",
                                        "property",
                                        "reverse",
                                        "source",
                                        "sourceCode",
                                        "sourceCodeableConcept",
                                        "sourceCoding",
                                        "sourceScope",
                                        "sourceSystem",
                                        "system",
                                        "system-version",
                                        "systemVersion",
                                        "target",
                                        "targetCode",
                                        "targetCodeableConcept",
                                        "targetCoding",
                                        "targetScope",
                                        "targetSystem",
                                        "targetsystem",
                                        "tx-resource",
                                        "url",
                                        "useSupplement",
                                        "validation",
                                        "valueSet",
                                        "valueSetVersion",
                                        "valueset-membership-only",
                                        "version"};
static_assert(std::is_sorted(std::begin(kNames), std::end(kNames)));
// Short names are near to too much.
constexpr size_t kFewestLetters = 5;

}  // namespace

absl::string_view MistakenFor(absl::string_view name) {
  // Nearly all are known, and are asked with each request.
  if (std::binary_search(std::begin(kNames), std::end(kNames), name)) return {};
  if (absl::StartsWith(name, "_")) return {};  // of FHIR's own for all
  for (const absl::string_view known : kNames) {
    if (absl::EqualsIgnoreCase(name, known)) return known;
  }
  for (const absl::string_view known : kNames) {
    if (std::min(name.size(), known.size()) >= kFewestLetters && base::IsOneSlip(name, known)) return known;
  }
  return {};
}

std::optional<Reply> RefuseMistaken(const fhir::Parameters& parameters) {
  for (const fhir::Parameter& parameter : parameters.all()) {
    const absl::string_view meant = MistakenFor(parameter.name);
    if (meant.empty()) continue;
    return ErrorReply(422, {.code = "not-supported",
                            .text = absl::StrCat("the parameter ", base::Excerpt(parameter.name), " is not understood"),
                            .expression = base::Excerpt(parameter.name),
                            .diagnostics = absl::StrCat("write ", meant, ", or leave it out")});
  }
  return std::nullopt;
}

}  // namespace nosograph::operations
