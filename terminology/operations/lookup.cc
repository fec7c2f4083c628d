// CodeSystem $lookup: all that a release says of a concept, as properties and designations.
#include "terminology/query/lookup.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/parameter_shape.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/fhir/property_value.h"
#include "terminology/operations/code_system_operations.h"
#include "terminology/operations/coding_check.h"
#include "terminology/operations/display_languages.h"
#include "terminology/operations/handed_down_notes.h"
#include "terminology/operations/messages.h"
#include "terminology/operations/property_shapes.h"
#include "terminology/operations/system_versions.h"
#include "terminology/operations/value_set.h"

namespace nosograph::operations {
namespace {

using fhir::Coding;
using fhir::Issue;
using query::ConceptRef;
using snapshot::ReleaseSet;

bool Wanted(const std::vector<std::string>& asked, absl::string_view property) {
  if (asked.empty()) return true;
  return std::any_of(asked.begin(), asked.end(),
                     [&](const std::string& name) { return name == property || name == "*"; });
}

// The name that a release prefers, in no language or in the one that is filled in.
fhir::ParameterShape PreferredName(bool in_language) {
  constexpr absl::string_view kHole = fhir::ParameterShape::kHole;
  return fhir::ParameterShape([&](fhir::ParametersWriter& writer) {
    writer.StartParts("designation");
    if (in_language) writer.Value("language", "valueCode", kHole);
    writer.Coding("use", "http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra", "preferredForLanguage",
                  "Preferred For Language");
    writer.Value("value", "valueString", kHole).EndParts();
  });
}

class LookupAnswer {
 public:
  LookupAnswer(std::vector<std::string> asked, absl::string_view display)
      : asked_(std::move(asked)), display_(display) {}

  std::string Write(const query::Lookup& lookup) {
    const ConceptRef& item = *lookup.item;
    const snapshot::Snapshot& snapshot = item.snapshot();
    const absl::string_view title = snapshot.title().empty() ? snapshot.url() : snapshot.title();
    static const auto& asked = *new fhir::ParameterShape([](fhir::ParametersWriter& writer) {
      writer.Value("display", "valueString", fhir::ParameterShape::kHole)
          .Value("code", "valueCode", fhir::ParameterShape::kHole)
          .Value("system", "valueUri", fhir::ParameterShape::kHole);
    });
    answer_.Value("name", "valueString", snapshot.name().empty() ? title : snapshot.name())
        .ValueIfAny("version", "valueString", snapshot.version())
        .Filled(asked, {display_, item.code(), snapshot.url()});
    // R4 has no such parameter of its own; who does not know it passes over it.
    if (Wanted(asked_, "definition")) answer_.ValueIfAny("definition", "valueString", snapshot.definition(item.item));
    answer_.Flag("abstract", IsAbstract(item));
    AddDesignations(lookup);
    AddPlace(lookup);
    AddNotes(lookup);
    for (const query::PropertyOf& found : lookup.properties) AddProperty(found.property);
    if (const std::optional<snapshot::Snapshot::CodingView> extends = snapshot.extends(item.item)) {
      if (Wanted(asked_, "extends")) {
        answer_.StartParts("property").Value("code", "valueCode", "extends");
        answer_.Coding("value", extends->system, extends->code).EndParts();
      }
    }
    AddKnowledge(item);
    AddSupplements(lookup);
    return answer_.Take();
  }

 private:
  void AddDesignations(const query::Lookup& lookup) {
    const ConceptRef& item = *lookup.item;
    if (!item.title().empty() && WantedIn(item.snapshot().language())) {
      static const auto& name = *new fhir::ParameterShape(PreferredName(false));
      static const auto& name_in = *new fhir::ParameterShape(PreferredName(true));
      const absl::string_view language = item.snapshot().language();
      if (language.empty()) {
        answer_.Filled(name, {item.title()});
      } else {
        answer_.Filled(name_in, {language, item.title()});
      }
    }
    for (const query::DesignationOf& found : lookup.designations) {
      if (!WantedIn(found.designation.language)) continue;
      answer_.StartParts("designation").ValueIfAny("language", "valueCode", found.designation.language);
      if (found.source != item.release) answer_.Value("source", "valueCanonical", CanonicalOf(*found.source));
      if (!found.designation.use.empty()) {
        answer_.Coding("use", found.designation.use_system, found.designation.use, found.designation.use_display);
      }
      answer_.Value("value", "valueString", found.designation.value).EndParts();
    }
  }

  // All designations, or by "lang.de" those of a language.
  bool WantedIn(absl::string_view language) const {
    return Wanted(asked_, "designation") || (!language.empty() && Wanted(asked_, absl::StrCat("lang.", language)));
  }

