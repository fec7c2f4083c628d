package org.nosograph.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.junit.jupiter.api.Test;

/** Answers of the service, one a file in the folder of {@code nosograph.answers}, are resources that HAPI's validator takes. */
class AnswersTest {
  private static FhirValidator validator(FhirContext context) {
    ValidationSupportChain chain =
        new ValidationSupportChain(
            new DefaultProfileValidationSupport(context),
            new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context));
    FhirInstanceValidator instances = new FhirInstanceValidator(chain);
    instances.setAnyExtensionsAllowed(true);
    return context.newValidator().registerValidatorModule(instances);
  }

  /**
   * HL7's terminology tests ask for what HAPI refuses: extensions of R5's elements in R4 by their cross-version addresses,
   * a concept's own extensions where their definitions do not place them or do not know the value, and the system that
   * was asked about though it is relative or no URI. A language that nobody speaks is the request's.
   */
  private static boolean asHl7sTestsHaveIt(String message) {
    return message.startsWith("Extension url 'http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion.")
        || (message.startsWith("The extension http://hl7.org/fhir/StructureDefinition/")
            && message.contains("is not allowed to be used at this point"))
        || (message.startsWith("The Extension 'http://hl7.org/fhir/StructureDefinition/")
            && message.contains("definition allows for the types"))
        || message.startsWith("Unknown code 'http://terminology.hl7.org/CodeSystem/standards-status#")
        || message.contains("was not found in the value set 'StandardsStatus'")
        || message.startsWith("URI values cannot have whitespace")
        || message.startsWith("Canonical URLs must be absolute URLs")
        || message.endsWith("is not in valueset: http://hl7.org/fhir/ValueSet/languages");
  }

  private static List<String> errors(FhirValidator validator, Path file) throws IOException {
    List<String> errors = new ArrayList<>();
    for (SingleValidationMessage message : validator.validateWithResult(Files.readString(file)).getMessages()) {
      if (message.getSeverity().ordinal() < ResultSeverityEnum.ERROR.ordinal()) continue;
      if (asHl7sTestsHaveIt(message.getMessage())) continue;
      errors.add(file.getFileName() + ": " + message.getLocationString() + ": " + message.getMessage());
    }
    return errors;
  }

  private static List<Path> answers(String base) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("nosograph.answers"), base))) {
      return files.sorted().toList();
    }
  }

  private static void areValid(FhirContext context, String base) throws IOException {
    FhirValidator validator = validator(context);
    List<String> errors = new ArrayList<>();
    List<Path> answers = answers(base);
    for (Path file : answers) errors.addAll(errors(validator, file));
    assertTrue(answers.size() >= 250, () -> base + ": " + answers.size());
    assertEquals("", String.join("\n", errors));
  }

  @Test
  void ofR4() throws IOException {
    areValid(FhirContext.forR4Cached(), "r4");
  }

  @Test
  void ofR5() throws IOException {
    areValid(FhirContext.forR5Cached(), "r5");
  }
}
