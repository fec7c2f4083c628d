// The operations by themselves, without the service in front of them: so that they run under sanitizers too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "terminology/operations/code_system_operations.h"
#include "terminology/operations/request_content.h"
#include "terminology/operations/translation.h"
#include "terminology/operations/value_set_operations.h"
#include "tests/content_release.h"

namespace nosograph::operations {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Operation = Reply (*)(const Content&, const fhir::Parameters&, fhir::Version);

constexpr char kColours[] = R"({"resourceType":"CodeSystem","url":"urn:colours","version":"1","status":"active",
  "content":"complete","caseSensitive":true,"hierarchyMeaning":"is-a","concept":[
    {"code":"colour","display":"Colour","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
      {"code":"red","display":"Red","designation":[{"language":"de","value":"Rot"}],"concept":[{"code":"crimson","display":"Crimson"}]},
      {"code":"puce","display":"Puce","property":[{"code":"status","valueCode":"retired"}]}]}]})";

std::string Named(absl::string_view name, absl::string_view field, absl::string_view json) {
  return absl::StrCat(R"({"name":")", name, R"(",")", field, "\":", json, "}");
}
std::string Text(absl::string_view name, absl::string_view text) {
  return Named(name, "valueString", absl::StrCat("\"", text, "\""));
}
std::string Sent(absl::string_view resource) { return Named("tx-resource", "resource", resource); }
// A value set of what `compose` says.
std::string ValueSetOf(absl::string_view compose, absl::string_view url = "urn:set") {
  return absl::StrCat(R"({"resourceType":"ValueSet","url":")", url, R"(","version":"1","status":"active","compose":)",
                      compose, "}");
}

class OperationsTest : public ::testing::Test {
 protected:
  Reply Ask(Operation operation, const std::vector<std::string>& parameters,
            fhir::Version version = fhir::Version::kR5) const {
    const std::string json =
        absl::StrCat(R"({"resourceType":"Parameters","parameter":[)", absl::StrJoin(parameters, ","), "]}");
    const absl::StatusOr<fhir::Parameters> read = fhir::Parameters::Read(json);
    if (!read.ok()) return ErrorReply(read.status());
    const absl::StatusOr<Content> content = WithRequestContent(content_, *read);
    if (!content.ok()) return ErrorReply(content.status());
    return operation(*content, *read, version);
  }

  // The value of an output parameter, whatever its type; empty where there is none.
  static std::string Told(const Reply& reply, std::string_view name) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    simdjson::dom::array list;
    if (parser.parse(reply.body).get(root) != simdjson::SUCCESS || root["parameter"].get(list) != simdjson::SUCCESS) {
      return "no Parameters: " + reply.body;
    }
    for (const simdjson::dom::element parameter : list) {
      std::string_view found;
      if (parameter["name"].get(found) != simdjson::SUCCESS || found != name) continue;
      simdjson::dom::object fields;
      if (parameter.get(fields) != simdjson::SUCCESS) continue;
      for (const simdjson::dom::key_value_pair field : fields) {
        if (field.key.substr(0, 5) != "value") continue;
        std::string_view text;
        return field.value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(field.value);
      }
    }
    return {};
  }

  // The codes of an expansion, those below others in parentheses: "a(b c)".
  static std::string Listed(const Reply& reply) {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    if (parser.parse(reply.body).get(root) != simdjson::SUCCESS) return "no JSON: " + reply.body;
    simdjson::dom::element expansion;
    return root["expansion"].get(expansion) == simdjson::SUCCESS ? Codes(expansion) : "no expansion: " + reply.body;
  }
  static std::string Codes(simdjson::dom::element in) {
    std::vector<std::string> codes;
    simdjson::dom::array contains;
    if (in["contains"].get(contains) != simdjson::SUCCESS) return {};
    for (const simdjson::dom::element item : contains) {
      const std::string below = Codes(item);
      codes.push_back(absl::StrCat(std::string(item["code"].get_string().value()), below.empty() ? "" : "(", below,
                                   below.empty() ? "" : ")"));
    }
    return absl::StrJoin(codes, " ");
  }

  const Content content_{.releases = testing::ContentReleases()};
};

TEST_F(OperationsTest, LooksUp) {
  const std::string icd = Text("system", testing::kIcd10Cm);
  const Reply found = Ask(LookUp, {icd, Text("code", "L94.2")});
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(Told(found, "display"), "Calcinosis cutis");
  EXPECT_EQ(Told(found, "version"), testing::kStarterVersion);
  const Reply missing = Ask(LookUp, {icd, Text("code", "L94.29")});
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.body, HasSubstr("Unknown code 'L94.29'"));
  EXPECT_EQ(Ask(LookUp, {icd}).status, 400);
  EXPECT_EQ(Ask(LookUp, {Text("system", "urn:none"), Text("code", "x")}).status, 404);
}

