package org.nosograph.hapi;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.ConceptValidationOptions;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.LookupCodeRequest;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.nosograph.Answer;
import org.nosograph.Concept;
import org.nosograph.Outcome;
import org.nosograph.Request;
import org.nosograph.Terminology;

/**
 * HAPI's validator checks ICD codes with it, offline: a link of a {@code ValidationSupportChain}.
 *
 * <pre>{@code
 * Terminology terminology = Terminology.open("snapshot:/var/lib/nosograph");
 * ValidationSupportChain chain = new ValidationSupportChain(
 *     new NosographValidationSupport(context, terminology), new DefaultProfileValidationSupport(context), ...);
 * }</pre>
 *
 * <p>A wrong code is an error with what to use instead; what cannot be told, because a service does not answer, is a warning
 * and never an error. Code systems that are not loaded are left to the links behind it. Value sets are theirs too, but for
 * "all codes of a code system". Thread-safe. Does not close the terminology.
 */
public final class NosographValidationSupport implements IValidationSupport {
  private static final String ALL_CODES = "?fhir_vs";

  private final FhirContext context;
  private final Terminology terminology;
  // A FHIR code is written as its code system writes it, and may be a header.
  private final Request terminologyUse = Request.DEFAULT.withClaim(false).withStrict(true);
  private final Set<String> supported = ConcurrentHashMap.newKeySet();

  public NosographValidationSupport(FhirContext context, Terminology terminology) {
    this.context = context;
    this.terminology = terminology;
  }

  @Override
  public FhirContext getFhirContext() {
    return context;
  }

  @Override
  public String getName() {
    return context.getVersion().getVersion() + " Nosograph";
  }

  /** Whether a release of it is loaded; while a service does not answer, whether one was before. */
  @Override
  public boolean isCodeSystemSupported(ValidationSupportContext root, String system) {
    if (system == null || system.isBlank()) {
      return false;
    }
    Answer answer = terminology.lookup("", terminologyUse.withSystem(system));
    if (answer.isOk()) {
      supported.add(system);
    } else if (answer.status().equals("NOT_FOUND")) {
      supported.remove(system);
    }
    return supported.contains(system);
  }

  @Override
  public boolean isValueSetSupported(ValidationSupportContext root, String valueSetUrl) {
    return valueSetUrl != null
        && valueSetUrl.endsWith(ALL_CODES)
        && isCodeSystemSupported(root, systemOf(valueSetUrl));
  }

  @Override
  public CodeValidationResult validateCode(
      ValidationSupportContext root,
      ConceptValidationOptions options,
      String system,
      String code,
      String display,
      String valueSetUrl) {
    String asked = system;
    if (valueSetUrl != null && !valueSetUrl.isEmpty()) {
      if (!isValueSetSupported(root, valueSetUrl)) {
        return null;
      }
      if (asked == null || asked.isBlank()) {
        asked = systemOf(valueSetUrl);
      } else if (!asked.equals(systemOf(valueSetUrl))) {
        return error("The code system " + asked + " is not that of the value set " + valueSetUrl);
      }
    }
    if (code == null || !isCodeSystemSupported(root, asked)) {
      return null;
    }
    Answer answer = terminology.validateCode(code, terminologyUse.withSystem(asked));
    if (!answer.isOk() || answer.outcome() == Outcome.UNDETERMINED) {
      return refusal(
          IssueSeverity.WARNING,
          "Whether " + code + " is a code of " + asked + " cannot be told: " + answer.message(),
          CodeValidationIssueCode.NOT_FOUND,
          CodeValidationIssueCoding.NOT_FOUND);
    }
    if (answer.outcome() == Outcome.INVALID) {
      return error(sentence(answer));
    }
    Concept concept = answer.matched().orElseThrow();
    CodeValidationResult result =
        new CodeValidationResult()
            .setCode(concept.code())
            .setDisplay(concept.display())
            .setCodeSystemName(answer.systemTitle())
            .setCodeSystemVersion(answer.version());
    if (options != null && options.isValidateDisplay() && isOther(display, concept, asked)) {
      String message = "The display of " + code + " is '" + concept.display() + "', not '" + display + "'";
      result
          .setSeverity(IssueSeverity.WARNING)
          .setMessage(message)
          .addIssue(
              new CodeValidationIssue(
                  message,
                  IssueSeverity.WARNING,
                  CodeValidationIssueCode.INVALID,
                  CodeValidationIssueCoding.INVALID_DISPLAY));
    }
    return result;
  }

  @Override
  public LookupCodeResult lookupCode(ValidationSupportContext root, LookupCodeRequest request) {
    if (!isCodeSystemSupported(root, request.getSystem())) {
      return null;
    }
    Answer answer = terminology.lookup(request.getCode(), Request.DEFAULT.withSystem(request.getSystem()));
    LookupCodeResult result = LookupCodeResult.notFound(request.getSystem(), request.getCode());
    if (answer.matched().isEmpty()) {
      result.setErrorMessage(answer.message());
      return result;
    }
    result.setFound(true);
    result.setCodeDisplay(answer.matched().get().display());
    result.setCodeSystemDisplayName(answer.systemTitle());
    result.setCodeSystemVersion(answer.version());
    result.setCodeIsAbstract(answer.isAbstract());
    return result;
  }

  private boolean isOther(String display, Concept concept, String system) {
    if (display == null || display.isBlank() || display.strip().equalsIgnoreCase(concept.display())) {
      return false;
    }
    return terminology.lookup(concept.code(), Request.DEFAULT.withSystem(system)).designations().stream()
        .noneMatch(designation -> designation.equalsIgnoreCase(display.strip()));
  }

  private static String systemOf(String valueSetUrl) {
    return valueSetUrl.endsWith(ALL_CODES)
        ? valueSetUrl.substring(0, valueSetUrl.length() - ALL_CODES.length())
        : valueSetUrl;
  }

  private static String sentence(Answer answer) {
    return answer.remedy().isEmpty() ? answer.message() : answer.message() + "; " + answer.remedy();
  }

  private static CodeValidationResult error(String message) {
    return refusal(
        IssueSeverity.ERROR,
        message,
        CodeValidationIssueCode.CODE_INVALID,
        CodeValidationIssueCoding.INVALID_CODE);
  }

  /** HAPI's validator shows the issues alone, other users the message. */
  private static CodeValidationResult refusal(
      IssueSeverity severity, String message, CodeValidationIssueCode code, CodeValidationIssueCoding coding) {
    return new CodeValidationResult()
        .setSeverity(severity)
        .setMessage(message)
        .addIssue(new CodeValidationIssue(message, severity, code, coding));
  }
}
