"""HAPI's client and validator with the service as terminology server: a Maven project of its own beside this file."""

import pathlib
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parents[1] / "golden"),
                str(pathlib.Path(__file__).resolve().parent)]
import nosograph_service as ns
from rest_test import Served
from table import import_releases

if not shutil.which("mvn") or not shutil.which("javac"):
    ns.skip("Maven or a JDK is not installed")

with ns.temporary_folder() as folder:
    folder = pathlib.Path(folder)
    data = import_releases(folder)
    with Served(data) as rest:
        done = subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", ns.ROOT / "tests/rest/hapi/pom.xml",
                               f"-Dnosograph.build={folder}/java", f"-Dnosograph.rest=http://{rest.address}", "test"],
                              capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode and any(text in said for text in ("Could not transfer artifact", "Could not resolve dependencies",
                                                          "Non-resolvable", "could not be resolved")):
        ns.skip("Maven's registry cannot be reached")
    assert done.returncode == 0, said[-8000:]
    reports = list((folder / "java/surefire-reports").glob("*.txt"))
    assert reports and all("Skipped: 0" in report.read_text() for report in reports), "tests were skipped"
