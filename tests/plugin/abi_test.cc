// The C ABI: what it answers, and that nothing that is put in makes it crash or read as a wrong code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "plugin/include/nosograph.h"
#include "tests/plugin/data_folder.h"

namespace nosograph {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct FreeResult {
  void operator()(noso_result* result) const { noso_result_free(result); }
};
using Result = std::unique_ptr<noso_result, FreeResult>;

std::string LastError() {
  size_t size = 0;
  const char* text = noso_last_error(&size);
  return {text, size};
}

std::string Get(const Result& result, noso_list list, size_t index, noso_field field) {
  size_t size = 0;
  const char* text = noso_result_get(result.get(), list, index, field, &size);
  return {text, size};
}

std::string Message(const Result& result) {
  size_t size = 0;
  const char* text = noso_result_message(result.get(), &size);
  return {text, size};
}

std::vector<std::string> All(const Result& result, noso_list list, noso_field field) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < noso_result_count(result.get(), list); ++i) texts.push_back(Get(result, list, i, field));
  return texts;
}

class AbiTest : public ::testing::Test {
 protected:
  AbiTest() { EXPECT_EQ(Open(folder_.conninfo(), &terminology_), NOSO_OK) << LastError(); }
  ~AbiTest() override { noso_close(terminology_); }

  static noso_status Open(const std::string& conninfo, noso_terminology** terminology) {
    return noso_open(conninfo.data(), conninfo.size(), terminology);
  }

  using Verb = noso_status (*)(noso_terminology*, const noso_request*, const char*, size_t, noso_result**);
  Result Ask(Verb verb, const std::string& code, const noso_request* request = nullptr) {
    noso_result* result = nullptr;
    status_ = verb(terminology_, request, code.data(), code.size(), &result);
    return Result(result);
  }
  Result Subsumes(const std::string& a, const std::string& b) {
    noso_result* result = nullptr;
    status_ = noso_subsumes(terminology_, nullptr, a.data(), a.size(), b.data(), b.size(), &result);
    return Result(result);
  }

  Result Search(const std::string& text, const noso_search_options* options = nullptr) {
    noso_result* result = nullptr;
    status_ = noso_search(terminology_, nullptr, options, text.data(), text.size(), &result);
    return Result(result);
  }

  testing::WholeContentFolder folder_;
  noso_terminology* terminology_ = nullptr;
  noso_status status_ = NOSO_OK;
};

TEST_F(AbiTest, LooksUp) {
  const Result result = Ask(noso_lookup, "L94.2");
  EXPECT_EQ(status_, NOSO_OK);
  EXPECT_EQ(noso_result_outcome(result.get()), NOSO_VALID);
  EXPECT_EQ(Get(result, NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY), "Calcinosis cutis");
  EXPECT_EQ(noso_result_flag(result.get(), NOSO_LIST_MATCHED, 0, NOSO_FLAG_BILLABLE), 1);
  EXPECT_THAT(All(result, NOSO_LIST_ANCESTORS, NOSO_FIELD_CODE), ElementsAre("L94", "L80-L99", "chapter-12"));
  EXPECT_THAT(All(result, NOSO_LIST_CHILDREN, NOSO_FIELD_CODE), ElementsAre("L94.21"));
  size_t size = 0;
  const char* release = noso_result_release(result.get(), &size);
  EXPECT_EQ(std::string(release, size), "http://hl7.org/fhir/sid/icd-10-cm|2026-04-01");
}

