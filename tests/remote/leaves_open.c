/* Asks once and ends with the terminology open; for remote_test.cc.
 *
 *   leaves_open CONNINFO CODE
 */
#include <nosograph.h>
#include <string.h>

int main(int argc, char** argv) {
  noso_terminology* terminology = NULL;
  noso_result* answer = NULL;
  if (argc != 3 || noso_open(argv[1], strlen(argv[1]), &terminology) != NOSO_OK) return 2;
  if (noso_lookup(terminology, NULL, argv[2], strlen(argv[2]), &answer) != NOSO_OK) return 3;
  return noso_result_outcome(answer) == NOSO_VALID ? 0 : 1;
}
