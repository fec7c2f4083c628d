#include "service/rest/value_set_operations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "service/rest/code_system_operations.h"
#include "service/rest/value_set.h"
#include "terminology/base/field_error.h"
#include "terminology/base/json_writer.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/base/words.h"
#include "terminology/query/search.h"

namespace nosograph::rest {
namespace {

using fhir::Issue;
using query::ConceptRef;
using snapshot::Release;
using snapshot::ReleaseSet;

struct Page {
  uint64_t total = 0;
  std::vector<ConceptRef> items = {};
};

struct Asked {
  std::string filter;
  std::optional<uint32_t> count;
  uint32_t offset = 0;
  bool active_only = false;

  bool OnPage(uint64_t index) const { return index >= offset && (!count || index < uint64_t{offset} + *count); }
};

// What the engine's search finds, best first, as far as the value set has it.
absl::Status Search(const ReleaseSet& set, const ValueSet& value_set, const Asked& asked, Page& page) {
  absl::flat_hash_set<std::pair<const Release*, uint32_t>> seen;
  if (base::WordsOf(asked.filter, 1).empty()) {
    return base::FieldError(absl::StatusCode::kInvalidArgument, "filter", base::Excerpt(asked.filter),
                            "it has neither letter nor digit", "give words or a code");
  }
  for (const Include& include : value_set.includes) {
    ASSIGN_OR_RETURN(const Release* const release, ReleaseOf(set, include));
    const bool whole = include.codes.empty() && value_set.excludes.empty() && !asked.active_only;
    const uint64_t wanted = uint64_t{asked.offset} + asked.count.value_or(kMostWithoutCount);
    // What is left out afterwards must not leave the page short.
    const auto count =
        static_cast<uint32_t>(whole ? std::clamp<uint64_t>(wanted, 1, query::kMostHits) : uint64_t{query::kMostHits});
    const std::string under = include.below.empty() ? std::string() : include.below.front().code;
    uint64_t here = 0;
    uint64_t total = 0;
    std::string token;
    do {
      // Made codes stand under the code they are made of, so that pages of any size meet.
      absl::StatusOr<query::SearchAnswer> answer =
          query::Search(set, {.text = asked.filter,
                              .system = include.system,
                              .release = {.version = release->snapshot->version()},
                              .with_extensions = false,
                              .under = under,
                              .fold = query::Fold::kAlways,
                              .count = count,
                              .page_token = token});
      RETURN_IF_ERROR(answer.status());
      for (const query::SearchHit& hit : answer->hits) {
        const ConceptRef& item = hit.item;
        if (!Holds(set, value_set, item) || (asked.active_only && item.inactive())) continue;
        if (!seen.insert({item.release, item.item}).second) continue;
        if (asked.OnPage(page.total + here)) page.items.push_back(item);
        ++here;
      }
      total = answer->total;
      token = std::move(answer->next_page_token);
    } while (!token.empty() && (!whole || here < wanted));
    page.total += whole ? std::max(here, total) : here;
  }
  return absl::OkStatus();
}

absl::Status Enumerate(const ReleaseSet& set, const ValueSet& value_set, const Asked& asked, Page& page) {
  return ForEach(set, value_set, [&](const ConceptRef& item) {
    if (asked.active_only && item.inactive()) return true;
    if (asked.OnPage(page.total)) page.items.push_back(item);
    ++page.total;
    // Without a count more than there may be is as good as all.
    return asked.count.has_value() || page.total <= kMostWithoutCount;
  });
}

void WriteParameter(const char* name, const char* type, absl::string_view value, base::JsonWriter& json) {
  json.StartObject().Text("name", name).Text(type, value).EndObject();
}

// A name for the expansion that is the same for the same content.
std::string Identifier(const ReleaseSet& set, const ValueSet& value_set, const Asked& asked) {
  const std::string digest =
      base::Sha256Hex(absl::StrCat(set.id(), "|", value_set.url, "|", value_set.version, "|", value_set.resource, "|",
                                   asked.filter, "|", asked.offset, "|", asked.count.value_or(0)));
  return absl::StrCat("urn:uuid:", digest.substr(0, 8), "-", digest.substr(8, 4), "-5", digest.substr(13, 3), "-8",
                      digest.substr(17, 3), "-", digest.substr(20, 12));
}

std::string WriteExpansion(const ReleaseSet& set, const ValueSet& value_set, const Asked& asked, const Page& page) {
  base::JsonWriter json;
  json.Text("resourceType", "ValueSet")
      .TextIfAny("url", value_set.url)
      .TextIfAny("version", value_set.version)
      .TextIfAny("name", value_set.name)
      .Text("status", "active")
      .StartObject("expansion")
      .Text("identifier", Identifier(set, value_set, asked))
      .Text("timestamp", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone()))
      .Number("total", static_cast<int64_t>(page.total));
  if (asked.offset > 0 || asked.count) json.Number("offset", asked.offset);
  json.StartList("parameter");
  for (const Include& include : value_set.includes) {
    const absl::StatusOr<const Release*> release = ReleaseOf(set, include);
    if (!release.ok()) continue;
    WriteParameter("used-codesystem", "valueUri",
                   absl::StrCat((*release)->snapshot->url(), "|", (*release)->snapshot->version()), json);
  }
  if (!asked.filter.empty()) WriteParameter("filter", "valueString", asked.filter, json);
  if (asked.count) json.StartObject().Text("name", "count").Number("valueInteger", *asked.count).EndObject();
  if (asked.offset > 0) json.StartObject().Text("name", "offset").Number("valueInteger", asked.offset).EndObject();
  if (asked.active_only) json.StartObject().Text("name", "activeOnly").Flag("valueBoolean", true).EndObject();
  json.EndList();
  if (!page.items.empty()) {
    json.StartList("contains");
    for (const ConceptRef& item : page.items) {
      json.StartObject().Text("system", item.snapshot().url());
      if (IsAbstract(item)) json.Flag("abstract", true);
      if (item.inactive()) json.Flag("inactive", true);
      json.Text("code", item.code()).TextIfAny("display", item.title()).EndObject();
    }
    json.EndList();
  }
  json.EndObject();
  return json.Take();
}

absl::StatusOr<Reply> ExpandOrSay(const ReleaseSet& set, const fhir::Parameters& parameters) {
  Asked asked;
  ASSIGN_OR_RETURN(asked.filter, parameters.Text("filter"));
  ASSIGN_OR_RETURN(asked.count, parameters.Number("count"));
  ASSIGN_OR_RETURN(const std::optional<uint32_t> offset, parameters.Number("offset"));
  ASSIGN_OR_RETURN(asked.active_only, parameters.Flag("activeOnly", false));
  asked.offset = offset.value_or(0);
  ASSIGN_OR_RETURN(const ValueSet value_set, ReadValueSet(set, parameters));
  Page page;
  if (!asked.filter.empty()) {
    RETURN_IF_ERROR(Search(set, value_set, asked, page));
  } else {
    RETURN_IF_ERROR(Enumerate(set, value_set, asked, page));
    if (!asked.count && page.total > kMostWithoutCount) {
      return ErrorReply(422, {.code = "too-costly",
                              .message_id = "VALUESET_TOO_COSTLY",
                              .text = absl::StrCat("The value set '", value_set.url,
                                                   "' expansion has too many codes to "
                                                   "display (>",
                                                   kMostWithoutCount, ")"),
                              .diagnostics = "give a count, and an offset for the pages behind the first"});
    }
  }
  return Reply{200, WriteExpansion(set, value_set, asked, page)};
}

absl::StatusOr<Reply> ValidateOrSay(const ReleaseSet& set, const fhir::Parameters& parameters) {
  ASSIGN_OR_RETURN(const ValueSet value_set, ReadValueSet(set, parameters));
  ASSIGN_OR_RETURN(const std::string system, parameters.Text("system"));
  ASSIGN_OR_RETURN(const std::string version, parameters.Text("systemVersion"));
  ASSIGN_OR_RETURN(const std::string day, ReadDay(parameters));
  ASSIGN_OR_RETURN(const bool infer, parameters.Flag("inferSystem", false));
  ASSIGN_OR_RETURN(AskedCodings asked, ReadCodings(parameters, system, version));
  std::vector<Issue> issues;
  std::optional<size_t> right;
  std::vector<CodingVerdict> verdicts;
  const std::string name =
      value_set.version.empty() ? value_set.url : absl::StrCat(value_set.url, "|", value_set.version);
  for (size_t i = 0; i < asked.codings.size(); ++i) {
    fhir::Coding& coding = asked.codings[i];
    const std::string& path = asked.paths[i];
    if (coding.system.empty() && infer && value_set.includes.size() == 1)
      coding.system = value_set.includes.front().system;
    // A value set of one version of a system speaks of that version.
    for (const Include& include : value_set.includes) {
      if (coding.version.empty() && include.system == snapshot::CanonicalSystem(coding.system))
        coding.version = include.version;
    }
    CodingVerdict verdict;
    if (coding.system.empty()) {
      verdict.issues.push_back(
          {.severity = "warning",
           .code = "invalid",
           .about = "invalid-data",
           .message_id = "Coding_has_no_system__cannot_validate",
           .text = "Coding has no system. A code with no system has no defined meaning, and it cannot be "
                   "validated. A system should be provided",
           .expression = path});
    } else {
      verdict = CheckCoding(set, coding, path, day);
    }
    const bool in = verdict.item && Holds(set, value_set, *verdict.item);
    if (!in) {
      verdict.valid = false;
      const std::string code = coding.system.empty() ? coding.code : absl::StrCat(coding.system, "#", coding.code);
      verdict.issues.insert(verdict.issues.begin(),
                            {.severity = asked.concepts ? "information" : "error",
                             .code = "code-invalid",
                             .about = asked.concepts ? "this-code-not-in-vs" : "not-in-vs",
                             .message_id = "None_of_the_provided_codes_are_in_the_value_set_one",
                             .text = absl::StrCat("The provided code '", base::Excerpt(code),
                                                  "' was not found in the value set '", name, "'"),
                             .expression = path.empty() ? "code" : absl::StrCat(path, ".code")});
    }
    issues.insert(issues.end(), verdict.issues.begin(), verdict.issues.end());
    if (verdict.valid && !right) right = i;
    verdicts.push_back(std::move(verdict));
  }
  const size_t counts = right.value_or(0);
  if (!right && asked.concepts) {
    issues.insert(issues.begin(), {.code = "code-invalid",
                                   .about = "not-in-vs",
                                   .message_id = "TX_GENERAL_CC_ERROR_MESSAGE",
                                   .text = absl::StrCat("No valid coding was found for the value set '", name, "'")});
  }
  return Reply{200, ValidationAnswer(right.has_value(), verdicts[counts], right ? verdicts[counts].issues : issues,
                                     asked.codings[counts], asked.concepts ? &*asked.concepts : nullptr)};
}

Reply Answer(const ReleaseSet& set, const fhir::Parameters& parameters,
             absl::StatusOr<Reply> (*answer)(const ReleaseSet&, const fhir::Parameters&)) {
  if (set.empty()) return NothingLoaded();
  absl::StatusOr<Reply> reply = answer(set, parameters);
  return reply.ok() ? *std::move(reply) : ErrorReply(reply.status());
}

}  // namespace

Reply Expand(const ReleaseSet& set, const fhir::Parameters& parameters, fhir::Version /*version*/) {
  return Answer(set, parameters, ExpandOrSay);
}

Reply ValidateInValueSet(const ReleaseSet& set, const fhir::Parameters& parameters, fhir::Version /*version*/) {
  return Answer(set, parameters, ValidateOrSay);
}

}  // namespace nosograph::rest