  // The supplements that something was taken from, each once.
  void AddSupplements(const query::Lookup& lookup) {
    std::vector<const snapshot::Release*> used;
    const auto add = [&](const snapshot::Release* source) {
      if (source == lookup.item->release || std::find(used.begin(), used.end(), source) != used.end()) return;
      used.push_back(source);
      answer_.Value("used-supplement", "valueCanonical", CanonicalOf(*source));
    };
    for (const query::DesignationOf& found : lookup.designations) add(found.source);
    for (const query::PropertyOf& found : lookup.properties) add(found.source);
  }

  void Code(absl::string_view code, absl::string_view value, absl::string_view description = {}) {
    if (value.empty() || !Wanted(asked_, code)) return;
    if (description.empty()) {
      answer_.Filled(shapes_.code, {code, value});
    } else {
      answer_.Filled(shapes_.described_code, {code, value, description});
    }
  }
  void Text(absl::string_view code, absl::string_view value) {
    if (!value.empty() && Wanted(asked_, code)) answer_.Filled(shapes_.text, {code, value});
  }
  void Flag(absl::string_view code, bool value) {
    if (Wanted(asked_, code)) answer_.Filled(value ? shapes_.yes : shapes_.no, {code});
  }

  void AddPlace(const query::Lookup& lookup) {
    const ConceptRef& item = *lookup.item;
    const snapshot::Snapshot& snapshot = item.snapshot();
    // Where the code system states it, it is among the properties.
    const bool stated = std::any_of(lookup.properties.begin(), lookup.properties.end(),
                                    [](const auto& found) { return found.property.definition.code == "inactive"; });
    if (!stated) Flag("inactive", item.inactive());
    if (const std::optional<ConceptRef> parent = lookup.scope ? lookup.scope->Parent(item) : std::nullopt) {
      Code("parent", parent->code(), parent->title());
    }
    for (const snapshot::ParentRecord& other : snapshot.other_parents(item.item)) {
      Code("parent", snapshot.code(other.parent), snapshot.title(other.parent));
    }
    for (const ConceptRef& child : lookup.children) {
      if (child.release == item.release) {
        Code("child", child.code(), child.title());
      } else if (Wanted(asked_, "extended-by")) {
        // An extension's: no code of this system.
        answer_.StartParts("property").Value("code", "valueCode", "extended-by");
        answer_.Coding("value", child.snapshot().url(), child.code(), child.title()).EndParts();
      }
    }
    if (!item.classified()) return;
    Flag("billable", item.billable());
    Code("kind", model::ConceptKindName(snapshot.kind(item.item)));
    for (const ConceptRef& ancestor : lookup.ancestors) {
      const model::ConceptKind kind = ancestor.snapshot().kind(ancestor.item);
      if (kind == model::ConceptKind::kBlock) Code("block", ancestor.code(), ancestor.title());
      if (kind == model::ConceptKind::kChapter) Code("chapter", ancestor.code(), ancestor.title());
    }
    if (snapshot.seventh_character(item.item)) Flag("seventh-character", true);
  }

  // Its own, then those of its ancestors, which `lookup` has not.
  void AddNotes(const query::Lookup& lookup) {
    AddNotes(lookup.notes);
    for (const ConceptRef& ancestor : lookup.ancestors) {
      const HandedDownNotes* written = asked_.empty() ? HandedDownNotes::Of(*ancestor.release) : nullptr;
      if (written != nullptr) {
        answer_.Written(written->Get(ancestor.item));
      } else {
        AddNotes(query::NotesHandedDownBy(ancestor));
      }
    }
  }
  void AddNotes(const std::vector<query::InheritedNote>& notes) {
    for (const query::InheritedNote& note : notes) {
      if (asked_.empty() || Wanted(asked_, NoteCode(note.kind))) WriteNote(note, answer_);
    }
  }

  void AddProperty(const snapshot::Snapshot::PropertyView& property) {
    const absl::string_view code = property.definition.code;
    if (!Wanted(asked_, code)) return;
    answer_.StartParts("property").Value("code", "valueCode", code);
    answer_.Parameter("value", [&](base::JsonWriter& json) { fhir::WritePropertyValue(property, json); });
    answer_.EndParts();
  }

  // What is known of the disease, each statement under the name of its section.
  void AddKnowledge(const ConceptRef& item) {
    const std::optional<model::ConditionKnowledge> knowledge = item.snapshot().knowledge(item.item);
    if (!knowledge) return;
    for (const model::Statement& statement : knowledge->statements) {
      if (statement.text.empty()) continue;
      const bool name = statement.section == model::Section::kSynonyms;
      if (name && WantedIn(statement.language)) {
        answer_.StartParts("designation").ValueIfAny("language", "valueCode", statement.language);
        answer_.Value("value", "valueString", statement.text).EndParts();
      } else if (!name) {
        Text(model::SectionName(statement.section), statement.text);
      }
    }
  }

