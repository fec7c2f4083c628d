"""The Python package beside simple-icd-10-cm 1.5.0, each in processes of its own, by turns: medians, and a ratio each.

python_bench.py PACKAGE_FOLDER DATA_FOLDER
"""

import json
import statistics
import subprocess
import sys

ROUNDS = 5

COMMON = """
import json, random, sys, time
def anonymous():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon:"))
def each(function, codes):
    start = time.perf_counter()
    for code in codes:
        function(code)
    return (time.perf_counter() - start) / len(codes) * 1e6
codes = json.load(sys.stdin)
wrong = [code + "Q" for code in codes]
before, start = anonymous(), time.perf_counter()
"""

OURS = COMMON + """
sys.path.insert(0, sys.argv[1])
import nosograph
terminology = nosograph.open("snapshot:" + sys.argv[2])
terminology.lookup("L94.2").display
load = time.perf_counter() - start
VALID = nosograph.Outcome.VALID
figures = {
    "load, ms": load * 1e3, "memory, MB": (anonymous() - before) / 1e3,
    "lookup, us": each(lambda code: terminology.lookup(code).display, codes),
    "is_valid, us": each(lambda code: terminology.validate_code(code, claim=False).outcome is VALID, codes),
    "is_valid of wrong codes, us": each(lambda code: terminology.validate_code(code, claim=False).outcome is VALID, wrong),
    "ancestors, us": each(lambda code: [concept.code for concept in terminology.lookup(code).ancestors], codes),
}
print(json.dumps(figures))
"""

THEIRS = COMMON + """
import simple_icd_10_cm as icd
icd.get_description("L94.2")
load = time.perf_counter() - start
figures = {
    "load, ms": load * 1e3, "memory, MB": (anonymous() - before) / 1e3,
    "lookup, us": each(icd.get_description, codes),
    "is_valid, us": each(icd.is_valid_item, codes),
    "is_valid of wrong codes, us": each(icd.is_valid_item, wrong),
    "ancestors, us": each(icd.get_ancestors, codes),
}
print(json.dumps(figures))
"""

CODES = """
import json, random, simple_icd_10_cm as icd
codes = [code for code in icd.get_all_codes(True) if icd.is_leaf(code)]
random.Random(1).shuffle(codes)
print(json.dumps(codes[:20000]))
"""


def run(script, given=""):
    done = subprocess.run([sys.executable, "-c", script, *sys.argv[1:]], input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


codes = run(CODES)
runs = [(json.loads(run(OURS, codes)), json.loads(run(THEIRS, codes))) for _ in range(ROUNDS)]
print(f"{'median of ' + str(ROUNDS):32} {'nosograph':>12} {'simple-icd-10-cm 1.5.0':>24} {'ratio':>8}")
for name in runs[0][0]:
    ours, theirs = (statistics.median(pair[side][name] for pair in runs) for side in (0, 1))
    print(f"{name:32} {ours:12.2f} {theirs:24.2f} {theirs / ours:8.1f}")
