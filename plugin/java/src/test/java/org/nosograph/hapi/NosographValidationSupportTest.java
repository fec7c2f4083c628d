package org.nosograph.hapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.ConceptValidationOptions;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport.IssueSeverity;
import ca.uhn.fhir.context.support.LookupCodeRequest;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationResult;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nosograph.Answer;
import org.nosograph.NosographException;
import org.nosograph.Outcome;
import org.nosograph.Request;
import org.nosograph.Terminology;

/**
 * HAPI's FhirValidator over the C library, without a network, on R4 and R5. The data folder of the system property
 * {@code nosograph.data} holds the starter excerpt as the whole of ICD-10-CM, and the dermatology extension.
 */
class NosographValidationSupportTest {
  private static final String ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm";

  private static String data;
  private static Terminology terminology;

  @BeforeAll
  static void open() {
    data = System.getProperty("nosograph.data", "");
    Assumptions.assumeTrue(!data.isEmpty() && Files.isDirectory(Path.of(data)), "no data folder in nosograph.data");
    terminology = Terminology.open("snapshot:" + data);
  }

  @AfterAll
  static void close() {
    if (terminology != null) {
      terminology.close();
    }
  }

  static FhirValidator validator(FhirContext context, Terminology over) {
    ValidationSupportChain chain =
        new ValidationSupportChain(
            new NosographValidationSupport(context, over),
            new DefaultProfileValidationSupport(context),
            new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context));
    return context.newValidator().registerValidatorModule(new FhirInstanceValidator(chain));
  }

  private static String condition(String system, String code, String display) {
    return """
        {"resourceType": "Condition", "subject": {"reference": "Patient/1"},
         "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
         "code": {"coding": [{"system": "%s", "code": "%s"%s}]}}"""
        .formatted(system, code, display.isEmpty() ? "" : ", \"display\": \"" + display + "\"");
  }

  /** The messages of one severity about the code. */
  private static List<String> said(ValidationResult result, ResultSeverityEnum severity) {
    return result.getMessages().stream()
        .filter(message -> message.getSeverity() == severity)
        .filter(message -> message.getLocationString() != null && message.getLocationString().contains("code"))
        .map(SingleValidationMessage::getMessage)
        .toList();
  }

  private static void validates(FhirContext context) {
    FhirValidator validator = validator(context, terminology);
    ValidationResult right = validator.validateWithResult(condition(ICD10CM, "L94.2", "Calcinosis cutis"));
    assertTrue(right.isSuccessful(), () -> right.getMessages().toString());
    assertEquals(List.of(), said(right, ResultSeverityEnum.WARNING));

    ValidationResult header = validator.validateWithResult(condition(ICD10CM, "L94", ""));
    assertTrue(header.isSuccessful(), "a header is a code of its code system");

    for (String wrong : List.of("L94.29", "l94.2", "banana", "L94.21")) {
      ValidationResult result = validator.validateWithResult(condition(ICD10CM, wrong, ""));
      assertFalse(result.isSuccessful(), () -> wrong + " passes: " + result.getMessages());
      assertTrue(
          said(result, ResultSeverityEnum.ERROR).stream().anyMatch(message -> message.contains(wrong)),
          () -> result.getMessages().toString());
    }

    String dermatology = "https://nosograph.example/fhir/CodeSystem/dermatology";
    assertTrue(validator.validateWithResult(condition(dermatology, "L94.21", "")).isSuccessful());

    ValidationResult elsewhere = validator.validateWithResult(condition("http://example.org/own", "x", ""));
    assertTrue(elsewhere.isSuccessful(), "a code system that is not loaded is not ours to judge");
  }

  @Test
  void validatesR4() {
    validates(FhirContext.forR4Cached());
  }

  @Test
  void validatesR5() {
    validates(FhirContext.forR5Cached());
  }

  @Test
  void anOutageIsNoWrongCode() throws IOException {
    int unused;
    try (ServerSocket socket = new ServerSocket(0)) {
      unused = socket.getLocalPort();
    }
    FhirContext context = FhirContext.forR4Cached();
    try (Terminology gone = Terminology.open("grpc://127.0.0.1:" + unused + "?deadline_ms=300");
        Terminology withFallback =
            Terminology.open("grpc://127.0.0.1:" + unused + "?deadline_ms=300&fallback=" + data)) {
      assertEquals(Outcome.UNDETERMINED, gone.validateCode("banana", Request.DEFAULT).outcome());
      ValidationResult result = validator(context, gone).validateWithResult(condition(ICD10CM, "banana", ""));
      assertTrue(result.isSuccessful(), () -> result.getMessages().toString());
      assertTrue(
          said(result, ResultSeverityEnum.WARNING).stream().anyMatch(message -> message.contains(ICD10CM)),
          () -> result.getMessages().toString());

      Answer stale = withFallback.validateCode("L94.2", Request.DEFAULT);
      assertEquals(Outcome.VALID, stale.outcome());
      assertTrue(stale.stale());
      assertFalse(
          validator(context, withFallback).validateWithResult(condition(ICD10CM, "banana", "")).isSuccessful(),
          "the fallback knows");
    }
  }

  @Test
  void looksUp() {
    FhirContext context = FhirContext.forR4Cached();
    NosographValidationSupport support = new NosographValidationSupport(context, terminology);
    ValidationSupportContext root = new ValidationSupportContext(support);
    var found = support.lookupCode(root, new LookupCodeRequest(ICD10CM, "L94.2"));
    assertTrue(found.isFound());
    assertEquals("Calcinosis cutis", found.getCodeDisplay());
    assertEquals("2026-04-01", found.getCodeSystemVersion());
    assertFalse(support.lookupCode(root, new LookupCodeRequest(ICD10CM, "banana")).isFound());
    assertNull(support.lookupCode(root, new LookupCodeRequest("http://loinc.org", "1-8")));
    assertTrue(support.isValueSetSupported(root, ICD10CM + "?fhir_vs"));
    assertFalse(support.isValueSetSupported(root, "http://example.org/ValueSet/some"));
  }

  @Test
  void whatAServiceCannotTellIsAWarning() {
    NosographValidationSupport support = new NosographValidationSupport(FhirContext.forR4Cached(), terminology);
    ValidationSupportContext root = new ValidationSupportContext(support);
    ConceptValidationOptions options = new ConceptValidationOptions();
    var untold = support.validateCode(root, options, ICD10CM + "|1999-01-01", "L94.2", "", null);
    assertNull(untold, "a release that is not loaded is left to others");
    var wrong = support.validateCode(root, options, ICD10CM, "L94.29", "", null);
    assertFalse(wrong.isOk());
    assertEquals(IssueSeverity.ERROR, wrong.getSeverity());
    assertTrue(wrong.getMessage().contains("L94.2 "), wrong.getMessage());
  }

  /** HAPI 8.8.1 itself drops warnings of codes that are right. */
  @Test
  void aWrongDisplayIsAWarning() {
    NosographValidationSupport support = new NosographValidationSupport(FhirContext.forR4Cached(), terminology);
    ValidationSupportContext root = new ValidationSupportContext(support);
    ConceptValidationOptions options = new ConceptValidationOptions().setValidateDisplay(true);
    var other = support.validateCode(root, options, ICD10CM, "L94.2", "Something else", null);
    assertTrue(other.isOk());
    assertEquals(IssueSeverity.WARNING, other.getSeverity());
    assertTrue(other.getMessage().contains("'Calcinosis cutis'"), other.getMessage());
    assertNull(support.validateCode(root, options, ICD10CM, "L94.2", "calcinosis cutis", null).getSeverity());
  }

  @Test
  void whatCannotBeOpenedSaysWhy() {
    NosographException error =
        assertThrows(NosographException.class, () -> Terminology.open("snapshot:/no/such/folder"));
    assertEquals("NOT_FOUND", error.status());
    assertTrue(error.getMessage().contains("/no/such/folder"));
    Answer answer = terminology.lookup("L".repeat(65), Request.DEFAULT);
    assertEquals("INVALID_ARGUMENT", answer.status());
    assertEquals("subsumes", terminology.subsumes("L94", "L94.21", Request.DEFAULT).name());
    assertEquals(
        List.of("L94", "L80-L99", "chapter-12"), terminology.lookup("L94.2", Request.DEFAULT).ancestors());
    Terminology closed = Terminology.open("snapshot:" + data);
    closed.close();
    closed.close();
    assertEquals("FAILED_PRECONDITION", closed.lookup("L94.2", Request.DEFAULT).status());
    assertEquals(Outcome.UNDETERMINED, answer.outcome());
  }
}
