// In which languages displays are wanted: a weighted list as in Accept-Language (RFC 9110, 12.5.4), which FHIR's
// displayLanguage takes too.
//
// Immutable once read. Thread-safe.
//
//   ASSIGN_OR_RETURN(const DisplayLanguages languages, DisplayLanguages::Read("de, en; q=0.5"));
//   if (languages.Wants("de-CH")) ...
#ifndef NOSOGRAPH_TERMINOLOGY_OPERATIONS_DISPLAY_LANGUAGES_H_
#define NOSOGRAPH_TERMINOLOGY_OPERATIONS_DISPLAY_LANGUAGES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "terminology/fhir/parameters.h"
#include "terminology/operations/value_set_definition.h"
#include "terminology/query/concept_ref.h"

namespace nosograph::operations {

// The parameter that says them, and that which the header of the request is handed on in.
inline constexpr char kDisplayLanguage[] = "displayLanguage";
inline constexpr char kAcceptLanguage[] = "Accept-Language";

class DisplayLanguages {
 public:
  // None: whatever there is.
  DisplayLanguages() = default;

  // Errors: InvalidArgument, told as FHIR does, for what is no list of languages.
  static absl::StatusOr<DisplayLanguages> Read(absl::string_view text);
  // What the request says, by parameter, else by header. Errors: the same.
  static absl::StatusOr<DisplayLanguages> Read(const fhir::Parameters& parameters);

  // What counts where no parameter says: what the composition says, else the header of the request, else the value
  // set's own. Errors: the same.
  static absl::StatusOr<DisplayLanguages> ReadUsual(const fhir::Parameters& parameters,
                                                    const ValueSetDefinition& about);

  bool empty() const { return tags_.empty(); }
  // As it was read, in one way of writing: "de,en"; with weights "de, *; q=0".
  const std::string& text() const { return text_; }
  // Whether others are ruled out ("*; q=0").
  bool only() const { return only_; }
  // Whether a language is among them, also as a part of one: "de-CH" where "de" is wanted; each is where "*" is.
  bool Wants(absl::string_view language) const;
  // Whether one of them is a part of it: "de" where "de-CH" is wanted, which is second best (RFC 4647, 3.4).
  bool WantsBroadly(absl::string_view language) const;

  // The name of a concept in the first of the languages that it has one in; its own title where it has none in any, or
  // nothing at all where others are ruled out. Refers into the set.
  absl::string_view DisplayOf(const snapshot::ReleaseSet& set, const query::ConceptRef& item) const;

 private:
  std::vector<std::string> tags_;  // the most wanted first
  std::string text_;
  bool only_ = false;
  bool any_ = false;                  // "*" is one of them, after those that are named
  std::vector<std::string> refused_;  // of weight 0: "*" does not mean them
};

}  // namespace nosograph::operations

#endif  // NOSOGRAPH_TERMINOLOGY_OPERATIONS_DISPLAY_LANGUAGES_H_
