#include "terminology/fhir/version_algorithm.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace nosograph::fhir {
namespace {

using simdjson::dom::object;

// R5's element in a resource of R4, by HL7's own extension and by the one that every element of R5 has.
constexpr std::array<std::string_view, 2> kExtensions = {
    "http://hl7.org/fhir/StructureDefinition/artifact-versionAlgorithm",
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-CanonicalResource.versionAlgorithm"};

std::string CodeOf(const object& from, const char* coding) {
  object found;
  std::string_view code;
  const bool there =
      from.at_key(coding).get(found) == simdjson::SUCCESS && found.at_key("code").get(code) == simdjson::SUCCESS;
  return there ? std::string(code) : std::string();
}

}  // namespace

std::string VersionAlgorithmOf(const object& resource) {
  if (std::string code = CodeOf(resource, "versionAlgorithmCoding"); !code.empty()) return code;
  simdjson::dom::array extensions;
  if (resource.at_key("extension").get(extensions) != simdjson::SUCCESS) return "";
  for (const simdjson::dom::element each : extensions) {
    object extension;
    std::string_view url;
    if (each.get(extension) != simdjson::SUCCESS || extension.at_key("url").get(url) != simdjson::SUCCESS) continue;
    if (std::find(kExtensions.begin(), kExtensions.end(), url) == kExtensions.end()) continue;
    if (std::string code = CodeOf(extension, "valueCoding"); !code.empty()) return code;
  }
  return "";
}

}  // namespace nosograph::fhir
