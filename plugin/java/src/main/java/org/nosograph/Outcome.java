package org.nosograph;

/** What an answer says of a code. An outage is never INVALID. */
public enum Outcome {
  UNDETERMINED,
  VALID,
  INVALID
}
