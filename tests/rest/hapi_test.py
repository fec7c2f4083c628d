"""HAPI's client and validator with the service as terminology server: a Maven project of its own beside this file."""

import http.client
import json
import pathlib
import random
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parents[1] / "golden"),
                str(pathlib.Path(__file__).resolve().parent)]
import nosograph_service as ns
from mutations_test import POSTS, mutated, suite_requests
from rest_test import Served
from table import import_releases

if not shutil.which("mvn") or not shutil.which("javac"):
    ns.skip("Maven or a JDK is not installed")


def keep_answers(rest, folder, count=250):
    """Answers of each base to requests that went wrong on the way, and to some that did not."""
    dice = random.Random(20261128)
    requests = POSTS + suite_requests()
    connection = http.client.HTTPConnection(rest.address, timeout=60)
    for base in ("r4", "r5"):
        (folder / base).mkdir(parents=True)
        for number in range(count):
            path, resource = dice.choice(requests)
            if number % 5:
                resource = mutated(resource, dice)
            connection.request("POST", f"/{base}/{path}".rstrip("/"), json.dumps(resource), {"Content-Type": "application/fhir+json"})
            name = f"{number:03}-{path.replace('/', '-').split('?')[0]}.json"
            answer = connection.getresponse()
            assert answer.status < 500 or answer.status == 501, (answer.status, path, resource)
            (folder / base / name).write_bytes(answer.read())
    connection.close()


with ns.temporary_folder() as folder:
    folder = pathlib.Path(folder)
    data = import_releases(folder)
    with Served(data) as rest:
        keep_answers(rest, folder / "answers")
        done = subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", ns.ROOT / "tests/rest/hapi/pom.xml",
                               f"-Dnosograph.build={folder}/java", f"-Dnosograph.answers={folder}/answers",
                               f"-Dnosograph.rest=http://{rest.address}", "test"],
                              capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode and any(text in said for text in ("Could not transfer artifact", "Could not resolve dependencies",
                                                          "Non-resolvable", "could not be resolved")):
        ns.skip("Maven's registry cannot be reached")
    assert done.returncode == 0, said[-8000:]
    reports = list((folder / "java/surefire-reports").glob("*.txt"))
    assert reports and all("Skipped: 0" in report.read_text() for report in reports), "tests were skipped"
