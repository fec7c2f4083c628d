#include "terminology/import/synonyms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nosograph::import {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SynonymsTest, ReadsGroupsAndPassesOverComments) {
  const auto groups =
      ParseSynonyms("# parts\nkidney = renal # adjective\r\n\n heart attack=myocardial infarction = MI\n");
  ASSERT_TRUE(groups.ok()) << groups.status();
  EXPECT_THAT(*groups,
              ElementsAre(ElementsAre("kidney", "renal"), ElementsAre("heart attack", "myocardial infarction", "MI")));
}

TEST(SynonymsTest, WrongLinesAreNamed) {
  for (const char* text :
       {"a = b\nkidney\n", "a = b\nkidney = \n", "a = b\nkidney = \xFF\n", "a = b\na b c d e f g h i = k\n"}) {
    const absl::Status status = ParseSynonyms(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_THAT(status.message(), AllOf(HasSubstr("line 2"), HasSubstr("; ")));
  }
}

TEST(SynonymsTest, TheProgramsOwnFileIsInOrder) { EXPECT_GT(DefaultSynonyms().size(), 300U); }

}  // namespace
}  // namespace nosograph::import
