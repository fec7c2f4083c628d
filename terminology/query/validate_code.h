// Is a code right, and if not, why not, and what would be.
//
// "Right" for a claim means: billable as it stands, in the release and system asked. For terminology alone a header is
// right too. A wrong code is an answer, as is "cannot be told": only then nothing is said about the code.
//
// A validator is made once for many codes. Thread-safe: immutable; refers into the release set: keep it as long.
//
//   CodeValidator validator(set, {.release = {.date = "2026-05-17"}});
//   const Validation validation = validator.Validate("W21.9A");
//   // validation.verdict == Verdict::kInvalid, validation.reason == Reason::kPlaceholderMissing
//   std::vector<ConceptRef> repairs = validator.Repairs(validation, 10);  // W21.9XXA
#ifndef NOSOGRAPH_TERMINOLOGY_QUERY_VALIDATE_CODE_H_
#define NOSOGRAPH_TERMINOLOGY_QUERY_VALIDATE_CODE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "terminology/query/resolve.h"
#include "terminology/query/scope.h"
#include "terminology/snapshot/release_set.h"

namespace nosograph::query {

enum class Verdict { kValid, kInvalid, kUndetermined };

enum class Reason {
  kNone,                     // valid, nothing to say
  kExtensionCode,            // an extension's: valid under its own system or none, not under the published one
  kHeader,                   // there are codes below it that say more
  kSeventhCharacterMissing,  // a header whose codes have a 7th character
  kSeventhCharacterWrong,    // one that is not among those of the code
  kPlaceholderMissing,       // a 7th character that is not in the seventh place
  kRetired,                  // in an older release that is loaded, no longer in this one
  kNotYetValid,              // in a newer release that is loaded, not yet in this one
  kWrongSystem,              // a code of another system that is loaded
  kNotCanonical,             // strict form: another way to write a code
  kMalformed,                // no code has this form
  kUnknownCode,              // formed as a code, but there is none
  kNotLoaded,                // undetermined: the system, or its release of that version or day, is not loaded
  kInactive,                 // no longer to be used, though the code system still has it
  kAbstract,                 // groups other codes and may not be chosen itself
  kParentMissing,            // an extension's code whose published parent is not in the release asked
};

// "VALID", "INVALID", "UNDETERMINED".
absl::string_view VerdictName(Verdict verdict);
// "HEADER", "SEVENTH_CHARACTER_MISSING" ...; empty for kNone.
absl::string_view ReasonName(Reason reason);

enum class Use {
  kClaim,        // must be billable, where the code system knows that; active, and no mere group of others
  kTerminology,  // must be a concept of the code system (FHIR $validate-code)
};

struct ValidateOptions {
  absl::string_view system = {};  // canonical URI; empty for whatever has the code
  snapshot::ReleaseSelector release = {};
  Form form = Form::kLenient;
  Use use = Use::kClaim;
};

struct Validation {
  Verdict verdict = Verdict::kUndetermined;
  Reason reason = Reason::kNotLoaded;
  std::optional<ConceptRef> matched = {};  // the concept with this code, in the release asked
  std::optional<ConceptRef> related = {};  // retired, not yet valid: the concept there; wrong system: that system's;
                                           // 7th character: the code it belongs to
  std::string canonical = {};              // the canonical form; empty when malformed
  std::string beginning = {};              // malformed, but the first characters of codes: in capitals
  bool normalized = false;                 // the code was written in another form
  const Scope* scope = nullptr;            // where it was looked for; of the validator

  bool billable() const { return matched && matched->billable(); }
};

class CodeValidator {
 public:
  // Where the system or release is not loaded, every code is undetermined; `status` says why. Where no system is asked
  // and only some have the release, so are the codes that these do not know.
  CodeValidator(const snapshot::ReleaseSet& set, const ValidateOptions& options);

  CodeValidator(const CodeValidator&) = delete;
  CodeValidator& operator=(const CodeValidator&) = delete;

  const absl::Status& status() const { return status_; }

  Validation Validate(absl::string_view code) const;

  // Codes that are valid and that the code may have been meant for, best first, at most `limit`; empty where the code
  // is valid or none can be told. Worked out on demand, since it costs more than the verdict.
  std::vector<ConceptRef> Repairs(const Validation& validation, size_t limit) const;

  // What is wrong, as a sentence, and what to do; both empty for a valid code about which there is nothing to say.
  struct Explanation {
    std::string message;
    std::string remedy;
  };
  Explanation Explain(absl::string_view code, const Validation& validation) const {
    return Explain(code, validation, Repairs(validation, kRepairsInAMessage));
  }
  // The same for who has the repairs already; of them the first kRepairsInAMessage are named.
  Explanation Explain(absl::string_view code, const Validation& validation, std::vector<ConceptRef> repairs) const;
  static constexpr size_t kRepairsInAMessage = 5;

 private:
  Validation InScope(const Scope& scope, absl::string_view code) const;
  std::optional<Validation> Found(const Scope& scope, absl::string_view code) const;
  Validation Missed(const Scope& scope, std::string canonical) const;
  std::vector<ConceptRef> RepairsOf(const Scope& scope, absl::string_view canonical, size_t limit) const;

  const snapshot::ReleaseSet& set_;
  const bool system_asked_;
  const Form form_;
  const Use use_;
  absl::Status status_;
  std::vector<Scope> scopes_;
};

}  // namespace nosograph::query

#endif  // NOSOGRAPH_TERMINOLOGY_QUERY_VALIDATE_CODE_H_
