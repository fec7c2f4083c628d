#include "terminology/import/icd10cm_tabular.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "terminology/base/file.h"
#include "terminology/base/sha256.h"
#include "terminology/base/status_macros.h"
#include "terminology/base/unicode.h"
#include "terminology/import/icd10cm_seventh_character.h"
#include "terminology/import/text_check.h"
#include "terminology/import/xml_document.h"
#include "terminology/model/date.h"
#include "terminology/model/icd_code.h"

namespace nosograph::import {
namespace {

using model::Concept;
using model::ConceptKind;
using model::NoteKind;

// Ten times the size of the release of April 2026.
constexpr size_t kMaxFileBytes = size_t{100} << 20;
constexpr size_t kCategorySize = 3;
constexpr size_t kSevenCharactersAndDot = 8;

struct NoteElement {
  absl::string_view name;
  NoteKind kind;
};
constexpr std::array<NoteElement, 9> kNoteElements = {{{"inclusionTerm", NoteKind::kInclusionTerm},
                                                       {"includes", NoteKind::kIncludes},
                                                       {"excludes1", NoteKind::kExcludes1},
                                                       {"excludes2", NoteKind::kExcludes2},
                                                       {"codeFirst", NoteKind::kCodeFirst},
                                                       {"useAdditionalCode", NoteKind::kUseAdditionalCode},
                                                       {"codeAlso", NoteKind::kCodeAlso},
                                                       {"notes", NoteKind::kGeneral},
                                                       {"sevenChrNote", NoteKind::kSeventhCharacter}}};

const NoteElement* FindNoteElement(absl::string_view name) {
  for (const NoteElement& element : kNoteElements) {
    if (element.name == name) return &element;
  }
  return nullptr;
}

// What a node hands down to those below it.
struct Inherited {
  const std::vector<SeventhCharacter>* characters = nullptr;  // of the nearest definition
  std::vector<const SeventhCharacterException*> exceptions;   // of all levels
};

class TabularReader {
 public:
  TabularReader(const XmlDocument& document, model::CodeSystem& system, const Progress& progress)
      : document_(document), system_(system), progress_(progress) {}

  absl::Status Read() {
    const pugi::xml_node root = document_.root();
    if (root.name() != absl::string_view("ICD10CM.tabular")) {
      return document_.Error(root, absl::StrCat("root element <", base::Excerpt(root.name()),
                                                "> where <ICD10CM.tabular> belongs: this is no ICD-10-CM tabular list; "
                                                "give the file of NCHS named like icd10cm-tabular-2026.xml"));
    }
    for (const pugi::xml_node node : root.children()) {
      if (node.type() != pugi::node_element) continue;
      const absl::string_view name = node.name();
      if (name == "version") {
        CompareVersion(XmlText(node));
      } else if (name == "chapter") {
        RETURN_IF_ERROR(ReadChapter(node));
      } else if (name != "introduction") {
        return Unexpected(node);
      }
    }
    // The list has all chapters from the first on, 21 or more of them.
    constexpr int kChapters = 21;
    system_.fragment = chapters_ < kChapters || !chapters_in_order_;
    if (system_.fragment && progress_) {
      progress_(
          "warning: the file has not all chapters; it is taken as an excerpt, and codes that are not in it cannot be "
          "told");
    }
    if (system_.concepts.empty()) {
      return document_.Error(root, "no <chapter> in it; the file is cut or no tabular list, download it again");
    }
    return absl::OkStatus();
  }

 private:
  void CompareVersion(const std::string& year) const {
    const std::string expected = absl::StrCat(model::FiscalYear(system_.version));
    if (year == expected || !progress_) return;
    progress_(absl::StrCat("warning: the file says version ", base::Excerpt(year), ", but ", system_.version,
                           " lies in fiscal year ", expected, "; check --version"));
  }

  absl::Status Unexpected(pugi::xml_node node) const {
    return document_.Error(node, absl::StrCat("element <", base::Excerpt(node.name()), "> is not expected within <",
                                              base::Excerpt(node.parent().name()),
                                              ">; the format may have changed, and nothing of it may be lost silently: "
                                              "check the file, or take a newer Nosograph"));
  }

