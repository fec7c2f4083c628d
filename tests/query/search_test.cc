#include "terminology/query/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "terminology/query/spelling.h"
#include "tests/content_release.h"

namespace nosograph::query {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

model::CodeSystem Disorders() {
  model::CodeSystem system;
  system.url = "urn:test:disorders";
  system.version = "1";
  system.synonyms = {{"heart attack", "myocardial infarction"}, {"kidney", "renal"}, {"cancer", "malignant neoplasm"}};
  const auto add = [&](const char* code, const char* title, std::optional<uint32_t> parent) -> model::Concept& {
    system.concepts.push_back({.code = code, .kind = model::ConceptKind::kConcept, .title = title, .parent = parent});
    return system.concepts.back();
  };
  add("1", "Diseases of the kidney", std::nullopt);
  add("2", "Acute myocardial infarction", std::nullopt);
  add("3", "Oedema of larynx", std::nullopt);
  add("4", "Malignant neoplasm of bladder", std::nullopt);
  add("5", "Benign neoplasm of bladder", std::nullopt);
  add("6", "Calculus", 0);
  add("7", "Human immunodeficiency virus [HIV] disease", std::nullopt);
  add("8", "Contact with human immunodeficiency virus", std::nullopt);
  add("9", "Ménière's disease", std::nullopt).designations.push_back({"en", {}, "Idiopathic endolymphatic hydrops"});
  add("10", "Aspergillosis", std::nullopt);
  add("11", "Nonsuppurative otitis media", std::nullopt);
  add("12", "Secondary hypertension", std::nullopt);
  add("13", "Essential (primary) hypertension", std::nullopt).notes = {
      {model::NoteKind::kIncludes, "hypertension (arterial) (benign) (essential)"}};
  add("14", "Lobar pneumonia", std::nullopt);
  add("15", "Pneumonia, unspecified organism", std::nullopt);
  add("16", "Organism", std::nullopt);
  add("17", "Preneoplasm of intermedia", std::nullopt);
  return system;
}

class SearchTest : public ::testing::Test {
 protected:
  static std::vector<std::string> Codes(const snapshot::ReleaseSet& set, const SearchQuery& query) {
    const absl::StatusOr<SearchAnswer> answer = Search(set, query);
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::vector<std::string> codes;
    if (answer.ok()) {
      for (const SearchHit& hit : answer->hits) codes.emplace_back(hit.item.code());
    }
    return codes;
  }
  std::string First(absl::string_view text) const {
    const std::vector<std::string> codes = Codes(disorders_, {.text = text});
    return codes.empty() ? "" : codes.front();
  }
  std::vector<std::string> Content(const SearchQuery& query) const { return Codes(content_, query); }

