#include "service/rest/conditions.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "service/rest/search_set.h"
#include "terminology/base/field_error.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/condition_profiles.h"
#include "terminology/fhir/condition_resource.h"
#include "terminology/query/resolve.h"

namespace nosograph::rest {
namespace {

using operations::Content;
using operations::ErrorReply;
using operations::NothingLoaded;
using operations::OrError;
using operations::Reply;

using fhir::Coding;
using query::ConceptRef;
using snapshot::ReleaseSet;

constexpr size_t kLongestId = 64;
constexpr char kCanonicals[] = "https://nosograph.example/fhir/ConditionDefinition/";

constexpr const char* kConditionSummary[] = {"url", "identifier", "version", "title", "publisher", "code"};
constexpr const char* kDefinitionSummary[] = {"url",  "version",     "name",     "title",   "date",
                                              "kind", "fhirVersion", "abstract", "context", "publisher"};

const char* TypeIn(fhir::Version version) { return version == fhir::Version::kR5 ? "ConditionDefinition" : "Basic"; }

// By release and code.
std::string IdOf(const ReleaseSet& set, const ConceptRef& item) {
  std::string id = absl::StrCat(ResourceId(set, *item.release), "-", item.code());
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.';
  });
  return plain && id.size() <= kLongestId ? id : base::Sha256Hex(id);
}

Coding CodingOf(const ConceptRef& item) {
  return {std::string(item.snapshot().url()), std::string(item.snapshot().version()), std::string(item.code()),
          std::string(item.title())};
}

// The published code that an extension's stands under; nothing for others.
std::optional<Coding> PublishedOf(const ReleaseSet& set, const ConceptRef& item) {
  const std::optional<snapshot::Snapshot::CodingView> extends = item.snapshot().extends(item.item);
  if (!extends) return std::nullopt;
  if (const snapshot::Release* release = set.Active(extends->system)) {
    if (const std::optional<uint32_t> found = release->snapshot->Find(extends->code)) {
      return CodingOf({release, *found});
    }
  }
  return Coding{.system = std::string(extends->system), .code = std::string(extends->code)};
}

fhir::KnownCondition Describe(const ReleaseSet& set, const ConceptRef& item) {
  fhir::KnownCondition condition{
      .id = IdOf(set, item),
      .url = absl::StrCat(kCanonicals, IdOf(set, item)),
      .version = std::string(item.snapshot().version()),
      .publisher = std::string(item.snapshot().publisher()),
      .codings = {CodingOf(item)},
      .knowledge = item.snapshot().knowledge(item.item).value_or(model::ConditionKnowledge())};
  if (std::optional<Coding> published = PublishedOf(set, item)) condition.codings.push_back(*std::move(published));
  return condition;
}

std::string Render(const fhir::KnownCondition& condition, fhir::Version version) {
  return version == fhir::Version::kR5 ? RenderConditionDefinition(condition) : RenderConditionBasic(condition);
}

// All concepts that something is known of, those of active releases first.
std::vector<ConceptRef> Known(const ReleaseSet& set) {
  std::vector<ConceptRef> known;
  for (const bool active : {true, false}) {
    for (const snapshot::Release& release : set.releases()) {
      if (release.active != active) continue;
      for (const snapshot::KnowledgeRecord& record : release.snapshot->knowledge_records()) {
        known.push_back({&release, record.item});
      }
    }
  }
  return known;
}

Reply ReadDefinition(const char* type, const std::vector<fhir::Definition>& definitions, absl::string_view id,
                     const fhir::Parameters& parameters) {
  const absl::StatusOr<Shown> shown = ReadShown(parameters);
  if (!shown.ok()) return ErrorReply(shown.status());
  for (const fhir::Definition& definition : definitions) {
    if (definition.id == id) return {200, Subset(definition.json, *shown, kDefinitionSummary)};
  }
  return NoSuchResource(type, id);
}

Reply SearchDefinitions(const char* type, std::vector<fhir::Definition> definitions, const Place& place,
                        const fhir::Parameters& parameters) {
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const Shown shown, ReadShown(parameters));
    ASSIGN_OR_RETURN(const std::string url, parameters.Text("url"));
    ASSIGN_OR_RETURN(const std::string id, parameters.Text("_id"));
    ASSIGN_OR_RETURN(const std::string name, parameters.Text("name"));
    const std::string plain = fhir::PartCanonical(url).first;
    definitions.erase(std::remove_if(definitions.begin(), definitions.end(),
                                     [&](const fhir::Definition& definition) {
                                       return (!plain.empty() && definition.url != plain) ||
                                              (!id.empty() && !TokenFits(id, "", definition.id)) ||
                                              !absl::StartsWithIgnoreCase(definition.name, name);
                                     }),
                      definitions.end());
    return SearchSet({.base = place.base,
                      .type = type,
                      .asked = {{"url", url}, {"_id", id}, {"name", name}},
                      .total = definitions.size(),
                      .id = [&](size_t i) { return definitions[i].id; },
                      .resource = [&](size_t i) { return definitions[i].json; },
                      .summary = kDefinitionSummary},
                     shown);
  };
  return OrError(read());
}

}  // namespace

Reply ReadCondition(const Place& place, absl::string_view id, const fhir::Parameters& parameters) {
  const absl::StatusOr<Shown> shown = ReadShown(parameters);
  if (!shown.ok()) return ErrorReply(shown.status());
  for (const ConceptRef& item : Known(place.set)) {
    if (IdOf(place.set, item) != id) continue;
    return {200, Subset(Render(Describe(place.set, item), place.version), *shown, kConditionSummary)};
  }
  return NoSuchResource(TypeIn(place.version), id);
}

