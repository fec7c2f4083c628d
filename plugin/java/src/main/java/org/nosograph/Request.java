package org.nosograph;

import java.time.Duration;

/**
 * What a question says beside its code. Immutable, so of use for any number of questions.
 *
 * @param system canonical URI of the code system; empty: whatever has the code
 * @param version version of the release; empty: the active one
 * @param date a day, YYYY-MM-DD, on which the release must be valid; not beside {@code version}
 * @param strict the canonical form of a code alone is accepted
 * @param parentFallback of {@code resolve}: the nearest ancestor answers for a code that there is not
 * @param claim of {@code validateCode}: the code must be billable; else it must only be a concept
 * @param maxRepairs of {@code validateCode}: codes named at most, 1 to 1000
 * @param deadline of a service; zero: that of the connection
 */
public record Request(
    String system,
    String version,
    String date,
    boolean strict,
    boolean parentFallback,
    boolean claim,
    int maxRepairs,
    Duration deadline) {
  /** All defaults. */
  public static final Request DEFAULT = new Request("", "", "", false, true, true, 10, Duration.ZERO);

  public Request withSystem(String system) {
    return new Request(system, version, date, strict, parentFallback, claim, maxRepairs, deadline);
  }

  public Request withVersion(String version) {
    return new Request(system, version, date, strict, parentFallback, claim, maxRepairs, deadline);
  }

  public Request withDate(String date) {
    return new Request(system, version, date, strict, parentFallback, claim, maxRepairs, deadline);
  }

  public Request withStrict(boolean strict) {
    return new Request(system, version, date, strict, parentFallback, claim, maxRepairs, deadline);
  }

  public Request withClaim(boolean claim) {
    return new Request(system, version, date, strict, parentFallback, claim, maxRepairs, deadline);
  }

  public Request withParentFallback(boolean parentFallback) {
    return new Request(system, version, date, strict, parentFallback, claim, maxRepairs, deadline);
  }

  public Request withDeadline(Duration deadline) {
    return new Request(system, version, date, strict, parentFallback, claim, maxRepairs, deadline);
  }

  public Request withMaxRepairs(int maxRepairs) {
    return new Request(system, version, date, strict, parentFallback, claim, maxRepairs, deadline);
  }
}
