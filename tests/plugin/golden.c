/* Asks the C ABI, one question a line of the input, one answer a line of the output; for tests/golden/codes_test.py.
 *
 *   golden CONNINFO < QUESTIONS > ANSWERS
 *
 * A question: the code in hexadecimal, then of the request system, date and form ("strict" or "-"), parted by tabs; "-"
 * is none. An answer: verdict, reason, the first three repairs, outcome, concept that answers, code to bill, canonical
 * form;
 * "-" where there is none; an error's name instead of verdict or outcome. Behind them, for a comparison of all that is
 * said: every field of every entry of resolve, lookup and validate_code as NAME=VALUE in hexadecimal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nosograph.h"

enum { LINE = 4096, LISTS = 16, FIELDS = 55, FLAGS = 9 }; /* flags STALE and CACHED tell the way, not the answer */

static void print_text(const noso_result* result, noso_list list, size_t index, noso_field field) {
  size_t size = 0;
  const char* text = noso_result_get(result, list, index, field, &size);
  if (size == 0) {
    printf("-");
  } else {
    fwrite(text, 1, size, stdout);
  }
}

static void print_all(const char* verb, const noso_result* result) {
  printf("\t%s:", verb);
  for (noso_list list = 0; list < LISTS; ++list) {
    for (size_t index = 0; index < noso_result_count(result, list); ++index) {
      printf("%d[%zu]", (int)list, index);
      for (noso_field field = 1; field < FIELDS; ++field) {
        size_t size = 0;
        const char* text = noso_result_get(result, list, index, field, &size);
        if (size == 0) continue;
        printf("%d=", (int)field);
        for (size_t i = 0; i < size; ++i) printf("%02x", (unsigned char)text[i]);
        printf(",");
      }
      for (noso_flag flag = 1; flag < FLAGS; ++flag) {
        if (noso_result_flag(result, list, index, flag)) printf("+%d", (int)flag);
      }
    }
  }
}

static void answer(noso_terminology* terminology, const noso_request* request, const char* code, size_t size) {
  noso_result* validated = NULL;
  noso_result* resolved = NULL;
  noso_result* looked_up = NULL;
  noso_status status = noso_validate_code(terminology, request, code, size, &validated);
  if (status != NOSO_OK) {
    printf("%s\t-\t-", noso_status_name(status));
  } else {
    print_text(validated, NOSO_LIST_ANSWER, 0, NOSO_FIELD_OUTCOME);
    printf("\t");
    print_text(validated, NOSO_LIST_ANSWER, 0, NOSO_FIELD_REASON);
    printf("\t");
    size_t count = noso_result_count(validated, NOSO_LIST_REPAIRS);
    if (count == 0) printf("-");
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) printf(" ");
      print_text(validated, NOSO_LIST_REPAIRS, i, NOSO_FIELD_CODE);
    }
  }
  printf("\t");
  status = noso_resolve(terminology, request, code, size, &resolved);
  if (status != NOSO_OK) {
    printf("%s\t-\t-\t-", noso_status_name(status));
  } else {
    print_text(resolved, NOSO_LIST_ANSWER, 0, NOSO_FIELD_OUTCOME);
    printf("\t");
    print_text(resolved, noso_result_count(resolved, NOSO_LIST_MATCHED) > 0 ? NOSO_LIST_MATCHED : NOSO_LIST_FALLBACK, 0,
               NOSO_FIELD_CODE);
    printf("\t");
    print_text(resolved, NOSO_LIST_BILLABLE, 0, NOSO_FIELD_CODE);
    printf("\t");
    print_text(resolved, NOSO_LIST_ANSWER, 0, NOSO_FIELD_NORMALIZED);
  }
  noso_lookup(terminology, request, code, size, &looked_up);
  print_all("resolve", resolved);
  print_all("lookup", looked_up);
  print_all("validate", validated);
  printf("\n");
  noso_result_free(validated);
  noso_result_free(resolved);
  noso_result_free(looked_up);
}

static noso_text text_of(const char* cell) {
  noso_text text = {cell, strlen(cell)};
  if (strcmp(cell, "-") == 0) text.size = 0;
  return text;
}

int main(int argc, char** argv) {
  static char line[LINE];
  static char code[LINE];
  noso_terminology* terminology = NULL;
  size_t size = 0;
  if (argc != 2) {
    fprintf(stderr, "usage: golden CONNINFO\n");
    return 2;
  }
  if (noso_open(argv[1], strlen(argv[1]), &terminology) != NOSO_OK) {
    const char* message = noso_last_error(&size);
    fprintf(stderr, "%.*s\n", (int)size, message);
    return 1;
  }
  while (fgets(line, sizeof(line), stdin) != NULL) {
    char* cells[4] = {line, NULL, NULL, NULL};
    line[strcspn(line, "\n")] = '\0';
    for (int i = 1; i < 4; ++i) {
      char* tab = strchr(cells[i - 1], '\t');
      if (tab == NULL) {
        fprintf(stderr, "a question has four cells\n");
        return 2;
      }
      *tab = '\0';
      cells[i] = tab + 1;
    }
    size = strlen(cells[0]) / 2;
    for (size_t i = 0; i < size; ++i) {
      char digits[3] = {cells[0][2 * i], cells[0][2 * i + 1], '\0'};
      code[i] = (char)strtoul(digits, NULL, 16);
    }
    noso_request request = NOSO_REQUEST_INIT;
    request.system = text_of(cells[1]);
    request.date = text_of(cells[2]);
    request.form = strcmp(cells[3], "strict") == 0 ? NOSO_FORM_STRICT : NOSO_FORM_LENIENT;
    request.max_repairs = 3;
    answer(terminology, &request, code, size);
  }
  return noso_close(terminology) == NOSO_OK ? 0 : 1;
}
