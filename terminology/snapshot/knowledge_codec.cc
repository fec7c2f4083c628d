#include "terminology/snapshot/knowledge_codec.h"

#include <cstdint>
#include <cstring>
#include <type_traits>
#include <vector>

#include "terminology/model/condition_fields.h"

namespace nosograph::snapshot {
namespace {

class Encoder {
 public:
  template <typename T>
  void operator()(const char* /*name*/, const T& field, bool /*required*/) {
    Put(field);
  }

  void PutCount(size_t count) { PutRaw(static_cast<uint32_t>(count)); }
  void PutByte(uint8_t byte) { bytes_.push_back(static_cast<char>(byte)); }

  void Put(const std::string& text) {
    PutCount(text.size());
    bytes_ += text;
  }
  void Put(bool flag) { PutByte(flag ? 1 : 0); }
  void Put(double number) { PutRaw(number); }
  template <typename T>
  void Put(const std::optional<T>& field) {
    Put(field.has_value());
    if (field) Put(*field);
  }
  template <typename T>
  void Put(const std::vector<T>& fields) {
    PutCount(fields.size());
    for (const T& field : fields) Put(field);
  }
  template <typename T>
  void Put(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      PutByte(static_cast<uint8_t>(value));
    } else {
      model::VisitFields(*this, value);
    }
  }

  std::string Take() { return std::move(bytes_); }

 private:
  template <typename T>
  void PutRaw(T value) {
    char raw[sizeof(T)];
    std::memcpy(raw, &value, sizeof(T));
    bytes_.append(raw, sizeof(T));
  }

  std::string bytes_;
};

class Decoder {
 public:
  explicit Decoder(absl::string_view bytes) : bytes_(bytes) {}

  template <typename T>
  void operator()(const char* /*name*/, T& field, bool /*required*/) {
    Get(field);
  }

  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

  // Every element takes a byte at least, so that a count beyond what is left is wrong.
  size_t GetCount() {
    uint32_t count = 0;
    GetRaw(count);
    if (count > bytes_.size()) ok_ = false;
    return ok_ ? count : 0;
  }
  uint8_t GetByte(uint8_t max) {
    uint8_t byte = 0;
    GetRaw(byte);
    if (byte > max) ok_ = false;
    return ok_ ? byte : 0;
  }

  void Get(std::string& text) {
    const size_t count = GetCount();
    text.assign(bytes_.data(), count);
    bytes_.remove_prefix(count);
  }
  void Get(bool& flag) { flag = GetByte(1) == 1; }
  void Get(double& number) { GetRaw(number); }
  void Get(model::ReviewState& state) {
    state = static_cast<model::ReviewState>(GetByte(static_cast<uint8_t>(model::ReviewState::kRetired)));
  }
  template <typename T>
  void Get(std::optional<T>& field) {
    if (GetByte(1) == 1) Get(field.emplace());
  }
  template <typename T>
  void Get(std::vector<T>& fields) {
    const size_t count = GetCount();
    for (size_t i = 0; i < count && ok_; ++i) Get(fields.emplace_back());
  }
  template <typename T>
  void Get(T& value) {
    model::VisitFields(*this, value);
  }

 private:
  template <typename T>
  void GetRaw(T& value) {
    if (bytes_.size() < sizeof(T)) ok_ = false;
    if (!ok_) return;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    bytes_.remove_prefix(sizeof(T));
  }

  absl::string_view bytes_;
  bool ok_ = true;
};

}  // namespace

std::string EncodeKnowledge(const model::ConditionKnowledge& knowledge) {
  Encoder encoder;
  encoder.Put(knowledge);
  encoder.PutCount(knowledge.statements.size());
  for (const model::Statement& statement : knowledge.statements) {
    encoder.Put(statement.section);
    encoder.Put(statement);
  }
  return encoder.Take();
}

std::optional<model::ConditionKnowledge> DecodeKnowledge(absl::string_view bytes) {
  Decoder decoder(bytes);
  model::ConditionKnowledge knowledge;
  decoder.Get(knowledge);
  const size_t count = decoder.GetCount();
  for (size_t i = 0; i < count && decoder.ok(); ++i) {
    model::Statement& statement = knowledge.statements.emplace_back();
    statement.section = static_cast<model::Section>(decoder.GetByte(model::kSectionCount - 1));
    decoder.Get(statement);
  }
  if (!decoder.ok() || !decoder.at_end()) return std::nullopt;
  return knowledge;
}

}  // namespace nosograph::snapshot
