"""Terminology beyond ICD over REST: what comes with requests, value sets over the whole ICD-10-CM, large resources that are put, and a
heavy request beside light ones.

    tx_bench.py PROGRAM REST_BENCH TABULAR WORK [PAIRS]

REST_BENCH is a bare Beast server that answers a body of a size. Standard library and wrk.
"""

import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse

program, bench, tabular, work = sys.argv[1:5]
pairs = int(sys.argv[5]) if len(sys.argv) > 5 else 4
os.makedirs(work, exist_ok=True)
data = os.path.join(work, "data")
environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
BODY_LUA = """
wrk.method, wrk.path = "POST", os.getenv("ASK")
wrk.headers["Content-Type"] = "application/fhir+json"
local file = io.open(os.getenv("BODY")); wrk.body = file:read("*a"); file:close()
"""


class Server:
    def __init__(self, *command, line="serving HTTP on "):
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        for said in self.process.stdout:
            if said.startswith(line):
                self.address = said[len(line):].strip()
                break
        self.ready = time.perf_counter() - self.begun

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def processor(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def load(self, path, body, seconds=2, connections=16):
        with open(os.path.join(work, "body.json"), "w") as file:
            file.write(body)
        before = self.processor()
        done = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", os.path.join(work, "post.lua"), f"http://{self.address}"],
                              capture_output=True, text=True, check=True, env={**environment, "ASK": path, "BODY": os.path.join(work, "body.json")})
        used = self.processor() - before
        assert "Non-2xx" not in done.stdout, done.stdout
        value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", done.stdout).groups()
        return {"cpu": used / int(re.search(r"(\d+) requests in", done.stdout).group(1)) * 1e6,
                "p99": float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]}

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.address, timeout=600)
        connection.request(method, path, body, {"Content-Type": "application/fhir+json"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        assert answer.status < 300, f"{path}: {answer.status} {content[:500]}"
        return content


def serve(folder):
    return Server(program, "serve", "--data", folder, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--call-log", "none", "--anonymous-role",
                  "releaser", "--max-http-body-bytes", 64 << 20, line="serving FHIR on http://")


def parameters(**given):
    kinds = {"url": "valueUri", "system": "valueUri", "code": "valueCode"}
    return {"resourceType": "Parameters", "parameter": [{"name": name, kinds[name]: value} for name, value in given.items()]}


def beside_bare(name, service, path, body):
    size = len(service.ask("POST", path, body))
    with Server(bench, size) as bare:
        runs = []
        for pair in range(pairs):
            order = (service, bare) if pair % 2 == 0 else (bare, service)
            figures = {id(server): server.load(path, body) for server in order}
            runs.append((figures[id(service)]["cpu"], figures[id(bare)]["cpu"]))
    ours, theirs = (statistics.median(run[i] for run in runs) for i in (0, 1))
    print(f"{name}: {ours:.1f} / {theirs:.1f} µs server processor = {statistics.median(a / b for a, b in runs):.2f} "
          f"({len(body)} bytes asked, {size} answered; service / bare Beast, {pairs} pairs)", flush=True)


def code_system(name, count):
    return {"resourceType": "CodeSystem", "id": name, "url": f"http://example.org/{name}", "version": "1", "status": "active", "content": "complete",
            "concept": [{"code": f"c{i}", "display": f"Concept number {i} of {name}", "definition": "What it is, in a few words"} for i in range(count)]}


with open(os.path.join(work, "post.lua"), "w") as file:
    file.write(BODY_LUA)
if not os.path.exists(data):
    subprocess.run([program, "import", "icd10cm", tabular, "--version", "2026-04-01", "--quiet", "--data", data], check=True, stdout=subprocess.DEVNULL)

with serve(data) as service:
    # Two resources of 50 concepts that come with each request.
    ours = code_system("fifty", 50)
    value_set = {"resourceType": "ValueSet", "url": "http://example.org/vs", "status": "active", "compose": {"include": [
        {"system": ours["url"], "concept": [{"code": f"c{i}"} for i in range(50)]}]}}
    asked = parameters(url=value_set["url"], system=ours["url"], code="c7")
    asked["parameter"] += [{"name": "tx-resource", "resource": ours}, {"name": "tx-resource", "resource": value_set}]
    beside_bare("$validate-code with two tx-resources of 50 concepts (at most 150 µs)", service, "/r5/ValueSet/$validate-code", json.dumps(asked))

    # Value sets over the whole release, put once.
    for name, filters in (("is-a", [("concept", "is-a", "E08-E13")]), ("regex", [("code", "regex", "E1[0-3].*")]), ("property", [("billable", "=", "true")])):
        kept = {"resourceType": "ValueSet", "id": f"of-{name}", "url": f"http://example.org/vs/{name}", "status": "active", "compose": {"include": [
            {"system": ICD, "filter": [{"property": p, "op": op, "value": value} for p, op, value in filters]}]}}
        service.ask("PUT", f"/r5/ValueSet/of-{name}", json.dumps(kept))
        beside_bare(f"$validate-code in a value set of ICD-10-CM by {name} (at most 1.4)", service, "/r5/ValueSet/$validate-code",
                    json.dumps(parameters(url=kept["url"], system=ICD, code="E11.9")))
    skin = json.dumps({"resourceType": "ValueSet", "status": "active", "compose": {"include": [
        {"system": ICD, "filter": [{"property": "concept", "op": "is-a", "value": "chapter-12"}]}]}})
    begin = time.perf_counter()
    content = service.ask("POST", "/r5/ValueSet/$expand?count=100000", json.dumps({"resourceType": "Parameters", "parameter": [
        {"name": "valueSet", "resource": json.loads(skin)}, {"name": "count", "valueInteger": 100000}]}))
    print(f"first expansion of a posted value set of chapter 12, {len(content)} bytes: {(time.perf_counter() - begin) * 1000:.1f} ms (at most 10)")

    # Light questions beside one that expands everything, over and over; its client gives way, so that what is seen is the server's doing.
    light = "/r4/CodeSystem/$validate-code", json.dumps(parameters(url=ICD, code="L94.2"))
    whole = {"resourceType": "Parameters", "parameter": [{"name": "url", "valueUri": ICD + "?fhir_vs"}, {"name": "count", "valueInteger": 100000}]}
    with open(os.path.join(work, "whole.json"), "w") as file:
        json.dump(whole, file)
    alone, beside, expansions = [], [], 0
    for _ in range(pairs):
        alone.append(service.load(*light)["p99"])
        heavy = subprocess.Popen(["nice", "-n", "19", "wrk", "-t1", "-c1", "-d4s", "--timeout", "10s", "-s", os.path.join(work, "post.lua"), f"http://{service.address}"],
                                 stdout=subprocess.PIPE, text=True, env={**environment, "ASK": "/r4/ValueSet/$expand", "BODY": os.path.join(work, "whole.json")})
        time.sleep(1)
        beside.append(service.load(*light)["p99"])
        expansions += int(re.search(r"(\d+) requests in", heavy.communicate()[0]).group(1))
    print(f"16 light connections, p99 alone {statistics.median(alone):.2f} ms, beside one that expands all of ICD-10-CM "
          f"{statistics.median(beside):.2f} ms = {statistics.median(b / a for a, b in zip(alone, beside)):.1f} (at most 2); "
          f"{expansions / pairs / 4:.1f} expansions a second beside them; the clients run on the same processors", flush=True)

# A large resource.
large = json.dumps(code_system("large", 205000))
folder = os.path.join(work, "kept")
subprocess.run(["rm", "-rf", folder], check=True)
subprocess.run(["cp", "-r", data, folder], check=True)
subprocess.run(["rm", "-f", *[os.path.join(folder, f"resources.db{end}") for end in ("", "-wal", "-shm")]], check=True)
ready = []
for _ in range(3):
    with serve(folder) as service:
        ready.append(service.ready)
with serve(folder) as service:
    begin = time.perf_counter()
    service.ask("PUT", "/r5/CodeSystem/large", large)
    put = time.perf_counter() - begin
    service.ask("GET", "/r5/CodeSystem/$validate-code?url=http://example.org/large&code=c159999")
    print(f"a CodeSystem of {len(large) / 1e6:.0f} MB put in {put:.2f} s, with the first $validate-code {time.perf_counter() - begin:.2f} s (at most 1.5)")
again = []
for _ in range(3):
    with serve(folder) as service:
        again.append(service.ready)
print(f"the service started again serves after {statistics.median(again) * 1000:.0f} ms with it, {statistics.median(ready) * 1000:.0f} ms without it")