TEST_F(AbiTest, ResolvesAnExtensionCodeWithItsKnowledge) {
  const Result result = Ask(noso_resolve, "l9421");
  EXPECT_EQ(Get(result, NOSO_LIST_ANSWER, 0, NOSO_FIELD_OUTCOME), "EXTENSION");
  EXPECT_EQ(Get(result, NOSO_LIST_ANSWER, 0, NOSO_FIELD_NORMALIZED), "L94.21");
  EXPECT_EQ(Get(result, NOSO_LIST_MATCHED, 0, NOSO_FIELD_SYSTEM), testing::kDermatology);
  EXPECT_EQ(Get(result, NOSO_LIST_BILLABLE, 0, NOSO_FIELD_CODE), "L94.2");
  EXPECT_EQ(Get(result, NOSO_LIST_STATEMENTS, 0, NOSO_FIELD_SECTION), "definition");
  EXPECT_GT(noso_result_count(result.get(), NOSO_LIST_SOURCES), 0u);
  EXPECT_EQ(noso_result_count(result.get(), NOSO_LIST_RELEASES), 2u);
}

TEST_F(AbiTest, AWrongCodeIsAnAnswer) {
  const Result resolved = Ask(noso_resolve, "L94.29");
  EXPECT_EQ(status_, NOSO_OK);
  EXPECT_EQ(noso_result_outcome(resolved.get()), NOSO_INVALID);
  EXPECT_EQ(Get(resolved, NOSO_LIST_FALLBACK, 0, NOSO_FIELD_CODE), "L94.2");
  const Result found = Ask(noso_lookup, "L94.29");
  EXPECT_EQ(status_, NOSO_OK);
  EXPECT_EQ(noso_result_outcome(found.get()), NOSO_INVALID);
  EXPECT_EQ(noso_result_count(found.get(), NOSO_LIST_MATCHED), 0u);
  EXPECT_THAT(Get(found, NOSO_LIST_ANSWER, 0, NOSO_FIELD_MESSAGE), HasSubstr("L94.29 is no code"));
  const Result rewritten = Ask(noso_validate_code, "l942");
  EXPECT_EQ(Get(rewritten, NOSO_LIST_ANSWER, 0, NOSO_FIELD_NORMALIZED), "L94.2");
  const Result header = Ask(noso_validate_code, "L94");
  EXPECT_EQ(noso_result_outcome(header.get()), NOSO_INVALID);
  EXPECT_EQ(Get(header, NOSO_LIST_ANSWER, 0, NOSO_FIELD_REASON), "HEADER");
  EXPECT_GT(noso_result_count(header.get(), NOSO_LIST_REPAIRS), 0u);
  noso_request terminology_use = NOSO_REQUEST_INIT;
  terminology_use.use = NOSO_USE_TERMINOLOGY;
  EXPECT_EQ(noso_result_outcome(Ask(noso_validate_code, "L94", &terminology_use).get()), NOSO_VALID);
}

TEST_F(AbiTest, Searches) {
  const Result found = Search("calcinosis cutsi");
  ASSERT_EQ(status_, NOSO_OK) << LastError();
  EXPECT_EQ(noso_result_outcome(found.get()), NOSO_VALID);
  EXPECT_EQ(Get(found, NOSO_LIST_HITS, 0, NOSO_FIELD_CODE), "L94.2");
  EXPECT_EQ(noso_result_flag(found.get(), NOSO_LIST_HITS, 0, NOSO_FLAG_BILLABLE), 1);
  EXPECT_EQ(Get(found, NOSO_LIST_HITS, 0, NOSO_FIELD_TYPE), "title");
  EXPECT_EQ(Get(found, NOSO_LIST_CORRECTIONS, 0, NOSO_FIELD_VALUE), "cutsi");
  EXPECT_EQ(Get(found, NOSO_LIST_CORRECTIONS, 0, NOSO_FIELD_TEXT), "cutis");
  const std::string text = Get(found, NOSO_LIST_HITS, 0, NOSO_FIELD_TEXT);
  EXPECT_EQ(text, "Calcinosis cutis");
  ASSERT_GE(noso_result_count(found.get(), NOSO_LIST_MATCHES), 2u);
  EXPECT_EQ(Get(found, NOSO_LIST_MATCHES, 1, NOSO_FIELD_HIT), "0");
  const size_t begin = std::stoul(Get(found, NOSO_LIST_MATCHES, 1, NOSO_FIELD_BEGIN));
  const size_t end = std::stoul(Get(found, NOSO_LIST_MATCHES, 1, NOSO_FIELD_END));
  EXPECT_EQ(text.substr(begin, end - begin), "cutis");
  EXPECT_EQ(Get(found, NOSO_LIST_MATCHES, 1, NOSO_FIELD_QUERY_BEGIN), "11");
  EXPECT_EQ(Get(found, NOSO_LIST_MATCHES, 1, NOSO_FIELD_REASON), "spelling");
  EXPECT_EQ(noso_result_count(found.get(), NOSO_LIST_RELEASES), 2u);
}

