"""The Java package and its HAPI adapter: built by Maven, its own tests, and the golden table through it."""

import pathlib
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parents[1] / "golden")]
import nosograph_service as ns
from table import import_releases, question, read_table

PACKAGE = ns.ROOT / "plugin/java"
LIBRARY = pathlib.Path(ns.PROGRAM).parents[1] / "plugin/libnosograph.so.1"


def maven(folder, data, *goals):
    # Built in a folder of this test's own, so that two runs at once are no harm.
    command = ["mvn", "--quiet", "--batch-mode", "--file", PACKAGE / "pom.xml", f"-Dnosograph.build={folder}/java",
               f"-Dnosograph.library={LIBRARY}", f"-Dnosograph.data={data}", *goals]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode and ("Could not transfer artifact" in said or "Could not resolve dependencies" in said
                            or "Non-resolvable" in said or "could not be resolved" in said):
        ns.skip("Maven's registry cannot be reached")
    assert done.returncode == 0, said[-6000:]


if not shutil.which("mvn") or not shutil.which("javac"):
    ns.skip("Maven or a JDK is not installed")

with ns.temporary_folder() as folder:
    folder = pathlib.Path(folder)
    data = import_releases(folder)
    maven(folder, data, "package", "dependency:build-classpath", f"-Dmdep.outputFile={folder}/classpath")
    reports = list((folder / "java/surefire-reports").glob("*.txt"))
    assert reports and all("Skipped: 0" in report.read_text() for report in reports), "tests of the package were skipped"
    assert list((folder / "java").glob("nosograph-hapi-*.jar")), "no jar"
    rows = list(read_table())
    done = subprocess.run(
        ["java", f"-Dnosograph.library={LIBRARY}", "-cp",
         f"{folder}/java/classes:{folder}/java/test-classes:{(folder / 'classpath').read_text()}", "org.nosograph.Golden",
         f"snapshot:{data}"], input="".join(question(cells[0], cells[1]) + "\n" for _, cells in rows), capture_output=True,
        text=True)
    assert done.returncode == 0, done.stderr
    answers = [line.split("\t") for line in done.stdout.splitlines()]
    wrong = [f"codes.tsv:{number}: {got}, expected {cells[2:]}"
             for (number, cells), got in zip(rows, answers, strict=True) if got != cells[2:]]
    print("\n".join(wrong) or f"{len(rows)} rows through Java, as the table says")
    sys.exit(1 if wrong else 0)