  const snapshot::ReleaseSet disorders_{{testing::ReleaseOf(Disorders())}};
  const snapshot::ReleaseSet content_ = testing::ContentReleases();
};

TEST_F(SearchTest, WordsComeAsBeginningsInAnyOrder) {
  EXPECT_EQ(First("infar myo"), "2");
  EXPECT_EQ(First("MYOCARDIAL"), "2");
  EXPECT_EQ(First("aspergill"), "10");
}

TEST_F(SearchTest, FoldsMarksSpellingPluralAndEndings) {
  EXPECT_EQ(First("meniere"), "9");
  EXPECT_EQ(First("Menieres disease"), "9");
  EXPECT_EQ(First("laryngeal edema"), "3");
  EXPECT_EQ(First("infarctions"), "2");
  EXPECT_EQ(First("aspergillus"), "10");
  EXPECT_EQ(First("non suppurative otitis"), "11");
}

TEST_F(SearchTest, FindsWordsWithinCompounds) {
  EXPECT_EQ(First("suppurative otitis"), "11") << "nonsuppurative";
  const std::vector<std::string> neoplasms = Codes(disorders_, {.text = "neoplasm"});
  EXPECT_THAT(neoplasms, ::testing::SizeIs(3));
  EXPECT_EQ(neoplasms.back(), "17") << "the word itself goes before";
  EXPECT_THAT(Codes(disorders_, {.text = "media"}), ElementsAre("11")) << "too short to be told within others";
}

TEST_F(SearchTest, KnowsSynonymsAndWhatTheTextsAbbreviate) {
  EXPECT_EQ(First("heart attack"), "2");
  EXPECT_EQ(First("bladder cancer"), "4");
  EXPECT_EQ(First("renal disease"), "1");
  EXPECT_THAT(Codes(disorders_, {.text = "hiv contact"}).front(), "8");
  EXPECT_EQ(First("endolymphatic hydrops"), "9");
  const auto score = [&](absl::string_view text) {
    const absl::StatusOr<SearchAnswer> answer = Search(disorders_, {.text = text});
    return answer.ok() && !answer->hits.empty() ? answer->hits.front().score : 0;
  };
  EXPECT_GT(score("myocardial infarction"), score("mi myocardial infarction"));
  EXPECT_EQ(score("MI - myocardial infarction"), score("myocardial infarction"));
  EXPECT_EQ(score("myocardial infarction (MI)"), score("myocardial infarction"));
}

TEST_F(SearchTest, WordsThatAddNothingDoNotCountAgainstATitle) {
  EXPECT_EQ(First("hypertension"), "13");
  EXPECT_EQ(First("essential hypertension"), "13");
  EXPECT_EQ(First("pneumonia"), "15");
  EXPECT_EQ(First("lobar pneumonia"), "14");
  EXPECT_EQ(First("secondary hypertension"), "12");
  EXPECT_EQ(First("organism"), "16") << "a word that adds nothing is not what the title names";
}

TEST_F(SearchTest, WordsOfAncestorsCount) { EXPECT_EQ(First("kidney calculus"), "6"); }

TEST_F(SearchTest, ReadsMisspelledWordsAndSaysSo) {
  const absl::StatusOr<SearchAnswer> answer = Search(disorders_, {.text = "myocradial infarcton"});
  ASSERT_TRUE(answer.ok());
  ASSERT_FALSE(answer->hits.empty());
  EXPECT_EQ(answer->hits.front().item.code(), "2");
  ASSERT_EQ(answer->corrections.size(), 2U);
  EXPECT_EQ(answer->corrections[0].written, "myocradial");
  EXPECT_EQ(answer->corrections[0].read_as, "myocardial");
  EXPECT_EQ(First("contact immunodefciiency virsu"), "8");
}

TEST_F(SearchTest, TellsWhatMatched) {
  const absl::StatusOr<SearchAnswer> answer = Search(disorders_, {.text = "menie hydrops"});
  ASSERT_TRUE(answer.ok());
  ASSERT_FALSE(answer->hits.empty());
  const SearchHit& hit = answer->hits.front();
  EXPECT_EQ(hit.kind, snapshot::DocumentKind::kDesignation);
  ASSERT_EQ(hit.matches.size(), 1U);
  EXPECT_EQ(hit.text.substr(hit.matches[0].begin, hit.matches[0].end - hit.matches[0].begin), "hydrops");
  EXPECT_EQ(hit.matches[0].query_begin, 6U);
  EXPECT_EQ(hit.matches[0].reason, MatchReason::kExact);
}

TEST_F(SearchTest, FindsCodesWithAndWithoutDot) {
  EXPECT_EQ(Content({.text = "l942"}).front(), "L94.2");
  EXPECT_EQ(Content({.text = "L94.2"}).front(), "L94.2");
  EXPECT_THAT(Content({.text = "L9"}), Contains("L94"));
  EXPECT_THAT(Content({.text = "L94"}), AllOf(Contains("L94.2"), Contains("L94.21")));
  EXPECT_EQ(First("10"), "10");
}

TEST_F(SearchTest, ReadsCodesBesideWordsAndThoseThatThereAreNot) {
  EXPECT_THAT(Content({.text = "S72.0"}), Each(StartsWith("S72.0"))) << "its parts are no words";
  EXPECT_EQ(Content({.text = "L94.2: Calcinosis cutis"}).front(), "L94.2");
  const std::vector<std::string> beside = Content({.text = "calcinosis L94.2"});
  EXPECT_EQ(beside.front(), "L94.2");
  EXPECT_EQ(std::count(beside.begin(), beside.end(), "L94.2"), 1);
  const absl::StatusOr<SearchAnswer> nearest = Search(content_, {.text = "L94.29"});
  ASSERT_TRUE(nearest.ok());
  EXPECT_EQ(nearest->hits.front().item.code(), "L94.2");
  ASSERT_EQ(nearest->corrections.size(), 1U);
  EXPECT_EQ(nearest->corrections[0].written, "L94.29");
  EXPECT_EQ(nearest->corrections[0].read_as, "L94.2");
  EXPECT_NE(Content({.text = "L94.calcinosis"}), Content({.text = "L94"})) << "a blank is missing, and it is no code";
  const absl::StatusOr<SearchAnswer> elsewhere = Search(content_, {.text = "L94.29 fracture", .under = "S72"});
  ASSERT_TRUE(elsewhere.ok());
  EXPECT_THAT(elsewhere->corrections, IsEmpty()) << "its code is not among what was found";
  EXPECT_THAT(Content({.text = "Q1.2 fracture"}), Not(IsEmpty())) << "no code looks like that";
}

TEST_F(SearchTest, FindsExtensionCodesByTheirNames) {
  EXPECT_EQ(Content({.text = "dystrophic calcinosis localised"}).front(), "L94.21");
  EXPECT_EQ(Content({.text = "calcinosis cutis"}).front(), "L94.2");
}

TEST_F(SearchTest, MadeCodesFoldUnderTheCodeTheyAreMadeOf) {
  const absl::StatusOr<SearchAnswer> folded =
      Search(content_, {.text = "fracture neck right femur", .fold = Fold::kAlways});
  ASSERT_TRUE(folded.ok());
  EXPECT_EQ(folded->hits.front().item.code(), "S72.001");
  EXPECT_GT(folded->hits.front().folded_codes, 10U);
  const std::vector<std::string> apart =
      Content({.text = "fracture neck right femur", .fold = Fold::kNever, .count = 5});
  EXPECT_THAT(apart, Each(StartsWith("S72.001")));
  EXPECT_THAT(apart, Not(Contains("S72.001")));
  // What the query says of the encounter picks among them.
  EXPECT_EQ(Content({.text = "fracture neck right femur sequela"}).front(), "S72.001S");
}

TEST_F(SearchTest, Filters) {
  EXPECT_THAT(Content({.text = "fracture", .billable_only = true}), Not(Contains("S72.00")));
  // What a header alone is called finds its billable codes, each once, and they are all that is counted.
  EXPECT_THAT(Content({.text = "hip fracture"}), Contains("S72.00"));
  const absl::StatusOr<SearchAnswer> billable =
      Search(content_, {.text = "hip fracture", .billable_only = true, .count = 1000});
  ASSERT_TRUE(billable.ok()) << billable.status();
  ASSERT_FALSE(billable->hits.empty());
  EXPECT_THAT(std::string(billable->hits.front().item.code()), StartsWith("S72.00"));
  EXPECT_EQ(billable->hits.front().text, "Fracture of hip NOS");
  EXPECT_EQ(billable->total, billable->hits.size());
  // So does what a supplement calls it; its words are told as they stand there.
  model::CodeSystem german;
  german.url = "urn:test:german";
  german.version = "1";
  german.supplements = testing::kIcd10Cm;
  german.concepts.push_back({.code = "S72.00", .kind = model::ConceptKind::kConcept, .title = "Schenkelhalsbruch"});
  const snapshot::ReleaseSet supplemented(
      {testing::ReleaseOf(testing::WholeStarter(), testing::kStarterVersion), testing::ReleaseOf(german)});
  const absl::StatusOr<SearchAnswer> supplement =
      Search(supplemented, {.text = "schenkelhalsbruch", .billable_only = true});
  ASSERT_TRUE(supplement.ok() && !supplement->hits.empty());
  EXPECT_THAT(std::string(supplement->hits.front().item.code()), StartsWith("S72.00"));
  EXPECT_EQ(supplement->hits.front().text, "Schenkelhalsbruch");
  EXPECT_FALSE(supplement->hits.front().matches.empty());
  std::set<absl::string_view> codes;
  for (const SearchHit& hit : billable->hits) {
    EXPECT_TRUE(hit.item.billable()) << hit.item.code();
    EXPECT_TRUE(codes.insert(hit.item.code()).second) << hit.item.code();
  }
  EXPECT_THAT(Content({.text = "other", .under = "L94"}), Each(StartsWith("L94")));
  EXPECT_THAT(Content({.text = "calcinosis", .under = "chapter-12"}), AllOf(Contains("L94.2"), Contains("L94.21")));
  EXPECT_THAT(Content({.text = "calcinosis", .under = "S72"}), IsEmpty());
}

TEST_F(SearchTest, ExtensionsAreLeftOutWhereSoAsked) {
  const auto systems = [&](absl::string_view system, bool with_extensions) {
    const absl::StatusOr<SearchAnswer> answer =
        Search(content_, {.text = "dystrophic calcinosis", .system = system, .with_extensions = with_extensions});
    std::set<std::string> found;
    if (!answer.ok()) return found;
    for (const SearchHit& hit : answer->hits) found.emplace(hit.item.snapshot().url());
    return found;
  };
  EXPECT_EQ(systems(testing::kIcd10Cm, true).count(testing::kDermatology), 1u);
  EXPECT_EQ(systems(testing::kIcd10Cm, false), std::set<std::string>{testing::kIcd10Cm});
  EXPECT_EQ(systems(testing::kDermatology, false).count(testing::kDermatology), 1u) << "that is what was asked for";
}

TEST_F(SearchTest, PagesMeetWithoutGapOrRepetition) {
  SearchQuery query{.text = "fracture femur", .fold = Fold::kNever, .count = 1000};
  const std::vector<std::string> all = Content(query);
  ASSERT_GT(all.size(), 20U);
  query.count = 7;
  std::vector<std::string> paged;
  std::string token;
  do {
    query.page_token = token;
    const absl::StatusOr<SearchAnswer> answer = Search(content_, query);
    ASSERT_TRUE(answer.ok()) << answer.status();
    for (const SearchHit& hit : answer->hits) paged.emplace_back(hit.item.code());
    token = answer->next_page_token;
  } while (!token.empty() && paged.size() <= all.size());
  EXPECT_EQ(paged, all);
}

TEST_F(SearchTest, TokenOfAnotherQueryIsRefused) {
  const absl::StatusOr<SearchAnswer> answer = Search(content_, {.text = "fracture", .fold = Fold::kNever, .count = 2});
  ASSERT_TRUE(answer.ok());
  ASSERT_FALSE(answer->next_page_token.empty());
  for (const std::string& token : {answer->next_page_token, std::string("x"), std::string("5-")}) {
    const absl::Status status = Search(content_, {.text = "femur", .count = 2, .page_token = token}).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(status.message(), HasSubstr("page_token"));
  }
}

TEST_F(SearchTest, HostileQueriesAreAnsweredOrRefused) {
  std::string words;
  for (int i = 0; i < 400; ++i) absl::StrAppend(&words, "a ");
  for (const std::string& text :
       {std::string("f"), std::string("😀 fracture"), std::string("‏קרוהן fracture"), words,
        std::string(900, 'a'), std::string("fracture \xD8\xA7"), std::string("\t fracture \n")}) {
    EXPECT_TRUE(Search(content_, {.text = text}).ok()) << text;
  }
  for (const std::string& text : {std::string(1 << 20, 'a'), std::string(), std::string("   "), std::string("😀"),
                                  std::string("a\xFF"), std::string("-.,")}) {
    const absl::Status status = Search(content_, {.text = text}).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), AllOf(StartsWith("text: "), HasSubstr("; ")));
    EXPECT_LT(status.message().size(), 300U);
  }
  for (const uint32_t count : {0U, 1001U}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Search(content_, {.text = "a", .count = count}).status()));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(Search(content_, {.text = "a", .under = "banana"}).status()));
  EXPECT_TRUE(absl::IsNotFound(Search(content_, {.text = "a", .system = "urn:none"}).status()));
}

