#include "terminology/fhir/version_algorithm.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace nosograph::fhir {
namespace {

std::string AlgorithmOf(const std::string& members) {
  simdjson::dom::parser parser;
  simdjson::dom::object resource;
  const simdjson::padded_string json(absl::StrCat(R"({"resourceType":"ValueSet",)", members, "}"));
  return parser.parse(json).get(resource) == simdjson::SUCCESS ? VersionAlgorithmOf(resource) : "no JSON";
}

std::string Extension(const std::string& url) {
  return absl::StrCat(R"("extension":[{"url":"urn:other","valueCoding":{"code":"date"}},{"url":")", url,
                      R"(","valueCoding":{"system":"http://hl7.org/fhir/version-algorithm","code":"alpha"}}])");
}

TEST(VersionAlgorithmTest, IsReadWhereR5AndR4SayIt) {
  constexpr char kOfElement[] = "http://hl7.org/fhir/5.0/StructureDefinition/extension-";
  EXPECT_EQ(AlgorithmOf(R"("versionAlgorithmCoding":{"code":"semver"})"), "semver");
  EXPECT_EQ(AlgorithmOf(Extension(std::string(kVersionAlgorithmExtension))), "alpha");
  EXPECT_EQ(AlgorithmOf(Extension(absl::StrCat(kOfElement, "ValueSet.versionAlgorithm"))), "alpha");
}

TEST(VersionAlgorithmTest, IsNothingElsewhere) {
  EXPECT_EQ(AlgorithmOf(R"("versionAlgorithmString":"$this > %version2")"), "");
  EXPECT_EQ(AlgorithmOf(R"("versionAlgorithmCoding":{"system":"urn:s"})"), "");
  EXPECT_EQ(AlgorithmOf(R"("versionAlgorithmCoding":{"system":"urn:s","code":"alpha"})"), "");
  EXPECT_EQ(AlgorithmOf(Extension("http://hl7.org/fhir/5.0/StructureDefinition/extension-CodeSystem.versionAlgorithm")),
            "")
      << "of another type of resource";
  EXPECT_EQ(AlgorithmOf(R"("extension":[7,{"url":7},{"url":"urn:other"}],"a":1)"), "");
}

}  // namespace
}  // namespace nosograph::fhir
