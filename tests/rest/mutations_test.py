"""Requests that went wrong on the way: 10,000 mutations of real ones, and of those of HL7's terminology tests where they are at hand.

None is the service's fault, none costs it anything. --full: 10,000 of the latter too.

Fields are dropped, doubled, renamed, given another type or a huge value; a seed makes them the same each time.
"""

import copy
import http.client
import json
import pathlib
import random
import sys
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parent)]
import nosograph_service as ns
from rest_test import COLOURS, DERMATOLOGY, ICD10CM, Served, parameters, parameters_of

MUTATIONS = 10000
STATUSES = {200, 201, 204, 304, 400, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 431, 501}
SUITE = ns.ROOT.parent / "shared/tx-tests"
OURS = {"resourceType": "ValueSet", "url": "urn:ours", "status": "active", "compose": {
    "include": [{"system": ICD10CM, "filter": [{"property": "concept", "op": "is-a", "value": "L94"}]},
                {"system": ICD10CM, "version": "2026-04-01", "concept": [{"code": "L94.2", "display": "x"}]}, {"system": DERMATOLOGY}],
    "exclude": [{"system": ICD10CM, "concept": [{"code": "L94.0"}]}]}}
COLOURED = {"resourceType": "ValueSet", "url": "urn:coloured", "status": "active", "compose": {"include": [
    {"system": "urn:colours", "filter": [{"property": "concept", "op": "is-a", "value": "red"}, {"property": "note", "op": "regex", "value": "f.*"}]},
    {"system": "urn:colours", "valueSet": ["#inner"]}]}, "contained": [
        {"resourceType": "ValueSet", "id": "inner", "status": "active", "compose": {"include": [{"system": "urn:colours"}]}}]}
CODING = {"system": ICD10CM, "version": "2026-04-01", "code": "L94.2", "display": "Calcinosis cutis"}
POSTS = [
    ("CodeSystem/$lookup", parameters(("coding", "valueCoding", CODING), ("property", "valueCode", "parent"), ("date", "valueDateTime", "2026-05-01"))),
    ("CodeSystem/$validate-code", parameters(("url", "valueUri", ICD10CM), ("code", "valueCode", "L94.2"), ("display", "valueString", "x"))),
    ("CodeSystem/$validate-code", parameters(("codeableConcept", "valueCodeableConcept", {"coding": [CODING, {"system": DERMATOLOGY, "code": "L94.21"}], "text": "t"}))),
    ("CodeSystem/$subsumes", parameters(("codingA", "valueCoding", CODING), ("codingB", "valueCoding", {"system": ICD10CM, "code": "L94"}))),
    ("ValueSet/$expand", parameters_of(OURS, ("filter", "valueString", "calc"), ("count", "valueInteger", 5), ("offset", "valueInteger", 0))),
    ("ValueSet/$expand", OURS),
    ("ValueSet/$expand", {**parameters_of(COLOURED), "parameter": parameters_of(COLOURED)["parameter"] + [{"name": "tx-resource", "resource": COLOURS}]}),
    ("CodeSystem/$validate-code", {**parameters(("url", "valueUri", "urn:colours"), ("code", "valueCode", "ruby")), "parameter": [
        {"name": "url", "valueUri": "urn:colours"}, {"name": "code", "valueCode": "ruby"}, {"name": "tx-resource", "resource": COLOURS}]}),
    ("ValueSet/$validate-code", parameters_of(OURS, ("coding", "valueCoding", CODING))),
    ("Condition/$draft", parameters(("coding", "valueCoding", CODING), ("subject", "valueReference", {"reference": "Patient/1"}))),
    ("", {"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "GET", "url": f"CodeSystem/$lookup?system={ICD10CM}&code=L94.2"}},
        {"request": {"method": "POST", "url": "CodeSystem/$validate-code"},
         "resource": parameters(("url", "valueUri", ICD10CM), ("code", "valueCode", "L94.2"))}]}),
]
MAP = {"resourceType": "ConceptMap", "id": "m", "url": "urn:m", "status": "active", "group": [{"source": "urn:colours", "target": "urn:b", "element": [
    {"code": "red", "target": [{"code": "rot", "relationship": "equivalent"}]}], "unmapped": {"mode": "other-map", "otherMap": "urn:m"}}]}
