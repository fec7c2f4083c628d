"""REST beside a bare Beast server that answers a body of the same size: wrk at 16 connections, interleaved pairs.

    rest_bench.py PROGRAM REST_BENCH TABULAR WORK [PAIRS]

Standard library and wrk.
"""

import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request

program, bench, tabular, work = sys.argv[1:5]
pairs = int(sys.argv[5]) if len(sys.argv) > 5 else 10
data = os.path.join(work, "data")
environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
SYSTEM = "http://hl7.org/fhir/sid/icd-10-cm"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

# Asks the paths of a file, one after the other.
LUA = """
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
local at = 0
local thread_number = 0
function setup(thread) thread:set("offset", thread_number * 7919); thread_number = thread_number + 1 end
function init(args) at = offset % #paths end
function request() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
"""


class Server:
    def __init__(self, *command, line="serving HTTP on "):
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env=environment)
        for said in self.process.stdout:
            if said.startswith(line):
                self.address = said[len(line):].strip()
                return

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def processor(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def load(self, paths, seconds=2):
        before = self.processor()
        done = subprocess.run(["wrk", "-t2", "-c16", f"-d{seconds}s", "--latency", "-s", os.path.join(work, "paths.lua"),
                               f"http://{self.address}"], capture_output=True, text=True, check=True, env={**environment, "PATHS": paths})
        used = self.processor() - before
        asked = int(re.search(r"(\d+) requests in", done.stdout).group(1))
        assert "Non-2xx" not in done.stdout, done.stdout
        return {"cpu": used / asked * 1e6, "rate": asked / seconds}


def get(address, path):
    return opener.open(f"http://{address}{path}").read()


subprocess.run([program, "import", "icd10cm", tabular, "--version", "2026-04-01", "--quiet", "--data", data], check=True,
               stdout=subprocess.DEVNULL)
listed = subprocess.run([program, "children", "--all", *[f"chapter-{i}" for i in range(1, 23)], "--data", data],
                        capture_output=True, text=True, check=True).stdout.splitlines()
codes = [line.split()[0] for line in listed]
words = sorted({word.lower() for line in listed for word in re.findall(r"[A-Za-z]{5,}", line)})
words = words[:: max(1, len(words) // 840)][:840]
with open(os.path.join(work, "paths.lua"), "w") as file:
    file.write(LUA)
quoted = urllib.parse.quote(SYSTEM, safe="")
every = urllib.parse.quote(SYSTEM + "?fhir_vs", safe="")
asked = {
    "CodeSystem $lookup": [f"/r4/CodeSystem/$lookup?system={quoted}&code={code}" for code in codes],
    "CodeSystem $validate-code": [f"/r4/CodeSystem/$validate-code?url={quoted}&code={code}" for code in codes],
    "CodeSystem $subsumes": [f"/r4/CodeSystem/$subsumes?system={quoted}&codeA={code[:3]}&codeB={code}" for code in codes if "-" not in code],
    "ValueSet $validate-code": [f"/r4/ValueSet/$validate-code?url={every}&system={quoted}&code={code}" for code in codes],
    "ValueSet $expand?filter=": [f"/r4/ValueSet/$expand?url={every}&filter={word}&count=10" for word in words],
}
with Server(program, "serve", "--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--call-log", "errors",
            line="serving FHIR on http://") as service:
    for name, paths in asked.items():
        file = os.path.join(work, "paths.txt")
        with open(file, "w") as out:
            out.write("\n".join(paths))
        sample = paths[:: max(1, len(paths) // 200)]
        size = round(statistics.mean(len(get(service.address, path)) for path in sample))
        with Server(bench, size) as bare:
            runs = []
            for pair in range(pairs):
                order = (service, bare) if pair % 2 == 0 else (bare, service)
                figures = {id(server): server.load(file) for server in order}
                runs.append((figures[id(service)], figures[id(bare)]))
        ours, theirs = (statistics.median(run[i]["cpu"] for run in runs) for i in (0, 1))
        ratio = statistics.median(a["cpu"] / b["cpu"] for a, b in runs)
        rate = statistics.median(a["rate"] for a, _ in runs)
        print(f"{name}, {size} bytes: {ours:.1f} / {theirs:.1f} µs server processor = {ratio:.2f}; {rate:.0f} a second "
              f"(service / bare Beast, {pairs} interleaved pairs)", flush=True)

    begin = time.perf_counter()
    chapter = json.loads(get(service.address, f"/r4/ValueSet/$expand?url={every}%3Disa/chapter-12&count=100000"))
    took = (time.perf_counter() - begin) * 1000
    print(f"first expansion of chapter 12, {chapter['expansion']['total']} codes: {took:.1f} ms, the client's reading among it")
    begin, seen = time.perf_counter(), 0
    while True:
        page = json.loads(get(service.address, f"/r4/ValueSet/$expand?url={every}&count=1000&offset={seen}"))["expansion"]
        seen += len(page.get("contains", []))
        if seen >= page["total"]:
            break
    print(f"all {seen} codes in pages of 1,000: {time.perf_counter() - begin:.2f} s")
