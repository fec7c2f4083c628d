#include "service/rest/search_set.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <boost/url.hpp>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "terminology/base/field_error.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"

namespace nosograph::rest {
namespace {

using operations::ErrorReply;
using operations::Reply;

// What no subset may leave out: FHIR demands them.
constexpr std::array kMandatory = {"resourceType", "id", "status", "content", "code", "kind", "type", "abstract"};
constexpr std::array kSummaries = {"true", "text", "data", "count", "false"};

template <typename Names>
bool Has(const Names& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// The address of a page of a search, with what was understood of it.
std::string LinkOf(const Found& found, const Shown& shown, const std::string& offset) {
  boost::urls::url link(absl::StrCat(found.base, "/", found.type));
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) link.params().append({name, value});
  };
  for (const auto& [name, value] : found.asked) add(name, value);
  add("_summary", shown.summary);
  add("_elements", shown.elements);
  add("_count", shown.count ? absl::StrCat(*shown.count) : "");
  add("_offset", offset);
  return std::string(link.buffer());
}

}  // namespace

absl::StatusOr<Shown> ReadShown(const fhir::Parameters& parameters) {
  Shown shown;
  ASSIGN_OR_RETURN(shown.summary, parameters.Text("_summary"));
  ASSIGN_OR_RETURN(shown.elements, parameters.Text("_elements"));
  ASSIGN_OR_RETURN(shown.count, parameters.Number("_count"));
  ASSIGN_OR_RETURN(shown.offset, parameters.Number("_offset"));
  if (!shown.summary.empty() && !Has(kSummaries, shown.summary)) {
    return base::FieldError(absl::StatusCode::kInvalidArgument, "_summary", base::Excerpt(shown.summary),
                            "is no kind of summary", "give true, text, data, count or false");
  }
  return shown;
}

std::string Subset(const std::string& resource, const Shown& shown, absl::Span<const char* const> summary) {
  std::set<std::string> elements;
  for (const absl::string_view name : absl::StrSplit(shown.elements, ',', absl::SkipEmpty())) {
    const absl::string_view plain = absl::StripAsciiWhitespace(name);
    const size_t dot = plain.rfind('.');  // "CodeSystem.url"
    elements.emplace(dot == absl::string_view::npos ? plain : plain.substr(dot + 1));
  }
  if (shown.summary == "true") elements.insert(summary.begin(), summary.end());
  if (elements.empty() && shown.summary != "text") return resource;
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(resource).get(object) != simdjson::SUCCESS) return resource;
  base::JsonWriter json;
  for (const auto [key, value] : object) {
    const absl::string_view name(key.data(), key.size());
    const bool wanted = Has(kMandatory, name) || (shown.summary == "text" ? name == "text" : Has(elements, name));
    if (wanted) json.Raw(std::string(name).c_str(), simdjson::minify(value));
    if (name != "id") continue;
    json.StartObject("meta").StartList("tag").StartObject();
    json.Text("system", "http://terminology.hl7.org/CodeSystem/v3-ObservationValue").Text("code", "SUBSETTED");
    json.EndObject().EndList().EndObject();
  }
  return json.Take();
}

bool TokenFits(absl::string_view asked, absl::string_view system, absl::string_view code) {
  const std::vector<absl::string_view> choices = absl::StrSplit(asked, ',');
  return std::any_of(choices.begin(), choices.end(), [&](absl::string_view choice) {
    const size_t bar = choice.find('|');
    if (bar == absl::string_view::npos) return choice == code;
    const absl::string_view wanted = choice.substr(bar + 1);
    if (wanted.empty() && bar == 0) return false;  // which asks for nothing
    return choice.substr(0, bar) == system && (wanted.empty() || wanted == code);
  });
}

Reply SearchSet(const Found& found, const Shown& shown) {
  base::JsonWriter json;
  json.Text("resourceType", "Bundle").Text("type", "searchset").Number("total", static_cast<int64_t>(found.total));
  const size_t begin = std::min<size_t>(shown.offset.value_or(0), found.total);
  const size_t end =
      shown.summary == "count" ? begin : std::min<size_t>(found.total, begin + shown.count.value_or(UINT16_MAX));
  const std::string offset = shown.offset ? absl::StrCat(*shown.offset) : "";
  json.StartList("link");
  json.StartObject().Text("relation", "self").Text("url", LinkOf(found, shown, offset)).EndObject();
  if (end > begin && end < found.total) {
    json.StartObject().Text("relation", "next").Text("url", LinkOf(found, shown, absl::StrCat(end))).EndObject();
  }
  json.EndList();
  if (begin == end) return {200, json.Take()};
  json.StartList("entry");
  for (size_t i = begin; i < end; ++i) {
    json.StartObject().Text("fullUrl", absl::StrCat(found.base, "/", found.type, "/", found.id(i)));
    json.Raw("resource", Subset(found.resource(i), shown, found.summary));
    json.StartObject("search").Text("mode", "match").EndObject().EndObject();
  }
  json.EndList();
  return {200, json.Take()};
}

Reply NoSuchResource(const char* type, absl::string_view id) {
  return ErrorReply(
      404, {.code = "not-found", .text = absl::StrCat("there is no ", type, " with the id '", base::Excerpt(id), "'")});
}

}  // namespace nosograph::rest