TEST_F(OperationsTest, ValidatesInACodeSystem) {
  const auto validate = [&](const std::string& code, const std::string& display) {
    return Ask(ValidateCode,
               {Text("url", "urn:colours"), Text("code", code), Text("display", display), Sent(kColours)});
  };
  EXPECT_EQ(Told(validate("red", "Red"), "result"), "true");
  const Reply wrong = validate("red", "Rouge");
  EXPECT_EQ(Told(wrong, "result"), "false");
  EXPECT_THAT(Told(wrong, "message"), HasSubstr("Rouge"));
  EXPECT_EQ(Told(validate("Red", "Red"), "result"), "false") << "cases are told apart";
  EXPECT_EQ(Told(validate("puce", "Puce"), "inactive"), "true");
  const Reply extension = Ask(ValidateCode, {Text("url", testing::kDermatology), Text("code", "L94.21")});
  EXPECT_EQ(Told(extension, "result"), "true");
}

TEST_F(OperationsTest, Subsumes) {
  const auto relation = [&](const std::string& a, const std::string& b) {
    return Told(Ask(Subsumes, {Text("system", "urn:colours"), Text("codeA", a), Text("codeB", b), Sent(kColours)}),
                "outcome");
  };
  EXPECT_EQ(relation("colour", "crimson"), "subsumes");
  EXPECT_EQ(relation("crimson", "red"), "subsumed-by");
  EXPECT_EQ(relation("red", "red"), "equivalent");
  EXPECT_EQ(relation("red", "puce"), "not-subsumed");
}

TEST_F(OperationsTest, Expands) {
  const auto expand = [&](const std::string& compose, std::vector<std::string> more = {}) {
    more.push_back(Named("valueSet", "resource", ValueSetOf(compose)));
    more.push_back(Sent(kColours));
    return Ask(Expand, more);
  };
  const std::string whole = R"({"include":[{"system":"urn:colours"}]})";
  EXPECT_EQ(Listed(expand(whole)), "colour(red(crimson) puce)");
  EXPECT_EQ(Listed(expand(whole, {Named("excludeNested", "valueBoolean", "true")})), "colour red crimson puce");
  EXPECT_EQ(Listed(expand(whole, {Named("count", "valueInteger", "2"), Named("offset", "valueInteger", "1")})),
            "red crimson");
  EXPECT_EQ(Listed(expand(whole, {Text("filter", "crim")})), "crimson");
  EXPECT_EQ(Listed(expand(whole, {Named("activeOnly", "valueBoolean", "true")})), "colour(red(crimson))");
  const std::string below =
      R"({"include":[{"system":"urn:colours","filter":[{"property":"concept","op":"is-a","value":"red"}]}],
    "exclude":[{"system":"urn:colours","concept":[{"code":"crimson"}]}]})";
  EXPECT_EQ(Listed(expand(below)), "red");
  EXPECT_THAT(expand(whole, {Text("displayLanguage", "de")}).body, HasSubstr("Rot"));
  // Of the classification what stands below a code.
  const std::string icd = absl::StrCat(testing::kIcd10Cm, "?fhir_vs");
  EXPECT_THAT(Listed(Ask(Expand, {Text("url", icd + "=isa/L94")})), HasSubstr("L94.2"));
  EXPECT_EQ(Ask(Expand, {Text("url", "urn:no:such")}).status, 404);
}

TEST_F(OperationsTest, MoreThanThereMayBeIsExpandedPageByPage) {
  std::vector<std::string> concepts;
  for (uint32_t i = 0; i <= kMostWithoutCount; ++i)
    concepts.push_back(absl::StrCat(R"({"code":"n)", i, R"(","display":"Number )", i, "\"}"));
  const std::string many = absl::StrCat(
      R"({"resourceType":"CodeSystem","url":"urn:many","status":"active","content":"complete","concept":[)",
      absl::StrJoin(concepts, ","), "]}");
  const auto expand = [&](std::vector<std::string> more) {
    more.push_back(Named("valueSet", "resource", ValueSetOf(R"({"include":[{"system":"urn:many"}]})")));
    more.push_back(Sent(many));
    return Ask(Expand, more);
  };
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{{}, {Text("filter", "number")}}) {
    const Reply reply = expand(more);
    EXPECT_EQ(reply.status, 422);
    EXPECT_THAT(reply.body, HasSubstr("too-costly"));
  }
  EXPECT_EQ(Listed(expand({Named("count", "valueInteger", "1"), Named("offset", "valueInteger", "1000")})), "n1000");
}

