#include "service/grpc/error_details.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "terminology/base/field_error.h"
#ifdef NOSOGRAPH_HAS_GOOGLE_RPC
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#endif

namespace nosograph::service {
namespace {

using ::testing::HasSubstr;

absl::Status Example() {
  return base::FieldError(absl::StatusCode::kInvalidArgument, "max_repairs", "5000", "5000 is not between 0 and 1000",
                          "give a number in between");
}

TEST(ErrorDetails, MessageAndCodeAreKept) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  const grpc::Status status = ToGrpc(Example());
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "max_repairs: 5000 is not between 0 and 1000; give a number in between");
  const grpc::Status other = ToGrpc(absl::NotFoundError("nothing is loaded"));
  EXPECT_EQ(other.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(other.error_message(), "nothing is loaded");
  EXPECT_EQ(other.error_details(), "") << "it names no field";
}

// gRPC clients take 8 KB of metadata, where details are written in base64; more ends as RESOURCE_EXHAUSTED.
TEST(ErrorDetails, StayUnderFourKilobytesAndCutAtACharacter) {
  std::string large;
  for (int i = 0; i < 5000; ++i) large += "ü";
  const grpc::Status status = ToGrpc(base::FieldError(absl::StatusCode::kInvalidArgument, large, large, large, large));
  EXPECT_LT(status.error_message().size() + status.error_details().size(), 4000u);
  EXPECT_THAT(status.error_message(), HasSubstr("ü..."));
}

#ifdef NOSOGRAPH_HAS_GOOGLE_RPC
TEST(ErrorDetails, TellFieldValueAndRemedy) {
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(ToGrpc(Example()).error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  ASSERT_EQ(details.details_size(), 2);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "INVALID_ARGUMENT");
  EXPECT_EQ(info.domain(), "nosograph");
  EXPECT_EQ(info.metadata().at("field"), "max_repairs");
  EXPECT_EQ(info.metadata().at("value"), "5000");
  EXPECT_EQ(info.metadata().at("remedy"), "give a number in between");
  google::rpc::BadRequest request;
  ASSERT_TRUE(details.details(1).UnpackTo(&request));
  ASSERT_EQ(request.field_violations_size(), 1);
  EXPECT_EQ(request.field_violations(0).field(), "max_repairs");
  EXPECT_THAT(request.field_violations(0).description(), HasSubstr("not between"));
}
#endif

}  // namespace
}  // namespace nosograph::service
