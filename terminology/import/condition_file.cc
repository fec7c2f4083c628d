#include "terminology/import/condition_file.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::import {
namespace {

// A statement's sources must be listed.
void CheckStatement(const model::Statement& statement, const std::set<std::string>& sources,
                    std::set<std::string>& used, JsonObject& object) {
  for (const std::string& id : statement.source_ids) {
    if (sources.count(id) == 0) {
      object.Fail("source_ids", absl::StrCat("'", base::Excerpt(id), "' is not listed in /sources; list it"));
    }
    used.insert(id);
  }
  if (statement.range && statement.range->low && statement.range->high &&
      *statement.range->low > *statement.range->high) {
    object.Fail("range", "low is greater than high; exchange the two");
  }
}

}  // namespace

absl::StatusOr<model::ConditionKnowledge> ReadCondition(const JsonDocument& document) {
  model::ConditionKnowledge knowledge;
  JsonObject root = document.root();
  std::string schema;
  root("$schema", schema, false);  // lets an editor check the file while it is written
  model::VisitFields(root, knowledge);
  std::set<std::string> sources;
  for (const model::Source& source : knowledge.sources) {
    if (!sources.insert(source.id).second) {
      root.Fail("sources", absl::StrCat("the id '", base::Excerpt(source.id), "' stands twice; rename one"));
    }
  }
  std::set<std::string> used;
  for (int i = 0; i < model::kSectionCount; ++i) {
    const auto section = static_cast<model::Section>(i);
    const std::string name(model::SectionName(section));
    for (JsonObject& object : root.Objects(name.c_str(), false)) {
      model::Statement& statement = knowledge.statements.emplace_back();
      statement.section = section;
      model::VisitFields(object, statement);
      CheckStatement(statement, sources, used, object);
      root.Take(object.Finish());
    }
  }
  for (const std::string& id : sources) {
    if (used.count(id) == 0) {
      root.Fail("sources", absl::StrCat("no statement names '", base::Excerpt(id), "'; name it or remove it"));
    }
  }
  RETURN_IF_ERROR(root.Finish());
  return knowledge;
}

}  // namespace nosograph::import