TEST_F(AbiTest, SearchesPageByPage) {
  noso_search_options options = NOSO_SEARCH_OPTIONS_INIT;
  options.count = 3;
  std::vector<std::string> codes;
  std::string token;
  std::string total;
  do {
    options.page_token = {token.data(), token.size()};
    const Result page = Search("connective", &options);
    ASSERT_EQ(status_, NOSO_OK) << LastError();
    ASSERT_LE(noso_result_count(page.get(), NOSO_LIST_HITS), 3u);
    total = Get(page, NOSO_LIST_ANSWER, 0, NOSO_FIELD_TOTAL);
    for (const std::string& code : All(page, NOSO_LIST_HITS, NOSO_FIELD_CODE)) codes.push_back(code);
    token = Get(page, NOSO_LIST_ANSWER, 0, NOSO_FIELD_NEXT_PAGE_TOKEN);
  } while (!token.empty());
  EXPECT_GT(codes.size(), 3u);
  EXPECT_EQ(std::to_string(codes.size()), total);
}

TEST_F(AbiTest, WhatASearchCannotBe) {
  EXPECT_EQ(noso_result_outcome(Search("banana").get()), NOSO_INVALID);
  EXPECT_EQ(status_, NOSO_OK) << "nothing found is an answer";
  EXPECT_THAT(Message(Search("...")), HasSubstr("neither letter nor digit"));
  EXPECT_EQ(status_, NOSO_INVALID_ARGUMENT);
  noso_search_options options = NOSO_SEARCH_OPTIONS_INIT;
  options.under = {"Q99.99", 6};
  EXPECT_THAT(Message(Search("skin", &options)), HasSubstr("under"));
  options = NOSO_SEARCH_OPTIONS_INIT;
  options.fold = 7;
  EXPECT_THAT(Message(Search("skin", &options)), HasSubstr("search_options.fold"));
  options = NOSO_SEARCH_OPTIONS_INIT;
  options.count = 1001;
  EXPECT_THAT(Message(Search("skin", &options)), HasSubstr("search_options.count"));
  options.size = 3;
  EXPECT_THAT(Message(Search("skin", &options)), HasSubstr("search_options.size"));
  EXPECT_EQ(noso_search(terminology_, nullptr, nullptr, "skin", 4, nullptr), NOSO_INVALID_ARGUMENT);
}

TEST_F(AbiTest, Subsumes) {
  EXPECT_EQ(Get(Subsumes("L94", "L94.21"), NOSO_LIST_ANSWER, 0, NOSO_FIELD_OUTCOME), "subsumes");
  EXPECT_EQ(Get(Subsumes("L94.2", "L94"), NOSO_LIST_ANSWER, 0, NOSO_FIELD_OUTCOME), "subsumed-by");
  EXPECT_EQ(noso_result_outcome(Subsumes("L94", "L94.2").get()), NOSO_VALID);
  EXPECT_EQ(noso_result_outcome(Subsumes("L94", "Q99.99").get()), NOSO_INVALID);
}

