#include "terminology/fhir/stamp.h"

#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "terminology/base/field_error.h"

namespace nosograph::fhir {
namespace {

// Copies what the reader meets, but for what the stamp says itself: id, and of meta versionId and lastUpdated.
class Copier {
 public:
  explicit Copier(const ResourceStamp& stamp) : stamp_(stamp), writer_(buffer_) {}

  bool Null() { return Passed() || writer_.Null(); }
  bool Bool(bool value) { return Passed() || writer_.Bool(value); }
  // Numbers come as text alone.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    return Passed() || writer_.RawValue(text, length, rapidjson::kNumberType);
  }
  bool String(const char* text, rapidjson::SizeType length, bool) { return Passed() || writer_.String(text, length); }
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    const absl::string_view key(text, length);
    if (skipping_) return true;
    if (depth_ == 1 && key == "meta") {
      in_meta_ = true;
      meta_written_ = true;
      writer_.Key("meta");
      return true;
    }
    if ((depth_ == 1 && key == "id") || (depth_ == 2 && in_meta_ && (key == "versionId" || key == "lastUpdated"))) {
      skipping_ = true;
      skip_depth_ = depth_;
      return true;
    }
    // The id and the meta stand right behind the type.
    return writer_.Key(text, length);
  }
  bool StartObject() {
    if (skipping_) return ++depth_, true;
    if (depth_ == 0) {
      ++depth_;
      return writer_.StartObject();
    }
    if (in_meta_ && depth_ == 1) {
      ++depth_;
      return writer_.StartObject() && WriteMeta();
    }
    ++depth_;
    return writer_.StartObject();
  }
  bool EndObject(rapidjson::SizeType) {
    --depth_;
    if (skipping_) return Ended();
    if (depth_ == 1) in_meta_ = false;
    if (depth_ == 0) {
      writer_.Key("id");
      writer_.String(stamp_.id.data(), static_cast<rapidjson::SizeType>(stamp_.id.size()));
      if (!meta_written_) {
        writer_.Key("meta");
        writer_.StartObject();
        WriteMeta();
        writer_.EndObject();
      }
    }
    return writer_.EndObject();
  }
  bool StartArray() {
    ++depth_;
    return skipping_ || writer_.StartArray();
  }
  bool EndArray(rapidjson::SizeType) {
    --depth_;
    return skipping_ ? Ended() : writer_.EndArray();
  }

  std::string Take() { return {buffer_.GetString(), buffer_.GetSize()}; }

 private:
  bool WriteMeta() {
    const std::string version = absl::StrCat(stamp_.version_id);
    writer_.Key("versionId");
    writer_.String(version.data(), static_cast<rapidjson::SizeType>(version.size()));
    writer_.Key("lastUpdated");
    return writer_.String(stamp_.updated.data(), static_cast<rapidjson::SizeType>(stamp_.updated.size()));
  }
  // Of a value: whether it is one that is passed over.
  bool Passed() {
    if (!skipping_) return false;
    Ended();
    return true;
  }
  bool Ended() {
    if (depth_ == skip_depth_) skipping_ = false;
    return true;
  }

  const ResourceStamp& stamp_;
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> writer_;
  int depth_ = 0;
  bool in_meta_ = false;
  bool meta_written_ = false;
  bool skipping_ = false;
  int skip_depth_ = 0;
};

}  // namespace

absl::StatusOr<std::string> Stamp(const std::string& json, const ResourceStamp& stamp) {
  Copier copier(stamp);
  rapidjson::StringStream stream(json.c_str());
  rapidjson::Reader reader;
  constexpr unsigned kFlags = rapidjson::kParseNumbersAsStringsFlag | rapidjson::kParseIterativeFlag;
  if (reader.Parse<kFlags>(stream, copier).IsError()) {
    return base::InvalidField("resource", "", "is no JSON object", "send a resource");
  }
  return copier.Take();
}

}  // namespace nosograph::fhir
