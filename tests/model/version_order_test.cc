#include "terminology/model/version_order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nosograph::model {
namespace {

// Each after all before it, and none after itself.
void ExpectAscending(absl::string_view algorithm, const std::vector<std::string>& versions) {
  for (size_t i = 0; i < versions.size(); ++i) {
    for (size_t j = 0; j < versions.size(); ++j) {
      EXPECT_EQ(IsLaterVersion(algorithm, versions[i], versions[j]), i > j)
          << algorithm << ": " << versions[i] << ", " << versions[j];
    }
  }
}

TEST(VersionOrder, FollowsTheAlgorithmStated) {
  ExpectAscending("semver", {"one", "0.9.0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2",
                             "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.2.0", "1.10.0", "2.0.0"});
  ExpectAscending("integer", {"one", "1", "9", "10", "123456789012345678901234567890"});
  ExpectAscending("alpha", {"", "1", "10", "9", "A", "B"});
  ExpectAscending("date",
                  {"soon", "2023", "2024", "2024-05", "2024-05-01", "2024-05-01T10:00:00Z", "20240502", "2025"});
  ExpectAscending("natural", {"A2", "A10", "A10b", "B1"});
  EXPECT_FALSE(IsLaterVersion("semver", "1.0.0+2", "1.0.0+1"));
  EXPECT_FALSE(IsLaterVersion("semver", "1.0.0+1", "1.0.0+2"));
  EXPECT_FALSE(IsLaterVersion("integer", "007", "7"));
}

TEST(VersionOrder, TakesOthersForWhatTheyLookLike) {
  for (const char* algorithm : {"", "$this > %version2"}) {
    ExpectAscending(algorithm, {"", "0.9", "1.0-beta.2", "1.0-beta.10", "1.0", "1.0.1", "1.10"});
    ExpectAscending(algorithm, {"1.0.0-rc", "1.0.0", "1.0.0+1", "1.0.0+2", "1.0.0+10", "1.0.1"});
    ExpectAscending(algorithm, {"007", "7", "08", "8"});
    ExpectAscending(algorithm, {"1.0", "2024", "2024.1", "2024-05", "2024-05-01", "20240502", "2024-05-02T10:00:00Z",
                                "2025", "10000", "99999999"});
    ExpectAscending(algorithm, {"2024", "2024-05", "2024-05-01", "2024-10-01"});
    ExpectAscending(algorithm, {"A2", "A10"});
  }
}

TEST(VersionOrder, GoesByWhatTwoResourcesAgreeOn) {
  EXPECT_TRUE(IsLaterVersion("alpha", "9", "alpha", "10"));
  EXPECT_FALSE(IsLaterVersion("alpha", "9", "integer", "10"));
  EXPECT_FALSE(IsLaterVersion("alpha", "9", "", "10"));
}

TEST(VersionOrder, PatternsAreOfAsManyParts) {
  EXPECT_TRUE(FitsVersion("1.x.x", "1.2.3"));
  EXPECT_TRUE(FitsVersion("1.*.3", "1.2.3"));
  EXPECT_FALSE(FitsVersion("1.x", "1.2.3"));
  EXPECT_FALSE(FitsVersion("1", "1.2.3"));
  EXPECT_TRUE(FitsVersion("1", "1"));
}

}  // namespace
}  // namespace nosograph::model