TEST_F(AbiTest, WhatIsNotLoadedIsUndetermined) {
  noso_request request = NOSO_REQUEST_INIT;
  request.system = {"http://loinc.org", 16};
  const Result validated = Ask(noso_validate_code, "L94.2", &request);
  EXPECT_EQ(status_, NOSO_OK);
  EXPECT_EQ(noso_result_outcome(validated.get()), NOSO_UNDETERMINED);
  EXPECT_EQ(Get(validated, NOSO_LIST_ANSWER, 0, NOSO_FIELD_REASON), "NOT_LOADED");
  const Result found = Ask(noso_lookup, "L94.2", &request);
  EXPECT_EQ(status_, NOSO_NOT_FOUND);
  EXPECT_EQ(noso_result_outcome(found.get()), NOSO_UNDETERMINED);
  EXPECT_THAT(Message(found), HasSubstr("http://loinc.org"));
}

TEST_F(AbiTest, ABatchAnswersEachCode) {
  const std::string too_long(100, 'L');
  const noso_text codes[] = {{"L94.21", 6}, {"", 0}, {too_long.data(), too_long.size()}, {"L94.2", 5}};
  noso_result* raw = nullptr;
  ASSERT_EQ(noso_batch(terminology_, nullptr, NOSO_VERB_RESOLVE, codes, 4, &raw), NOSO_OK);
  const Result batch(raw);
  ASSERT_EQ(noso_result_item_count(batch.get()), 4u);
  EXPECT_EQ(noso_result_outcome(noso_result_item(batch.get(), 0)), NOSO_VALID);
  EXPECT_EQ(noso_result_outcome(noso_result_item(batch.get(), 1)), NOSO_INVALID);
  EXPECT_EQ(noso_result_status(noso_result_item(batch.get(), 2)), NOSO_INVALID_ARGUMENT);
  EXPECT_EQ(noso_result_outcome(noso_result_item(batch.get(), 2)), NOSO_UNDETERMINED);
  EXPECT_EQ(noso_result_outcome(noso_result_item(batch.get(), 3)), NOSO_VALID);
  EXPECT_EQ(noso_result_item(batch.get(), 4), nullptr);
  noso_result_free(const_cast<noso_result*>(noso_result_item(batch.get(), 0)));
  EXPECT_EQ(noso_result_outcome(noso_result_item(batch.get(), 0)), NOSO_VALID) << "an item is not freed by itself";
}

TEST_F(AbiTest, AReloadTakesUpWhatWasActivated) {
  const Result before = Ask(noso_lookup, "L94.2");
  model::CodeSystem next = testing::WholeStarter();
  next.version = "2026-10-01";
  for (model::Concept& item : next.concepts) {
    if (item.code == "L94.2") item.title = "Calcinosis cutis, renamed";
  }
  folder_.Import(next, "2026-10-01", true);
  EXPECT_EQ(Get(Ask(noso_lookup, "L94.2"), NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY), "Calcinosis cutis");
  ASSERT_EQ(noso_reload(terminology_), NOSO_OK) << LastError();
  EXPECT_EQ(Get(Ask(noso_lookup, "L94.2"), NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY), "Calcinosis cutis, renamed");
  EXPECT_EQ(Get(before, NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY), "Calcinosis cutis") << "a result keeps its release";
  EXPECT_EQ(Get(before, NOSO_LIST_RELEASES, 0, NOSO_FIELD_VERSION), "2026-04-01");
  noso_request older = NOSO_REQUEST_INIT;
  older.version = {"2026-04-01", 10};
  EXPECT_EQ(Get(Ask(noso_lookup, "L94.2", &older), NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY), "Calcinosis cutis");
}

TEST_F(AbiTest, AFailedReloadLeavesEverythingAsItWas) {
  std::filesystem::remove(folder_.path() + "/active.json");
  EXPECT_EQ(noso_reload(terminology_), NOSO_NOT_FOUND);
  EXPECT_EQ(Get(Ask(noso_lookup, "L94.2"), NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY), "Calcinosis cutis");
}

TEST_F(AbiTest, AResultOutlivesItsTerminology) {
  const Result result = Ask(noso_lookup, "L94.2");
  ASSERT_EQ(noso_close(terminology_), NOSO_OK);
  EXPECT_EQ(Get(result, NOSO_LIST_ANCESTORS, 0, NOSO_FIELD_CODE), "L94");
}

