#include "terminology/fhir/element_check.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::fhir {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr absl::string_view kTexts[] = {"string", "code", "uri",  "url",     "canonical", "id",       "oid",
                                        "uuid",   "date", "time", "instant", "dateTime",  "markdown", "base64Binary"};
constexpr absl::string_view kIntegers[] = {"integer", "positiveInt", "unsignedInt"};

template <size_t kCount>
bool IsOneOf(absl::string_view type, const absl::string_view (&types)[kCount]) {
  return std::any_of(std::begin(types), std::end(types),
                     [type](absl::string_view each) { return absl::EqualsIgnoreCase(each, type); });
}

absl::Status CheckExtension(element value, const std::string& field) {
  object extension;
  if (value.get(extension) != simdjson::SUCCESS)
    return base::InvalidField(field, "", "is no object", "give an extension");
  std::string_view url;
  if (extension.at_key("url").get(url) != simdjson::SUCCESS || url.empty())
    return base::InvalidField(field + ".url", "", "is not given", "give the URL of the extension's definition");
  int values = 0;
  for (const auto& [key, part] : extension) {
    absl::string_view name(key.data(), key.size());
    if (name == "extension") ++values;
    if (!absl::ConsumePrefix(&name, "value")) continue;
    ++values;
    if (!HasFormOf(name, part)) {
      return base::InvalidField(absl::StrCat(field, ".value", base::Excerpt(name)), "", "is not of its type",
                                "give a value of the type that its name ends with");
    }
  }
  if (values > 1)
    return base::InvalidField(field, "", "has more than one value", "give one value, or extensions of its own");
  return CheckExtensions(extension, field);
}

}  // namespace

bool HasFormOf(absl::string_view type, element value) {
  std::string_view text;
  if (absl::EqualsIgnoreCase(type, "boolean")) return value.is_bool();
  if (IsOneOf(type, kIntegers)) return value.is_int64();
  if (absl::EqualsIgnoreCase(type, "decimal")) return value.is_number();
  if (absl::EqualsIgnoreCase(type, "integer64") || IsOneOf(type, kTexts)) {
    return value.get(text) == simdjson::SUCCESS && !text.empty();
  }
  return value.is_object();
}

absl::Status CheckExtensions(const object& from, const std::string& field) {
  element listed;
  if (from.at_key("extension").get(listed) != simdjson::SUCCESS) return absl::OkStatus();
  return CheckExtensionList(listed, field + ".extension");
}

absl::Status CheckExtensionList(element extensions, const std::string& field) {
  simdjson::dom::array list;
  if (extensions.get(list) != simdjson::SUCCESS) return base::InvalidField(field, "", "is no list", "give a list");
  size_t number = 0;
  for (const element each : list) RETURN_IF_ERROR(CheckExtension(each, absl::StrCat(field, "[", number++, "]")));
  return absl::OkStatus();
}

absl::Status CheckMetadata(const object& resource, const std::string& field) {
  constexpr std::pair<const char*, absl::string_view> kElements[] = {
      {"url", "uri"},         {"version", "string"}, {"name", "string"},          {"title", "string"},
      {"status", "code"},     {"language", "code"},  {"experimental", "boolean"}, {"date", "dateTime"},
      {"publisher", "string"}};
  for (const auto& [name, type] : kElements) {
    element value;
    if (resource.at_key(name).get(value) == simdjson::SUCCESS && !HasFormOf(type, value)) {
      return base::InvalidField(absl::StrCat(field, ".", name), "", absl::StrCat("is no ", type),
                                "correct it, or leave it out");
    }
  }
  return absl::OkStatus();
}

}  // namespace nosograph::fhir
