"""The admin port, as a probe and Prometheus see it."""

import contextlib
import http.client
import pathlib
import re
import socket
import sys

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import nosograph_service as ns


def get(connection, path, method="GET", body=None):
    connection.request(method, path, body=body)
    reply = connection.getresponse()
    return reply, reply.read().decode()


def value(page, name, **labels):
    """The value of a metric whose labels are those given and perhaps more."""
    for line in page.splitlines():
        match = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
        if match and match[1] == name and labels.items() <= dict(re.findall(r'(\w+)="([^"]*)"', match[2] or "")).items():
            return float(match[3])
    return None


def raw(address, sent):
    """What a server says to bytes, until it ends the connection."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(sent)
        received = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                received += piece
        return received.decode()


with ns.temporary_folder() as folder:
    folder = pathlib.Path(folder)
    data = folder / "data"
    ns.run("import", "icd10cm", ns.STARTER, "--version", "2026-04-01", "--data", data)
    pb, pb_grpc = ns.make_stubs(folder)
    pki = ns.make_pki(folder / "pki")
    with ns.Service(data, pki, ["--admin", "127.0.0.1:0", "--max-batch", "2"]) as service:
        connection = http.client.HTTPConnection(service.admin)
        for path in ("/livez", "/readyz", "/readyz?verbose"):
            reply, body = get(connection, path)
            assert (reply.status, body) == (200, "ok\n"), (path, reply.status, body)
        assert get(connection, "/nothing")[0].status == 404
        reply, _ = get(connection, "/livez", "DELETE")
        assert reply.status == 405 and reply.getheader("Allow") == "GET, HEAD"
        reply, body = get(connection, "/livez", "HEAD")
        assert reply.status == 200 and body == ""

        stub = pb_grpc.TerminologyServiceStub(service.channel)
        for code in ("L94.2", "banana", "L94.2"):
            stub.Resolve(pb.ResolveRequest(code=code), timeout=60)
        list(stub.ResolveStream(iter([pb.ResolveRequest(code="L94.2")]), timeout=60))
        try:
            stub.ResolveBatch(pb.ResolveBatchRequest(codes=["L94.2"] * 3), timeout=60)
            raise AssertionError("a batch over the limit")
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.INVALID_ARGUMENT and "more than the 2" in error.details()

        # A call is counted once its reply is out, so that the client may have it before.
        calls = {"service": "nosograph.v1.TerminologyService"}
        while True:
            reply, page = get(connection, "/metrics")
            if value(page, "nosograph_grpc_calls_running") == 0:
                break
        assert reply.getheader("Content-Type").startswith("text/plain; version=0.0.4")
        assert value(page, "nosograph_grpc_calls_total", method="Resolve", code="OK", **calls) == 3
        assert value(page, "nosograph_grpc_calls_total", method="ResolveStream", code="OK", **calls) == 1
        assert value(page, "nosograph_grpc_calls_total", method="ResolveBatch", code="INVALID_ARGUMENT", **calls) == 1
        assert value(page, "nosograph_grpc_calls_total", method="Lookup", **calls) is None
        assert value(page, "nosograph_grpc_call_duration_seconds_count", method="Resolve", **calls) == 3
        assert value(page, "nosograph_grpc_call_duration_seconds_bucket", method="Resolve", le="+Inf", **calls) == 3
        assert value(page, "nosograph_grpc_call_duration_seconds_sum", method="Resolve", **calls) > 0
        assert value(page, "nosograph_release_info", system=ns.ICD10CM, version="2026-04-01", active="true") == 1
        assert value(page, "nosograph_release_valid_from_timestamp_seconds", version="2026-04-01") == 1775001600
        assert value(page, "nosograph_releases_taken_up_timestamp_seconds") > 1.7e9
        assert value(page, "nosograph_tls_certificate_expiry_timestamp_seconds") > 1.7e9
        assert value(page, "nosograph_build_info") == 1

        # What is no request, too large or never comes to an end harms nobody else.
        assert raw(service.admin, b"what is this\r\n\r\n").startswith("HTTP/1.1 400 ")
        assert raw(service.admin, b"GET / HTTP/1.1\r\nA: " + b"a" * 100_000 + b"\r\n\r\n").startswith(("HTTP/1.1 431 ", ""))
        assert raw(service.admin, b"POST /livez HTTP/1.1\r\nContent-Length: 9\r\n\r\n123456789").startswith("HTTP/1.1 413 ")
        host, port = service.admin.rsplit(":", 1)
        unfinished = socket.create_connection((host, int(port)))
        unfinished.sendall(b"GET /livez HT")
        assert get(connection, "/livez")[0].status == 200
        # Neither does it hold the end of the service, which is awaited here.
    unfinished.close()
    connection.close()

print("probes and metrics are as they should be")