TEST_F(AbiTest, AClosedHandleIsToldFromAnOpenOne) {
  ASSERT_EQ(noso_close(terminology_), NOSO_OK);
  EXPECT_EQ(noso_close(terminology_), NOSO_FAILED_PRECONDITION);
  EXPECT_EQ(noso_reload(terminology_), NOSO_FAILED_PRECONDITION);
  const Result result = Ask(noso_validate_code, "L94.2");
  EXPECT_EQ(status_, NOSO_FAILED_PRECONDITION);
  EXPECT_EQ(noso_result_outcome(result.get()), NOSO_UNDETERMINED);
  noso_terminology* other = nullptr;
  ASSERT_EQ(Open(folder_.conninfo(), &other), NOSO_OK);
  EXPECT_NE(other, terminology_) << "a place that is taken again has another handle";
  Ask(noso_lookup, "L94.2");
  EXPECT_EQ(status_, NOSO_FAILED_PRECONDITION);
  EXPECT_EQ(noso_close(other), NOSO_OK);
  EXPECT_EQ(noso_close(nullptr), NOSO_OK);
}

TEST_F(AbiTest, AtMost256AreOpen) {
  std::vector<noso_terminology*> open;
  noso_terminology* next = nullptr;
  while (Open(folder_.conninfo(), &next) == NOSO_OK) open.push_back(next);
  EXPECT_EQ(open.size(), 255u);
  EXPECT_THAT(LastError(), HasSubstr("256"));
  for (noso_terminology* terminology : open) EXPECT_EQ(noso_close(terminology), NOSO_OK);
}

TEST_F(AbiTest, NullPointersAreRefused) {
  noso_result* raw = nullptr;
  EXPECT_EQ(noso_open(nullptr, 0, &terminology_), NOSO_INVALID_ARGUMENT);
  EXPECT_EQ(noso_open("snapshot:x", 10, nullptr), NOSO_INVALID_ARGUMENT);
  EXPECT_EQ(noso_lookup(terminology_, nullptr, "L94.2", 5, nullptr), NOSO_INVALID_ARGUMENT);
  EXPECT_EQ(noso_lookup(nullptr, nullptr, "L94.2", 5, &raw), NOSO_INVALID_ARGUMENT);
  EXPECT_EQ(noso_result_outcome(Result(raw).get()), NOSO_UNDETERMINED);
  EXPECT_EQ(Open(folder_.conninfo(), &terminology_), NOSO_OK);
  EXPECT_EQ(noso_lookup(terminology_, nullptr, nullptr, 5, &raw), NOSO_INVALID_ARGUMENT);
  EXPECT_THAT(Message(Result(raw)), HasSubstr("code: is NULL with a length of 5"));
  EXPECT_EQ(noso_batch(terminology_, nullptr, NOSO_VERB_LOOKUP, nullptr, 2, &raw), NOSO_INVALID_ARGUMENT);
  noso_result_free(raw);
  EXPECT_EQ(noso_batch(terminology_, nullptr, 9, nullptr, 0, &raw), NOSO_INVALID_ARGUMENT);
  noso_result_free(raw);
  EXPECT_EQ(noso_result_outcome(nullptr), NOSO_UNDETERMINED);
  EXPECT_EQ(noso_result_status(nullptr), NOSO_INVALID_ARGUMENT);
  EXPECT_EQ(noso_result_count(nullptr, NOSO_LIST_MATCHED), 0u);
  EXPECT_EQ(noso_result_flag(nullptr, NOSO_LIST_MATCHED, 0, NOSO_FLAG_BILLABLE), 0);
  EXPECT_STREQ(noso_result_get(nullptr, NOSO_LIST_MATCHED, 0, NOSO_FIELD_CODE, nullptr), "");
  EXPECT_STREQ(noso_result_release(nullptr, nullptr), "");
  EXPECT_EQ(noso_result_item(nullptr, 0), nullptr);
  noso_result_free(nullptr);
}

