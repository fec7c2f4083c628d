#include "terminology/fhir/version_algorithm.h"

#include <string_view>

#include "absl/strings/str_cat.h"

namespace nosograph::fhir {
namespace {

using simdjson::dom::object;

std::string CodeOf(const object& from, const char* coding) {
  object found;
  std::string_view code;
  std::string_view system;
  const bool there = from.at_key(coding).get(found) == simdjson::SUCCESS &&
                     found.at_key("code").get(code) == simdjson::SUCCESS &&
                     (found.at_key("system").get(system) != simdjson::SUCCESS || system == kVersionAlgorithmSystem);
  return there ? std::string(code) : std::string();
}

}  // namespace

std::string VersionAlgorithmOf(const object& resource) {
  if (std::string code = CodeOf(resource, "versionAlgorithmCoding"); !code.empty()) return code;
  simdjson::dom::array extensions;
  if (resource.at_key("extension").get(extensions) != simdjson::SUCCESS) return "";
  // R5's element in a resource of R4: HL7's own extension, and the one that each element of R5 has
  // (http://hl7.org/fhir/R5/versions.html#extensions).
  std::string_view type;
  if (resource.at_key("resourceType").get(type) != simdjson::SUCCESS) type = {};
  const std::string of_element = absl::StrCat("http://hl7.org/fhir/5.0/StructureDefinition/extension-",
                                              absl::string_view(type.data(), type.size()), ".versionAlgorithm");
  for (const simdjson::dom::element each : extensions) {
    object extension;
    std::string_view url;
    if (each.get(extension) != simdjson::SUCCESS || extension.at_key("url").get(url) != simdjson::SUCCESS) continue;
    if (url != kVersionAlgorithmExtension && url != of_element) continue;
    if (std::string code = CodeOf(extension, "valueCoding"); !code.empty()) return code;
  }
  return "";
}

}  // namespace nosograph::fhir
