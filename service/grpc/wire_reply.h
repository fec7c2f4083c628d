// A reply in wire format (https://protobuf.dev/programming-guides/encoding), built in one piece.
//
// Not thread-safe.
//
//   char* out = reply->Allocate(pieces.size());
//   return reply->Take();
#ifndef NOSOGRAPH_SERVICE_GRPC_WIRE_REPLY_H_
#define NOSOGRAPH_SERVICE_GRPC_WIRE_REPLY_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace nosograph::service {

class WireReply {
 public:
  // Room for the whole reply, to be written by the caller; what was there before is gone.
  char* Allocate(size_t bytes) {
    slice_ = grpc::Slice(bytes);
    return reinterpret_cast<char*>(const_cast<uint8_t*>(slice_.begin()));  // nobody else has it yet
  }
  void Set(const google::protobuf::MessageLite& message) {
    const size_t bytes = message.ByteSizeLong();
    message.SerializeWithCachedSizesToArray(reinterpret_cast<uint8_t*>(Allocate(bytes)));
  }
  grpc::ByteBuffer Take() const { return grpc::ByteBuffer(&slice_, 1); }
  std::string str() const { return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()}; }

 private:
  grpc::Slice slice_;
};

}  // namespace nosograph::service

#endif  // NOSOGRAPH_SERVICE_GRPC_WIRE_REPLY_H_
