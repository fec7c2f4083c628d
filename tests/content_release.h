// The content of the repository as releases in memory: the starter excerpt of ICD-10-CM and the dermatology extension.
#ifndef NOSOGRAPH_TESTS_CONTENT_RELEASE_H_
#define NOSOGRAPH_TESTS_CONTENT_RELEASE_H_

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "terminology/import/extension_folder.h"
#include "terminology/import/icd10cm_tabular.h"
#include "terminology/snapshot/release_set.h"
#include "terminology/snapshot/writer.h"

namespace nosograph::testing {

inline const std::string kContent = NOSOGRAPH_SOURCE_DIR "/terminology/content";
inline const std::string kStarterFile = kContent + "/starter/icd10cm-tabular-2026-04-01-excerpt.xml";
inline const std::string kDermatologyFolder = kContent + "/dermatology";
inline constexpr char kStarterVersion[] = "2026-04-01";
inline constexpr char kIcd10Cm[] = "http://hl7.org/fhir/sid/icd-10-cm";
inline constexpr char kDermatology[] = "https://nosograph.example/fhir/CodeSystem/dermatology";

inline model::CodeSystem Starter() {
  absl::StatusOr<model::CodeSystem> system = import::ImportIcd10CmTabular(kStarterFile, kStarterVersion);
  EXPECT_TRUE(system.ok()) << system.status();
  return *std::move(system);
}

inline model::CodeSystem Dermatology() {
  absl::StatusOr<model::CodeSystem> system = import::ImportExtensionFolder(kDermatologyFolder);
  EXPECT_TRUE(system.ok()) << system.status();
  return *std::move(system);
}

inline snapshot::Release ReleaseOf(const model::CodeSystem& system, const std::string& valid_from = "") {
  absl::StatusOr<std::string> bytes = snapshot::WriteSnapshot(system);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  auto opened = snapshot::Snapshot::FromBytes(*std::move(bytes), system.url, snapshot::Verification::kEveryByte);
  EXPECT_TRUE(opened.ok()) << opened.status();
  return {.snapshot = *std::move(opened), .id = "id-of-" + system.version, .valid_from = valid_from};
}

// The excerpt as if it were the whole of ICD-10-CM, so that a code that is not in it is no code.
inline model::CodeSystem WholeStarter() {
  model::CodeSystem system = Starter();
  system.fragment = false;
  return system;
}

inline snapshot::ReleaseSet ContentReleases() {
  return snapshot::ReleaseSet({ReleaseOf(WholeStarter(), kStarterVersion), ReleaseOf(Dermatology())});
}

}  // namespace nosograph::testing

#endif  // NOSOGRAPH_TESTS_CONTENT_RELEASE_H_
