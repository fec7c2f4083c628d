// One line of JSON for a program, field by field.
//
// Not thread-safe. Text is UTF-8.
//
//   JsonLine json;
//   json.Text("code", "L94.2").Flag("billable", true);
//   std::cout << json.Take();
#ifndef NOSOGRAPH_SERVICE_CLI_JSON_H_
#define NOSOGRAPH_SERVICE_CLI_JSON_H_

#include <string>

#include "terminology/base/json_writer.h"

namespace nosograph::cli {

class JsonLine : public base::JsonWriter {
 public:
  // The line with its end; once.
  std::string Take() { return JsonWriter::Take() + "\n"; }
};

}  // namespace nosograph::cli

#endif  // NOSOGRAPH_SERVICE_CLI_JSON_H_
