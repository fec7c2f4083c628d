#include "terminology/operations/messages.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace nosograph::operations {
namespace {

struct Entry {
  absl::string_view id;
  absl::string_view text;
};

constexpr Entry kMessages[] = {
    // Of codes.
    {"Unknown_Code_in_Version", "Unknown code '{0}' in the CodeSystem '{1}' version '{2}'"},
    {"Unknown_Code_in", "Unknown code '{0}' in the CodeSystem '{1}'"},
    {"UNKNOWN_CODE_IN_FRAGMENT",
     "Unknown Code '{0}' in the CodeSystem '{1}' version '{2}' - note that the code system is labeled as a fragment, "
     "so "
     "the code may be valid in some other fragment"},
    {"CODE_CASE_DIFFERENCE",
     "The code '{0}' differs from the correct code '{1}' by case. Although the code system '{2}' is case insensitive, "
     "implementers are strongly encouraged to use the correct case anyway"},
    {"INACTIVE_CONCEPT_FOUND", "The concept '{0}' has a status of {1} and its use should be reviewed"},
    {"DEPRECATED_CONCEPT_FOUND", "The concept '{0}' is deprecated and its use should be reviewed"},
    {"STATUS_CODE_WARNING_CODE", "The concept '{0}' is valid but is not active"},
    {"ABSTRACT_CODE_NOT_ALLOWED", "Code '{0}#{1}' is abstract, and not allowed in this context"},
    {"CONCEPT_DEPRECATED_IN_VALUESET",
     "The presence of the concept '{0}' in the system '{1}' in the value set {2} is marked with a status of deprecated "
     "and its use should be reviewed"},
    {"None_of_the_provided_codes_are_in_the_value_set_one",
     "The provided code '{0}' was not found in the value set '{1}'"},
    {"TX_GENERAL_CC_ERROR_MESSAGE", "No valid coding was found for the value set '{0}'"},
    {"UNABLE_TO_INFER_CODESYSTEM", "The System URI could not be determined for the code '{0}' in the ValueSet '{1}'"},
    {"Unable_to_resolve_system__value_set_has_multiple_matches",
     "The System URI could not be determined for the code '{0}' in the ValueSet '{1}': value set expansion has "
     "multiple "
     "matches: [{2}]"},
    // Of displays.
    {"Display_Name_for__should_be_one_of__instead_of",
     "Wrong Display Name '{0}' for {1}. Valid display is {2} (for the language(s) '{3}')"},
    {"Display_Name_WS_for__should_be_one_of__instead_of",
     "Wrong whitespace in Display Name '{0}' for {1}. Valid display is {2} (for the language(s) '{3}')"},
    {"NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_OK",
     "There are no valid display names found for the code {0} for language(s) '{1}'. The display is '{2}' which is a "
     "valid display for the default language"},
    {"NO_VALID_DISPLAY_FOUND_NONE_FOR_LANG_ERR",
     "Wrong Display Name '{0}' for {1}. There are no valid display names found for language(s) '{2}'. Default display "
     "is "
     "'{3}'"},
    {"INACTIVE_DISPLAY_FOUND",
     "'{0}' is no longer considered a correct display for code '{1}' (status = {2}). The correct display is {3}"},
    {"INVALID_DISPLAY_NAME", "Invalid displayLanguage: '{0}'"},
    // Of code systems.
    {"UNKNOWN_CODESYSTEM", "A definition for CodeSystem '{0}' could not be found, so the code cannot be validated"},
    {"UNKNOWN_CODESYSTEM_VERSION",
     "A definition for CodeSystem '{0}' version '{1}' could not be found, so the code cannot be validated. Valid "
     "versions: {2}"},
    {"UNKNOWN_CODESYSTEM_VERSION_NONE",
     "A definition for CodeSystem '{0}' version '{1}' could not be found, so the code cannot be validated. No versions "
     "of "
     "this code system are known"},
    {"UNKNOWN_CODESYSTEM_EXP",
     "A definition for CodeSystem '{0}' could not be found, so the value set cannot be expanded{2}"},
    {"UNKNOWN_CODESYSTEM_VERSION_EXP",
     "A definition for CodeSystem '{0}' version '{1}' could not be found, so the value set cannot be expanded{2}"},
    {"CODESYSTEM_CS_NO_SUPPLEMENT", "CodeSystem {0} is a supplement, so can't be used as a value in Coding.system"},
    {"Terminology_TX_System_Relative", "Coding.system must be an absolute reference, not a local reference"},
    {"Terminology_TX_System_ValueSet2", "The Coding references a value set, not a code system ('{0}')"},
    {"Coding_has_no_system__cannot_validate",
     "Coding has no system. A code with no system has no defined meaning, and it cannot be validated. A system should "
     "be "
     "provided"},
    // Of versions.
    {"VALUESET_VERSION_CHECK",
     "The version '{0}' is not allowed for system '{1}': required to be '{2}' by a version-check parameter"},
    {"VALUESET_VALUE_MISMATCH",
     "The code system '{0}' version '{1}' in the ValueSet include is different to the one in the value ('{2}')"},
    {"VALUESET_VALUE_MISMATCH_DEFAULT",
     "The code system '{0}' version '{1}' for the versionless include in the ValueSet include is different to the one "
     "in "
     "the value ('{2}')"},
    {"VALUESET_VALUE_MISMATCH_CHANGED",
     "The code system '{0}' version '{1}' resulting from the version '{3}' in the ValueSet include is different to the "
     "one "
     "in the value ('{2}')"},
    // Of value sets.
    {"Unable_to_resolve_value_Set_", "A definition for the value Set '{0}' could not be found"},
    {"VS_EXP_IMPORT_UNK_PINNED", "Unable to find included value set '{0}' version '{1}'"},
    {"VALUESET_SUPPLEMENT_MISSING", "Required supplement not found: {0}"},
    {"VALUESET_CIRCULAR_REFERENCE", "Found a circularity pointing to {0} processing ValueSet with pathway [{1}]"},
    {"VALUESET_TOO_COSTLY", "The value set '{0}' expansion has too many codes to produce (>{1})"},
    {"UNABLE_TO_HANDLE_SYSTEM_FILTER_WITH_NO_VALUE",
     "The system {0} filter with property = {1}, op = {2} has no value"},
    // Of what asks for care.
    {"MSG_DEPRECATED", "Reference to deprecated {0} {1}"},
    {"MSG_WITHDRAWN", "Reference to withdrawn {0} {1}"},
    {"MSG_RETIRED", "Reference to retired {0} {1}"},
    {"MSG_EXPERIMENTAL", "Reference to experimental {0} {1}"},
    {"MSG_DRAFT", "Reference to draft {0} {1}"},
};

const Entry* Find(absl::string_view id) {
  const auto found =
      std::find_if(std::begin(kMessages), std::end(kMessages), [&](const Entry& entry) { return entry.id == id; });
  return found == std::end(kMessages) ? nullptr : found;
}

}  // namespace

bool HasMessage(absl::string_view id) { return Find(id) != nullptr; }

std::string Message(absl::string_view id, std::initializer_list<absl::string_view> arguments) {
  const Entry* const entry = Find(id);
  if (entry == nullptr) return std::string(id);
  std::string message;
  absl::string_view rest = entry->text;
  for (size_t at = rest.find('{'); at != absl::string_view::npos; at = rest.find('{')) {
    message.append(rest.data(), at);
    const size_t number = static_cast<size_t>(rest[at + 1] - '0');
    if (number < arguments.size()) message.append(arguments.begin()[number].data(), arguments.begin()[number].size());
    rest.remove_prefix(at + 3);  // "{0}"
  }
  message.append(rest.data(), rest.size());
  return message;
}

std::string OneOf(std::vector<std::string> choices) {
  if (choices.empty()) return {};
  const std::string last = std::move(choices.back());
  choices.pop_back();
  return choices.empty() ? last : absl::StrCat(absl::StrJoin(choices, ", "), " or ", last);
}

}  // namespace nosograph::operations
