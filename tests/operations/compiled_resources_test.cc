#include "terminology/operations/compiled_resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace nosograph::operations {
namespace {

TEST(CompiledResourcesTest, IsFoundByWhatItIs) {
  CompiledResources compiled;
  const auto resource = std::make_shared<const CompiledResource>();
  compiled.Add("a", resource, 10);
  EXPECT_EQ(compiled.Find("a"), resource);
  EXPECT_EQ(compiled.Find("b"), nullptr);
}

TEST(CompiledResourcesTest, TheOnesNotAskedForLongestGoFirst) {
  CompiledResources compiled;
  for (size_t i = 0; i < CompiledResources::kMost; ++i) {
    compiled.Add(std::to_string(i), std::make_shared<const CompiledResource>(), 10);
  }
  ASSERT_NE(compiled.Find("0"), nullptr);
  compiled.Add("one more", std::make_shared<const CompiledResource>(), 10);
  EXPECT_NE(compiled.Find("0"), nullptr) << "asked for just now";
  EXPECT_EQ(compiled.Find("1"), nullptr);
  EXPECT_NE(compiled.Find("one more"), nullptr);
}

TEST(CompiledResourcesTest, BytesAreBoundedToo) {
  CompiledResources compiled;
  compiled.Add("too large", std::make_shared<const CompiledResource>(), CompiledResources::kLargest + 1);
  EXPECT_EQ(compiled.Find("too large"), nullptr);
  const size_t fit = CompiledResources::kMostBytes / CompiledResources::kLargest;
  for (size_t i = 0; i <= fit; ++i) {
    compiled.Add(std::to_string(i), std::make_shared<const CompiledResource>(), CompiledResources::kLargest);
  }
  EXPECT_EQ(compiled.Find("0"), nullptr);
  EXPECT_NE(compiled.Find(std::to_string(fit)), nullptr);
}

}  // namespace
}  // namespace nosograph::operations
