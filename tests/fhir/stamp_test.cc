#include "terminology/fhir/stamp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nosograph::fhir {
namespace {

const ResourceStamp kStamp{.id = "v", .version_id = 2, .updated = "2026-11-27T12:00:00Z"};

TEST(StampTest, SaysIdVersionAndTimeAndLeavesTheRestAsItWas) {
  EXPECT_EQ(*Stamp(R"({"resourceType":"ValueSet","a":1.50,"b":[1e40,-0.0,{"id":"x","meta":{}}]})", kStamp),
            R"({"resourceType":"ValueSet","a":1.50,"b":[1e40,-0.0,{"id":"x","meta":{}}],"id":"v",)"
            R"("meta":{"versionId":"2","lastUpdated":"2026-11-27T12:00:00Z"}})");
}

TEST(StampTest, TakesThePlaceOfAnotherStamp) {
  EXPECT_EQ(
      *Stamp(R"({"id":"old","meta":{"versionId":"1","tag":[{"code":"t"}],"lastUpdated":"x"},"c":{"meta":1}})", kStamp),
      R"({"meta":{"versionId":"2","lastUpdated":"2026-11-27T12:00:00Z","tag":[{"code":"t"}]},"c":{"meta":1},"id":"v"})");
  EXPECT_EQ(*Stamp(R"({"id":{"a":[1]},"x":true,"y":null})", kStamp),
            R"({"x":true,"y":null,"id":"v","meta":{"versionId":"2","lastUpdated":"2026-11-27T12:00:00Z"}})");
}

TEST(StampTest, WhatIsNoObjectIsRefused) {
  for (const char* wrong : {"", "{", "{\"a\":}", "nonsense"}) EXPECT_FALSE(Stamp(wrong, kStamp).ok()) << wrong;
}

}  // namespace
}  // namespace nosograph::fhir