POSTS += [
    ("ConceptMap/$translate", {"resourceType": "Parameters", "parameter": [
        {"name": "sourceCode", "valueCode": "red"}, {"name": "sourceSystem", "valueUri": "urn:colours"}, {"name": "tx-resource", "resource": MAP}]}),
    ("ValueSet/$batch-validate-code", {"resourceType": "Parameters", "parameter": [
        {"name": "url", "valueUri": "urn:coloured"}, {"name": "tx-resource", "resource": COLOURS}, {"name": "tx-resource", "resource": COLOURED},
        {"name": "validation", "resource": parameters(("coding", "valueCoding", {"system": "urn:colours", "code": "red"}))}]}),
    ("$cache-control?mode=start-cache", {"resourceType": "Parameters", "parameter": [{"name": "tx-resource", "resource": COLOURS}]}),
]
PUTS = [("CodeSystem/k", {**COLOURS, "id": "k", "url": "urn:kept"}), ("ValueSet/k", {**COLOURED, "id": "k"}), ("ConceptMap/m", MAP)]
GETS = [
    ("ValueSet/$expand", {"url": "urn:coloured", "count": "5"}),
    ("ConceptMap/m/$translate", {"sourceCode": "red"}),
    ("CodeSystem/k", {"_summary": "true"}),
    ("ValueSet", {"name": "c", "status": "active"}),
    ("CodeSystem/$lookup", {"system": ICD10CM, "code": "L94.2", "displayLanguage": "de"}),
    ("ValueSet/$expand", {"url": ICD10CM + "?fhir_vs", "filter": "frac nec fem", "count": "10"}),
    ("ValueSet/$expand", {"url": ICD10CM + "?fhir_vs=isa/L94", "activeOnly": "true"}),
    ("ValueSet/$validate-code", {"url": ICD10CM + "?fhir_vs", "code": "L94.2", "inferSystem": "true"}),
    ("CodeSystem", {"url": ICD10CM, "_count": "1", "_offset": "0", "_elements": "url"}),
    ("Basic", {"code": "L94.21", "_summary": "true"}),
    ("metadata", {"mode": "terminology"}),
]
ODD = ["", " ", "\0", "x" * 70000, "\ud800", "\u202e\U0001f9a0", "%", "../../etc/passwd", "|", "a|b|c", -1, 0, 1e308, 2**63, True, None, [], {},
       [[[[]]]], {"resourceType": "Parameters"}, "2026-13-45", "L94.2\n", "http://", "true", ["L94.2", "L94.2"]]


def places(node, found):
    """Every list and object of a tree."""
    if isinstance(node, (dict, list)) and node:
        found.append(node)
        for child in node.values() if isinstance(node, dict) else node:
            places(child, found)
    return found


def mutated(resource, dice):
    resource = copy.deepcopy(resource)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        found = places(resource, [])
        if not found:
            break
        place = dice.choice(found)
        key = dice.choice(list(place) if isinstance(place, dict) else range(len(place)))
        how = dice.randrange(6)
        if how == 0:
            del place[key]
        elif how == 1 and isinstance(place, list):
            place.extend(copy.deepcopy(place[key]) for _ in range(dice.choice((1, 2, 100))))
        elif how == 2 and isinstance(place, dict):
            place[dice.choice(["valueString", "valueCode", "valueBoolean", "resource", "part", "name", "x" * 300, ""])] = place.pop(key)
        elif how == 3:
            place[key] = [place[key]]
        else:
            place[key] = copy.deepcopy(dice.choice(ODD))
    return resource


