#include "terminology/import/icd10cm_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/content_release.h"
#include "tests/data_files.h"
#include "tests/temporary_folder.h"

namespace nosograph::import {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string Line(int sequence, absl::string_view code, char flag, absl::string_view title) {
  return absl::StrFormat("%05d %-7s %c %-60s %s\r\n", sequence, code, flag, title.substr(0, 60), title);
}

absl::StatusOr<OrderFile> Read(const std::string& text) {
  testing::TemporaryFolder folder;
  const std::string path = folder / "order.txt";
  std::ofstream(path, std::ios::binary) << text;
  return ReadIcd10CmOrder(path);
}

std::string Message(const std::string& text) { return std::string(Read(text).status().message()); }

// The order file that belongs to the starter excerpt.
std::string StarterOrder() {
  std::string text;
  int sequence = 0;
  for (const model::Concept& item : testing::Starter().concepts) {
    if (item.kind == model::ConceptKind::kChapter || item.kind == model::ConceptKind::kBlock) continue;
    std::string code = item.code;
    code.erase(std::remove(code.begin(), code.end(), '.'), code.end());
    text += Line(++sequence, code, item.billable ? '1' : '0', item.title);
  }
  return text;
}

const model::Concept& Find(const model::CodeSystem& system, absl::string_view code) {
  return *std::find_if(system.concepts.begin(), system.concepts.end(),
                       [&](const model::Concept& item) { return item.code == code; });
}

TEST(Icd10CmOrder, ReadsTheColumns) {
  const absl::StatusOr<OrderFile> order =
      Read(Line(1, "A00", '0', "Cholera") + Line(2, "A000", '1', "Cholera due to Vibrio cholerae 01, biovar cholerae") +
           Line(3, "S72001A", '1', std::string(100, 't')));
  ASSERT_TRUE(order.ok()) << order.status();
  ASSERT_EQ(order->lines.size(), 3u);
  EXPECT_EQ(order->lines[0].code, "A00");
  EXPECT_FALSE(order->lines[0].billable);
  EXPECT_EQ(order->lines[1].code, "A00.0");
  EXPECT_TRUE(order->lines[1].billable);
  EXPECT_EQ(order->lines[2].code, "S72.001A");
  EXPECT_EQ(order->lines[2].short_title.size(), 60u);
  EXPECT_EQ(order->lines[2].long_title.size(), 100u);
  EXPECT_EQ(order->name, "order.txt");
}

TEST(Icd10CmOrder, BadLinesAreNamed) {
  const std::string good = Line(1, "A00", '0', "Cholera");
  EXPECT_THAT(Message(""), HasSubstr("empty"));
  EXPECT_THAT(Message(good + "A000    Cholera\r\n"), AllOf(HasSubstr("order.txt:2:"), HasSubstr("15 characters")));
  EXPECT_THAT(Message(good + Line(2, "A000", '7', "x")), AllOf(HasSubstr(":2:"), HasSubstr("column 15 is '7'")));
  EXPECT_THAT(Message(good + Line(2, "A 00", '1', "x")), AllOf(HasSubstr(":2:"), HasSubstr("'A 0.0'")));
  EXPECT_THAT(Message(good + Line(2, "A00", '1', "x")), HasSubstr("'A00' stands already in line 1"));
  EXPECT_THAT(Message(good + Line(2, "A000", '1', " ") + Line(3, "A001", '1', "x")), HasSubstr("no long title"));
  EXPECT_THAT(Message("abcde" + good.substr(5)), HasSubstr("no sequence number"));
  EXPECT_THAT(Message(good + "\xff" + good), HasSubstr("not UTF-8"));
  EXPECT_THAT(Message("<ICD10CM.tabular/>"), HasSubstr("give the order file of CMS"));
}

TEST(Icd10CmOrder, IsTheAuthorityOnTitleAndFlag) {
  std::string text = StarterOrder();
  const std::string from = Line(4, "L942", '1', "Calcinosis cutis");
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, from.size(), Line(4, "L942", '0', "Calcinosis of the skin"));
  model::CodeSystem system = testing::Starter();
  const std::string tabular = system.source.sha256;
  const absl::StatusOr<OrderFile> order = Read(text);
  ASSERT_TRUE(order.ok()) << order.status();
  ASSERT_TRUE(ApplyOrder(*order, system).ok());
  const model::Concept& item = Find(system, "L94.2");
  EXPECT_EQ(item.title, "Calcinosis of the skin");
  EXPECT_FALSE(item.billable);
  ASSERT_EQ(item.designations.size(), 1u);
  EXPECT_EQ(item.designations[0].value, "Calcinosis cutis");
  EXPECT_THAT(system.source.name, HasSubstr(", order.txt"));
  EXPECT_NE(system.source.sha256, tabular);
}

TEST(Icd10CmOrder, AFlagThatContradictsTheHierarchyIsTold) {
  std::string text = StarterOrder();
  const auto flip = [&](const std::string& code) {
    const size_t at = text.find(code);
    ASSERT_NE(at, std::string::npos);
    char& flag = text[at + 9];  // column 15
    flag = flag == '1' ? '0' : '1';
  };
  std::vector<std::string> warnings;
  const auto apply = [&] {
    warnings.clear();
    model::CodeSystem system = testing::Starter();
    EXPECT_TRUE(ApplyOrder(*Read(text), system, [&](absl::string_view line) { warnings.emplace_back(line); }).ok());
  };
  apply();
  EXPECT_TRUE(warnings.empty());
  flip(" L942 ");
  flip(" S7200");
  apply();
  EXPECT_THAT(warnings, ::testing::ElementsAre(HasSubstr("L94.2 is a header, though no code is below it"),
                                               HasSubstr("S72.00 is billable, though there are codes below it")));
}

TEST(Icd10CmOrder, FilesOfDifferentReleasesAreRefused) {
  model::CodeSystem system = testing::Starter();
  const absl::Status status = ApplyOrder(*Read(Line(1, "A00", '0', "Cholera")), system);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("1 of its codes are not in"), HasSubstr("A00"), HasSubstr("different releases")));
  EXPECT_EQ(Find(system, "L94.2").title, "Calcinosis cutis") << "nothing is changed";
}

TEST(Icd10CmOrder, OfficialFileFitsItsTabularList) {
  testing::DataFiles files;
  const std::optional<std::string> tabular = files.Find(testing::kTabular2021);
  const std::optional<std::string> order_path = files.Find(testing::kOrder2021);
  if (!tabular || !order_path) GTEST_SKIP() << testing::DataFiles::HowToGet(testing::kOrder2021);
  absl::StatusOr<model::CodeSystem> system = ImportIcd10CmTabular(*tabular, "2021-01-01");
  ASSERT_TRUE(system.ok()) << system.status();
  std::map<std::string, bool> flags;
  for (const model::Concept& item : system->concepts) flags[item.code] = item.billable;
  const absl::StatusOr<OrderFile> order = ReadIcd10CmOrder(*order_path);
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->lines.size(), 95'358u);
  ASSERT_TRUE(ApplyOrder(*order, *system).ok());
  size_t retitled = 0;
  for (const model::Concept& item : system->concepts) {
    EXPECT_EQ(flags[item.code], item.billable) << item.code;
    for (const model::Designation& designation : item.designations) retitled += designation.use.code.empty() ? 1 : 0;
  }
  EXPECT_EQ(retitled, 134u) << "titles that differ by an accent alone";
}

}  // namespace
}  // namespace nosograph::import
