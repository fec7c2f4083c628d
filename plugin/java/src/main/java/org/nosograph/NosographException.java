package org.nosograph;

/** A terminology cannot be opened or reloaded. */
public final class NosographException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String status;

  NosographException(String status, String message) {
    super(status + ": " + message);
    this.status = status;
  }

  /** The name of a canonical code of gRPC: NOT_FOUND, DATA_LOSS ... */
  public String status() {
    return status;
  }
}
