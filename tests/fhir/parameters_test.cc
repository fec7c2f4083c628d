#include "terminology/fhir/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/fhir/outcome.h"
#include "terminology/fhir/parameters_writer.h"

namespace nosograph::fhir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Parameters Read(const std::string& parameters) {
  absl::StatusOr<Parameters> read =
      Parameters::Read(absl::StrCat(R"({"resourceType":"Parameters","parameter":[)", parameters, "]}"));
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *std::move(read) : Parameters();
}

TEST(Parameters, TakeAPrimitiveValueOfWhateverType) {
  const Parameters parameters = Read(R"({"name":"code","valueString":"L94.2"},{"name":"count","valueInteger":20},
    {"name":"activeOnly","valueBoolean":true},{"name":"property","valueCode":"parent"},{"name":"property","valueCode":"child"})");
  EXPECT_EQ(*parameters.Text("code"), "L94.2");
  EXPECT_EQ(*parameters.Text({"url", "code"}), "L94.2");
  EXPECT_EQ(*parameters.Text("url"), "");
  EXPECT_EQ(**parameters.Number("count"), 20u);
  EXPECT_EQ(*parameters.Number("offset"), std::nullopt);
  EXPECT_TRUE(*parameters.Flag("activeOnly", false));
  EXPECT_TRUE(*parameters.Flag("abstract", true));
  EXPECT_THAT(parameters.Texts("property"), ElementsAre("parent", "child"));
  EXPECT_FALSE(parameters.Text("property").ok()) << "twice";
}

TEST(Parameters, TakeCodingsFromResourcesAndQueries) {
  Parameters parameters = Read(R"({"name":"coding","valueCoding":{"system":"urn:s","code":"a","display":"A"}},
    {"name":"codeableConcept","valueCodeableConcept":{"text":"t","coding":[{"code":"a"},{"code":"b"}]}},
    {"name":"valueSet","resource":{"resourceType":"ValueSet"}})");
  parameters.Add("other", "urn:s|c");
  EXPECT_EQ((*parameters.OneCoding("coding"))->display, "A");
  EXPECT_EQ((*parameters.OneCoding("other"))->code, "c");
  EXPECT_EQ((*parameters.OneCodeableConcept("codeableConcept"))->codings.size(), 2u);
  EXPECT_EQ((*parameters.One("valueSet"))->resource, R"({"resourceType":"ValueSet"})");
  EXPECT_FALSE(parameters.Text("coding").ok()) << "no primitive value";
}

TEST(Parameters, SayWhatIsWrong) {
  for (const char* body :
       {"", "{", "[]", "3", R"({"resourceType":"Patient"})", R"({"resourceType":"Parameters","parameter":3})",
        R"({"resourceType":"Parameters","parameter":[{"valueCode":"x"}]})",
        R"({"resourceType":"Parameters","parameter":[{"name":3}]})",
        R"({"resourceType":"Parameters","parameter":[{"name":"a","valueCoding":[]}]})",
        R"({"resourceType":"Parameters","parameter":[{"name":"a","valueCoding":{"code":3}}]})",
        R"({"resourceType":"Parameters","parameter":[{"name":"a","resource":"x"}]})"}) {
    const absl::Status status = Parameters::Read(body).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << body;
    EXPECT_TRUE(base::ReadFieldError(status)) << body;
  }
  Parameters parameters;
  parameters.Add("count", "-1");
  parameters.Add("flag", "yes");
  parameters.Add("text", "\xff");
  EXPECT_THAT(parameters.Number("count").status().message(), HasSubstr("count: '-1' is no number"));
  EXPECT_FALSE(parameters.Flag("flag", true).ok());
  EXPECT_FALSE(parameters.Text("text").ok());
  EXPECT_FALSE(parameters.OneCoding("flag").ok());
  EXPECT_FALSE(parameters.OneCodeableConcept("flag").ok());
}

TEST(Parameters, AreReadAsTheyAreWritten) {
  ParametersWriter writer;
  writer.Flag("result", false)
      .Value("code", "valueCode", "a\"b")
      .Coding("coding", "urn:s", "c")
      .ValueIfAny("none", "valueString", "");
  const absl::StatusOr<Parameters> read = Parameters::Read(writer.Take());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_FALSE(*read->Flag("result", true));
  EXPECT_EQ(*read->Text("code"), "a\"b");
  EXPECT_EQ((*read->OneCoding("coding"))->system, "urn:s");
  EXPECT_FALSE(read->Has("none"));
}

TEST(Outcome, TellsStatusesAsFhirDoes) {
  const absl::Status status = base::FieldError(absl::StatusCode::kInvalidArgument, "code", "x", "is none", "give one");
  EXPECT_THAT(OutcomeOf(status), HasSubstr(R"("expression":["code"])"));
  EXPECT_EQ(HttpStatusOf(status), 400);
  EXPECT_EQ(HttpStatusOf(absl::NotFoundError("")), 404);
  EXPECT_EQ(HttpStatusOf(absl::UnavailableError("")), 503);
  EXPECT_EQ(HttpStatusOf(absl::FailedPreconditionError("")), 422);
  const std::vector<Issue> issues = {
      {.severity = "warning", .text = "w"}, {.text = "e"}, {.severity = "fatal", .text = "f"}};
  EXPECT_EQ(MessageOf(issues), "e; f");
  EXPECT_EQ(MessageOf({issues.front()}), "w");
  EXPECT_FALSE(HasError({issues.front()}));
}

}  // namespace
}  // namespace nosograph::fhir