TEST_F(AbiTest, NumbersOutsideAreNothing) {
  const Result result = Ask(noso_lookup, "L94.2");
  for (const int32_t number : {-1, 16, 99, INT32_MAX, INT32_MIN}) {
    EXPECT_EQ(noso_result_count(result.get(), number), 0u);
    EXPECT_EQ(Get(result, number, 0, NOSO_FIELD_CODE), "");
    EXPECT_EQ(Get(result, NOSO_LIST_MATCHED, 0, number == 16 ? -16 : number), "");
    EXPECT_EQ(noso_result_flag(result.get(), NOSO_LIST_MATCHED, 0, number), 0);
  }
  EXPECT_EQ(Get(result, NOSO_LIST_MATCHED, SIZE_MAX, NOSO_FIELD_DISPLAY), "");
  EXPECT_STREQ(noso_status_name(NOSO_DATA_LOSS), "DATA_LOSS");
  EXPECT_STREQ(noso_status_name(-5), "UNRECOGNIZED");
}

TEST_F(AbiTest, RequestsOfOtherSizesAreRefused) {
  for (const size_t size : {size_t{0}, sizeof(noso_request) - 1, size_t{1} << 20}) {
    noso_request request = NOSO_REQUEST_INIT;
    request.size = size;
    EXPECT_EQ(noso_result_outcome(Ask(noso_lookup, "L94.2", &request).get()), NOSO_UNDETERMINED);
    EXPECT_EQ(status_, NOSO_INVALID_ARGUMENT) << size;
    EXPECT_THAT(LastError(), HasSubstr("request.size"));
  }
  struct {
    noso_request request = NOSO_REQUEST_INIT;
    int64_t later = 0;
  } newer;
  newer.request.size = sizeof(newer);
  EXPECT_EQ(noso_result_outcome(Ask(noso_lookup, "L94.2", &newer.request).get()), NOSO_VALID);
  newer.later = 1;
  Ask(noso_lookup, "L94.2", &newer.request);
  EXPECT_EQ(status_, NOSO_INVALID_ARGUMENT) << "a member that is not known asks for something";
}

TEST_F(AbiTest, WrongRequestsNameFieldAndRemedy) {
  const auto expect = [&](auto change, const std::string& message) {
    noso_request request = NOSO_REQUEST_INIT;
    change(request);
    const Result result = Ask(noso_validate_code, "L94.2", &request);
    EXPECT_EQ(status_, NOSO_INVALID_ARGUMENT) << message;
    EXPECT_THAT(Message(result), HasSubstr(message));
    EXPECT_EQ(LastError(), Message(result));
  };
  expect([](noso_request& request) { request.form = 7; }, "request.form: 7 is not between 0 and 1");
  expect([](noso_request& request) { request.date = {"2026-02-30", 10}; }, "2026-02-30");
  expect([](noso_request& request) { request.max_repairs = -1; }, "request.max_repairs: -1 is not between 0 and 1000");
  expect([](noso_request& request) { request.system = {"\xff", 1}; }, "is not UTF-8; convert");
  expect([](noso_request& request) { request.version.size = 3; }, "request.version: is NULL");
  expect(
      [](noso_request& request) {
        request.version = {"2026-04-01", 10};
        request.date = {"2026-05-17", 10};
      },
      "give one of the two");
}

TEST_F(AbiTest, CodesOfAnyKind) {
  const std::string megabyte(size_t{1} << 20, 'L');
  EXPECT_EQ(noso_result_outcome(Ask(noso_validate_code, megabyte).get()), NOSO_INVALID);
  EXPECT_EQ(status_, NOSO_OK);
  Ask(noso_lookup, megabyte);
  EXPECT_EQ(status_, NOSO_INVALID_ARGUMENT);
  EXPECT_LT(LastError().size(), 500u);
  for (const std::string& code : {std::string("\xff\xfe"), std::string("L94\xc3")}) {
    EXPECT_EQ(noso_result_outcome(Ask(noso_validate_code, code).get()), NOSO_UNDETERMINED);
    EXPECT_EQ(status_, NOSO_INVALID_ARGUMENT);
    EXPECT_THAT(LastError(), HasSubstr("convert it to UTF-8"));
  }
  for (const std::string& code : {std::string(), std::string(1, '\0'), std::string("\xf0\x9f\x8d\x8c")}) {
    EXPECT_EQ(noso_result_outcome(Ask(noso_validate_code, code).get()), NOSO_INVALID);
    EXPECT_EQ(status_, NOSO_OK);
  }
}

