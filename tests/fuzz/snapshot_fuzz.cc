// Any bytes as a snapshot whose header and section table are honest: every accessor stays within the file, with every
// byte verified and without.
#include <cstring>
#include <string>

#include "terminology/snapshot/checksum.h"
#include "terminology/snapshot/format.h"
#include "tests/read_everything.h"

namespace {

using namespace nosograph::snapshot;  // NOLINT: all of it is about one format

// Makes checksums right, as a forger would, so that what lies behind them is reached.
void Sign(std::string& bytes) {
  Header header;
  if (bytes.size() < sizeof(header)) return;
  std::memcpy(&header, bytes.data(), sizeof(header));
  header.magic = kMagic;
  header.format_version = kFormatVersion;
  header.file_size = bytes.size();
  header.section_count %= 32;
  header.table_checksum = 0;
  std::memcpy(bytes.data(), &header, sizeof(header));
  const size_t table_end = sizeof(header) + header.section_count * sizeof(SectionEntry);
  if (table_end > bytes.size()) return;
  for (uint32_t i = 0; i < header.section_count; ++i) {
    SectionEntry entry;
    char* place = bytes.data() + sizeof(header) + i * sizeof(entry);
    std::memcpy(&entry, place, sizeof(entry));
    if (entry.offset > bytes.size() || entry.length > bytes.size() - entry.offset) continue;
    entry.checksum = Checksum(absl::string_view(bytes).substr(entry.offset, entry.length));
    std::memcpy(place, &entry, sizeof(entry));
  }
  header.table_checksum = Checksum(absl::string_view(bytes).substr(0, table_end));
  std::memcpy(bytes.data(), &header, sizeof(header));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  Sign(bytes);
  for (const Verification verification : {Verification::kHeader, Verification::kEveryByte}) {
    if (const auto snapshot = Snapshot::FromBytes(bytes, "fuzz", verification); snapshot.ok()) {
      nosograph::testing::ReadEverything(**snapshot);
    }
  }
  return 0;
}
