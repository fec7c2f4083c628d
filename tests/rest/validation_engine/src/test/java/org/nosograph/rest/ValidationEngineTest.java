package org.nosograph.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r5.elementmodel.Manager.FhirFormat;
import org.hl7.fhir.r5.formats.JsonParser;
import org.hl7.fhir.r5.model.Bundle;
import org.hl7.fhir.r5.model.OperationOutcome;
import org.hl7.fhir.utilities.FhirPublication;
import org.hl7.fhir.utilities.http.ManagedWebAccess;
import org.hl7.fhir.validation.ValidationEngine;
import org.junit.jupiter.api.Test;

/**
 * HL7's validator with a service of Nosograph as its terminology server, at the address of the system property {@code
 * nosograph.rest}: the whole ICD-10-CM of 2021-01-01 and 2026-04-01, the latter active, and the dermatology extension.
 */
class ValidationEngineTest {
  private static final String ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm";
  private static final String DERMATOLOGY = "https://nosograph.example/fhir/CodeSystem/dermatology";
  private static final String REST = System.getProperty("nosograph.rest");

  private static ValidationEngine engine(String core, FhirPublication version, String base) throws Exception {
    ManagedWebAccess.loadFromFHIRSettings();
    Path cache = Files.createTempDirectory("terminology-cache");
    return new ValidationEngine.ValidationEngineBuilder()
        .withVersion(version.toCode())
        .withTerminologyCachePath(cache.toString())
        .withThoVersion("5.1.0")
        .withExtensionsVersion("1.0.0")
        .withTxServer(REST + base, cache.resolve("log.txt").toString(), version, true)
        .fromSource(core);
  }

  private static String condition(String coding) {
    return """
        {"resourceType": "Condition", "subject": {"reference": "Patient/1"},
         "text": {"status": "generated", "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>"},
         "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
         "code": {"coding": [%s]}}"""
        .formatted(coding);
  }

  private static String coding(String system, String code) {
    return "{\"system\": \"%s\", \"code\": \"%s\"}".formatted(system, code);
  }

  private static List<String> errors(ValidationEngine engine, String resource) throws Exception {
    OperationOutcome outcome =
        engine.validate(FhirFormat.JSON, new ByteArrayInputStream(resource.getBytes(StandardCharsets.UTF_8)), List.of());
    List<String> errors = new ArrayList<>();
    for (OperationOutcome.OperationOutcomeIssueComponent issue : outcome.getIssue()) {
      if (issue.getSeverity() == OperationOutcome.IssueSeverity.ERROR || issue.getSeverity() == OperationOutcome.IssueSeverity.FATAL) {
        // There is no patient here.
        if (!issue.getDetails().getText().contains("'Patient/1'")) errors.add(issue.getDetails().getText());
      }
    }
    return errors;
  }

  private static String get(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(REST + path)).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static void judges(ValidationEngine engine, String base, String conditionType) throws Exception {
    // A right one; a header is a code; a 7th character; an extension's beside the published one.
    for (String right :
        List.of(coding(ICD10CM, "L94.2"), coding(ICD10CM, "L94"), coding(ICD10CM, "S72.001A"), coding(DERMATOLOGY, "L94.21"),
            coding(ICD10CM, "L94.2") + ", " + coding(DERMATOLOGY, "L94.21"))) {
      assertEquals(List.of(), errors(engine, condition(right)), right);
    }
    // What is none; an extension's code under what it extends; one that is retired; the system mixed up.
    for (String wrong : List.of("L94.29", "L94.21", "banana", "O35.0XX0")) {
      List<String> errors = errors(engine, condition(coding(ICD10CM, wrong)));
      assertTrue(errors.stream().anyMatch(text -> text.contains("Unknown code '" + wrong + "'")), () -> wrong + ": " + errors);
    }
    List<String> display =
        errors(engine, condition("{\"system\": \"%s\", \"code\": \"L94.2\", \"display\": \"Gout\"}".formatted(ICD10CM)));
    assertTrue(display.stream().anyMatch(text -> text.contains("Wrong Display Name 'Gout'")), display::toString);
    // What is served is valid, its extensions being those that it defines itself.
    Bundle defined = (Bundle) new JsonParser().parse(get(base + "/StructureDefinition"));
    for (Bundle.BundleEntryComponent entry : defined.getEntry()) engine.seeResource(entry.getResource());
    engine.prepare();
    for (String path :
        List.of("/Condition/$draft?code=L94.21&subject=Patient/1", "/" + conditionType + "/dermatology-1.0.0-L94.21",
            "/StructureDefinition/condition-statement", "/StructureDefinition/condition-source")) {
      assertEquals(List.of(), errors(engine, get(base + path)), path);
    }
  }

  @Test
  void judgesInR4() throws Exception {
    judges(engine("hl7.fhir.r4.core#4.0.1", FhirPublication.R4, "/r4"), "/r4", "Basic");
  }

  @Test
  void judgesInR5() throws Exception {
    judges(engine("hl7.fhir.r5.core#5.0.0", FhirPublication.R5, "/r5"), "/r5", "ConditionDefinition");
  }
}
