#include "service/rest/clinical_tables.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "terminology/base/field_error.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/base/words.h"
#include "terminology/query/search.h"

namespace nosograph::rest {
namespace {

using operations::OrError;
using operations::Reply;

constexpr uint32_t kUsualList = 7;
constexpr uint32_t kMostList = 500;
constexpr size_t kMostFields = 16;

absl::StatusOr<std::vector<std::string>> Fields(const fhir::Parameters& parameters, absl::string_view name,
                                                absl::string_view otherwise) {
  ASSIGN_OR_RETURN(std::string text, parameters.Text(name));
  if (text.empty()) text = std::string(otherwise);
  std::vector<std::string> fields = absl::StrSplit(text, ',', absl::SkipEmpty());
  if (fields.size() > kMostFields) return base::InvalidField(name, text, "names too many fields", "name code and name");
  for (std::string& field : fields) absl::StripAsciiWhitespace(&field);
  return fields;
}

// A field that is not known is empty, as there.
absl::string_view Value(const query::ConceptRef& item, absl::string_view field) {
  if (field == "code") return item.code();
  return field == "name" ? item.title() : absl::string_view();
}

}  // namespace

Reply SearchClinicalTable(const snapshot::ReleaseSet& set, const fhir::Parameters& parameters) {
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const std::string terms, parameters.Text("terms"));
    ASSIGN_OR_RETURN(const std::string q, parameters.Text("q"));
    ASSIGN_OR_RETURN(const std::vector<std::string> searched, Fields(parameters, "sf", "code,name"));
    ASSIGN_OR_RETURN(const std::vector<std::string> shown, Fields(parameters, "df", "code,name"));
    ASSIGN_OR_RETURN(const std::vector<std::string> further, Fields(parameters, "ef", ""));
    ASSIGN_OR_RETURN(std::string code_field, parameters.Text("cf"));
    ASSIGN_OR_RETURN(const std::optional<uint32_t> list, parameters.Number("maxList"));
    ASSIGN_OR_RETURN(const std::optional<uint32_t> count, parameters.Number("count"));
    ASSIGN_OR_RETURN(const std::optional<uint32_t> offset, parameters.Number("offset"));
    if (!q.empty()) return base::InvalidField("q", q, "is not understood", "leave it out");
    if (code_field.empty()) code_field = "code";
    // `maxList` alone asks for all that may be had.
    const uint32_t usual = parameters.Has("maxList") ? kMostList : kUsualList;
    const uint32_t most = std::min(list.value_or(count.value_or(usual)), kMostList);
    const uint32_t begin = std::min(offset.value_or(0), kMostList);
    const bool by_code = std::find(searched.begin(), searched.end(), "code") != searched.end();
    const bool by_name = std::find(searched.begin(), searched.end(), "name") != searched.end();
    query::SearchAnswer answer;
    if (!base::WordsOf(terms, 1).empty() && set.Has(model::kIcd10CmUrl)) {
      absl::StatusOr<query::SearchAnswer> found =
          query::Search(set, {.text = terms,
                              .system = model::kIcd10CmUrl,
                              .with_extensions = false,
                              .billable_only = true,
                              .count = std::clamp<uint32_t>(begin + most, 1, query::kMostHits)});
      RETURN_IF_ERROR(found.status());
      answer = *std::move(found);
    }
    std::vector<query::ConceptRef> items;
    for (const query::SearchHit& hit : answer.hits) {
      const bool named = !hit.matches.empty();
      if ((named && !by_name) || (!named && !by_code)) continue;
      items.push_back(hit.item);
    }
    items.erase(items.begin(), items.begin() + std::min<ptrdiff_t>(begin, static_cast<ptrdiff_t>(items.size())));
    if (items.size() > most) items.resize(most);
    base::JsonListWriter json;
    json.RawElement(absl::StrCat(answer.total)).StartArray();
    for (const query::ConceptRef& item : items) json.Element(Value(item, code_field));
    json.EndList();
    if (further.empty()) {
      json.Null();
    } else {
      json.StartObject();
      for (const std::string& field : further) {
        json.StartList(field.c_str());
        for (const query::ConceptRef& item : items) json.Element(Value(item, field));
        json.EndList();
      }
      json.EndObject();
    }
    json.StartArray();
    for (const query::ConceptRef& item : items) {
      json.StartArray();
      for (const std::string& field : shown) json.Element(Value(item, field));
      json.EndList();
    }
    json.EndList();
    return Reply{200, json.Take()};
  };
  return OrError(read());
}

}  // namespace nosograph::rest
