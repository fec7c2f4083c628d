package org.nosograph.hapi;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.validation.FhirValidator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.r4.model.Condition;
import org.nosograph.Terminology;

/** Seconds that HAPI's FhirValidator takes for a Condition of each code of a file, a connection after the other. */
public final class ValidationBench {
  private static final int WARM_UP = 50;
  private static final int ROUNDS = 5;

  private ValidationBench() {}

  /** CODES CONNINFO... */
  public static void main(String[] arguments) throws IOException {
    List<String> codes = Files.readAllLines(Path.of(arguments[0]));
    FhirContext context = FhirContext.forR4Cached();
    for (int round = 0; round < ROUNDS; ++round) {
      for (int i = 1; i < arguments.length; ++i) {
        try (Terminology terminology = Terminology.open(arguments[i])) {
          FhirValidator validator = NosographValidationSupportTest.validator(context, terminology);
          check(validator, codes.subList(0, WARM_UP));
          long start = System.nanoTime();
          int wrong = check(validator, codes.subList(WARM_UP, codes.size()));
          double seconds = (System.nanoTime() - start) / 1e9;
          System.out.printf("%s\t%d\t%d\t%.3f%n", arguments[i], codes.size() - WARM_UP, wrong, seconds);
        }
      }
    }
  }

  private static int check(FhirValidator validator, List<String> codes) {
    int wrong = 0;
    for (String code : codes) {
      Condition condition = new Condition();
      condition.getSubject().setReference("Patient/1");
      condition.getCode().addCoding().setSystem("http://hl7.org/fhir/sid/icd-10-cm").setCode(code);
      if (!validator.validateWithResult(condition).isSuccessful()) {
        ++wrong;
      }
    }
    return wrong;
  }
}
