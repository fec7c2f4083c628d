"""HAPI's FhirValidator on 1,000 Conditions: the library in its process beside our service, by turns; median seconds.

hapi_bench.py PROGRAM LIBRARY DATA_FOLDER CODE_LIST WORK_FOLDER
"""

import os
import pathlib
import random
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
program, library, data, code_list, work = sys.argv[1:]
work = pathlib.Path(work)

# A tenth of the codes is wrong, as in what a validator is for.
plain = [line.strip() for line in open(code_list)]
codes = [code[:3] + "." + code[3:] if "." not in code else code for code in plain if len(code) > 3 and "-" not in code]
chosen = random.Random(1).sample(codes, 1050)
(work / "codes").write_text("".join((code + "9Q" if i % 10 == 9 else code) + "\n" for i, code in enumerate(chosen)))
subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", ROOT / "plugin/java/pom.xml", f"-Dnosograph.build={work}/java",
                "-DskipTests", "package", "dependency:build-classpath", f"-Dmdep.outputFile={work}/classpath"], check=True)
service = subprocess.Popen([program, "serve", "--data", data, "--grpc", "127.0.0.1:0", "--call-log", "none"],
                           stdout=subprocess.PIPE, text=True)
address = service.stdout.readline().split()[3].rstrip(",")
ways = {f"snapshot:{data}": "in its process", f"grpc://{address}?cache_bytes=0": "our service, gRPC on loopback, no cache"}
try:
    done = subprocess.run(
        ["java", f"-Dnosograph.library={library}", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp",
         f"{work}/java/classes:{work}/java/test-classes:{(work / 'classpath').read_text()}",
         "org.nosograph.hapi.ValidationBench", work / "codes", *ways], stdout=subprocess.PIPE, text=True, check=True)
finally:
    service.terminate()
    service.wait()
seconds = {}
for line in done.stdout.splitlines():
    way, count, wrong, took = line.split("\t")
    seconds.setdefault(way, []).append((float(took), count, wrong))
for way, runs in seconds.items():
    took = statistics.median(run[0] for run in runs)
    print(f"{ways[way]:44} {took:7.3f} s for {runs[0][1]} Conditions, {runs[0][2]} of them refused")
