#include "terminology/snapshot/code_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace nosograph::snapshot {
namespace {

using ::testing::HasSubstr;

// All are found at their places, and nothing else is.
void ExpectFinds(const std::vector<std::string>& codes) {
  const std::vector<absl::string_view> views(codes.begin(), codes.end());
  const absl::StatusOr<CodeIndex> index = BuildCodeIndex(views);
  ASSERT_TRUE(index.ok()) << index.status();
  const CodeIndexView view{index->seed, index->pilots, index->slots};
  for (uint32_t i = 0; i < codes.size(); ++i) {
    ASSERT_TRUE(view.Find(codes[i])) << codes[i];
    ASSERT_EQ(view.Find(codes[i])->item, i) << codes[i];
    if (codes[i].size() < kPackedCodeBytes) {
      ASSERT_FALSE(view.Find(codes[i] + "!")) << codes[i];
    }
  }
}

TEST(CodeIndex, FindsEveryCodeOfAnyLength) {
  std::vector<std::string> codes;
  for (int i = 0; i < 3000; ++i) codes.push_back(std::string(static_cast<size_t>(i % 40), 'x') + absl::StrCat(i));
  ExpectFinds(codes);
  ExpectFinds({"a"});
  // Around eight bytes, and beyond the lengths that a key knows.
  ExpectFinds({"123456789", "0123456789", "999999999999999999", "720575940379279359", "720575940379279360",
               "720575940379279361", "12345678901234567890", "12345678a", "1234567890", "12345678",
               std::string(254, 'x'), std::string(255, 'x'), std::string(256, 'x'), std::string(255, 'y')});
}

TEST(CodeIndex, NamesTheCodeThatStandsTwice) {
  EXPECT_THAT(BuildCodeIndex({"a", "b", "a"}).status().message(), HasSubstr("code a stands twice"));
  const std::string longer(100, 'l');
  EXPECT_THAT(BuildCodeIndex({"a", longer, longer}).status().message(), HasSubstr("stands twice"));
}

// Codes that were chosen to fall into few buckets of the hash without a seed.
TEST(CodeIndex, CodesThatCrowdAreSpreadByASeed) {
  constexpr uint32_t kCodes = 2000;
  constexpr uint32_t kBuckets = kCodes / 4 + 1;
  std::vector<std::string> codes;
  for (uint32_t number = 0; codes.size() < kCodes; ++number) {
    std::string code = absl::StrCat(number);
    if (BucketOf(MixKey(CodeKey(code)), kBuckets) < 4) codes.push_back(std::move(code));
  }
  const std::vector<absl::string_view> views(codes.begin(), codes.end());
  const absl::StatusOr<CodeIndex> index = BuildCodeIndex(views);
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_NE(index->seed, 0u);
  EXPECT_LT(index->slots.size(), kCodes * 2);
  ExpectFinds(codes);
}

}  // namespace
}  // namespace nosograph::snapshot