  static constexpr size_t kUsualBytes = 8192;
  const PropertyShapes& shapes_ = PropertyShapes::Get();
  const std::vector<std::string> asked_;
  const absl::string_view display_;
  fhir::ParametersWriter answer_{kUsualBytes};
};

}  // namespace

Reply LookUp(const Content& content, const fhir::Parameters& parameters, fhir::Version /*version*/) {
  const ReleaseSet& set = content.releases;
  if (set.empty()) return NothingLoaded();
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const std::optional<Coding> given, parameters.OneCoding("coding"));
    Coding coding = given.value_or(Coding());
    ASSIGN_OR_RETURN(const std::string code, parameters.Text("code"));
    ASSIGN_OR_RETURN(const std::string url, parameters.Text({"system", "url"}));
    ASSIGN_OR_RETURN(const std::string asked_version, parameters.Text("version"));
    ASSIGN_OR_RETURN(const std::string day, ReadDay(parameters));
    ASSIGN_OR_RETURN(const DisplayLanguages languages, DisplayLanguages::Read(parameters));
    if (given && !code.empty())
      return base::InvalidField("code", code, "stands beside a coding", "give one of the two");
    if (coding.code.empty()) coding.code = code;
    if (coding.code.empty()) return base::InvalidField("code", "", "is not given", "give code and system, or a coding");
    auto [system, behind_bar] = fhir::PartCanonical(url);
    if (coding.system.empty()) coding.system = system;
    if (coding.version.empty()) coding.version = asked_version.empty() ? behind_bar : asked_version;
    ASSIGN_OR_RETURN(const SystemVersions versions, SystemVersions::Read(parameters));
    coding.version = VersionOf(set, coding.system, versions.For(coding.system, coding.version).version);
    RETURN_IF_ERROR(CheckSystemIsClear(set, coding.system, coding.code));
    if (!coding.system.empty() && FindVersion(set, coding.system, coding.version) == nullptr) {
      CodingVerdict unknown;
      AddUnknownSystem(set, coding, "", unknown);
      return ErrorReply(404, unknown.issues.back());
    }
    coding.code = InRightCase(set, coding.system, coding.version, coding.code);
    ASSIGN_OR_RETURN(const query::Lookup lookup,
                     query::LookUp(set, {.system = coding.system,
                                         .code = coding.code,
                                         .release = {.version = coding.version,
                                                     .date = coding.version.empty() ? day : std::string()},
                                         .form = query::Form::kStrict,
                                         .inherited_notes = false}));
    if (!lookup.item) {
      const bool untold = lookup.issue && lookup.issue->kind == query::IssueKind::kNotLoaded;
      Issue issue{.code = untold ? "processing" : "not-found",
                  .about = untold ? "" : "invalid-code",
                  .text = lookup.issue ? lookup.issue->message : "there is no such code",
                  .expression = "code"};
      if (lookup.issue) issue.diagnostics = lookup.issue->remedy;
      const snapshot::Release* const asked = FindVersion(set, coding.system, coding.version);
      if (!untold && !coding.system.empty() && asked != nullptr) {
        const bool of_day = !day.empty() && coding.version.empty();
        const absl::string_view version = of_day ? absl::string_view() : asked->snapshot->version();
        issue.message_id = version.empty() ? "Unknown_Code_in" : "Unknown_Code_in_Version";
        issue.diagnostics = absl::StrCat(issue.text, issue.diagnostics.empty() ? "" : "; ", issue.diagnostics);
        issue.text = Message(issue.message_id, {base::Excerpt(coding.code), base::Excerpt(coding.system), version});
      }
      return ErrorReply(untold ? 422 : 404, issue);
    }
    if (const std::optional<Issue> wrong = WrongVersionOf(versions, *lookup.item)) return ErrorReply(422, *wrong);
    // An extension's code is none of what it extends.
    if (!coding.system.empty() && lookup.item->snapshot().url() != snapshot::CanonicalSystem(coding.system)) {
      return ErrorReply(404, {.code = "not-found",
                              .about = "invalid-code",
                              .text = absl::StrCat("Unknown code '", lookup.item->code(), "' in the CodeSystem '",
                                                   coding.system, "'"),
                              .expression = "code",
                              .diagnostics = absl::StrCat("it is a code of ", lookup.item->snapshot().url(),
                                                          ", which extends it; ask under that system")});
    }
    // A display there must be, even where none is in the languages that alone are wanted.
    absl::string_view display = languages.DisplayOf(set, *lookup.item);
    if (display.empty()) display = lookup.item->title();
    return Reply{200, LookupAnswer(parameters.Texts("property"), display).Write(lookup)};
  };
  return OrError(read());
}

}  // namespace nosograph::operations