TEST_F(OperationsTest, ValidatesInAValueSet) {
  const auto validate = [&](const std::string& compose, const std::string& coding, std::vector<std::string> more = {}) {
    more.push_back(Named("valueSet", "resource", ValueSetOf(compose)));
    more.push_back(Named("coding", "valueCoding", coding));
    more.push_back(Sent(kColours));
    return Ask(ValidateInValueSet, more);
  };
  const std::string below =
      R"({"include":[{"system":"urn:colours","filter":[{"property":"concept","op":"descendent-of","value":"colour"}]}]})";
  const std::string red = R"({"system":"urn:colours","code":"red"})";
  EXPECT_EQ(Told(validate(below, red), "result"), "true");
  const Reply out = validate(below, R"({"system":"urn:colours","code":"colour"})");
  EXPECT_EQ(Told(out, "result"), "false");
  EXPECT_THAT(Told(out, "message"), HasSubstr("was not found in the value set 'urn:set|1'"));
  EXPECT_EQ(
      Told(validate(below, R"({"system":"urn:colours","code":"puce"})", {Named("activeOnly", "valueBoolean", "true")}),
           "result"),
      "false");
  EXPECT_THAT(Told(validate(R"({"include":[{"system":"urn:colours","version":"9"}]})", red), "message"),
              HasSubstr("version '9' could not be found"));
  EXPECT_THAT(Told(validate(R"({"include":[{"valueSet":["urn:missing"]}]})", red), "message"),
              HasSubstr("urn:missing"));
  const Reply inferred = Ask(ValidateInValueSet, {Named("valueSet", "resource", ValueSetOf(below)), Sent(kColours),
                                                  Text("code", "red"), Named("inferSystem", "valueBoolean", "true")});
  EXPECT_EQ(Told(inferred, "system"), "urn:colours");
}

TEST_F(OperationsTest, RefusesWhatCannotBeAnswered) {
  const auto expand = [&](const std::string& compose) {
    return Ask(Expand, {Named("valueSet", "resource", ValueSetOf(compose)), Sent(kColours),
                        Sent(ValueSetOf(R"({"include":[{"valueSet":["urn:b"]}]})", "urn:a")),
                        Sent(ValueSetOf(R"({"include":[{"valueSet":["urn:a"]}]})", "urn:b"))});
  };
  EXPECT_THAT(expand(R"({"include":[{"valueSet":["urn:a"]}]})").body, HasSubstr("urn:a")) << "which imports itself";
  for (const char* filter :
       {R"({"property":"concept","op":"no-such","value":"red"})", R"({"property":"no-such","op":"=","value":"red"})",
        R"({"property":"code","op":"regex","value":"(((a+)+)+"})"}) {
    const Reply reply = expand(absl::StrCat(R"({"include":[{"system":"urn:colours","filter":[)", filter, "]}]}"));
    EXPECT_GE(reply.status, 400) << filter;
    EXPECT_LT(reply.status, 500) << filter;
  }
}

TEST_F(OperationsTest, ValidatesBatches) {
  const auto one = [](const std::string& code) {
    return Named("validation", "resource",
                 absl::StrCat(R"({"resourceType":"Parameters","parameter":[)", Text("code", code), ",",
                              Text("system", "urn:colours"), "]}"));
  };
  const Reply reply =
      Ask(ValidateBatch, {Named("valueSet", "resource", ValueSetOf(R"({"include":[{"system":"urn:colours"}]})")),
                          one("red"), one("blue"), Sent(kColours)});
  ASSERT_EQ(reply.status, 200) << reply.body;
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.parse(reply.body);
  std::vector<std::string> results;
  simdjson::dom::array answers;
  ASSERT_EQ(root["parameter"].get(answers), simdjson::SUCCESS);
  for (const simdjson::dom::element each : answers) {
    results.push_back(Told({200, simdjson::minify(each["resource"].value())}, "result"));
  }
  EXPECT_THAT(results, ElementsAre("true", "false"));
}

TEST_F(OperationsTest, TranslatesBothWays) {
  const std::string map = Sent(R"({"resourceType":"ConceptMap","url":"urn:map","version":"1","status":"active","group":[
    {"source":"urn:colours","target":"urn:farben","element":[
      {"code":"red","target":[{"code":"rot","relationship":"equivalent"}]}]}]})");
  const Reply forward =
      Ask(TranslateConcept, {Text("url", "urn:map"), Text("system", "urn:colours"), Text("sourceCode", "red"), map});
  EXPECT_EQ(Told(forward, "result"), "true");
  EXPECT_THAT(forward.body, HasSubstr("rot"));
  const Reply back = Ask(TranslateConcept,
                         {Text("url", "urn:map"), Text("targetSystem", "urn:farben"), Text("targetCode", "rot"), map});
  EXPECT_THAT(back.body, HasSubstr("\"red\""));
}

}  // namespace
}  // namespace nosograph::operations
