#include "terminology/operations/messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nosograph::operations {
namespace {

TEST(MessagesTest, ArgumentsStandInTheirPlaces) {
  EXPECT_EQ(Message("VS_EXP_IMPORT_UNK_PINNED", {"urn:v", "2"}),
            "Unable to find included value set 'urn:v' version '2'");
  EXPECT_EQ(
      Message("VALUESET_VALUE_MISMATCH_CHANGED", {"urn:c", "1", "2", "3"}),
      "The code system 'urn:c' version '1' resulting from the version '3' in the ValueSet include is different to "
      "the one in the value ('2')");
}

TEST(MessagesTest, WhatAnArgumentSaysIsNoPlace) {
  EXPECT_EQ(Message("STATUS_CODE_WARNING_CODE", {"{0}{1}{"}), "The concept '{0}{1}{' is valid but is not active");
  EXPECT_EQ(Message("VALUESET_SUPPLEMENT_MISSING", {}), "Required supplement not found: ")
      << "what is missing is empty";
}

TEST(MessagesTest, OneThatIsNotThereIsItsId) {
  EXPECT_FALSE(HasMessage("NO_SUCH"));
  EXPECT_EQ(Message("NO_SUCH", {"a"}), "NO_SUCH");
}

}  // namespace
}  // namespace nosograph::operations
