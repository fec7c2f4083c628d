"""Clients that others wrote: fhirpy, and fhir-kit-client where Node is at hand, ask every operation."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parents[1] / "golden"),
                str(pathlib.Path(__file__).resolve().parent)]
import nosograph_service as ns
from rest_test import ICD10CM, Served, codes, parameters, parameters_of, read
from table import import_releases

try:
    from fhirpy import SyncFHIRClient
    from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound
except ImportError:
    ns.skip("fhirpy is not installed")

OURS = {"resourceType": "ValueSet", "status": "active", "compose": {
    "include": [{"system": ICD10CM, "filter": [{"property": "concept", "op": "is-a", "value": "L94"}]}]}}

KIT = """
import { Client } from "fhir-kit-client";
const client = new Client({ baseUrl: process.argv[2] });
const system = "http://hl7.org/fhir/sid/icd-10-cm";
const parameters = (...given) => ({ resourceType: "Parameters", parameter: given });
const said = {};
said.statement = (await client.capabilityStatement()).fhirVersion;
const found = await client.search({ resourceType: "CodeSystem", searchParams: { url: system } });
said.found = found.entry.map((entry) => entry.resource.version);
said.read = (await client.read({ resourceType: "CodeSystem", id: found.entry[0].resource.id })).url;
said.pages = (await client.nextPage({ bundle: await client.search({ resourceType: "CodeSystem", searchParams: { url: system, _count: 1 } }) })).entry[0].resource.version;
said.lookup = await client.operation({ name: "lookup", resourceType: "CodeSystem", method: "GET", input: { system, code: "L94.2" } });
said.validated = await client.operation({ name: "validate-code", resourceType: "CodeSystem",
  input: parameters({ name: "url", valueUri: system }, { name: "code", valueCode: "L94.29" }) });
said.subsumes = await client.operation({ name: "subsumes", resourceType: "CodeSystem", method: "GET", input: { system, codeA: "L94", codeB: "L94.2" } });
said.expanded = await client.operation({ name: "expand", resourceType: "ValueSet", method: "GET", input: { url: system + "?fhir_vs", filter: "calcinosis cut" } });
said.member = await client.operation({ name: "validate-code", resourceType: "ValueSet",
  input: parameters({ name: "valueSet", resource: JSON.parse(process.argv[3]) }, { name: "coding", valueCoding: { system, code: "L94.2" } }) });
said.batch = (await client.batch({ body: { resourceType: "Bundle", type: "batch",
  entry: [{ request: { method: "GET", url: "CodeSystem?_summary=count" } }] } })).entry[0].response.status;
try { await client.read({ resourceType: "CodeSystem", id: "none" }); } catch (error) { said.missing = [error.response.status, error.response.data.resourceType]; }
console.log(JSON.stringify(said));
"""


def fhirpy_asks(base, version):
    client = SyncFHIRClient(base)
    assert client.execute("metadata", method="get")["fhirVersion"] == version
    found = client.resources("CodeSystem").search(url=ICD10CM).fetch()
    assert [system["version"] for system in found] == ["2026-04-01", "2021-01-01"]
    assert client.reference("CodeSystem", found[0].id).to_resource()["url"] == ICD10CM
    try:
        client.reference("CodeSystem", "none").to_resource()
        raise AssertionError("what is not there was read")
    except ResourceNotFound:
        pass
    assert read(client.execute("CodeSystem/$lookup", method="get", params={"system": ICD10CM, "code": "L94.2"}))["display"] == "Calcinosis cutis"
    wrong = parameters(("url", "valueUri", ICD10CM), ("code", "valueCode", "L94.29"))
    assert read(client.execute("CodeSystem/$validate-code", data=wrong))["result"] is False
    assert read(client.execute("CodeSystem/$subsumes", method="get", params={"system": ICD10CM, "codeA": "L94", "codeB": "L94.2"}))["outcome"] == "subsumes"
    assert codes(client.execute("ValueSet/$expand", data=parameters_of(OURS)))[0] == "L94"
    member = parameters_of(OURS, ("coding", "valueCoding", {"system": ICD10CM, "code": "L95.0"}))
    assert read(client.execute("ValueSet/$validate-code", data=member))["result"] is False
    try:
        client.execute("CodeSystem/$lookup", data=parameters())
        raise AssertionError("a lookup of nothing was answered")
    except OperationOutcome as error:
        assert "code" in str(error)


def fhir_kit_client_asks(folder, base, version):
    if not shutil.which("npm") or not shutil.which("node"):
        print("Node is not installed; fhir-kit-client was not tried")
        return
    project = pathlib.Path(folder) / "kit"
    if not project.exists():
        project.mkdir()
        (project / "ask.mjs").write_text(KIT)
        installed = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", project, "fhir-kit-client@2.0.3"],
                                   capture_output=True, text=True)
        if installed.returncode:
            shutil.rmtree(project)
            print("fhir-kit-client could not be had from the registry; it was not tried")
            return
    done = subprocess.run(["node", "ask.mjs", base, json.dumps(OURS)], cwd=project, capture_output=True, text=True,
                          env={name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")})
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["statement"] == version and said["found"] == ["2026-04-01", "2021-01-01"] and said["read"] == ICD10CM
    assert said["pages"] == "2021-01-01" and said["batch"] == "200" and said["missing"] == [404, "OperationOutcome"]
    assert read(said["lookup"])["display"] == "Calcinosis cutis" and read(said["validated"])["result"] is False
    assert read(said["subsumes"])["outcome"] == "subsumes" and codes(said["expanded"])[0] == "L94.2"
    assert read(said["member"])["result"] is True


with ns.temporary_folder() as folder:
    with Served(import_releases(pathlib.Path(folder))) as rest:
        for base, version in (("r4", "4.0.1"), ("r5", "5.0.0")):
            fhirpy_asks(f"http://{rest.address}/{base}", version)
            fhir_kit_client_asks(folder, f"http://{rest.address}/{base}", version)
