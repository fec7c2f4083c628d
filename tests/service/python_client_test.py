"""A client as a hospital writes one: Python's grpcio, over stubs generated from the proto files."""

import pathlib
import sys

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import nosograph_service as ns


def error_of(call):
    try:
        call()
    except grpc.RpcError as error:
        return error
    raise AssertionError("no error")


with ns.temporary_folder() as folder:
    folder = pathlib.Path(folder)
    data = folder / "data"
    ns.run("import", "icd10cm", ns.STARTER, "--version", "2026-04-01", "--data", data)
    ns.run("import", "extension", ns.DERMATOLOGY, "--data", data)
    pb, pb_grpc = ns.make_stubs(folder)
    with ns.Service(data) as service:
        stub = pb_grpc.TerminologyServiceStub(service.channel)

        answer = stub.Resolve(pb.ResolveRequest(code="L94.21"), timeout=60)
        assert answer.outcome == pb.OUTCOME_EXTENSION
        assert answer.billable_code == "L94.2"
        assert [item.code for item in answer.ancestors] == ["L94.2", "L94", "L80-L99", "chapter-12"]
        assert answer.release.system == ns.ICD10CM and answer.release.version == "2026-04-01"
        assert answer.extensions[0].extends == ns.ICD10CM
        listed = {source.id for source in answer.knowledge.sources}
        assert "altmeyer-2020" in listed
        statements = 0
        for section in ("definition", "aetiology", "onset", "sites", "features", "laboratory", "associations",
                        "complications", "therapy", "literature"):
            for statement in getattr(answer.knowledge, section):
                assert statement.source_ids and set(statement.source_ids) <= listed, statement
                statements += 1
        assert statements > 30, statements

        assert stub.Resolve(pb.ResolveRequest(code="banana"), timeout=60).outcome == pb.OUTCOME_UNKNOWN
        asked = pb.ResolveRequest(code="L94.29", on_miss=pb.ON_MISS_UNKNOWN)
        assert stub.Resolve(asked, timeout=60).outcome == pb.OUTCOME_UNKNOWN
        fallback = stub.Resolve(pb.ResolveRequest(code="L94.29"), timeout=60)
        assert fallback.outcome == pb.OUTCOME_PARENT_FALLBACK
        assert not fallback.HasField("matched_concept") and fallback.fallback_concept.code == "L94.2"
        header = stub.Resolve(pb.ResolveRequest(code="S72.001"), timeout=60)
        assert header.outcome == pb.OUTCOME_EXACT and header.billable_code == ""

        batch = stub.ResolveBatch(pb.ResolveBatchRequest(codes=["L94.21", "x" * 65, "Ménière"]), timeout=60)
        assert [item.WhichOneof("answer") for item in batch.items] == ["result", "error", "result"]
        assert batch.items[2].result.outcome == pb.OUTCOME_UNKNOWN

        long = error_of(lambda: stub.Resolve(pb.ResolveRequest(code="x" * (1 << 20)), timeout=60))
        assert long.code() == grpc.StatusCode.INVALID_ARGUMENT and "give one code" in long.details()
        system = error_of(lambda: stub.Resolve(pb.ResolveRequest(code="L94.2", system="urn:x"), timeout=60))
        assert system.code() == grpc.StatusCode.NOT_FOUND and ns.ICD10CM in system.details()

print("the client got what it asked for")