Reply SearchConditions(const Place& place, const fhir::Parameters& parameters) {
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const Shown shown, ReadShown(parameters));
    ASSIGN_OR_RETURN(const std::string code, parameters.Text("code"));
    ASSIGN_OR_RETURN(const std::string url, parameters.Text("url"));
    ASSIGN_OR_RETURN(const std::string id, parameters.Text("_id"));
    ASSIGN_OR_RETURN(const std::string title, parameters.Text("title"));
    auto [plain, version] = fhir::PartCanonical(url);
    std::vector<fhir::KnownCondition> found;
    for (const ConceptRef& item : Known(place.set)) {
      fhir::KnownCondition condition = Describe(place.set, item);
      const bool by_code =
          code.empty() ||
          (place.version == fhir::Version::kR4 && TokenFits(code, fhir::kBasicTypes, fhir::kBasicType)) ||
          std::any_of(condition.codings.begin(), condition.codings.end(),
                      [&](const Coding& coding) { return TokenFits(code, coding.system, coding.code); });
      if (!by_code || (!plain.empty() && condition.url != plain) ||
          (!version.empty() && condition.version != version) || (!id.empty() && !TokenFits(id, "", condition.id)) ||
          !absl::StartsWithIgnoreCase(condition.knowledge.title, title)) {
        continue;
      }
      found.push_back(std::move(condition));
    }
    return SearchSet({.base = place.base,
                      .type = TypeIn(place.version),
                      .asked = {{"code", code}, {"url", url}, {"_id", id}, {"title", title}},
                      .total = found.size(),
                      .id = [&](size_t i) { return found[i].id; },
                      .resource = [&](size_t i) { return Render(found[i], place.version); },
                      .summary = kConditionSummary},
                     shown);
  };
  return OrError(read());
}

Reply ReadStructureDefinition(const Place& place, absl::string_view id, const fhir::Parameters& parameters) {
  return ReadDefinition("StructureDefinition", fhir::StructureDefinitions(place.version), id, parameters);
}
Reply SearchStructureDefinitions(const Place& place, const fhir::Parameters& parameters) {
  return SearchDefinitions("StructureDefinition", fhir::StructureDefinitions(place.version), place, parameters);
}
Reply ReadOperationDefinition(const Place& /*place*/, absl::string_view id, const fhir::Parameters& parameters) {
  return ReadDefinition("OperationDefinition", fhir::OperationDefinitions(), id, parameters);
}
Reply SearchOperationDefinitions(const Place& place, const fhir::Parameters& parameters) {
  return SearchDefinitions("OperationDefinition", fhir::OperationDefinitions(), place, parameters);
}

Reply DraftCondition(const Content& content, const fhir::Parameters& parameters, fhir::Version version) {
  const snapshot::ReleaseSet& set = content.releases;
  if (set.empty()) return NothingLoaded();
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const std::optional<Coding> given, parameters.OneCoding("coding"));
    Coding coding = given.value_or(Coding());
    if (!given) {
      ASSIGN_OR_RETURN(coding.code, parameters.Text("code"));
      ASSIGN_OR_RETURN(coding.system, parameters.Text("system"));
      ASSIGN_OR_RETURN(coding.version, parameters.Text("version"));
    }
    fhir::ConditionDraft draft;
    ASSIGN_OR_RETURN(draft.subject, parameters.Text("subject"));
    ASSIGN_OR_RETURN(draft.encounter, parameters.Text("encounter"));
    ASSIGN_OR_RETURN(draft.category, parameters.Text("category"));
    if (coding.code.empty()) return base::InvalidField("code", "", "is not given", "give code and system, or a coding");
    if (draft.subject.empty()) {
      return base::InvalidField("subject", "", "is not given", "name whose condition it is: Patient/1");
    }
    static const RE2 kSubject(R"((https?://.+/)?(Patient|Group)/[A-Za-z0-9\-.]{1,64}|urn:(uuid|oid):[A-Za-z0-9\-.]+)");
    if (!RE2::FullMatch(draft.subject, kSubject)) {
      return base::InvalidField(
          "subject", draft.subject,
          absl::StrCat("'", base::Excerpt(draft.subject), "' is no reference to a patient or group"),
          "give one such as Patient/1");
    }
    if (!draft.category.empty() && draft.category != "problem-list-item" && draft.category != "encounter-diagnosis") {
      return base::InvalidField("category", draft.category, "is no category of conditions",
                                "give problem-list-item or encounter-diagnosis");
    }
    ASSIGN_OR_RETURN(const query::Resolution resolution, query::Resolve(set, {.system = coding.system,
                                                                              .code = coding.code,
                                                                              .release = {.version = coding.version},
                                                                              .form = query::Form::kStrict,
                                                                              .on_miss = query::OnMiss::kUnknown}));
    if (!resolution.matched) {
      // What an excerpt lacks may well be a code.
      const bool untold = !resolution.issues.empty() && resolution.issues[0].kind == query::IssueKind::kNotLoaded;
      return ErrorReply(422,
                        {.code = untold ? "processing" : "code-invalid",
                         .about = untold ? "" : "invalid-code",
                         .text = resolution.issues.empty() ? "there is no such code" : resolution.issues[0].message,
                         .expression = "code",
                         .diagnostics = resolution.issues.empty() ? "" : resolution.issues[0].remedy});
    }
    const ConceptRef& item = *resolution.matched;
    if (std::optional<Coding> published = PublishedOf(set, item)) draft.codings.push_back(*std::move(published));
    draft.codings.push_back(CodingOf(item));
    draft.text = std::string(item.title());
    return Reply{200, RenderConditionDraft(draft, version)};
  };
  return OrError(read());
}

}  // namespace nosograph::rest
