package org.nosograph;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * From an ICD-10 code to the disease behind it, in this process.
 *
 * <pre>{@code
 * try (Terminology terminology = Terminology.open("snapshot:/var/lib/nosograph")) {
 *   Answer answer = terminology.lookup("L94.2", Request.DEFAULT);
 *   answer.matched().ifPresent(concept -> System.out.println(concept.display()));
 * }
 * }</pre>
 *
 * <p>A wrong code is an answer, never an exception; so is what cannot be told, with the outcome UNDETERMINED. Thread-safe, but
 * for {@link #close()}, which is called once nobody asks any more.
 */
public final class Terminology implements AutoCloseable {
  private static final int MAX_REQUESTS = 1000;

  private final Map<Request, Memory> requests = new ConcurrentHashMap<>();
  private final Pointer handle; // kept when it is closed: the library tells that from an open one
  private final AtomicBoolean closed = new AtomicBoolean();

  private Terminology(Pointer handle) {
    this.handle = handle;
  }

  /**
   * Opens "snapshot:DIR", or a service: "grpc://HOST:PORT?KEY=VALUE...", "grpcs://...". nosograph.h has the keys.
   *
   * @throws NosographException what cannot be opened, and why
   */
  public static Terminology open(String conninfo) {
    byte[] text = CLibrary.utf8(conninfo);
    PointerByReference handle = new PointerByReference();
    int status = CLibrary.noso_open(text, text.length, handle);
    if (status != CLibrary.OK) {
      throw error(status);
    }
    return new Terminology(handle.getValue());
  }

  /**
   * Takes up what was imported or activated since it was opened.
   *
   * @throws NosographException why not; everything is as it was then
   */
  public void reload() {
    int status = CLibrary.noso_reload(handle);
    if (status != CLibrary.OK) {
      throw error(status);
    }
  }

  /** The concept behind a code: published, of an extension, or the nearest ancestor. */
  public Answer resolve(String code, Request request) {
    return ask(CLibrary::noso_resolve, code, request);
  }

  /** What a release says of a concept. */
  public Answer lookup(String code, Request request) {
    return ask(CLibrary::noso_lookup, code, request);
  }

  /** Whether a code may be used, why not, and what may have been meant. */
  public Answer validateCode(String code, Request request) {
    return ask(CLibrary::noso_validate_code, code, request);
  }

  /** Whether one code is the other's ancestor: {@code Answer.name} is the relation as FHIR's $subsumes has it. */
  public Answer subsumes(String codeA, String codeB, Request request) {
    byte[] b = CLibrary.utf8(codeB);
    return ask(
        (terminology, asked, a, size, result) ->
            CLibrary.noso_subsumes(terminology, asked, a, size, b, b.length, result),
        codeA,
        request);
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      CLibrary.noso_close(handle);
    }
  }

  private interface Verb {
    int ask(Pointer terminology, Pointer request, byte[] code, long size, PointerByReference result);
  }

  private Answer ask(Verb verb, String code, Request request) {
    if (requests.size() > MAX_REQUESTS) {
      requests.clear(); // what is in use meanwhile is held by whoever uses it
    }
    Memory asked = requests.computeIfAbsent(request, CLibrary::request);
    byte[] text = CLibrary.utf8(code);
    PointerByReference stored = new PointerByReference();
    int status = verb.ask(handle, asked, text, text.length, stored);
    Pointer result = stored.getValue();
    try {
      return read(status, result);
    } finally {
      CLibrary.noso_result_free(result);
    }
  }

  private static Answer read(int status, Pointer result) {
    NativeLongByReference size = new NativeLongByReference();
    String message =
        status == CLibrary.OK
            ? get(result, CLibrary.ANSWER, 0, CLibrary.FIELD_MESSAGE, size)
            : CLibrary.text(CLibrary.noso_result_message(result, size), size);
    return new Answer(
        statusName(status),
        Outcome.values()[CLibrary.noso_result_outcome(result)],
        get(result, CLibrary.ANSWER, 0, CLibrary.FIELD_OUTCOME, size),
        get(result, CLibrary.ANSWER, 0, CLibrary.FIELD_REASON, size),
        message,
        get(result, CLibrary.ANSWER, 0, CLibrary.FIELD_REMEDY, size),
        get(result, CLibrary.ANSWER, 0, CLibrary.FIELD_NORMALIZED, size),
        concept(result, CLibrary.MATCHED, size),
        concept(result, CLibrary.FALLBACK, size),
        get(result, CLibrary.BILLABLE, 0, CLibrary.FIELD_CODE, size),
        all(result, CLibrary.ANCESTORS, CLibrary.FIELD_CODE, size),
        all(result, CLibrary.REPAIRS, CLibrary.FIELD_CODE, size),
        all(result, CLibrary.DESIGNATIONS, CLibrary.FIELD_VALUE, size),
        get(result, CLibrary.RELEASES, 0, CLibrary.FIELD_SYSTEM, size),
        get(result, CLibrary.RELEASES, 0, CLibrary.FIELD_VERSION, size),
        get(result, CLibrary.RELEASES, 0, CLibrary.FIELD_TITLE, size),
        CLibrary.noso_result_flag(result, CLibrary.MATCHED, 0, CLibrary.FLAG_ABSTRACT) == 1,
        CLibrary.noso_result_flag(result, CLibrary.ANSWER, 0, CLibrary.FLAG_STALE) == 1);
  }

  private static String get(Pointer result, int list, long index, int field, NativeLongByReference size) {
    return CLibrary.text(CLibrary.noso_result_get(result, list, index, field, size), size);
  }

  private static Optional<Concept> concept(Pointer result, int list, NativeLongByReference size) {
    if (CLibrary.noso_result_count(result, list) == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Concept(
            get(result, list, 0, CLibrary.FIELD_SYSTEM, size),
            get(result, list, 0, CLibrary.FIELD_CODE, size),
            get(result, list, 0, CLibrary.FIELD_DISPLAY, size)));
  }

  private static List<String> all(Pointer result, int list, int field, NativeLongByReference size) {
    List<String> texts = new ArrayList<>();
    long count = CLibrary.noso_result_count(result, list);
    for (long index = 0; index < count; ++index) {
      texts.add(get(result, list, index, field, size));
    }
    return List.copyOf(texts);
  }

  private static String statusName(int status) {
    return CLibrary.noso_status_name(status).getString(0);
  }

  private static NosographException error(int status) {
    NativeLongByReference size = new NativeLongByReference();
    String message = CLibrary.text(CLibrary.noso_last_error(size), size);
    return new NosographException(statusName(status), message);
  }
}
