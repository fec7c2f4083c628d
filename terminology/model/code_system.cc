#include "terminology/model/code_system.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/model/icd_code.h"

namespace nosograph::model {
namespace {

absl::Status CheckText(absl::string_view where, absl::string_view field, absl::string_view text) {
  if (base::IsValidUtf8(text)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(where, ": ", field, " '", base::Excerpt(text), "' is not UTF-8; save the source as UTF-8"));
}

absl::Status CheckConcept(const CodeSystem& system, const Concept& item, size_t index) {
  const std::string where = absl::StrCat("concept ", index, " of ", system.url, item.code.empty() ? "" : " (",
                                         base::Excerpt(item.code), item.code.empty() ? "" : ")");
  if (item.code.empty()) return absl::InvalidArgumentError(absl::StrCat(where, ": code is missing; give one"));
  if (item.code.find('\0') != std::string::npos) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": code has a zero byte; remove it"));
  }
  if (item.title.empty()) return absl::InvalidArgumentError(absl::StrCat(where, ": title is missing; give one"));
  if (item.parent && *item.parent >= index) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": parent ", *item.parent, " does not stand before it; order parents before children"));
  }
  if (!system.extends.empty() && !item.parent && (!item.extends || item.extends->system != system.extends)) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ": property 'extends' is missing or names another system; name the code of ",
                     system.extends, " that it stands under"));
  }
  if (!system.extends.empty()) {
    const Grammar grammar = GrammarOf(system.extends);
    const CodeReading reading = ReadCode(grammar, item.code);
    if (reading.form != CodeForm::kCanonical) {
      return absl::InvalidArgumentError(absl::StrCat(where, ": code is not in the canonical form of a code of ",
                                                     system.extends, ", at most ", kMaxCodeBytes, " bytes",
                                                     reading.canonical.empty() ? "" : "; write ", reading.canonical));
    }
  }
  if (system.extends.empty() && item.extends) {
    return absl::InvalidArgumentError(absl::StrCat(where, ": extends ", base::Excerpt(item.extends->code),
                                                   ", but the code system extends none; remove it"));
  }
  RETURN_IF_ERROR(CheckText(where, "code", item.code));
  RETURN_IF_ERROR(CheckText(where, "title", item.title));
  RETURN_IF_ERROR(CheckText(where, "definition", item.definition));
  for (const Note& note : item.notes) RETURN_IF_ERROR(CheckText(where, "note", note.text));
  for (const Designation& designation : item.designations) {
    RETURN_IF_ERROR(CheckText(where, "designation", designation.value));
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view NoteKindName(NoteKind kind) {
  switch (kind) {
    case NoteKind::kInclusionTerm:
      return "inclusion term";
    case NoteKind::kIncludes:
      return "includes";
    case NoteKind::kExcludes1:
      return "excludes1";
    case NoteKind::kExcludes2:
      return "excludes2";
    case NoteKind::kCodeFirst:
      return "code first";
    case NoteKind::kUseAdditionalCode:
      return "use additional code";
    case NoteKind::kCodeAlso:
      return "code also";
    case NoteKind::kSeventhCharacter:
      return "7th character";
    case NoteKind::kVisualImpairment:
      return "visual impairment";
    case NoteKind::kGeneral:
      break;
  }
  return "note";
}

absl::string_view ConceptKindName(ConceptKind kind) {
  switch (kind) {
    case ConceptKind::kChapter:
      return "chapter";
    case ConceptKind::kBlock:
      return "block";
    case ConceptKind::kCategory:
      return "category";
    case ConceptKind::kSubcategory:
      break;
  }
  return "subcategory";
}

absl::Status CheckCodeSystem(const CodeSystem& system) {
  if (system.url.empty()) return absl::InvalidArgumentError("code system: url is missing; give its canonical URI");
  if (system.version.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(system.url, ": version is missing; give one"));
  }
  if (system.concepts.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(system.url, ": it has no concept; check that the source is whole"));
  }
  if (system.extends == system.url) {
    return absl::InvalidArgumentError(
        absl::StrCat(system.url, ": it extends itself; give the extension a url of its own"));
  }
  for (const auto& [field, text] : {std::pair<const char*, const std::string*>{"url", &system.url},
                                    {"version", &system.version},
                                    {"title", &system.title},
                                    {"publisher", &system.publisher},
                                    {"copyright", &system.copyright},
                                    {"extends", &system.extends},
                                    {"source.name", &system.source.name}}) {
    RETURN_IF_ERROR(CheckText("code system", field, *text));
  }
  absl::flat_hash_set<absl::string_view> codes;
  codes.reserve(system.concepts.size());
  for (size_t i = 0; i < system.concepts.size(); ++i) {
    const Concept& item = system.concepts[i];
    RETURN_IF_ERROR(CheckConcept(system, item, i));
    if (!codes.insert(item.code).second) {
      return absl::InvalidArgumentError(
          absl::StrCat(system.url, ": code ", base::Excerpt(item.code), " stands twice; remove one of the two"));
    }
  }
  return absl::OkStatus();
}

}  // namespace nosograph::model