  absl::StatusOr<std::string> RequiredText(pugi::xml_node node, const char* child) const {
    std::string text = XmlText(node.child(child));
    if (text.empty()) {
      return document_.Error(node, absl::StrCat("<", base::Excerpt(node.name()), "> without <", child,
                                                ">; the file is damaged, download it again"));
    }
    return text;
  }

  absl::StatusOr<uint32_t> Add(pugi::xml_node node, Concept item) {
    const auto index = static_cast<uint32_t>(system_.concepts.size());
    const auto [known, added] = lines_.try_emplace(item.code, node.offset_debug());
    if (!added) {
      return document_.Error(node, absl::StrCat("code '", base::Excerpt(item.code), "' stands already in line ",
                                                document_.LineOf(known->second), "; remove one of the two"));
    }
    system_.concepts.push_back(std::move(item));
    return index;
  }

  absl::Status ReadChapter(pugi::xml_node chapter) {
    ASSIGN_OR_RETURN(const std::string name, RequiredText(chapter, "name"));
    const std::string code = absl::StrCat("chapter-", name);
    if (model::ReadCode(model::Grammar::kIcd10Cm, code).form != model::CodeForm::kCanonical) {
      return document_.Error(chapter, absl::StrCat("name '", base::Excerpt(name),
                                                   "' is no chapter's number; the file is damaged, download it again"));
    }
    chapters_in_order_ = chapters_in_order_ && name == std::to_string(++chapters_);
    ASSIGN_OR_RETURN(std::string title, RequiredText(chapter, "desc"));
    if (progress_) progress_(absl::StrCat("chapter ", name, ": ", title));
    ASSIGN_OR_RETURN(const uint32_t index, Add(chapter, {.code = code, .kind = ConceptKind::kChapter, .title = title}));
    for (const pugi::xml_node node : chapter.children()) {
      if (node.type() != pugi::node_element) continue;
      const absl::string_view element = node.name();
      if (element == "section") {
        RETURN_IF_ERROR(ReadBlock(node, index));
      } else if (element != "name" && element != "desc" && element != "sectionIndex") {
        RETURN_IF_ERROR(ReadNotes(node, index, nullptr));
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadBlock(pugi::xml_node section, uint32_t parent) {
    const std::string id = section.attribute("id").value();
    const std::string code = absl::StrContains(id, '-') ? id : absl::StrCat(id, "-", id);
    if (model::ReadCode(model::Grammar::kIcd10Cm, code).form != model::CodeForm::kCanonical) {
      return document_.Error(section,
                             absl::StrCat("id '", base::Excerpt(id),
                                          "' of <section> is no range of "
                                          "categories such as L80-L99; the file is damaged, download it again"));
    }
    ASSIGN_OR_RETURN(std::string title, RequiredText(section, "desc"));
    ASSIGN_OR_RETURN(
        const uint32_t index,
        Add(section, {.code = code, .kind = ConceptKind::kBlock, .title = std::move(title), .parent = parent}));
    for (const pugi::xml_node node : section.children()) {
      if (node.type() != pugi::node_element) continue;
      const absl::string_view element = node.name();
      if (element == "diag") {
        RETURN_IF_ERROR(ReadCode(node, index, ConceptKind::kCategory, {}));
      } else if (element != "desc") {
        RETURN_IF_ERROR(ReadNotes(node, index, nullptr));
      }
    }
    return absl::OkStatus();
  }

  // Depth is bounded by XmlDocument.
  absl::Status ReadCode(pugi::xml_node diag, uint32_t parent, ConceptKind kind, Inherited inherited) {
    ASSIGN_OR_RETURN(const std::string code, RequiredText(diag, "name"));
    RETURN_IF_ERROR(CheckCode(diag, code, parent, kind));
    ASSIGN_OR_RETURN(std::string title, RequiredText(diag, "desc"));
    ASSIGN_OR_RETURN(const uint32_t index,
                     Add(diag, {.code = code, .kind = kind, .title = std::move(title), .parent = parent}));
    std::vector<SeventhCharacter> characters;
    std::vector<SeventhCharacterException> exceptions;
    std::vector<pugi::xml_node> children;
    for (const pugi::xml_node node : diag.children()) {
      if (node.type() != pugi::node_element) continue;
      const absl::string_view element = node.name();
      if (element == "diag") {
        children.push_back(node);
      } else if (element == "sevenChrDef") {
        RETURN_IF_ERROR(ReadSeventhCharacters(node, characters));
      } else if (element == "visualImpairment") {
        system_.concepts[index].notes.push_back({NoteKind::kVisualImpairment, TableText(node)});
      } else if (element != "name" && element != "desc") {
        RETURN_IF_ERROR(ReadNotes(node, index, &exceptions));
      }
    }
    if (!characters.empty()) inherited.characters = &characters;
    for (const SeventhCharacterException& exception : exceptions) inherited.exceptions.push_back(&exception);
    if (children.empty()) return MakeCodes(diag, index, inherited);
    for (const pugi::xml_node child : children) {
      RETURN_IF_ERROR(ReadCode(child, index, ConceptKind::kSubcategory, inherited));
    }
    return absl::OkStatus();
  }

  // Within a category a code may stand under a sibling's: H54.512A stands under H54.511 in the release of 2021.
  absl::Status CheckCode(pugi::xml_node diag, const std::string& code, uint32_t parent, ConceptKind kind) const {
    const bool shape = model::ReadCode(model::Grammar::kIcd10Cm, code).form == model::CodeForm::kCanonical &&
                       code.size() <= kSevenCharactersAndDot && !absl::StrContains(code, '-');
    if (!shape) {
      return document_.Error(diag, absl::StrCat("name '", base::Excerpt(code),
                                                "' is no code of ICD-10-CM; the file is "
                                                "damaged or of another classification, download it again"));
    }
    const std::string& above = system_.concepts[parent].code;
    const bool place =
        kind == ConceptKind::kCategory
            ? !absl::StrContains(code, '.')
            : code.size() > above.size() && code.substr(0, kCategorySize) == above.substr(0, kCategorySize);
    if (place) return absl::OkStatus();
    return document_.Error(diag, absl::StrCat("name '", code, "' does not belong below ", above,
                                              "; the file is damaged, download it again"));
  }

  absl::Status ReadNotes(pugi::xml_node node, uint32_t index, std::vector<SeventhCharacterException>* exceptions) {
    const NoteElement* element = FindNoteElement(node.name());
    if (element == nullptr) return Unexpected(node);
    for (const pugi::xml_node child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      if (child.name() != absl::string_view("note")) return Unexpected(child);
      std::string text = XmlText(child);
      if (text.empty()) continue;
      if (exceptions != nullptr && element->kind == NoteKind::kGeneral && IsAboutSeventhCharacters(text)) {
        std::optional<SeventhCharacterException> exception = ReadSeventhCharacterException(text);
        if (!exception) {
          return document_.Error(
              child, absl::StrCat("note '", base::Excerpt(text),
                                  "' speaks of 7th characters in words that are not "
                                  "understood; codes that do not exist might be made. Take a newer Nosograph"));
        }
        exceptions->push_back(*std::move(exception));
      }
      system_.concepts[index].notes.push_back({element->kind, std::move(text)});
    }
    return absl::OkStatus();
  }

  absl::Status ReadSeventhCharacters(pugi::xml_node definition, std::vector<SeventhCharacter>& characters) const {
    for (const pugi::xml_node node : definition.children()) {
      if (node.type() != pugi::node_element || node.name() == absl::string_view("note")) continue;  // a gloss
      if (node.name() != absl::string_view("extension")) return Unexpected(node);
      const absl::string_view character = node.attribute("char").value();
      std::string text = XmlText(node);
      const bool valid =
          character.size() == 1 && (absl::ascii_isupper(character[0]) || absl::ascii_isdigit(character[0]));
      if (!valid || text.empty()) {
        return document_.Error(node, absl::StrCat("<extension char=\"", base::Excerpt(character),
                                                  "\"> is no 7th character with its text; the file is damaged, "
                                                  "download it again"));
      }
      characters.push_back({character[0], std::move(text)});
    }
    return absl::OkStatus();
  }

  // A leaf of the file is billable as it stands, or the header of the codes that its 7th characters make.
  absl::Status MakeCodes(pugi::xml_node diag, uint32_t index, const Inherited& inherited) {
    const std::string code = system_.concepts[index].code;
    if (inherited.characters == nullptr || code.size() >= kSevenCharactersAndDot) {
      system_.concepts[index].billable = true;
      return absl::OkStatus();
    }
    const std::string padded = model::PadToSix(code);
    for (const SeventhCharacter& seventh : *inherited.characters) {
      const bool excepted = std::any_of(
          inherited.exceptions.begin(), inherited.exceptions.end(),
          [&](const SeventhCharacterException* exception) { return exception->Excepts(padded, seventh.character); });
      if (excepted) continue;
      const std::string made = absl::StrCat(padded, absl::string_view(&seventh.character, 1));
      std::string title = absl::StrCat(system_.concepts[index].title, ", ", seventh.text);
      RETURN_IF_ERROR(Add(diag, {.code = made,
                                 .kind = ConceptKind::kSubcategory,
                                 .title = std::move(title),
                                 .parent = index,
                                 .billable = true,
                                 .seventh_character = true})
                          .status());
    }
    return absl::OkStatus();
  }

  // The one table of the file, a line a row: cells in order, parted by commas.
  static std::string TableText(pugi::xml_node table) {
    std::vector<std::string> rows;
    for (const pugi::xml_node row : table.children()) {
      std::vector<std::string> cells;
      CollectCells(row, cells);
      if (!cells.empty()) rows.push_back(absl::StrJoin(cells, ", "));
    }
    return absl::StrJoin(rows, "; ");
  }

  static void CollectCells(pugi::xml_node node, std::vector<std::string>& cells) {
    bool leaf = true;
    for (const pugi::xml_node child : node.children()) {
      if (child.type() != pugi::node_element) continue;
      leaf = false;
      CollectCells(child, cells);
    }
    if (std::string text = leaf ? XmlText(node) : std::string(); !text.empty()) cells.push_back(std::move(text));
  }

  const XmlDocument& document_;
  model::CodeSystem& system_;
  const Progress& progress_;
  int chapters_ = 0;
  bool chapters_in_order_ = true;
  absl::flat_hash_map<std::string, ptrdiff_t> lines_;
};

}  // namespace

absl::StatusOr<model::CodeSystem> ImportIcd10CmTabular(const std::string& path, const std::string& version,
                                                       const Progress& progress) {
  if (!model::IsDate(version)) {
    return absl::InvalidArgumentError(absl::StrCat("version '", base::Excerpt(version),
                                                   "' is no date; give the release's first day of validity, such as "
                                                   "2026-04-01"));
  }
  ASSIGN_OR_RETURN(std::string text, base::ReadFile(path, kMaxFileBytes));
  if (progress) progress(absl::StrCat("reading ", path, ", ", text.size(), " bytes"));
  model::CodeSystem system{.url = std::string(model::kIcd10CmUrl), .version = version};
  system.title = "ICD-10-CM";
  system.publisher = "National Center for Health Statistics (NCHS), Centers for Disease Control and Prevention";
  system.copyright = "Work of the United States government; ICD-10 is copyright of the World Health Organization";
  system.source = {SourceName(path), base::Sha256Hex(text)};
  ASSIGN_OR_RETURN(const std::unique_ptr<XmlDocument> document, XmlDocument::Parse(std::move(text), path));
  RETURN_IF_ERROR(TabularReader(*document, system, progress).Read());
  RETURN_IF_ERROR(model::CheckCodeSystem(system));
  return system;
}

}  // namespace nosograph::import
