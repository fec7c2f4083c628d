// From files of any format that can be imported to a code system and its days of validity.
//
// Thread-safe: a function without state.
//
//   ASSIGN_OR_RETURN(Content content, ReadContent(options, {.path = "icd10cm-tabular.xml"}, progress));
//   folder.Import(content.system, {.validity = content.validity});
#ifndef NOSOGRAPH_SERVICE_IMPORT_CONTENT_H_
#define NOSOGRAPH_SERVICE_IMPORT_CONTENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "nosograph/v1/catalogue.pb.h"
#include "terminology/import/progress.h"
#include "terminology/model/code_system.h"
#include "terminology/store/active_file.h"

namespace nosograph::service {

struct ContentPaths {
  std::string path = {};      // the file; of an extension the folder
  std::string order = {};     // the order file of ICD-10-CM; empty: none
  std::string synonyms = {};  // a file like terminology/content/search/synonyms.txt, in its place; empty: that one
};

struct Content {
  model::CodeSystem system;
  store::Validity validity;
};

// `progress` is told of warnings too, in lines that begin with "warning". Errors: those of the importer of the format
// and of import::ParseSynonyms; InvalidArgument for options that the format does not have, and for days that are none
// or in the wrong order (base::FieldError; the field is that of ImportOptions).
absl::StatusOr<Content> ReadContent(const v1::ImportOptions& options, const ContentPaths& paths,
                                    const import::Progress& progress);

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_IMPORT_CONTENT_H_