def suite_requests():
    """Requests of HL7's terminology tests with the resources that they bring, in an order that does not say what they are of."""
    if not (SUITE / "test-cases.json").exists():
        return []
    operations = {"expand": "ValueSet/$expand", "validate-code": "ValueSet/$validate-code", "cs-validate-code": "CodeSystem/$validate-code",
                  "lookup": "CodeSystem/$lookup", "translate": "ConceptMap/$translate", "batch-validate": "ValueSet/$batch-validate-code"}

    def load(name):
        return json.loads((SUITE / name).read_text(encoding="utf-8-sig"))
    found = []
    for suite in load("test-cases.json")["suites"]:
        setup = [{"name": "tx-resource", "resource": load(name)} for name in suite.get("setup", [])]
        for test in suite["tests"]:
            if test["operation"] not in operations:
                continue
            request = load(test["request"])
            request["parameter"] += [each for each in setup if len(json.dumps(each)) < 20000]
            found.append((operations[test["operation"]], request))
    random.Random(1).shuffle(found)
    return found


def text_of(resource, dice):
    text = json.dumps(resource)
    damage = dice.randrange(12)
    if damage == 0:
        at = dice.randrange(len(text) + 1)
        return text[:at].encode()
    if damage == 1:
        at = dice.randrange(len(text))
        return text[:at].encode() + bytes([dice.randrange(256)]) + text[at + 1:].encode()
    if damage == 2 and ":" in text:  # a name twice
        return text.replace('"name"', '"name": "code", "name"', 1).encode()
    return text.encode()


def main():
    with ns.temporary_folder() as folder:
        data = pathlib.Path(folder) / "data"
        ns.run("import", "icd10cm", ns.STARTER, "--version", "2026-04-01", "--data", data, "--quiet")
        ns.run("import", "extension", ns.DERMATOLOGY, "--data", data, "--quiet")
        service = Served(data, ["--anonymous-role", "releaser"])
        dice = random.Random(20261127)
        with service as rest:
            connection = http.client.HTTPConnection(rest.address, timeout=60)

            def ask(method, path, body=None, headers={}):
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                assert answer.status in STATUSES, (answer.status, method, path[:2000], body and body[:2000], content[:2000])
                if content:
                    json.loads(content)

            def resident():
                status = pathlib.Path(f"/proc/{service.process.pid}/status").read_text()
                return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

            early = 0
            for number in range(MUTATIONS):
                base = dice.choice(("/r4", "/r5", "/fhir"))
                if dice.random() < 0.05:
                    path, resource = dice.choice(PUTS)
                    ask(dice.choice(("PUT", "PUT", "PUT", "DELETE")), f"{base}/{path}", text_of(mutated(resource, dice), dice), {"Content-Type": "application/fhir+json"})
                elif dice.random() < 0.75:
                    operation, resource = dice.choice(POSTS)
                    ask("POST", f"{base}/{operation}".rstrip("/"), text_of(mutated(resource, dice), dice),
                        {"Content-Type": dice.choice(["application/fhir+json", "application/json", "application/fhir+json;charset=UTF-8"])})
                else:
                    operation, query = dice.choice(GETS)
                    query = {**query}
                    name = dice.choice(list(query))
                    how = dice.randrange(4)
                    value = str(dice.choice(ODD))[:6000].encode("utf-8", "surrogatepass")
                    if how == 0:
                        del query[name]
                    elif how == 1:
                        query[name] = [query[name]] * 2
                    else:
                        query[name] = value
                    ask("GET", f"{base}/{operation}?{urllib.parse.urlencode(query, doseq=True)}")
                if number == MUTATIONS // 4:
                    early = resident()
            grown = resident() - early
            assert grown < 32 << 10, f"{grown} KiB more after {MUTATIONS * 3 // 4} requests"
            for path, resource in suite_requests()[: 10 ** 9 if "--full" in sys.argv else 400]:
                for _ in range(22 if "--full" in sys.argv else 5):
                    ask("POST", f"{dice.choice(('/r4', '/r5'))}/{path}", text_of(mutated(resource, dice), dice), {"Content-Type": "application/fhir+json"})
            ask("GET", "/r4/metadata")
            connection.close()


if __name__ == "__main__":
    main()
