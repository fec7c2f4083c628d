/* A program of a user's own, built against what is installed: prints the display of a code.
 *
 *   consumer CONNINFO CODE
 */
#include <nosograph.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  noso_terminology* terminology = NULL;
  noso_result* answer = NULL;
  size_t size = 0;
  const char* text;
  int found;
  if (argc != 3) return 2;
  if (noso_open(argv[1], strlen(argv[1]), &terminology) != NOSO_OK) {
    text = noso_last_error(&size);
    fprintf(stderr, "%.*s\n", (int)size, text);
    return 3;
  }
  noso_lookup(terminology, NULL, argv[2], strlen(argv[2]), &answer);
  found = noso_result_outcome(answer) == NOSO_VALID;
  text = noso_result_get(answer, NOSO_LIST_MATCHED, 0, NOSO_FIELD_DISPLAY, &size);
  printf("%.*s\n", (int)size, text);
  noso_result_free(answer);
  noso_close(terminology);
  return found ? 0 : 1;
}