TEST_F(SearchTest, NothingFoundIsAnAnswer) {
  const absl::StatusOr<SearchAnswer> answer = Search(content_, {.text = "xyzzyqqq"});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->total, 0U);
  EXPECT_THAT(answer->hits, IsEmpty());
}

TEST_F(SearchTest, ThreadsGiveTheSameAnswers) {
  const std::vector<std::string> expected = Content({.text = "fracture femur"});
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (size_t i = 0; i < wrong.size(); ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 50; ++k) {
        // Sets of other sizes share the same scratch.
        wrong[i] += Codes(disorders_, {.text = "bladder cancer"}).front() != "4";
        wrong[i] += Codes(content_, {.text = "fracture femur"}) != expected;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, Each(0));
}

TEST_F(SearchTest, SpellingsAreThoseWithinTheErrorsAsked) {
  const snapshot::TextIndexView& index = disorders_.releases().front().snapshot->text_index();
  const auto found = [&](absl::string_view word, uint8_t errors) {
    std::vector<std::string> terms;
    ForEachSpelling(index, word, errors, [&](uint32_t term, const Spelling& spelling) {
      terms.push_back(absl::StrCat(index.Term(term), " ", int{spelling.prefix}));
    });
    return terms;
  };
  EXPECT_THAT(found("bladdre", 1), ElementsAre("bladder 1"));    // changed places
  EXPECT_THAT(found("blader", 1), ElementsAre("bladder 1"));     // too few
  EXPECT_THAT(found("bladdder", 1), ElementsAre("bladder 1"));   // too many
  EXPECT_THAT(found("bladqer", 1), ElementsAre("bladder 1"));    // another
  EXPECT_THAT(found("infrct", 1), ElementsAre("infarction 1"));  // of a beginning
  EXPECT_THAT(found("blaqqer", 1), IsEmpty());
  EXPECT_THAT(found("blaqqer", 2), ElementsAre("bladder 2"));
}

}  // namespace
}  // namespace nosograph::query
