package org.nosograph.rest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.util.BundleUtil;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import ca.uhn.fhir.validation.ValidationResult;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.RemoteTerminologyServiceValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.TerminologyCapabilities;
import org.hl7.fhir.r4.model.UriType;
import org.hl7.fhir.r4.model.ValueSet;
import org.junit.jupiter.api.Test;

/**
 * HAPI with a service of Nosograph as terminology server, at the address of the system property {@code nosograph.rest}:
 * the whole ICD-10-CM of 2021-01-01 and 2026-04-01, the latter active, and the dermatology extension.
 */
class HapiTest {
  private static final String ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm";
  private static final String DERMATOLOGY = "https://nosograph.example/fhir/CodeSystem/dermatology";
  private static final String REST = System.getProperty("nosograph.rest");
  private static final FhirContext R4 = FhirContext.forR4Cached();

  private static FhirValidator validator(FhirContext context, String base) {
    ValidationSupportChain chain =
        new ValidationSupportChain(
            new DefaultProfileValidationSupport(context),
            new RemoteTerminologyServiceValidationSupport(context, base),
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

  private static List<String> errors(ValidationResult result) {
    return result.getMessages().stream()
        .filter(message -> message.getSeverity().ordinal() >= ResultSeverityEnum.ERROR.ordinal())
        .map(SingleValidationMessage::getMessage)
        .toList();
  }

  @Test
  void validatesConditions() {
    FhirValidator validator = validator(R4, REST + "/r4");
    for (String[] right :
        new String[][] {{ICD10CM, "L94.2", "Calcinosis cutis"}, {ICD10CM, "L94.2", ""}, {ICD10CM, "L94", ""},
                        {ICD10CM, "S72.001A", ""}, {DERMATOLOGY, "L94.21", ""}}) {
      ValidationResult result = validator.validateWithResult(condition(right[0], right[1], right[2]));
      assertEquals(List.of(), errors(result), right[1]);
    }
    // Wrong; an extension's code under what it extends; another way to write a code; one that is retired.
    for (String wrong : List.of("L94.29", "L94.21", "l94.2", "banana", "O35.0XX0")) {
      List<String> errors = errors(validator.validateWithResult(condition(ICD10CM, wrong, "")));
      assertTrue(errors.stream().anyMatch(message -> message.contains(wrong)), () -> wrong + ": " + errors);
    }
    assertFalse(validator.validateWithResult(condition(ICD10CM, "L94.2", "Gout")).isSuccessful(), "a wrong display");
  }

  @Test
  void anOutageIsNoWrongCode() throws IOException {
    int unused;
    try (ServerSocket socket = new ServerSocket(0)) {
      unused = socket.getLocalPort();
    }
    RemoteTerminologyServiceValidationSupport gone =
        new RemoteTerminologyServiceValidationSupport(R4, "http://127.0.0.1:" + unused + "/r4");
    assertThrows(Exception.class, () -> gone.isCodeSystemSupported(null, ICD10CM));
  }

  private static IGenericClient client() {
    R4.getRestfulClientFactory().setServerValidationMode(ServerValidationModeEnum.ONCE);
    return R4.newRestfulGenericClient(REST + "/r4");
  }

  private static boolean result(Parameters answer) {
    return ((BooleanType) answer.getParameter("result").getValue()).booleanValue();
  }

  @Test
  void asksEveryOperation() {
    IGenericClient client = client();
    CapabilityStatement statement = client.capabilities().ofType(CapabilityStatement.class).execute();
    assertEquals("4.0.1", statement.getFhirVersion().toCode());
    TerminologyCapabilities terminology =
        client.fetchResourceFromUrl(TerminologyCapabilities.class, REST + "/r4/metadata?mode=terminology");
    assertTrue(terminology.getCodeSystem().stream().anyMatch(system -> ICD10CM.equals(system.getUri())));

    Bundle found =
        client.search().forResource(CodeSystem.class).where(CodeSystem.URL.matches().value(ICD10CM))
            .returnBundle(Bundle.class).execute();
    CodeSystem first = (CodeSystem) found.getEntryFirstRep().getResource();
    assertEquals("2026-04-01", first.getVersion());
    assertEquals(
        first.getUrl(), client.read().resource(CodeSystem.class).withId(first.getIdElement().getIdPart()).execute().getUrl());
    assertThrows(ResourceNotFoundException.class, () -> client.read().resource(CodeSystem.class).withId("none").execute());

    Parameters lookup =
        client.operation().onType(CodeSystem.class).named("$lookup")
            .withParameter(Parameters.class, "system", new UriType(ICD10CM)).andParameter("code", new CodeType("L94.2"))
            .execute();
    assertEquals("Calcinosis cutis", lookup.getParameter("display").getValue().primitiveValue());

    Parameters validated =
        client.operation().onType(CodeSystem.class).named("$validate-code")
            .withParameter(
                Parameters.class, "codeableConcept",
                new CodeableConcept().addCoding(new Coding(ICD10CM, "L94.29", null)).addCoding(new Coding(DERMATOLOGY, "L94.21", null)))
            .execute();
    assertTrue(result(validated));

    Parameters subsumes =
        client.operation().onType(CodeSystem.class).named("$subsumes")
            .withParameter(Parameters.class, "system", new UriType(ICD10CM)).andParameter("codeA", new CodeType("L94"))
            .andParameter("codeB", new CodeType("L94.2")).useHttpGet().execute();
    assertEquals("subsumes", subsumes.getParameter("outcome").getValue().primitiveValue());

    ValueSet expansion =
        client.operation().onType(ValueSet.class).named("$expand")
            .withParameter(Parameters.class, "url", new UriType(ICD10CM + "?fhir_vs")).andParameter("filter", new StringType("calcinosis cut"))
            .returnResourceType(ValueSet.class).execute();
    assertEquals("L94.2", expansion.getExpansion().getContainsFirstRep().getCode());

    ValueSet ours = new ValueSet();
    ours.getCompose().addInclude().setSystem(ICD10CM).addFilter().setProperty("concept").setOp(ValueSet.FilterOperator.ISA).setValue("L94");
    for (String code : List.of("L94.2", "L95.0")) {
      Parameters member =
          client.operation().onType(ValueSet.class).named("$validate-code")
              .withParameter(Parameters.class, "valueSet", ours).andParameter("coding", new Coding(ICD10CM, code, null)).execute();
      assertEquals(code.equals("L94.2"), result(member), code);
    }

    Bundle batch = new Bundle().setType(Bundle.BundleType.BATCH);
    batch.addEntry().getRequest().setMethod(Bundle.HTTPVerb.GET).setUrl("CodeSystem/$lookup?system=" + ICD10CM + "&code=L94.2");
    Bundle answers = client.transaction().withBundle(batch).execute();
    assertEquals(1, answers.getEntry().size());
    assertTrue(answers.getEntryFirstRep().getResource() instanceof Parameters);
  }

  /** What the service sends is valid by the specification, not only readable. */
  private static void sendsValidResources(FhirContext context, String base, String condition)
      throws IOException, InterruptedException {
    // Its extensions are those that it defines itself.
    PrePopulatedValidationSupport definitions = new PrePopulatedValidationSupport(context);
    IBaseBundle defined =
        context.newRestfulGenericClient(base).search().byUrl("StructureDefinition")
            .returnBundle((Class<? extends IBaseBundle>) context.getResourceDefinition("Bundle").getImplementingClass())
            .execute();
    BundleUtil.toListOfResources(context, defined).forEach(definitions::addStructureDefinition);
    FhirValidator validator =
        context.newValidator().registerValidatorModule(
            new FhirInstanceValidator(
                new ValidationSupportChain(
                    new DefaultProfileValidationSupport(context),
                    definitions,
                    new SnapshotGeneratingValidationSupport(context),
                    new CommonCodeSystemsTerminologyService(context),
                    new InMemoryTerminologyServerValidationSupport(context))));
    HttpClient http = HttpClient.newHttpClient();
    for (String path :
        List.of(
            "metadata",
            "metadata?mode=terminology",
            "CodeSystem",
            "ValueSet",
            "CodeSystem?_summary=true",
            "ValueSet?_elements=url",
            "OperationDefinition",
            condition,
            condition + "?_summary=true",
            "Condition/$draft?code=L94.21&subject=Patient/1",
            "Condition/$draft?code=L94.21&subject=Patient/1&category=encounter-diagnosis",
            "CodeSystem/none",
            "$versions",
            "CodeSystem/$lookup?system=" + ICD10CM + "&code=S72.001A",
            "CodeSystem/$lookup?system=" + DERMATOLOGY + "&code=L94.21",
            "CodeSystem/$validate-code?url=" + ICD10CM + "&code=L94.29",
            "CodeSystem/$subsumes?system=" + ICD10CM + "&codeA=L94&codeB=L94.2",
            "ValueSet/$expand?url=" + ICD10CM + "?fhir_vs&filter=frac&count=30",
            "ValueSet/$expand?url=" + ICD10CM + "?fhir_vs%3Disa/L94")) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/" + path)).build();
      String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      assertEquals(List.of(), errors(validator.validateWithResult(body)), path);
    }
  }

  @Test
  void sendsValidResourcesInR4() throws IOException, InterruptedException {
    sendsValidResources(R4, REST + "/r4", "Basic");
  }

  @Test
  void sendsValidResourcesInR5() throws IOException, InterruptedException {
    sendsValidResources(FhirContext.forR5Cached(), REST + "/r5", "ConditionDefinition");
  }
}
