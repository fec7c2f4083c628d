"""HL7's terminology tests: those that pass are listed in tx_passing.txt, and the list only grows.

    tx_suite_test.py             each of the list passes, on the base of R4 and on that of R5
    tx_suite_test.py --update    takes into the list what passes now

The tests are not part of the repository: ../shared/tx-tests has them; without it this is skipped.
"""

import json
import pathlib
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parent)]
import nosograph_service as ns
from rest_test import Served

TESTS = ns.ROOT.parent / "shared/tx-tests"
LIST = pathlib.Path(__file__).with_name("tx_passing.txt")


def passing(address, base, version, folder, *more):
    report = folder / f"{base}.json"
    subprocess.run([sys.executable, TESTS / "txsuite.py", "--server", f"http://{address}/{base}", "--fhir", version, "--tests", TESTS,
                    "--jobs", "2", "--json", report, *more], capture_output=True, text=True)
    # A name that stands twice passes where both do.
    results = {}
    for test in json.loads(report.read_text())["tests"]:
        name = f"{base} {test['suite']}/{test['test']}"
        results[name] = results.get(name, True) and test["pass"]
    return {name for name, passed in results.items() if passed}


def main():
    if not (TESTS / "txsuite.py").exists():
        ns.skip("../shared/tx-tests is not there")
    with ns.temporary_folder() as folder:
        folder = pathlib.Path(folder)
        data = folder / "data"
        ns.run("import", "icd10cm", ns.STARTER, "--version", "2026-04-01", "--data", data, "--quiet")
        with Served(data) as rest:
            # What each request brings itself, and what the server has cached for a suite: the same.
            found = set()
            for base, version in (("r4", "4.0"), ("r5", "5.0")):
                found |= passing(rest.address, base, version, folder) & passing(rest.address, base, version, folder, "--no-cache")
    listed = {line for line in LIST.read_text().splitlines() if line and not line.startswith("#")} if LIST.exists() else set()
    if "--update" in sys.argv:
        LIST.write_text("# Tests of HL7's terminology suite that pass, one a line: base, suite/test. tx_suite_test.py --update adds to it.\n"
                        + "".join(line + "\n" for line in sorted(listed | found)))
        print(f"{len(listed | found)} in the list, {len(found - listed)} of them new")
        return
    lost = sorted(listed - found)
    assert listed and not lost, f"{len(lost)} pass no more: {lost[:20]}"
    print(f"{len(found)} pass; {len(found - listed)} of them are not in the list yet")


if __name__ == "__main__":
    main()
