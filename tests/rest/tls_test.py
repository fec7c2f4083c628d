"""FHIR over REST with TLS, roles, log and metrics of its own requests."""

import http.client
import json
import pathlib
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parent)]
import nosograph_service as ns

LOOKUP = f"/r4/CodeSystem/$lookup?system={ns.ICD10CM}&code=L94.2"


class Secured:
    """A service over TLS with an admin port; its log is read at the end."""

    def __init__(self, data, pki, log, *more):
        self.log = open(log, "w")
        self.process = subprocess.Popen(
            [ns.PROGRAM, "serve", "--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--admin", "127.0.0.1:0",
             "--tls-certificate", pki / "server.pem", "--tls-key", pki / "server-key.pem", *more],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        lines = [self.process.stdout.readline() for _ in range(3)]
        assert lines[1].startswith("serving FHIR on https://"), lines
        self.address = lines[1].split("https://")[1].strip()
        self.admin = lines[2].split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait() == 0
        self.process.stdout.close()
        self.log.close()

    def ask(self, context, path=LOOKUP, method="GET", body=None, **headers):
        connection = http.client.HTTPSConnection(self.address, context=context, timeout=60)
        try:
            connection.request(method, path, body, headers=headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def metrics(self):
        return urllib.request.urlopen(f"http://{self.admin}/metrics", timeout=60).read().decode()


def client(pki, name=None, trusted=None):
    context = ssl.create_default_context(cafile=trusted or pki / "ca.pem")
    if name:
        context.load_cert_chain(pki / f"{name}.pem", pki / f"{name}-key.pem")
    return context


def refused(service, context):
    try:
        service.ask(context)
    except (ssl.SSLError, ConnectionError, http.client.RemoteDisconnected):
        return True
    return False


def main():
    with ns.temporary_folder() as folder:
        folder = pathlib.Path(folder)
        data = folder / "data"
        ns.run("import", "icd10cm", ns.STARTER, "--version", "2026-04-01", "--data", data, "--quiet")
        pki = ns.make_pki(folder / "pki")
        other = ns.make_pki(folder / "other")
        issue = [ns.ROOT / "deploy/pki/development_pki.sh", "issue", pki]
        subprocess.run([*issue, "stranger", "URI:spiffe://nosograph.example/stranger"], check=True, stdout=subprocess.DEVNULL)
        subprocess.run([*issue, "expired", "URI:spiffe://nosograph.example/reader", "-1"], check=True, stdout=subprocess.DEVNULL)

        # TLS alone: who trusts the CA may ask.
        with Secured(data, pki, folder / "tls.log", "--call-log", "errors") as service:
            status, answer = service.ask(client(pki))
            assert status == 200 and answer["resourceType"] == "Parameters"
            assert refused(service, client(other)), "a certificate of another CA"
            old = client(pki)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1
            assert refused(service, old), "TLS 1.1"
            plain = http.client.HTTPConnection(service.address, timeout=60)
            try:
                plain.request("GET", LOOKUP)
                plain.getresponse()
                raise AssertionError("plain HTTP is answered")
            except (ConnectionError, http.client.HTTPException):
                pass
            plain.close()
            _, found = service.ask(client(pki), "/r4/CodeSystem")
            assert found["link"][0]["url"].startswith("https://")
            # Files put in the place of the old ones are taken up, sound ones alone.
            for name in ("server.pem", "server-key.pem"):
                shutil.copy(other / name, pki / f"{name}.new")
            (pki / "server-key.pem.new").rename(pki / "server-key.pem")
            assert service.ask(client(pki))[0] == 200, "a pair that does not fit is not taken"
            (pki / "server.pem.new").rename(pki / "server.pem")
            for _ in range(3000):
                if refused(service, client(pki)):
                    break
            assert service.ask(client(other))[0] == 200, "the new certificate"

        # Mutual TLS: a role is needed.
        with Secured(data, other, folder / "mutual.log", "--tls-client-ca", pki / "ca.pem", "--reader", "spiffe://nosograph.example/reader",
                     "--releaser", "spiffe://nosograph.example/releaser") as service:
            trusted = other / "ca.pem"
            trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            assert service.ask(client(pki, "reader", trusted), traceparent=trace)[0] == 200
            for wrong in (None, "expired"):
                assert refused(service, client(pki, wrong, trusted)), wrong
            assert refused(service, client(other, "reader", trusted)), "of another CA"
            status, answer = service.ask(client(pki, "stranger", trusted))
            assert status == 403 and answer["issue"][0]["code"] == "forbidden", answer
            assert service.ask(client(pki, "reader", trusted), "/r4/CodeSystem/secret-7")[0] == 404
            # Releasers alone change what is kept.
            kept = json.dumps({"resourceType": "ValueSet", "id": "v", "url": "urn:v", "status": "active"})
            assert service.ask(client(pki, "reader", trusted), "/r4/ValueSet/v", "PUT", kept)[0] == 403
            assert service.ask(client(pki, "releaser", trusted), "/r4/ValueSet/v", "PUT", kept)[0] == 201
            # A request is counted when its reply is out, which may be after the reply has come.
            deadline = time.monotonic() + 60
            while 'operation="ValueSet update",status="201"} 1' not in (metrics := service.metrics()):
                assert time.monotonic() < deadline, metrics
                time.sleep(0.01)
            assert 'nosograph_http_requests_total{operation="ValueSet update",status="201"} 1' in metrics
            assert 'nosograph_http_requests_total{operation="CodeSystem/$lookup",status="200"} 1' in metrics, metrics
            assert 'nosograph_http_requests_total{operation="CodeSystem read",status="404"} 1' in metrics
            assert 'nosograph_http_request_duration_seconds_count{operation="CodeSystem/$lookup"} 1' in metrics
        log = (folder / "mutual.log").read_text()
        lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        first = lines[0]
        assert first["method"] == "REST CodeSystem/$lookup" and first["status"] == 200 and first["trace_id"] == trace[3:35], first
        assert first["peer"].startswith("127.0.0.1:") and first["duration_us"] >= 0
        assert [line["status"] for line in lines] == [200, 403, 404, 403, 201], lines
        assert "secret-7" not in log and "L94.2" not in log, "nothing that was asked"
        assert "L94.2" not in (folder / "tls.log").read_text()


if __name__ == "__main__":
    main()
