// What is known about a disease: one record a code, made of statements that each name their sources.
//
// Plain values, built by importers; queries read the snapshot that is written from it. Not thread-safe.
//
//   ConditionKnowledge condition{.code = "L94.21", .title = "Dystrophic calcinosis cutis, localised"};
//   condition.sources.push_back({.id = "altmeyer-2020", .title = "..."});
//   condition.statements.push_back(
//       {.section = Section::kOnset, .text = "Begins between 50 and 70 years.", .source_ids = {"altmeyer-2020"}});
#ifndef NOSOGRAPH_TERMINOLOGY_MODEL_CONDITION_KNOWLEDGE_H_
#define NOSOGRAPH_TERMINOLOGY_MODEL_CONDITION_KNOWLEDGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace nosograph::model {

// Numbers stand in snapshots and stores: never renumber, only append.
enum class Section : uint8_t {
  kDefinition = 0,
  kSynonyms = 1,
  kClassification = 2,
  kAetiology = 3,
  kOnset = 4,
  kSites = 5,
  kFeatures = 6,
  kLaboratory = 7,
  kAssociations = 8,
  kComplications = 9,
  kDifferential = 10,
  kTherapy = 11,
  kLiterature = 12,
};
inline constexpr int kSectionCount = 13;

// "definition", "sites": the section's name in JSON; "unknown" for a number that is none.
absl::string_view SectionName(Section section);

enum class ReviewState : uint8_t { kUnspecified = 0, kDraft = 1, kReviewed = 2, kRetired = 3 };

// "draft", "reviewed", "retired", else "unspecified".
absl::string_view ReviewStateName(ReviewState state);

struct Coding {
  std::string system = {};
  std::string code = {};
  std::string display = {};
};

struct Range {
  std::optional<double> low = {};
  std::optional<double> high = {};
  std::string unit = {};  // UCUM
};

struct Therapy {
  std::string kind = {};
  std::string agent = {};  // international nonproprietary name
  std::string strength = {};
  std::string route = {};
  std::string condition_of_use = {};
};

struct Citation {
  std::string text = {};
  std::string doi = {};
  std::string pmid = {};
};

struct Source {
  std::string id = {};  // the key that statements refer to
  std::string title = {};
  std::string author = {};
  std::string date = {};
  std::string licence = {};
  std::string language = {};
  bool machine_translated = false;
  std::string url = {};
  std::optional<Citation> citation = {};
};

// Which of the optional parts are set depends on the section; see condition.proto for each with an example.
struct Statement {
  Section section = Section::kDefinition;
  std::string text = {};
  std::string language = "en";
  std::vector<std::string> source_ids = {};
  ReviewState review_state = ReviewState::kDraft;
  bool open = false;  // the source leaves the point open
  bool machine_translated = false;
  std::optional<Coding> coding = {};
  std::string frequency = {};
  std::string qualifier = {};
  std::optional<Range> range = {};
  std::string expected_value = {};
  std::string relation = {};
  std::optional<Therapy> therapy = {};
  std::optional<Citation> citation = {};
};

struct ConditionKnowledge {
  std::string code = {};
  std::string title = {};
  ReviewState review_state = ReviewState::kDraft;
  std::string disclaimer = {};
  std::vector<Source> sources = {};
  std::vector<Statement> statements = {};  // in the order to show; grouped by section when written
};

}  // namespace nosograph::model

#endif  // NOSOGRAPH_TERMINOLOGY_MODEL_CONDITION_KNOWLEDGE_H_
