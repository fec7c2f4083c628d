package org.nosograph;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.NativeLongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The functions of nosograph.h that this package calls, and the numbers that it uses.
 *
 * <p>The library is found as JNA finds libraries; the system property {@code nosograph.library} may name its file.
 * Thread-safe.
 */
final class CLibrary {
  static final int OK = 0;
  static final int INVALID_ARGUMENT = 3;
  static final int NOT_FOUND = 5;

  static final int ANSWER = 0;
  static final int MATCHED = 1;
  static final int FALLBACK = 3;
  static final int BILLABLE = 4;
  static final int ANCESTORS = 5;
  static final int REPAIRS = 7;
  static final int DESIGNATIONS = 9;
  static final int RELEASES = 14;

  static final int FIELD_OUTCOME = 1;
  static final int FIELD_REASON = 2;
  static final int FIELD_NORMALIZED = 3;
  static final int FIELD_MESSAGE = 4;
  static final int FIELD_REMEDY = 5;
  static final int FIELD_SYSTEM = 6;
  static final int FIELD_VERSION = 7;
  static final int FIELD_CODE = 8;
  static final int FIELD_DISPLAY = 9;
  static final int FIELD_VALUE = 17;
  static final int FIELD_TITLE = 20;

  static final int FLAG_ABSTRACT = 3;
  static final int FLAG_STALE = 9;

  private static final int ABI_VERSION = 1;

  static {
    String file = System.getProperty("nosograph.library", "nosograph");
    // In the library's own folder of names, and with all of its symbols bound at once.
    Native.register(NativeLibrary.getInstance(file, Map.of(Library.OPTION_OPEN_FLAGS, 2)));
    if (noso_abi_version() < ABI_VERSION) {
      throw new UnsatisfiedLinkError("libnosograph is older than this package; install them together");
    }
  }

  private CLibrary() {}

  static native int noso_abi_version();

  static native int noso_open(byte[] conninfo, long size, PointerByReference terminology);

  static native int noso_close(Pointer terminology);

  static native int noso_reload(Pointer terminology);

  static native int noso_resolve(
      Pointer terminology, Pointer request, byte[] code, long size, PointerByReference result);

  static native int noso_lookup(
      Pointer terminology, Pointer request, byte[] code, long size, PointerByReference result);

  static native int noso_validate_code(
      Pointer terminology, Pointer request, byte[] code, long size, PointerByReference result);

  static native int noso_subsumes(
      Pointer terminology,
      Pointer request,
      byte[] codeA,
      long sizeA,
      byte[] codeB,
      long sizeB,
      PointerByReference result);

  static native int noso_result_outcome(Pointer result);

  static native long noso_result_count(Pointer result, int list);

  static native Pointer noso_result_get(
      Pointer result, int list, long index, int field, NativeLongByReference size);

  static native int noso_result_flag(Pointer result, int list, long index, int flag);

  static native Pointer noso_result_message(Pointer result, NativeLongByReference size);

  static native void noso_result_free(Pointer result);

  static native Pointer noso_last_error(NativeLongByReference size);

  static native Pointer noso_status_name(int status);

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(Pointer pointer, NativeLongByReference size) {
    int length = size.getValue().intValue();
    return length == 0 ? "" : new String(pointer.getByteArray(0, length), StandardCharsets.UTF_8);
  }

  /** A noso_request in memory of its own: five words and three texts, then four numbers and one. */
  static Memory request(Request request) {
    byte[] system = utf8(request.system());
    byte[] version = utf8(request.version());
    byte[] date = utf8(request.date());
    final long bytes = 80;
    Memory memory = new Memory(bytes + system.length + version.length + date.length);
    memory.clear();
    memory.setLong(0, bytes);
    long end = putText(memory, 8, bytes, system);
    end = putText(memory, 24, end, version);
    putText(memory, 40, end, date);
    memory.setInt(56, request.strict() ? 1 : 0);
    memory.setInt(60, request.parentFallback() ? 0 : 1);
    memory.setInt(64, request.claim() ? 0 : 1);
    memory.setInt(68, request.maxRepairs());
    memory.setLong(72, request.deadline().toMillis());
    return memory;
  }

  private static long putText(Memory memory, long field, long place, byte[] text) {
    if (text.length > 0) {
      memory.write(place, text, 0, text.length);
      memory.setPointer(field, memory.share(place));
    }
    memory.setLong(field + 8, text.length);
    return place + text.length;
  }
}
