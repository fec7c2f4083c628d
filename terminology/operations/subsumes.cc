// CodeSystem $subsumes.
#include "terminology/query/subsumes.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "terminology/base/field_error.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/fhir/parameters_writer.h"
#include "terminology/operations/code_system_operations.h"
#include "terminology/operations/coding_check.h"
#include "terminology/operations/system_versions.h"

namespace nosograph::operations {
namespace {

using fhir::Coding;
using fhir::Issue;
using query::ConceptRef;
using snapshot::ReleaseSet;

}  // namespace

Reply Subsumes(const Content& content, const fhir::Parameters& parameters, fhir::Version /*version*/) {
  const ReleaseSet& set = content.releases;
  if (set.empty()) return NothingLoaded();
  const auto read = [&]() -> absl::StatusOr<Reply> {
    ASSIGN_OR_RETURN(const std::string url, parameters.Text({"system", "url"}));
    ASSIGN_OR_RETURN(const std::string asked_version, parameters.Text("version"));
    auto [system, version] = fhir::PartCanonical(url);
    if (!asked_version.empty()) version = asked_version;
    ASSIGN_OR_RETURN(const SystemVersions versions, SystemVersions::Read(parameters));
    Coding codings[2];
    const char* const names[2][2] = {{"codeA", "codingA"}, {"codeB", "codingB"}};
    for (int i = 0; i < 2; ++i) {
      ASSIGN_OR_RETURN(const std::optional<Coding> coding, parameters.OneCoding(names[i][1]));
      ASSIGN_OR_RETURN(codings[i].code, parameters.Text(names[i][0]));
      if (coding) codings[i] = *coding;
      if (codings[i].code.empty())
        return base::InvalidField(names[i][0], "", "is not given", "give both codes or both codings");
      if (codings[i].system.empty()) codings[i].system = system;
      RETURN_IF_ERROR(CheckSystemIsClear(set, codings[i].system, codings[i].code));
      const std::string own = VersionOf(set, codings[i].system, versions.For(codings[i].system, version).version);
      codings[i].code = InRightCase(set, codings[i].system, own, codings[i].code);
    }
    // Codes of an extension and of what it extends stand in one hierarchy, which is the extension's.
    std::string common = codings[0].system;
    if (codings[0].system != codings[1].system) {
      const snapshot::Release* const a = set.Active(codings[0].system);
      const snapshot::Release* const b = set.Active(codings[1].system);
      if (b != nullptr && b->snapshot->extends() == codings[0].system) {
        common = codings[1].system;
      } else if (a == nullptr || a->snapshot->extends() != codings[1].system) {
        return base::InvalidField("codingB.system", codings[1].system, "is another code system than that of codingA",
                                  "compare codes of one code system, or of an extension and what it extends");
      }
    }
    version = VersionOf(set, common, versions.For(common, version).version);
    ASSIGN_OR_RETURN(const query::Subsumption answer, query::Subsumes(set, {.system = common,
                                                                            .code_a = codings[0].code,
                                                                            .code_b = codings[1].code,
                                                                            .release = {.version = version},
                                                                            .form = query::Form::kStrict}));
    if (answer.relation == query::Relation::kUndetermined) {
      return ErrorReply(422, {.text = "it cannot be told: only a part of the code system is loaded"});
    }
    // What another system of the hierarchy has is no code of the one that was named.
    const auto missing = [&](const std::optional<ConceptRef>& item, const Coding& coding) {
      return !item || (!coding.system.empty() && item->snapshot().url() != snapshot::CanonicalSystem(coding.system));
    };
    if (answer.a) {
      if (const std::optional<Issue> wrong = WrongVersionOf(versions, *answer.a)) return ErrorReply(422, *wrong);
    }
    const bool a_missing = missing(answer.a, codings[0]);
    if (a_missing || missing(answer.b, codings[1])) {
      const int unknown = a_missing ? 0 : 1;
      return ErrorReply(404, {.code = "not-found",
                              .about = "invalid-code",
                              .text = absl::StrCat("Unknown code '", base::Excerpt(codings[unknown].code),
                                                   "' in the CodeSystem '", codings[unknown].system, "'"),
                              .expression = names[unknown][0]});
    }
    fhir::ParametersWriter written;
    written.Value("outcome", "valueCode", query::RelationName(answer.relation));
    return Reply{200, written.Take()};
  };
  return OrError(read());
}

}  // namespace nosograph::operations
