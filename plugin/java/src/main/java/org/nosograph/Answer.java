package org.nosograph;

import java.util.List;
import java.util.Optional;

/**
 * An answer, or why there is none. Immutable; holds nothing of the library.
 *
 * @param status the name of a canonical code of gRPC: OK, or why there is no answer
 * @param outcome UNDETERMINED unless the status is OK
 * @param name of resolve EXACT, EXTENSION, PARENT_FALLBACK, UNKNOWN; of lookup FOUND, NOT_FOUND; of validateCode as the outcome
 * @param reason of validateCode: HEADER, RETIRED ...; empty where there is nothing to say
 * @param message what is wrong, or what there is to say beside the answer, as a sentence; empty where nothing is
 * @param remedy what to do about it
 * @param normalized the canonical form, where the code was written in another
 * @param matched the concept with this code
 * @param fallback of resolve: the nearest ancestor of a code that there is not
 * @param billableCode of resolve: the published code to bill; empty where there is none
 * @param ancestors of resolve and lookup: codes, nearest first, up to the chapter
 * @param repairs of validateCode: codes that may have been meant, best first
 * @param designations of lookup: further names
 * @param system canonical URI of the release that was asked
 * @param version its version
 * @param systemTitle its title
 * @param isAbstract of lookup: the concept groups others and may not be chosen itself
 * @param stale the service could not be asked: the answer is an older one of its, or the fallback's
 */
public record Answer(
    String status,
    Outcome outcome,
    String name,
    String reason,
    String message,
    String remedy,
    String normalized,
    Optional<Concept> matched,
    Optional<Concept> fallback,
    String billableCode,
    List<String> ancestors,
    List<String> repairs,
    List<String> designations,
    String system,
    String version,
    String systemTitle,
    boolean isAbstract,
    boolean stale) {
  public boolean isOk() {
    return status.equals("OK");
  }
}
