package org.nosograph;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Answers the questions of tests/golden/codes_test.py as tests/plugin/golden.c does: the seven cells of the table. */
public final class Golden {
  private Golden() {}

  public static void main(String[] arguments) throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    try (Terminology terminology = Terminology.open(arguments[0])) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] cells = line.split("\t");
        String code = new String(HexFormat.of().parseHex(cells[0]), StandardCharsets.UTF_8);
        Request request = Request.DEFAULT.withMaxRepairs(3).withStrict(cells[3].equals("strict"));
        if (!cells[1].equals("-")) {
          request = request.withSystem(cells[1]);
        }
        if (!cells[2].equals("-")) {
          request = request.withDate(cells[2]);
        }
        out.print(String.join("\t", validated(terminology.validateCode(code, request))) + "\t");
        out.print(String.join("\t", resolved(terminology.resolve(code, request))) + "\n");
      }
    }
    out.flush();
  }

  private static String[] validated(Answer answer) {
    if (!answer.isOk()) {
      return new String[] {answer.status(), "-", "-"};
    }
    return new String[] {answer.outcome().name(), or(answer.reason()), or(String.join(" ", answer.repairs()))};
  }

  private static String[] resolved(Answer answer) {
    if (!answer.isOk()) {
      return new String[] {answer.status(), "-", "-", "-"};
    }
    String subject = answer.matched().or(answer::fallback).map(Concept::code).orElse("");
    return new String[] {answer.name(), or(subject), or(answer.billableCode()), or(answer.normalized())};
  }

  private static String or(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