TEST_F(AbiTest, WrongConninfoNamesFieldAndRemedy) {
  const auto expect = [&](const std::string& conninfo, noso_status status, const std::string& message) {
    noso_terminology* terminology = terminology_;
    EXPECT_EQ(Open(conninfo, &terminology), status) << conninfo;
    EXPECT_EQ(terminology, nullptr);
    EXPECT_THAT(LastError(), HasSubstr(message));
  };
  expect("", NOSO_INVALID_ARGUMENT, "snapshot:DIR");
  expect("/var/lib/nosograph", NOSO_INVALID_ARGUMENT, "snapshot:DIR");
  expect("snapshot:", NOSO_INVALID_ARGUMENT, "names no folder");
  expect("snapshot:/no/such/folder", NOSO_NOT_FOUND, "/no/such/folder");
  expect(std::string("snapshot:/a\0b", 13), NOSO_INVALID_ARGUMENT, "zero bytes");
  expect("snapshot:\xff", NOSO_INVALID_ARGUMENT, "is no text");
  expect("grpc://localhost", NOSO_INVALID_ARGUMENT, "is no HOST:PORT");
  expect("grpc://localhost:99999", NOSO_INVALID_ARGUMENT, "is no HOST:PORT");
  expect("grpc://user:word@localhost:1", NOSO_INVALID_ARGUMENT, "is no HOST:PORT");
  expect("grpc://::1:5000", NOSO_INVALID_ARGUMENT, "is no HOST:PORT");
  expect("grpc://localhost:1?ca", NOSO_INVALID_ARGUMENT, "ca: '' is empty");
  expect("grpc://localhost:1?deadline_ms=1&deadline_ms=2", NOSO_INVALID_ARGUMENT, "'deadline_ms' is given twice");
  expect("grpc://localhost:1?fallback=/no/such/folder", NOSO_NOT_FOUND, "fallback: '/no/such/folder' is no folder");
  expect("snapshot:" + folder_.path() + "/active.json", NOSO_NOT_FOUND, "is no folder");
  expect("grpc://localhost:1?colour=red", NOSO_INVALID_ARGUMENT, "'colour' is no key");
  expect("grpc://localhost:1?deadline_ms=soon", NOSO_INVALID_ARGUMENT, "deadline_ms: 'soon' is no number");
  expect("grpc://localhost:1?ca=ca.pem", NOSO_INVALID_ARGUMENT, "grpcs:// alone");
  expect("grpcs://localhost:1?cert=cert.pem", NOSO_INVALID_ARGUMENT, "give cert and key");
}

TEST_F(AbiTest, ADamagedSnapshotIsToldAndNothingIsOpened) {
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path() + "/snapshots")) {
    std::filesystem::resize_file(entry.path(), 100);
  }
  testing::WholeContentFolder other;  // the one that is open must not see its files cut
  noso_close(terminology_);
  EXPECT_EQ(Open(folder_.conninfo(), &terminology_), NOSO_DATA_LOSS);
  EXPECT_THAT(LastError(), HasSubstr("import"));
}

TEST(Abi, TellsWhatItIs) {
  EXPECT_EQ(noso_abi_version(), static_cast<uint32_t>(NOSO_ABI_VERSION));
  size_t size = 0;
  const char* text = noso_build_info(&size);
  EXPECT_THAT(std::string(text, size), HasSubstr("nosograph "));
}

}  // namespace
}  // namespace nosograph
