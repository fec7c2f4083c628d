#include "terminology/query/translate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "terminology/import/fhir_concept_map.h"

namespace nosograph::query {
namespace {

using model::MapRelationship;

std::shared_ptr<const model::ConceptMap> Read(const std::string& json) {
  const import::JsonDocument document = import::JsonDocument::Parse(json, "map").value();
  return std::make_shared<const model::ConceptMap>(import::ReadFhirConceptMap(document).value());
}

TEST(TranslateTest, VersionsCountWhereBothHaveOne) {
  const auto map = Read(R"({"resourceType":"ConceptMap","url":"urn:m","group":[{"source":"urn:a|1","target":"urn:b",
      "element":[{"code":"x","target":[{"code":"y","relationship":"equivalent"}]}]}]})");
  EXPECT_EQ(Translate({map}, {map}, {.system = "urn:a", .code = "x"}).size(), 1U);
  EXPECT_EQ(Translate({map}, {map}, {.system = "urn:a|1", .code = "x"}).size(), 1U);
  EXPECT_TRUE(Translate({map}, {map}, {.system = "urn:a|2", .code = "x"}).empty());
  EXPECT_TRUE(Translate({map}, {map}, {.system = "urn:a", .code = "x", .other_system = "urn:c"}).empty());
}

TEST(TranslateTest, WhatR4WritesIsReadAsTheSame) {
  const auto map = Read(R"({"resourceType":"ConceptMap","group":[{"source":"urn:a","sourceVersion":"3","target":"urn:b",
      "element":[{"code":"x","target":[{"code":"y","equivalence":"wider"},{"equivalence":"unmatched"}]}],
      "unmapped":{"mode":"provided"}}]})");
  const auto found = Translate({map}, {map}, {.system = "urn:a|3", .code = "x"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].relationship, MapRelationship::kSourceIsNarrower);
  const auto back = Translate({map}, {map}, {.system = "urn:b", .code = "y", .reverse = true});
  ASSERT_EQ(back.size(), 1U);
  EXPECT_EQ(back[0].code, "x");
  EXPECT_EQ(back[0].version, "3");
  EXPECT_EQ(back[0].relationship, MapRelationship::kSourceIsBroader);
  const auto other = Translate({map}, {map}, {.system = "urn:a", .code = "z"});
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0].code, "z") << "the source code itself";
}

TEST(TranslateTest, MapsThatSendOnToEachOtherEnd) {
  const auto one = Read(R"({"resourceType":"ConceptMap","url":"urn:1","group":[{"source":"urn:a","target":"urn:b",
      "unmapped":{"mode":"other-map","otherMap":"urn:2"}}]})");
  const auto two = Read(R"({"resourceType":"ConceptMap","url":"urn:2","group":[{"source":"urn:a","target":"urn:c",
      "element":[{"code":"x","target":[{"code":"y","relationship":"related-to"}]}],
      "unmapped":{"mode":"other-map","otherMap":"urn:1"}}]})");
  const ConceptMaps all = {one, two};
  ASSERT_EQ(Translate({one}, all, {.system = "urn:a", .code = "x"}).size(), 1U);
  EXPECT_TRUE(Translate({one}, all, {.system = "urn:a", .code = "z"}).empty());
}

}  // namespace
}  // namespace nosograph::query
