// Whether elements of a resource have the form that FHIR's JSON gives their types, before they are told again.
//
// Source: FHIR R5, 2.1.28 (JSON representation), 2.1.28.2 (primitive types), 2.1.27 (extensibility). Thread-safe.
//
//   RETURN_IF_ERROR(CheckExtensions(resource, "ValueSet"));
#ifndef NOSOGRAPH_TERMINOLOGY_FHIR_ELEMENT_CHECK_H_
#define NOSOGRAPH_TERMINOLOGY_FHIR_ELEMENT_CHECK_H_

#include <simdjson.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace nosograph::fhir {

// Whether `value` may be of the type, "boolean" or "valueBoolean"'s end "Boolean" alike: a boolean, a number, a text
// that is not empty. Of types that are not primitive an object.
bool HasFormOf(absl::string_view type, simdjson::dom::element value);

// The extensions of the element itself: a list of objects, each with a URL and either one value of the form of its
// type or extensions of its own. Errors: InvalidArgument naming the place behind `field`.
absl::Status CheckExtensions(const simdjson::dom::object& element, const std::string& field);
// The same of a list of extensions, which is at `field`.
absl::Status CheckExtensionList(simdjson::dom::element list, const std::string& field);

// The elements that canonical resources begin with and that an answer may tell again: url, version, name, title,
// status, experimental, date, publisher, language. Errors: InvalidArgument for one of another form.
absl::Status CheckMetadata(const simdjson::dom::object& resource, const std::string& field);

}  // namespace nosograph::fhir

#endif  // NOSOGRAPH_TERMINOLOGY_FHIR_ELEMENT_CHECK_H_
