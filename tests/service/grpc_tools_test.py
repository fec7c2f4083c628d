"""What gRPC's own tools find: the services and their messages by reflection, and whether they serve, by the published clients of both."""

import pathlib
import sys

import grpc
from google.protobuf import descriptor_pool, message_factory

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import nosograph_service as ns

try:
    from grpc_health.v1 import health_pb2, health_pb2_grpc
    from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
except ImportError as missing:
    ns.skip(f"{missing}; tests/run.sh installs it")


def reflects(channel):
    database = ProtoReflectionDescriptorDatabase(channel)
    services = set(database.get_services())
    assert {"nosograph.v1.TerminologyService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"} <= services, services
    # A call with nothing but what reflection tells.
    pool = descriptor_pool.DescriptorPool(database)
    method = pool.FindServiceByName("nosograph.v1.TerminologyService").FindMethodByName("Resolve")
    request = message_factory.GetMessageClass(method.input_type)(code="L94.2")
    reply = message_factory.GetMessageClass(method.output_type)
    resolve = channel.unary_unary("/nosograph.v1.TerminologyService/Resolve", request_serializer=lambda message: message.SerializeToString(),
                                  response_deserializer=reply.FromString)
    assert resolve(request, timeout=60).matched_concept.code == "L94.2"
    # What there is not, and what is asked wrongly; the newer name of the service has the same messages.
    asked = [reflection_pb2.ServerReflectionRequest(file_containing_symbol="no.such.Symbol"), reflection_pb2.ServerReflectionRequest(host="h"),
             reflection_pb2.ServerReflectionRequest(file_by_filename="nosograph/v1/terminology.proto"),
             reflection_pb2.ServerReflectionRequest(file_by_filename="nosograph/v1/condition.proto"),
             reflection_pb2.ServerReflectionRequest(all_extension_numbers_of_type="google.protobuf.FieldOptions"),
             reflection_pb2.ServerReflectionRequest(file_containing_extension={"containing_type": "google.protobuf.FieldOptions", "extension_number": 1})]
    newer = channel.stream_stream("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                                  request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
                                  response_deserializer=reflection_pb2.ServerReflectionResponse.FromString)
    for stream in (newer, reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo):
        answers = list(stream(iter(asked), timeout=60))
        assert [answer.original_request for answer in answers] == asked
        assert answers[0].error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]
        assert answers[1].valid_host == "h" and answers[1].error_response.error_code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
        assert len(answers[2].file_descriptor_response.file_descriptor_proto) > 1, "with what it imports"
        assert len(answers[3].file_descriptor_response.file_descriptor_proto) == 1, "what is imported was sent already"
        assert answers[4].all_extension_numbers_response.base_type_name == "google.protobuf.FieldOptions"
        assert answers[5].WhichOneof("message_response") == "error_response"


def is_well(channel):
    health = health_pb2_grpc.HealthStub(channel)
    for service in ("", "nosograph.v1.TerminologyService"):
        assert health.Check(health_pb2.HealthCheckRequest(service=service), timeout=60).status == health_pb2.HealthCheckResponse.SERVING
    try:
        health.Check(health_pb2.HealthCheckRequest(service="x"), timeout=60)
        raise AssertionError("there is no such service")
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.NOT_FOUND
    unknown = health.Watch(health_pb2.HealthCheckRequest(service="x"), timeout=60)
    assert next(unknown).status == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
    unknown.cancel()
    return health.Watch(health_pb2.HealthCheckRequest(service="nosograph.v1.TerminologyService"), timeout=60)


with ns.temporary_folder() as folder:
    data = pathlib.Path(folder) / "data"
    ns.run("import", "icd10cm", ns.STARTER, "--version", "2026-04-01", "--data", data)
    with ns.Service(data) as service:
        reflects(service.channel)
        watch = is_well(service.channel)
        assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
        service.process.terminate()
        assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING, "said before it goes"
        assert service.process.wait(60) == 0

print("tools find what they look for")
