"""FHIR over REST by the service: operations, resources, forms of answers, what is wrong, and the golden table."""

import gzip
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "golden"))
import nosograph_service as ns
from table import SYSTEMS, import_releases, read_table

ICD10CM = ns.ICD10CM
DERMATOLOGY = SYSTEMS["dermatology"]
GENDER = "http://hl7.org/fhir/administrative-gender"


class Rest:
    """A client of one service over HTTP."""

    def __init__(self, address):
        self.address = address

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer

    def get(self, path, status=200, **parameters):
        query = "?" + urllib.parse.urlencode(parameters, doseq=True) if parameters else ""
        answer = self.ask("GET", path + query)
        assert answer.status == status, f"{path}{query}: {answer.status} {answer.content}"
        return json.loads(answer.content)

    def post(self, path, resource, status=200):
        body = resource if isinstance(resource, (str, bytes)) else json.dumps(resource)
        answer = self.ask("POST", path, body, Content_Type="application/fhir+json")
        assert answer.status == status, f"{path}: {answer.status} {answer.content}"
        return json.loads(answer.content)


def parameters(*given):
    return {"resourceType": "Parameters", "parameter": [dict(name=name, **{kind: value}) for name, kind, value in given]}


def value(part):
    return next(part[key] for key in part if key.startswith("value"))


def read(answer):
    """Parameters as a dict; properties and designations as lists of dicts."""
    assert answer["resourceType"] == "Parameters", answer
    result = {"property": [], "designation": []}
    for parameter in answer["parameter"]:
        if "part" in parameter:
            result[parameter["name"]].append({part["name"]: value(part) for part in parameter["part"]})
        else:
            result[parameter["name"]] = parameter.get("resource") or value(parameter)
    return result


def properties(answer, code):
    return [found["value"] for found in read(answer)["property"] if found["code"] == code]


def outcome(answer):
    assert answer["resourceType"] == "OperationOutcome", answer
    return answer["issue"][0]


def looks_up(rest, base):
    answer = rest.get(f"{base}/CodeSystem/$lookup", system=ICD10CM, code="L94.2")
    assert read(answer)["display"] == "Calcinosis cutis" and read(answer)["version"] == "2026-04-01"
    assert properties(answer, "billable") == [True] and properties(answer, "parent") == ["L94"]
    assert properties(answer, "chapter") == ["chapter-12"] and properties(answer, "block") == ["L80-L99"]
    assert "L94.21" not in properties(answer, "child") and properties(answer, "extended-by")[0]["code"] == "L94.21"
    assert read(rest.get(f"{base}/CodeSystem/$lookup", system=ICD10CM, code="chapter-12"))["abstract"] is True
    one = rest.get(f"{base}/CodeSystem/$lookup", system=ICD10CM, code="L94.2", property="kind")
    assert [found["code"] for found in read(one)["property"]] == ["kind"]
    coding = parameters(("coding", "valueCoding", {"system": DERMATOLOGY, "code": "L94.21"}))
    extension = rest.post(f"{base}/CodeSystem/$lookup", coding)
    assert properties(extension, "extends") and properties(extension, "definition")
    assert read(rest.get(f"{base}/CodeSystem/$lookup", system="urn:oid:2.16.840.1.113883.6.90", code="L94"))["abstract"] is False
    assert properties(rest.get(f"{base}/CodeSystem/$lookup", system=ICD10CM, code="L94"), "billable") == [False]
    assert DERMATOLOGY in outcome(rest.get(f"{base}/CodeSystem/$lookup", 404, system=ICD10CM, code="L94.21"))["diagnostics"]
    assert "2026" not in outcome(rest.get(f"{base}/CodeSystem/$lookup", 404, system=DERMATOLOGY, code="L94.2x"))["details"]["text"], "its own version"
    issue = outcome(rest.get(f"{base}/CodeSystem/$lookup", 404, system=ICD10CM, code="L94.29"))
    assert issue["code"] == "not-found" and "L94.29" in issue["details"]["text"]
    outcome(rest.get(f"{base}/CodeSystem/$lookup", 404, system="http://loinc.org", code="x"))
    outcome(rest.get(f"{base}/CodeSystem/$lookup", 400, system=ICD10CM))
    released = rest.get(f"{base}/CodeSystem/$lookup", system=ICD10CM, code="M54.5", date="2021-09-30")
    assert read(released)["version"] == "2021-01-01" and properties(released, "billable") == [True]


def validates(rest, base):
    path = f"{base}/CodeSystem/$validate-code"
    assert read(rest.get(path, url=ICD10CM, code="L94.2"))["result"] is True
    # As HAPI asks: a code as a string.
    sent = parameters(("url", "valueUri", ICD10CM), ("code", "valueString", "L94.2"), ("display", "valueString", "Calcinosis cutis"))
    assert read(rest.post(path + "?", sent))["display"] == "Calcinosis cutis"
    wrong = read(rest.get(path, url=ICD10CM, code="L94.29"))
    assert wrong["result"] is False and "Unknown code 'L94.29'" in wrong["message"]
    assert any("use L94.2" in issue["details"]["text"] for issue in wrong["issues"]["issue"]), "what may have been meant"
    retired = read(rest.get(path, url=ICD10CM, code="M54.5", version="2026-04-01"))
    assert retired["result"] is True, "a header is a code"
    display = read(rest.get(path, url=ICD10CM, code="L94.2", display="Calcinosis"))
    assert display["result"] is False and display["issues"]["issue"][0]["details"]["coding"][0]["code"] == "invalid-display"
    # As ValidationEngine asks: a CodeableConcept and no url.
    concept = {"coding": [{"system": ICD10CM, "code": "L94.29"}, {"system": DERMATOLOGY, "code": "L94.21"}]}
    both = read(rest.post(path, parameters(("codeableConcept", "valueCodeableConcept", concept))))
    assert both["result"] is True and both["code"] == "L94.21" and both["codeableConcept"] == concept
    # An extension's code is none of what it extends, and both mix-ups of systems are told.
    published = read(rest.get(path, url=ICD10CM, code="L94.21"))
    assert published["result"] is False and any("L94.2 " in i["details"]["text"] for i in published["issues"]["issue"]), published
    mixed = read(rest.get(path, url="http://hl7.org/fhir/sid/icd-10", code="L94.2"))
    assert mixed["result"] is False and mixed["x-unknown-system"] == "http://hl7.org/fhir/sid/icd-10"
    assert any("the same code is in " + ICD10CM in issue["details"]["text"] for issue in mixed["issues"]["issue"])
    version = read(rest.get(path, url=ICD10CM, code="L94.2", version="1999-10-01"))
    assert version["result"] is False and "Valid versions: 2021-01-01 or 2026-04-01" in version["message"]
    for given in ({}, {"url": ICD10CM}, {"url": ICD10CM, "code": ["L94.2", "L94"]}, {"url": ICD10CM, "code": "L94", "date": "soon"}):
        outcome(rest.get(path, 400, **given))
    old = rest.get(f"{base}/CodeSystem/icd-10-cm-2021-01-01/$validate-code", code="M54.50")
    assert read(old)["result"] is False and "2021-01-01" in read(old)["message"]


def subsumes(rest, base):
    path = f"{base}/CodeSystem/$subsumes"
    for a, b, relation in (("L94", "L94.2", "subsumes"), ("L94.2", "L94", "subsumed-by"), ("L94", "L94", "equivalent"),
                           ("L94.2", "L94.3", "not-subsumed")):
        assert read(rest.get(path, system=ICD10CM, codeA=a, codeB=b))["outcome"] == relation
    across = parameters(("codingA", "valueCoding", {"system": ICD10CM, "code": "L94"}),
                        ("codingB", "valueCoding", {"system": DERMATOLOGY, "code": "L94.21"}))
    assert read(rest.post(path, across))["outcome"] == "subsumes"
    assert "L94.29" in outcome(rest.get(path, 404, system=ICD10CM, codeA="L94", codeB="L94.29"))["details"]["text"]
    outcome(rest.get(path, 400, system=ICD10CM, codeA="L94"))
    outcome(rest.get(path, 404, system=ICD10CM, codeA="L94", codeB="L94.21"))
    outcome(rest.get(path, 404, system=DERMATOLOGY, codeA="L94", codeB="L94.2"))


def codes(answer):
    return [item["code"] for item in items(answer["expansion"])]


def items(parent):
    """What an expansion contains, nested or not, in order."""
    for item in parent.get("contains", []):
        yield item
        yield from items(item)


def expands(rest, base):
    path = f"{base}/ValueSet/$expand"
    every = ICD10CM + "?fhir_vs"
    found = rest.get(path, url=every, filter="calcinosis cutsi", count=5)
    assert codes(found)[0] == "L94.2"
    # Page by page it is what it is at once.
    wide = rest.get(path, url=every, filter="diabetes", count=1000)
    pages = [rest.get(path, url=every, filter="diabetes", count=40, offset=offset) for offset in range(0, 1000, 40)]
    assert sum(map(codes, pages), []) == codes(wide) and len(codes(wide)) == wide["expansion"]["total"] > 200
    assert {page["expansion"]["total"] for page in pages} == {wide["expansion"]["total"]}
    assert rest.get(path, url=every, filter="...")["expansion"]["total"] == 0, "no name has it"
    assert outcome(rest.get(path, 422, url=every, filter="  "))["code"] == "too-costly", "blanks are no filter"
    below = rest.get(path, url=every + "=isa/L94")
    assert codes(below)[:2] == ["L94", "L94.0"] and below["expansion"]["total"] == 10
    assert [item["code"] for item in below["expansion"]["contains"]] == ["L94"], "a hierarchy is told as one"
    flat = rest.get(path, url=every + "=isa/L94", excludeNested="true")
    assert [item["code"] for item in flat["expansion"]["contains"]] == codes(below)
    assert outcome(rest.get(path, 422, url=every))["code"] == "too-costly"
    assert outcome(rest.get(path, 422, url=every, filter="fracture"))["code"] == "too-costly", "a part is not told as if it were all"
    assert rest.get(path, url=every, filter="fracture", count=3)["expansion"]["total"] > 1000
    # What is left out is in no total and on no page, and need not be there; the names of expansions tell them apart.
    two = {"resourceType": "ValueSet", "status": "active", "compose": {"include": [
        {"system": ICD10CM, "filter": [{"property": "concept", "op": "is-a", "value": "L94"}]}, {"system": "urn:nowhere"}]}}
    over = {"resourceType": "ValueSet", "url": "urn:over", "status": "active", "compose": {"include": [{"valueSet": ["urn:two"]}]}}
    sent = [("tx-resource", "resource", {**two, "url": "urn:two"})]
    nowhere, all_out = (("exclude-system", "valueCanonical", system) for system in ("urn:nowhere", ICD10CM))
    outcome(rest.post(path, parameters_of(two), 404))
    for asked, more in ((two, []), (over, sent)):
        found = rest.post(path, parameters_of(asked, nowhere, *more))
        assert codes(found) == codes(below) and ICD10CM in json.dumps(found["expansion"]["parameter"])
        none = rest.post(path, parameters_of(asked, nowhere, all_out, *more))["expansion"]
        assert none["total"] == 0 and "contains" not in none and "used-codesystem" not in json.dumps(none)
        assert none["identifier"] != found["expansion"]["identifier"]
    words = ("filter", "valueString", "calcinosis")
    of_two = {"resourceType": "ValueSet", "status": "active", "compose": {"include": [{"system": ICD10CM}, {"system": DERMATOLOGY}]}}
    for left, system in ((ICD10CM, DERMATOLOGY), (DERMATOLOGY, ICD10CM)):
        whole = rest.post(path, parameters_of(of_two, words, ("exclude-system", "valueCanonical", left)))["expansion"]
        assert {item["system"] for item in whole["contains"]} == {system} and len(whole["contains"]) == whole["total"]
        first = rest.post(path, parameters_of(of_two, words, ("exclude-system", "valueCanonical", left), ("count", "valueInteger", 1)))["expansion"]
        assert first["contains"] == whole["contains"][:1] and first["total"] == whole["total"]
    gone = rest.get(path, url=every + "=isa/L94", **{"exclude-system": ICD10CM})["expansion"]
    assert gone["total"] == 0
    for operation in ("ValueSet/$validate-code", "CodeSystem/$validate-code", "CodeSystem/$lookup"):
        outcome(rest.get(f"{base}/{operation}", 422, url=every, system=ICD10CM, code="L94", **{"exclude-system": ICD10CM}))
    # All of it, page by page, once each.
    seen, offset = [], 0
    while offset < 3000:
        page = rest.get(path, url=every, count=1000, offset=offset)
        seen += codes(page)
        offset += 1000
    assert len(seen) == len(set(seen)) == 3000 and page["expansion"]["total"] > 90000
    assert codes(rest.get(path, url=every, count=0)) == []
    posted = {"resourceType": "ValueSet", "url": "urn:ours", "status": "active", "compose": {
        "include": [{"system": ICD10CM, "filter": [{"property": "concept", "op": "is-a", "value": "L94"}]},
                    {"system": ICD10CM, "concept": [{"code": "L95.0"}, {"code": "L94.2"}]},
                    {"system": DERMATOLOGY}],
        "exclude": [{"system": ICD10CM, "concept": [{"code": "L94.0"}]}]}}
    ours = rest.post(path, parameters_of(posted))
    assert codes(ours).count("L94.2") == 1 and "L94.0" not in codes(ours) and "L95.0" in codes(ours) and "L94.21" in codes(ours)
    assert codes(rest.post(path, posted)) == codes(ours), "a ValueSet by itself"
    narrowed = rest.post(path, parameters_of(posted, ("filter", "valueString", "vasculitis")))
    assert codes(narrowed) == ["L95.0"], narrowed
    for include, status in (({"system": ICD10CM, "concept": []}, 400), ({"system": ICD10CM, "version": 1}, 400), ({"valueSet": ["urn:ours"]}, 400),
                            ({"valueSet": ["urn:other"]}, 422), ({"valueSet": ["#other"]}, 404),
                            ({"system": ICD10CM, "filter": [{"property": "concept", "op": "like", "value": ".*"}]}, 400),
                            ({"system": ICD10CM, "filter": [{"property": "concept", "op": "regex", "value": "(("}]}, 400),
                            ({"system": ICD10CM, "filter": [{"property": "concept", "op": "is-a"}]}, 400)):
        outcome(rest.post(path, parameters_of({**posted, "compose": {"include": [include]}}), status))
    # Made to be costly: answered or refused at once.
    many = [{"code": f"x{number}"} for number in range(10000)] + [{"code": "L94.2"}] * 2
    assert codes(rest.post(path, parameters_of({**posted, "compose": {"include": [{"system": ICD10CM, "concept": many}] * 3}}))) == ["L94.2"]
    everything = {"include": [{"system": ICD10CM}] * 50, "exclude": [{"system": ICD10CM, "concept": [{"code": "L94.2"}]}] * 50}
    heavy = rest.post(path, parameters_of({**posted, "compose": everything}, ("count", "valueInteger", 1)))
    assert heavy["expansion"]["total"] > 90000
    too_many = {"include": [{"system": ICD10CM}] * 101}
    assert outcome(rest.post(path, parameters_of({**posted, "compose": too_many}), 422))["code"] == "too-costly"
    outcome(rest.get(path, 404, url="http://example.org/none"))
    outcome(rest.get(path, 400))
    check = f"{base}/ValueSet/$validate-code"
    assert read(rest.get(check, url=every + "=isa/L94", system=ICD10CM, code="L94.2"))["result"] is True
    assert read(rest.get(check, url=every + "=isa/L94", code="L94.2", inferSystem="true"))["result"] is True
    outside = read(rest.get(check, url=every + "=isa/L94", system=ICD10CM, code="L95.0"))
    assert outside["result"] is False and outside["issues"]["issue"][0]["details"]["coding"][0]["code"] == "not-in-vs"
    inline = parameters_of(posted, ("coding", "valueCoding", {"system": ICD10CM, "code": "L94.0"}))
    assert read(rest.post(check, inline))["result"] is False, "it is excluded"


COLOURS = {"resourceType": "CodeSystem", "url": "urn:colours", "version": "2.0", "status": "active", "content": "complete", "caseSensitive": True,
           "property": [{"code": "warm", "type": "boolean"}, {"code": "note", "type": "string"}],
           "concept": [{"code": "red", "display": "Red", "property": [{"code": "warm", "valueBoolean": True}, {"code": "note", "valueString": "fire"}],
                        "designation": [{"language": "de", "value": "Rot"}],
                        "concept": [{"code": "crimson", "display": "Crimson", "concept": [{"code": "ruby", "display": "Ruby"}]}]},
                       {"code": "blue", "display": "Blue", "property": [{"code": "warm", "valueBoolean": False}]}]}


def holds_on_a_day(rest, base):
    """The releases of a day: the request's, or that which a value set is locked to."""
    every, old, day = f"{ICD10CM}?fhir_vs", {"system": ICD10CM, "code": "M54.5"}, "2021-09-30"
    check, expand = f"{base}/ValueSet/$validate-code", f"{base}/ValueSet/$expand"
    # What grew children since has none then.
    assert codes(rest.get(expand, url=every + "=isa/M54.5", date=day)) == ["M54.5"] and len(codes(rest.get(expand, url=every + "=isa/M54.5"))) > 1
    assert read(rest.get(check, url=every, **old, date=day))["result"] is True
    early = read(rest.get(check, url=every, **old, date="2010-01-01"))
    assert early["result"] is False and "valid on 2010-01-01" in json.dumps(early["issues"]), early
    assert "2010-01-01" in outcome(rest.get(expand, 422, url=every, date="2010-01-01"))["details"]["text"]
    outcome(rest.get(expand, 400, url=every, date="garbage"))
    leaf = {"resourceType": "ValueSet", "url": "urn:day", "status": "active", "compose": {
        "lockedDate": day, "include": [{"system": ICD10CM, "filter": [{"property": "concept", "op": "is-a", "value": "M54.5"}]}]}}
    assert codes(rest.post(expand, parameters_of(leaf))) == ["M54.5"]
    assert codes(rest.post(expand, parameters_of(leaf, ("date", "valueDateTime", "2026-05-01")))) == ["M54.5"], "it is locked"
    imports = {**leaf, "compose": {"lockedDate": day, "include": [{"valueSet": [every + "=isa/M54.5"]}]}}
    assert codes(rest.post(expand, parameters_of(imports))) == ["M54.5"], "with all that it imports"
    leaf["compose"]["lockedDate"] = "2024-13-01"
    assert "lockedDate" in outcome(rest.post(expand, parameters_of(leaf), 400))["expression"][0]


def lists_what_it_is(rest, base):
    """A value set that is its expansion alone, as long as that is whole; properties that its composition asks for."""
    expand = f"{base}/ValueSet/$expand"
    contains = [{"system": ICD10CM, "code": "L94", "abstract": True, "contains": [{"system": ICD10CM, "code": "L94.2", "display": "Ours"}]}, {"system": ICD10CM, "code": "L95.0"}]
    listed = {"resourceType": "ValueSet", "url": "urn:listed", "status": "active", "expansion": {"timestamp": "2026-01-01", "total": 3, "contains": contains}}
    assert sorted(codes(rest.post(expand, parameters_of(listed)))) == ["L94.2", "L95.0"]
    for part in ({"total": 4}, {"total": "3"}, {"offset": 2}, {"contains": []}, {"next": "urn:more"},
                 {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/valueset-toocostly", "valueBoolean": True}]}):
        outcome(rest.post(expand, parameters_of({**listed, "expansion": {**listed["expansion"], **part}}), 400))
    listed["expansion"]["total"] = 4
    assert "compose" in json.dumps(outcome(rest.post(expand, parameters_of(listed), 400))), "a part of it says nothing"
    told = {"resourceType": "ValueSet", "url": "urn:told", "status": "active", "compose": {"property": ["billable"], "include": [{"system": ICD10CM, "concept": [{"code": "L94.2"}]}]}}
    assert '"billable"' in json.dumps(rest.post(expand, parameters_of(told)))
    asked = rest.get(expand, url=f"{ICD10CM}?fhir_vs=isa/L94.2", property=["billable", "kind", "parent", "no-such"])
    said = json.dumps(asked["expansion"]["contains"][0])
    assert '"valueBoolean": true' in said and '"valueCode": "L94"' in said and '"kind"' in said and "no-such" not in said, said
    assert [each["code"] for each in asked["expansion"].get("property", [])] == (["billable", "kind", "parent"] if base == "/r5" else []), asked
    told["compose"]["property"] = "billable"
    outcome(rest.post(expand, parameters_of(told), 400))


def tells_slips(rest, base):
    """A parameter that is nearly one is refused; what is like none is passed over, as FHIR asks."""
    for path, slip, meant in (("ValueSet/$expand", "activeonly", "activeOnly"), ("CodeSystem/$lookup", "propert", "property"), ("CodeSystem/$validate-code", "dipslay", "display"),
                              ("CodeSystem/$lookup", "sytem", "system"), ("CodeSystem/$lookup", "versions", "version")):
        told = outcome(rest.get(f"{base}/{path}", 422, url=f"{ICD10CM}", code="L94.2", **{slip: "x"}))
        assert told["expression"] == [slip] and meant in told["diagnostics"], told
    rest.get(f"{base}/CodeSystem/$lookup", system=ICD10CM, code="L94.2", colour="red", _pretty="true")
    # Abstract codes, where none are wanted; names of a language that there are none of.
    for asked, result in (("true", True), ("false", False)):
        chapter = read(rest.get(f"{base}/CodeSystem/$validate-code", url=ICD10CM, code="L80-L99", abstract=asked))
        assert chapter["result"] is result, chapter
    assert "designation" not in json.dumps(rest.get(f"{base}/CodeSystem/$lookup", system=ICD10CM, code="L94.2", property="lang.fr"))


def takes_what_is_sent(rest, base):
    """Code systems and value sets that come with a request: composed by every operator, nested, imported; gone afterwards."""
    def composed(*includes, **more):
        return {"resourceType": "ValueSet", "url": "urn:ours", "status": "active", "compose": {"include": list(includes), **more}}

    def expand(value_set, *more, status=200, sent=()):
        asked = parameters_of(value_set, *more)
        asked["parameter"] += [{"name": "tx-resource", "resource": each} for each in (COLOURS, *sent)]
        return rest.post(f"{base}/ValueSet/$expand", asked, status)

    def filtered(property, op, value):
        return codes(expand(composed({"system": "urn:colours", "filter": [{"property": property, "op": op, "value": value}]})))

    for rule, wanted in ((("concept", "is-a", "red"), ["red", "crimson", "ruby"]), (("concept", "descendent-of", "red"), ["crimson", "ruby"]),
                         (("concept", "is-not-a", "red"), ["blue"]), (("concept", "child-of", "red"), ["crimson"]),
                         (("concept", "descendent-leaf", "red"), ["ruby"]), (("concept", "generalizes", "crimson"), ["red", "crimson"]),
                         (("concept", "in", "ruby, blue"), ["ruby", "blue"]), (("concept", "not-in", "ruby,blue"), ["red", "crimson"]),
                         (("code", "regex", "r.*"), ["red", "ruby"]), (("code", "regex", "e"), []), (("warm", "=", "true"), ["red"]),
                         (("warm", "exists", "true"), ["red", "blue"]), (("note", "exists", "false"), ["crimson", "ruby", "blue"]),
                         (("note", "in", "fire,ice"), ["red"]), (("note", "not-in", "fire"), ["crimson", "ruby", "blue"]),
                         (("note", "regex", "f[a-z]+e"), ["red"]), (("parent", "=", "red"), ["crimson"]), (("child", "=", "ruby"), ["crimson"]),
                         (("display", "regex", "R.*"), ["red", "ruby"]), (("parent", "exists", "false"), ["red", "blue"]),
                         (("child", "exists", "true"), ["red", "crimson"]), (("inactive", "=", "false"), ["red", "crimson", "ruby", "blue"])):
        assert filtered(*rule) == wanted, (rule, filtered(*rule))
    nested = expand(composed({"system": "urn:colours"}), ("excludeNested", "valueBoolean", False), ("property", "valueString", "note"),
                    ("includeDesignations", "valueBoolean", True))["expansion"]
    assert [item["code"] for item in nested["contains"]] == ["red", "blue"] and nested["total"] == 4
    red = nested["contains"][0]
    assert red["contains"][0]["contains"][0]["code"] == "ruby" and red["designation"] == [{"language": "de", "value": "Rot"}]
    if base == "/r5":
        assert red["property"] == [{"code": "note", "valueString": "fire"}] and nested["property"] == [{"code": "note"}]
    else:  # which has no such elements: extensions of the version that has
        later = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion."
        assert "property" not in red and "property" not in nested
        assert red["extension"] == [{"url": later + "contains.property", "extension": [{"url": "code", "valueCode": "note"}, {"url": "value", "valueString": "fire"}]}]
        assert nested["extension"] == [{"url": later + "property", "extension": [{"url": "code", "valueCode": "note"}]}]
    assert {"name": "used-codesystem", "valueUri": "urn:colours|2.0"} in nested["parameter"]
    assert codes(expand(composed({"system": "urn:colours"}), ("filter", "valueString", "RO"))) == ["red"], "by a designation"
    # Imports are met with what stands beside them, and may not go round.
    warm = {**composed({"system": "urn:colours", "filter": [{"property": "concept", "op": "is-a", "value": "red"}]}), "url": "urn:warm"}
    both = composed({"system": "urn:colours", "concept": [{"code": "blue"}, {"code": "ruby", "display": "Ruby red"}], "valueSet": ["urn:warm"]})
    found = expand(both, sent=[warm])["expansion"]
    assert [(item["code"], item["display"]) for item in found["contains"]] == [("ruby", "Ruby red")]
    assert {"name": "used-valueset", "valueUri": "urn:warm"} in found["parameter"]
    assert codes(expand(composed({"valueSet": ["urn:warm"]}, exclude=[{"system": "urn:colours", "concept": [{"code": "red"}]}]), sent=[warm])) == ["crimson", "ruby"]
    round_ = {**composed({"valueSet": ["urn:round"]}), "url": "urn:round"}
    assert "urn:round" in outcome(expand(composed({"valueSet": ["urn:round"]}), status=400, sent=[round_]))["details"]["text"]
    deep = [{**composed({"valueSet": [f"urn:deep-{i + 1}"]}), "url": f"urn:deep-{i}"} for i in range(1000)]
    assert outcome(expand(composed({"valueSet": ["urn:deep-0"]}), status=422, sent=deep))["code"] == "too-costly"
    # Each imports the next one twice: refused before there are as many as they would make.
    twice = [{**composed({"valueSet": [f"urn:twice-{i + 1}"]}, {"valueSet": [f"urn:twice-{i + 1}"]}), "url": f"urn:twice-{i}"} for i in range(40)]
    twice.append({**composed({"system": "urn:colours"}), "url": "urn:twice-40"})
    assert outcome(expand(composed({"valueSet": ["urn:twice-0"]}), status=422, sent=twice))["code"] == "too-costly"
    inner = [{"resourceType": "ValueSet", "id": "i", "status": "active", "compose": {"include": [{"valueSet": ["#i"]}]}}]
    assert "#i" in outcome(expand({**composed({"valueSet": ["#i"]}), "contained": inner}, status=400))["details"]["text"]
    # Built to explode: linear, or refused.
    assert filtered("code", "regex", "(a+)+$") == [] and filtered("code", "regex", "(.*)*(.*)*(.*)*x") == []
    # Other operations see it too; the next request does not.
    for operation, more in (("$validate-code", (("url", "valueUri", "urn:colours"), ("code", "valueCode", "ruby"))),
                            ("$lookup", (("system", "valueUri", "urn:colours"), ("code", "valueCode", "ruby")))):
        sent = parameters(*more)
        without = rest.ask("POST", f"{base}/CodeSystem/{operation}", json.dumps(sent))
        assert without.status == 404 or read(json.loads(without.content))["result"] is False
        sent["parameter"].append({"name": "tx-resource", "resource": COLOURS})
        assert read(rest.post(f"{base}/CodeSystem/{operation}", sent))["display"] == "Ruby"
    # An instance's operations see it as well.
    instance = rest.get(f"{base}/CodeSystem", url=ICD10CM)["entry"][0]["resource"]["id"]
    sent = parameters(("code", "valueCode", "L94.2"))
    sent["parameter"].append({"name": "tx-resource", "resource": {"resourceType": "Patient"}})
    outcome(rest.post(f"{base}/CodeSystem/{instance}/$validate-code", sent, 501))
    # What is sent hides what is loaded in the same version; another version stands beside it.
    newer = {**COLOURS, "version": "10.0", "concept": [{"code": "green", "display": "Green"}]}
    assert codes(expand(composed({"system": "urn:colours"}), sent=[newer])) == ["green"], "the newest where none is named"
    assert codes(expand(composed({"system": "urn:colours", "version": "2.0"}), sent=[newer]))[0] == "red"


def judges_what_is_sent(rest, base):
    """Versions, languages, supplements, what is inactive or abstract: of code systems that come with a request."""
    old = {"resourceType": "CodeSystem", "url": "urn:c", "version": "1.0.0", "status": "active", "content": "complete", "language": "en",
           "property": [{"code": "status", "uri": "http://hl7.org/fhir/concept-properties#status", "type": "code"},
                        {"code": "notSelectable", "uri": "http://hl7.org/fhir/concept-properties#notSelectable", "type": "boolean"}],
           "concept": [{"code": "a", "display": "Old A", "designation": [{"language": "de-CH", "value": "Ah"}]},
                       {"code": "gone", "display": "Gone", "property": [{"code": "status", "valueCode": "retired"}]},
                       {"code": "group", "display": "Group", "property": [{"code": "notSelectable", "valueBoolean": True}]}]}
    new = {**old, "version": "1.10.0", "concept": [{"code": "a", "display": "New A"}, {"code": "b", "display": "B"}]}
    extra = {"resourceType": "CodeSystem", "url": "urn:extra", "version": "1", "status": "active", "content": "supplement", "supplements": "urn:c",
             "concept": [{"code": "a", "designation": [{"language": "fr", "value": "Lettre A"}]}]}

    def value_set(version=None, **include):
        return {"resourceType": "ValueSet", "url": "urn:v", "version": "7", "status": "active", "compose": {
            "include": [{"system": "urn:c", **({"version": version} if version else {}), **include}]}}

    def ask(operation, asked, *more, sent=(old, new), status=200):
        full = parameters_of(asked, *more)
        full["parameter"] += [{"name": "tx-resource", "resource": each} for each in sent]
        return rest.post(f"{base}/ValueSet/{operation}", full, status)

    def validate(asked, code="a", *more, **coding):
        return read(ask("$validate-code", asked, ("coding", "valueCoding", {"system": "urn:c", "code": code, **coding}), *more))

    def ids(answer):
        return sorted(issue["extension"][0]["valueString"] for issue in answer["issues"]["issue"] if "extension" in issue)

    assert validate(value_set())["version"] == "1.10.0", "the newest, by numbers"
    assert validate(value_set("1.0.x"))["version"] == "1.0.0" and validate(value_set("1.x.x"), version="1.0.0")["display"] == "Old A"
    assert validate(value_set(), version="1.0.0")["version"] == "1.0.0"
    early = {**new, "version": "1.10.0-beta"}
    assert ask("$expand", value_set(), sent=(old, new, early))["expansion"]["parameter"][0]["valueUri"] == "urn:c|1.10.0", "what comes before a release is not newer"
    other = validate(value_set("1.10.0"), version="1.0.0")
    assert other["result"] is False and ids(other) == ["VALUESET_VALUE_MISMATCH"] and "'1.10.0' in the ValueSet include" in other["message"]
    unknown = validate(value_set(), version="3")
    assert ids(unknown) == ["UNKNOWN_CODESYSTEM_VERSION", "VALUESET_VALUE_MISMATCH_DEFAULT"] and unknown["x-caused-by-unknown-system"] == "urn:c|3"
    assert "Valid versions: 1.0.0 or 1.10.0" in validate(value_set("1"))["message"], "a part of a version is none"
    for name, version, asked, wanted in (("system-version", "1.0.0", value_set(), "1.0.0"), ("system-version", "1.0.0", value_set("1.10.0"), "1.10.0"),
                                         ("force-system-version", "1.0.x", value_set("1.10.0"), "1.0.0"), ("check-system-version", "1.0.x", value_set(), "1.0.0")):
        assert validate(asked, "a", (name, "valueCanonical", f"urn:c|{version}"))["version"] == wanted, (name, version)
    checked = validate(value_set("1.10.0"), "a", ("check-system-version", "valueCanonical", "urn:c|1.0.x"))
    assert checked["result"] is False and ids(checked) == ["VALUESET_VERSION_CHECK"]
    assert outcome(ask("$expand", value_set("1.10.0"), ("check-system-version", "valueCanonical", "urn:c|1.0.x"), status=422))["code"] == "exception"
    assert "urn:c" in outcome(ask("$expand", value_set(), ("system-version", "valueCanonical", "urn:c"), status=400))["details"]["text"]
    forced = ask("$expand", value_set(), ("force-system-version", "valueCanonical", "urn:c|1.0.0"))["expansion"]
    assert {"name": "force-system-version", "valueUri": "urn:c|1.0.0"} in forced["parameter"] and forced["contains"][0]["display"] == "Old A"
    missing = outcome(ask("$expand", value_set("4"), status=404))
    assert "version '4' could not be found, so the value set cannot be expanded. Valid versions: 1.0.0 or 1.10.0" in missing["details"]["text"]
    assert "'urn:v|8' could not be found" in outcome(rest.post(f"{base}/ValueSet/$expand", parameters(
        ("url", "valueUri", "urn:v|8")), 404))["details"]["text"]
    # Languages: a part of one counts; others may be ruled out.
    german = ("displayLanguage", "valueCode", "fr; q=0.3, de")
    found = ask("$expand", value_set("1.0.0"), german, ("includeDesignations", "valueBoolean", True))["expansion"]
    assert found["contains"][0]["display"] == "Ah" and found["contains"][1]["display"] == "Gone"
    assert found["contains"][0]["designation"][0]["value"] == "Old A" and {"name": "displayLanguage", "valueCode": "fr; q=0.3, de"} in found["parameter"]
    assert "display" not in ask("$expand", value_set("1.0.0"), ("displayLanguage", "valueCode", "de,*; q=0"))["expansion"]["contains"][1]
    assert validate(value_set("1.0.0"), "a", german)["display"] == "Ah"
    assert ask("$expand", value_set("1.0.0"), ("displayLanguage", "valueCode", "de-CH-1996"))["expansion"]["contains"][0]["display"] == "Ah"
    assert validate(value_set("1.0.0"), "a", german, display="Ah")["result"] is True
    assert "Valid display is 'Ah' (de-CH) (for the language(s) 'fr; q=0.3, de')" in validate(value_set("1.0.0"), "a", german, display="Old A")["message"]
    assert validate(value_set("1.0.0"), "gone", german, display="Gone")["result"] is True, "nothing else there is"
    assert validate(value_set("1.0.0"), "gone", german, display="Going")["result"] is False
    assert validate(value_set(), "a", ("lenient-display-validation", "valueBoolean", True), display="X")["result"] is True
    assert outcome(ask("$expand", value_set(), ("displayLanguage", "valueCode", "-"), status=400))["details"]["text"] == "Invalid displayLanguage: '-'"
    header = rest.ask("GET", f"{base}/ValueSet/$expand?url={ICD10CM}?fhir_vs=isa/L94", Accept_Language="de-CH, de; q=0.9")
    assert {"name": "displayLanguage", "valueCode": "de-CH, de; q=0.9"} in json.loads(header.content)["expansion"]["parameter"]
    # Supplements say something where they are named.
    both = (old, new, extra)
    french = ("displayLanguage", "valueCode", "fr")
    assert ask("$expand", value_set(), french, sent=both)["expansion"]["contains"][0]["display"] == "New A"
    named = ask("$expand", value_set(), french, ("useSupplement", "valueCanonical", "urn:extra"), sent=both)["expansion"]
    assert named["contains"][0]["display"] == "Lettre A" and {"name": "used-supplement", "valueUri": "urn:extra|1"} in named["parameter"]
    assert "urn:none" in outcome(ask("$expand", value_set(), ("useSupplement", "valueCanonical", "urn:none"), sent=both, status=404))["details"]["text"]
    supplement = read(ask("$validate-code", value_set(), ("coding", "valueCoding", {"system": "urn:extra", "code": "a"}), sent=both))
    assert supplement["result"] is False and "CODESYSTEM_CS_NO_SUPPLEMENT" in ids(supplement)
    # What may not be chosen, or not any more.
    assert validate(value_set("1.0.0"), "gone")["result"] is True and validate(value_set("1.0.0"), "group")["result"] is True
    retired = validate(value_set("1.0.0"), "gone", ("activeOnly", "valueBoolean", True))
    assert retired["result"] is False and "STATUS_CODE_WARNING_CODE" in ids(retired)
    group = validate(value_set("1.0.0"), "group", ("abstract", "valueBoolean", False))
    assert group["result"] is False and "ABSTRACT_CODE_NOT_ALLOWED" in ids(group)
    without = value_set("1.0.0")
    without["compose"]["inactive"] = False
    assert validate(without, "gone")["result"] is False and codes(ask("$expand", without)) == ["a", "group"]
    # Of several codings one has to be in the set, and none be no code at all.
    for codings, result in ((["a", "x"], False), (["x"], False), (["a", "b"], True)):
        concept = {"coding": [{"system": "urn:c", "code": code} for code in codings]}
        answer = read(ask("$validate-code", value_set("1.10.0"), ("codeableConcept", "valueCodeableConcept", concept)))
        assert answer["result"] is result and answer["codeableConcept"] == concept, (codings, answer)


def tells_what_asks_for_care(rest, base):
    """Statuses, extensions, fragments, other cases, several versions of a code: of what comes with a request."""
    standards = "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status"
    letters = {"resourceType": "CodeSystem", "url": "urn:l", "version": "1.0", "status": "draft", "experimental": True, "content": "complete",
               "caseSensitive": False, "language": "en", "concept": [
                   {"code": "a", "display": "A", "extension": [
                       {"url": "http://hl7.org/fhir/StructureDefinition/codesystem-conceptOrder", "valueInteger": 7},
                       {"url": "http://hl7.org/fhir/StructureDefinition/rendering-style", "valueString": "color: red"},
                       {"url": "http://example.org/of-no-concern", "valueString": "x"}],
                    "designation": [{"language": "de", "value": "Ah", "extension": [
                        {"url": "http://hl7.org/fhir/StructureDefinition/coding-sctdescid", "valueId": "1"}]}]},
                   {"code": "old", "display": "Old", "extension": [{"url": standards, "valueCode": "deprecated"}]}]}
    later = {**letters, "version": "2.0", "status": "active", "experimental": False,
             "concept": [{"code": "a", "display": "Letter A"}, {"code": "new", "display": "New"}]}
    part = {**letters, "url": "urn:part", "status": "active", "experimental": False, "content": "fragment"}

    def composed(*includes, **more):
        return {"resourceType": "ValueSet", "url": "urn:v", "version": "7", "status": "active", "compose": {"include": list(includes), **more}}

    def ask(operation, asked, *more, sent=(letters, part), status=200):
        full = parameters_of(asked, *more)
        full["parameter"] += [{"name": "tx-resource", "resource": each} for each in sent]
        return rest.post(f"{base}/ValueSet/{operation}", full, status)

    def validate(asked, *more, sent=(letters, part), **coding):
        answer = read(ask("$validate-code", asked, ("coding", "valueCoding", coding), *more, sent=sent))
        issues = answer["issues"]["issue"] if "issues" in answer else []
        return answer, sorted(issue["extension"][0]["valueString"] for issue in issues)

    def parameter(answer, name):
        return [found["valueUri"] for found in answer["expansion"]["parameter"] if found["name"] == name]

    whole = composed({"system": "urn:l"})
    found = ask("$expand", whole)
    assert parameter(found, "warning-experimental") == ["urn:l|1.0"] and not parameter(found, "warning-draft"), "one of the two"
    assert parameter(ask("$expand", {**whole, "experimental": True}), "warning-draft") == ["urn:l|1.0"]
    assert parameter(ask("$expand", {**whole, "experimental": True, "status": "draft"}), "warning-draft") == []
    withdrawn = {**whole, "extension": [{"url": standards, "valueCode": "withdrawn"}]}
    assert parameter(ask("$expand", withdrawn), "warning-withdrawn") == ["urn:v|7"]
    right, ids = validate(withdrawn, system="urn:l", code="a")
    assert right["result"] is True and ids == ["MSG_EXPERIMENTAL", "MSG_WITHDRAWN"] and "message" not in right
    assert "retired ValueSet urn:v|7" in validate({**whole, "status": "retired"}, system="urn:l", code="a")[0]["issues"]["issue"][-1]["details"]["text"]
    # Extensions: some are properties, some are copied, others are nobody's business.
    item = next(items(ask("$expand", whole, ("includeDesignations", "valueBoolean", True))["expansion"]))
    told = json.dumps(item)
    assert "color: red" in told and '"sct' not in told and "of-no-concern" not in told and "coding-sctdescid" in json.dumps(item["designation"])
    order = item["property"] if base == "/r5" else [extension["extension"] for extension in item["extension"] if "extension" in extension]
    assert "order" in json.dumps(order) and "7" in json.dumps(order)
    old, ids = validate(whole, system="urn:l", code="old")
    assert old["status"] == "deprecated" and "DEPRECATED_CONCEPT_FOUND" in ids and "is deprecated and its use should be reviewed" in old["message"]
    listed = composed({"system": "urn:l", "concept": [{"code": "a", "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/valueset-deprecated", "valueBoolean": True},
        {"url": "http://hl7.org/fhir/StructureDefinition/valueset-label", "valueString": "i."}], "designation": [{"language": "fr", "value": "Lettre"}]}]})
    assert "CONCEPT_DEPRECATED_IN_VALUESET" in validate(listed, system="urn:l", code="a")[1]
    named = json.dumps(ask("$expand", listed, ("includeDesignations", "valueBoolean", True))["expansion"]["contains"])
    assert "Lettre" in named and "valueset-deprecated" in named and '"i."' in named
    definition = ask("$expand", listed, ("includeDefinition", "valueBoolean", True))
    assert definition["compose"] == listed["compose"] and "compose" not in ask("$expand", listed)
    # Other cases are the same code where the code system says so.
    upper, ids = validate(whole, system="urn:l", code="OLD")
    assert upper["result"] is True and upper["normalized-code"] == "old" and "CODE_CASE_DIFFERENCE" in ids
    assert validate(composed({"system": "urn:l", "concept": [{"code": "A"}]}), system="urn:l", code="a")[0]["result"] is True
    # Of a fragment what is not there may be elsewhere, but not in what lists its codes.
    missing, ids = validate(composed({"system": "urn:part"}), system="urn:part", code="z")
    assert missing["result"] is True and ids == ["UNKNOWN_CODE_IN_FRAGMENT"] and missing["version"] == "1.0" and "message" not in missing
    assert validate(composed({"system": "urn:part", "concept": [{"code": "a"}]}), system="urn:part", code="z")[0]["result"] is False
    unclosed = ask("$expand", composed({"system": "urn:part"}))["expansion"]
    assert any(extension["url"].endswith("valueset-unclosed") for extension in unclosed["extension"])
    assert {"name": "used-fragment", "valueUri": "urn:part|1.0"} in unclosed["parameter"]
    # Several versions: both unless they are to match; what is excluded is excluded in each unless they are not.
    both = composed({"system": "urn:l", "version": "1.0"}, {"system": "urn:l", "version": "2.0"})
    versions = [(item["code"], item["version"]) for item in items(ask("$expand", both, sent=(letters, later))["expansion"])]
    assert versions == [("a", "2.0"), ("new", "2.0"), ("a", "1.0"), ("old", "1.0")], versions

    def matched(value, asked):
        said = {"url": "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter",
                "extension": [{"url": "name", "valueCode": "versionsMatch"}, {"url": "value", "valueString": value}]}
        return ask("$expand", {**asked, "compose": {**asked["compose"], "extension": [said]}}, sent=(letters, later))

    merged = matched("true", both)
    assert codes(merged) == ["a", "new", "old"] and {"name": "versionsMatch", "valueBoolean": True} in merged["expansion"]["parameter"]
    without = composed({"system": "urn:l", "version": "2.0"}, exclude=[{"system": "urn:l", "version": "1.0"}])
    assert codes(ask("$expand", without, sent=(letters, later))) == ["new"] and codes(matched("false", without)) == ["a", "new"]
    assert validate(both, system="urn:l", code="a", display="A", sent=(letters, later))[0]["version"] == "1.0", "that which has the display"
    # Which system is meant, where none is given.
    infer = ("inferSystem", "valueBoolean", True)

    def inferred(asked, code):
        full = parameters_of(asked, ("code", "valueCode", code), infer)
        full["parameter"] += [{"name": "tx-resource", "resource": each} for each in (letters, part)]
        return read(rest.post(f"{base}/ValueSet/$validate-code", full))

    two = composed({"system": "urn:l"}, {"system": "urn:part"})
    assert inferred(whole, "a")["system"] == "urn:l" and "multiple matches: [urn:l, urn:part]" in inferred(two, "a")["message"]
    assert inferred(whole, "z")["result"] is False
    assert "must be an absolute reference" in validate(whole, system="letters", code="a")[0]["message"]
    as_system, ids = validate(whole, system="urn:broken", code="a", sent=(letters, {**whole, "url": "urn:broken"}))
    assert "Terminology_TX_System_ValueSet2" in ids and "references a value set, not a code system ('urn:broken')" in as_system["message"]
    gone = {**letters, "concept": [{"code": "a", "display": "A", "designation": [
        {"language": "en", "value": "Ay", "extension": [{"url": standards, "valueCode": "withdrawn"}]}]}]}
    ay, ids = validate(whole, system="urn:l", code="a", display="Ay", sent=(gone,))
    assert ay["result"] is True and "INACTIVE_DISPLAY_FOUND" in ids and "The correct display is 'A' (en)" in ay["message"]
    unknown = composed({"system": "urn:l", "filter": [{"property": "colour", "op": "not-in", "value": "red"}]})
    assert "has no property 'colour'" in outcome(ask("$expand", unknown, status=400))["details"]["text"]
    # A value set that is broken is no matter while nobody asks about it.
    broken = {**composed({"system": "urn:l", "filter": [{"property": "x", "op": "="}]}), "url": "urn:broken"}
    assert validate(whole, system="urn:l", code="a", sent=(letters, broken))[0]["result"] is True
    assert outcome(ask("$expand", composed({"valueSet": ["urn:broken"]}), sent=(letters, broken), status=400))["code"] == "invalid"
    # In a batch each has its own parameters, and those of the batch.
    batch = parameters(("lenient-display-validation", "valueBoolean", True), ("url", "valueUri", "urn:v"))
    batch["parameter"] += [{"name": "tx-resource", "resource": each} for each in (letters, whole)]
    batch["parameter"] += [{"name": "validation", "resource": parameters(*each)} for each in (
        [("coding", "valueCoding", {"system": "urn:l", "code": "a", "display": "no"})],
        [("coding", "valueCoding", {"system": "urn:l", "code": "a", "display": "no"}), ("lenient-display-validation", "valueBoolean", False)],
        [("nothing", "valueString", "x")])]
    answers = [each["resource"] for each in rest.post(f"{base}/ValueSet/$batch-validate-code", batch)["parameter"]]
    assert read(answers[0])["result"] is True and read(answers[1])["result"] is False and outcome(answers[2])["code"] == "invalid"
    outcome(rest.post(f"{base}/ValueSet/$batch-validate-code", parameters(("url", "valueUri", "urn:v")), 400))
    # FHIR's own code systems are those of its version.
    own = read(rest.get(f"{base}/CodeSystem/$lookup", system=GENDER, code="other"))
    assert own["display"] == "Other" and own["version"] == ("5.0.0" if base == "/r5" else "4.0.1")
    assert codes(rest.get(f"{base}/ValueSet/$expand", url="http://hl7.org/fhir/ValueSet/administrative-gender")) == ["male", "female", "other", "unknown"]


def keeps_apart_what_is_alike(rest, base):
    """Membership, versions and languages where one rule ends and its neighbour begins."""
    letters = {"resourceType": "CodeSystem", "url": "urn:c", "version": "1.0.0", "status": "active", "content": "complete", "language": "en",
               "concept": [{"code": "a", "display": "An A", "designation": [{"language": "de", "value": "Ein  A"}]}, {"code": "b", "display": "B"}]}
    later = {**letters, "version": "1.1.0", "experimental": True, "concept": [{"code": "a", "display": "Another A"}]}
    extra = {"resourceType": "CodeSystem", "url": "urn:extra", "version": "1", "status": "active", "content": "supplement", "supplements": "urn:c|1.0.0",
             "concept": [{"code": "a", "designation": [{"language": "fr", "value": "Lettre A"}]}]}
    stub = {"resourceType": "CodeSystem", "url": "urn:stub", "status": "active", "content": "not-present"}
    supplements = {"url": "http://hl7.org/fhir/StructureDefinition/valueset-supplement", "valueCanonical": "urn:extra"}

    def composed(*includes, url="urn:v", exclude=(), **more):
        compose = {"include": list(includes), **({"exclude": list(exclude)} if exclude else {})}
        return {"resourceType": "ValueSet", "url": url, "version": "1.0.0", "status": "active", "compose": compose, **more}

    def ask(path, asked, *more, sent=(letters,), status=200):
        full = parameters_of(asked, *more) if asked else parameters(*more)
        full["parameter"] += [{"name": "tx-resource", "resource": each} for each in sent]
        return rest.post(f"{base}/{path}", full, status)

    def expand(asked, *more, **how):
        return ask("ValueSet/$expand", asked, *more, **how)

    def validate(asked, *more, sent=(letters,), kind="ValueSet", **coding):
        answer = read(ask(f"{kind}/$validate-code", asked, ("coding", "valueCoding", {"system": "urn:c", **coding}), *more, sent=sent))
        issues = answer["issues"]["issue"] if "issues" in answer else []
        return answer, sorted(issue["extension"][0]["valueString"] for issue in issues if "extension" in issue)

    whole, only = composed({"system": "urn:c", "version": "1.0.0"}), ("valueset-membership-only", "valueBoolean", True)
    # Membership alone: neither the display nor a coding beside it counts.
    assert validate(whole, code="a", display="X")[0]["result"] is False
    assert validate(whole, only, code="a", display="X")[0]["result"] is True and validate(whole, only, code="z")[0]["result"] is False
    concept = {"coding": [{"system": "urn:c", "code": "z"}, {"system": "urn:c", "code": "a", "display": "X"}]}
    for more, result in (((), False), ((only,), True)):
        assert read(ask("ValueSet/$validate-code", whole, ("codeableConcept", "valueCodeableConcept", concept), *more))["result"] is result
    # White space is told of where it is all that is wrong with a name of the language asked for.
    german = ("displayLanguage", "valueCode", "de")
    assert validate(whole, german, code="a", display="Ein A")[1] == ["Display_Name_WS_for__should_be_one_of__instead_of"]
    assert validate(whole, german, code="a", display="An A")[1] == ["Display_Name_for__should_be_one_of__instead_of"]
    assert validate(whole, code="a", display="An  A")[1] == ["Display_Name_WS_for__should_be_one_of__instead_of"]
    # Where there is no name for "de-AT" that of "de" is right.
    for language, display, result in (("de-AT", "Ein  A", True), ("de-AT", "An A", False), ("en-US", "An A", True)):
        assert validate(whole, ("displayLanguage", "valueCode", language), code="a", display=display)[0]["result"] is result, language
    # What the value set calls a concept is a name of it.
    called = composed({"system": "urn:c", "concept": [{"code": "a", "display": "First", "designation": [{"language": "fr", "value": "Premier"}]}]})
    for display, result in (("First", True), ("premier", True), ("An A", True), ("Last", False)):
        assert validate(called, code="a", display=display)[0]["result"] is result, display
    # A concept that is said to be inactive is, and a status that is none of FHIR's five is told as well.
    stated = {**letters, "property": [{"code": "status", "uri": "http://hl7.org/fhir/concept-properties#status", "type": "code"}], "concept": [
        {"code": status, "display": status, "property": [{"code": "status", "valueCode": status}]} for status in ("inactive", "withdrawn", "draft")]}
    for status, inactive in (("inactive", True), ("withdrawn", None), ("draft", None)):
        judged = validate(whole, code=status, sent=(stated,))[0]
        assert judged["status"] == status and judged.get("inactive") is inactive, judged
    assert codes(expand(whole, ("activeOnly", "valueBoolean", True), sent=(stated,))) == ["withdrawn", "draft"]
    # What is to be excluded has to be known.
    for exclude, message in (({"system": "urn:c", "version": "9"}, "UNKNOWN_CODESYSTEM_VERSION_EXP"), ({"system": "urn:none"}, "UNKNOWN_CODESYSTEM_EXP")):
        refused = outcome(expand(composed({"system": "urn:c"}, exclude=[exclude]), status=404))
        assert refused["extension"][0]["valueString"] == message
    # Imports: pinned versions, patterns of versions, and the supplements that the imported name.
    imported = composed({"system": "urn:c", "version": "1.0.0"}, url="urn:i", extension=[supplements])
    sent = (letters, later, extra, imported)
    missing = outcome(expand(composed({"valueSet": ["urn:i|9"]}), sent=sent, status=422))
    assert missing["details"]["text"] == "Unable to find included value set 'urn:i' version '9'"
    french = expand(composed({"valueSet": ["urn:i|1.x.x"]}), ("displayLanguage", "valueCode", "fr"), sent=sent)["expansion"]
    assert french["contains"][0]["display"] == "Lettre A" and {"name": "used-supplement", "valueUri": "urn:extra|1"} in french["parameter"]
    for unusable in ((letters, imported), (later, extra, imported)):
        assert "urn:extra" in outcome(expand(composed({"valueSet": ["urn:i"]}), sent=unusable, status=404))["details"]["text"]
    # Of a system that the value set speaks of and nobody knows nothing is said to be missing from the value set.
    unknown = read(ask("ValueSet/$validate-code", composed({"system": "urn:none"}), ("codeableConcept", "valueCodeableConcept", {"coding": [
        {"system": "urn:none", "code": "a"}]})))
    assert [issue["extension"][0]["valueString"] for issue in unknown["issues"]["issue"]] == ["UNKNOWN_CODESYSTEM"]
    # A code system of which only the name is there is as one that is not, and no matter to others.
    assert codes(expand(whole, sent=(letters, stub))) == ["a", "b"]
    assert outcome(expand(composed({"system": "urn:stub"}), sent=(letters, stub), status=404))["code"] == "not-found"
    # Versions of systems are chosen in a CodeSystem's operations too.
    both = (letters, later)
    for more, version, result in (((), "1.1.0", True), ((("system-version", "valueCanonical", "urn:c|1.0.0"),), "1.0.0", True),
                                  ((("force-system-version", "valueCanonical", "urn:c|1.0.x"),), "1.0.0", True)):
        judged = validate(None, *more, sent=both, kind="CodeSystem", code="a")[0]
        assert judged["version"] == version and judged["result"] is result, judged
        looked_up = read(ask("CodeSystem/$lookup", None, ("system", "valueUri", "urn:c"), ("code", "valueCode", "a"), *more, sent=both))
        assert looked_up["version"] == version
    check = ("check-system-version", "valueCanonical", "urn:c|1.0.0")
    assert validate(None, check, sent=both, kind="CodeSystem", code="a")[0]["version"] == "1.0.0"
    checked, ids = validate(None, check, sent=both, kind="CodeSystem", code="a", version="1.1.0")
    assert checked["result"] is False and "VALUESET_VERSION_CHECK" in ids
    assert validate(None, sent=both, kind="CodeSystem", code="a", version="1.0.x")[0]["version"] == "1.0.0"
    at_odds = (("system", "valueUri", "urn:c"), ("version", "valueString", "1.1.0"), check)
    for operation, asked in (("$lookup", (("code", "valueCode", "a"),)), ("$subsumes", (("codeA", "valueCode", "a"), ("codeB", "valueCode", "a")))):
        refused = outcome(ask(f"CodeSystem/{operation}", None, *at_odds, *asked, sent=both, status=422))
        assert refused["extension"][0]["valueString"] == "VALUESET_VERSION_CHECK"
    assert "force-system-version" in json.dumps(ask("ConceptMap/$translate", None, ("force-system-version", "valueCanonical", "urn:c|1"), status=422))
    part = {**letters, "url": "urn:part", "content": "fragment"}
    lenient = ("lenient-display-validation", "valueBoolean", True)
    for more in ((), (lenient,)):
        assert read(ask("CodeSystem/$validate-code", None, ("coding", "valueCoding", {"system": "urn:part", "code": "z"}), *more, sent=(part,)))["result"] is True
    for more in ((), (lenient,), (only,)):
        in_part = composed({"system": "urn:part"}), ("coding", "valueCoding", {"system": "urn:part", "code": "z"})
        assert read(ask("ValueSet/$validate-code", *in_part, *more, sent=(part,)))["result"] is True, "it may be in the whole"
    assert "MSG_EXPERIMENTAL" in validate(None, sent=both, kind="CodeSystem", code="a")[1]
    assert validate(None, ("lenient-display-validation", "valueBoolean", True), kind="CodeSystem", code="a", display="X")[0]["result"] is True
    two, ten = ({**letters, "version": version} for version in ("A2", "A10"))
    assert validate(None, sent=(two, ten), kind="CodeSystem", code="a")[0]["version"] == "A10", "digits are numbers"
    # In the order that the code system, the value set and the concept map state; R4 says so by extensions.
    def alphabetical(resource, version):
        coding = {"system": "http://hl7.org/fhir/version-algorithm", "code": "alpha"}
        url = "http://hl7.org/fhir/StructureDefinition/artifact-versionAlgorithm"
        stated = {"extension": [{"url": url, "valueCoding": coding}]} if base == "/r4" else {"versionAlgorithmCoding": coding}
        return {**resource, "version": version, **stated}

    nine, ten = (alphabetical(letters, version) for version in ("9", "10"))
    for sent in ((nine, ten), (ten, nine)):
        assert validate(None, sent=sent, kind="CodeSystem", code="a")[0]["version"] == "9"
    first, second = (alphabetical(composed({"system": "urn:c", "concept": [{"code": code}]}, url="urn:i"), version) for code, version in (("a", "9"), ("b", "10")))
    assert codes(expand(composed({"valueSet": ["urn:i"]}), sent=(letters, second, first))) == ["a"]
    # Of versions that are ordered in different ways one is the active one, whatever their order.
    half = {**letters, "version": "9.5"}
    for sent in ((nine, ten, half), (half, ten, nine), (ten, half, nine)):
        assert validate(None, sent=sent, kind="CodeSystem", code="a")[0]["version"] in ("9", "10", "9.5")
    builds = [{**letters, "version": f"1.0.0+{build}"} for build in (10, 2)]
    assert validate(None, sent=builds, kind="CodeSystem", code="a")[0]["version"] == "1.0.0+10"
    # What is listed twice is the later by the order that the code system states.
    named = [{**of, "concept": [{"code": "a", "display": of["version"]}]} for of in (ten, nine)]
    for versions in (("9", "10"), ("10", "9")):
        twice = composed(*({"system": "urn:c", "version": version} for version in versions), exclude=[{"system": "urn:c", "concept": [{"code": "z"}]}])
        assert [item["display"] for item in items(expand(twice, sent=named)["expansion"])] == ["9"]
    # A concept map's too.
    relation = {"relationship": "equivalent"} if base == "/r5" else {"equivalence": "equivalent"}
    maps = [alphabetical({"resourceType": "ConceptMap", "url": "urn:map", "status": "active", "group": [
        {"source": "urn:c", "target": "urn:t", "element": [{"code": "a", "target": [{"code": f"of-{version}", **relation}]}]}]}, version) for version in ("10", "9")]
    for sent in (maps, maps[::-1]):
        found = ask("ConceptMap/$translate", None, ("url", "valueUri", "urn:map"), ("system", "valueUri", "urn:c"), (
            "sourceCode" if base == "/r5" else "code", "valueCode", "a"), sent=sent)
        assert "of-9" in json.dumps(found) and "of-10" not in json.dumps(found)
    # A code without a version says too little where versions are needed, unless the value set or the request states one.
    needed = {**letters, "versionNeeded": True}
    stated = ("system-version", "valueCanonical", "urn:c|1.0.0")
    for more, given, result in (((), {}, False), ((), {"version": "1.0.0"}, True), ((stated,), {}, True)):
        for kind, asked in (("CodeSystem", None), ("ValueSet", composed({"system": "urn:c"}))):
            judged = validate(asked, *more, sent=(needed,), kind=kind, code="a", **given)[0]
            assert judged["result"] is result and ("may mean another thing" in judged.get("message", "")) is not result, judged
    assert validate(whole, sent=(needed,), code="a")[0]["result"] is True
    some = composed({"system": "urn:c", "version": "1.0.0", "concept": [{"code": "a"}]}, {"system": "urn:c"})
    assert validate(some, sent=(needed,), code="b")[0]["result"] is False, "the include that has it states none"
    stated_once = {"system": "urn:c", "version": "1.0.0"}
    for includes in (({**stated_once, "valueSet": ["urn:plain"]},), (stated_once, {"system": "urn:d", "valueSet": ["urn:plain"]}),
                     ({**stated_once, "concept": [{"code": "a"}]}, {"system": "urn:c", "concept": [{"code": "b"}]})):
        plain_set = composed({"system": "urn:c"}, {"system": "urn:d"}, url="urn:plain")
        assert validate(composed(*includes), sent=(needed, {**letters, "url": "urn:d"}, plain_set), code="a")[0]["result"] is True, includes
    # Of a code that is not there that alone is told; what is imported says it as the value set itself would.
    assert validate(composed({"system": "urn:c"}), sent=(needed,), code="z")[1] == sorted(
        ["Unknown_Code_in_Version", "None_of_the_provided_codes_are_in_the_value_set_one"])
    for version, result in (({}, False), ({"version": "1.0.0"}, True)):
        inner = composed({"system": "urn:c", **version}, url="urn:inner")
        judged = validate(composed({"valueSet": ["urn:inner"]}), sent=(needed, inner), code="a")[0]
        assert judged["result"] is result and ("may mean another thing" in judged.get("message", "")) is not result, judged
    # A code system may have no concept yet.
    bare = {key: of for key, of in letters.items() if key != "concept"}
    assert validate(None, sent=(bare,), kind="CodeSystem", code="a")[1] == ["Unknown_Code_in_Version"]
    assert validate(composed({"system": "urn:c"}), sent=(bare,), code="a")[0]["result"] is False
    assert expand(composed({"system": "urn:c"}), ("filter", "valueString", "a"), sent=(bare,))["expansion"]["total"] == 0
    for op in ("is-a", "regex", "is-not-a", "child-of"):
        filtered = composed({"system": "urn:c", "filter": [{"property": "concept", "op": op, "value": "a"}]})
        assert expand(filtered, sent=(bare,))["expansion"]["total"] == 0
    outcome(ask("CodeSystem/$lookup", None, ("system", "valueUri", "urn:c"), ("code", "valueCode", "a"), sent=(bare,), status=404))
    # The code system that is asked may come with the question; codings are to be of it.
    asked = ("codeSystem", "resource", {**letters, "url": "urn:asked"})
    for more, result in (((("code", "valueCode", "b"),), True), ((("code", "valueCode", "z"),), False),
                         ((("coding", "valueCoding", {"system": "urn:asked", "code": "b"}),), True),
                         ((("coding", "valueCoding", {"system": "urn:c", "code": "b"}),), False),
                         ((("url", "valueUri", "urn:asked|1.0.0"), ("code", "valueCode", "b")), True)):
        judged = read(ask("CodeSystem/$validate-code", None, asked, *more))
        assert judged["result"] is result, (more, judged)
    assert "is not the CodeSystem that was asked" in read(ask("CodeSystem/$validate-code", None, ("url", "valueUri", "urn:other"), (
        "coding", "valueCoding", {"system": "urn:c", "code": "a"})))["message"]
    outcome(ask("CodeSystem/$validate-code", None, asked, ("url", "valueUri", "urn:c"), ("code", "valueCode", "b"), status=400))
    outcome(ask("CodeSystem/$validate-code", None, ("codeSystem", "resource", {"resourceType": "CodeSystem"}), ("code", "valueCode", "b"), status=400))
    # What is imported chooses the version as what is said directly does: stated, by parameters, of several, and not there.
    first, any_version, later_one = composed({"system": "urn:c", "version": "1.0.0"}), composed({"system": "urn:c"}), composed({"system": "urn:c", "version": "1.1.0"})
    mixed = composed({"system": "urn:c", "version": "1.0.0"}, {"system": "urn:c", "version": "1.1.0"})
    gone = composed({"system": "urn:c", "version": "9"})
    inner = composed({"valueSet": ["urn:inner"]})

    def versioned(name, version="1.0.0"):
        return name, "valueCanonical", "urn:c|" + version

    for asked, more, given, version, result, message in (
            (first, (), {}, "1.0.0", True, None), (any_version, (versioned("system-version"),), {}, "1.0.0", True, None),
            (any_version, (versioned("force-system-version", "1.0.x"),), {}, "1.0.0", True, None),
            (later_one, (versioned("force-system-version", "1.0.x"),), {}, "1.0.0", True, None),
            (any_version, (versioned("check-system-version"),), {}, "1.0.0", True, None),
            (later_one, (versioned("check-system-version"),), {}, "1.1.0", False, "VALUESET_VERSION_CHECK"),
            (mixed, (), {}, "1.1.0", True, None), (mixed, (versioned("check-system-version"),), {}, "1.1.0", False, "VALUESET_VERSION_CHECK"),
            (mixed, (versioned("check-system-version"),), {"version": "1.0.0"}, "1.0.0", True, None),
            (mixed, (versioned("check-system-version"),), {"version": "1.1.0"}, "1.1.0", False, "VALUESET_VERSION_CHECK"),
            *((any_version, (versioned(f"{how}-system-version" if how else "system-version", "9"),), {}, None, False, "UNKNOWN_CODESYSTEM_VERSION") for how in ("", "check", "force")),
            (gone, (), {}, None, False, "UNKNOWN_CODESYSTEM_VERSION")):
        for outer, sent in ((asked, ()), (inner, ({**asked, "url": "urn:inner"},))):
            judged, ids = validate(outer, *more, sent=(letters, later, *sent), code="a", **given)
            ids = [each for each in ids if not each.startswith("MSG_")]
            assert judged["result"] is result and ids == ([message] if message else []), (asked, more, given, judged, ids)
            assert version is None or judged["version"] == version, (asked, more, given, judged)
    # What is imported beside a system narrows it, and says nothing of its version.
    narrowed = composed({"system": "urn:c", "version": "9", "valueSet": ["urn:inner"]})
    assert validate(narrowed, sent=(letters, {**any_version, "url": "urn:inner"}), code="a")[1] == ["UNKNOWN_CODESYSTEM_VERSION"]
    beside_d = composed({"system": "urn:c", "version": "9"}, {"system": "urn:d", "valueSet": ["urn:inner"]})
    assert validate(beside_d, sent=(letters, {**letters, "url": "urn:d"}, {**first, "url": "urn:inner"}), code="a")[1] == ["UNKNOWN_CODESYSTEM_VERSION"]
    # Many imports of many versions are looked through once.
    many = composed(*({"system": "urn:c", "version": version, "filter": [{"property": "code", "op": "regex", "value": "b"}] * 50} for version in ("1.0.0", "1.1.0") * 50), url="urn:many")
    assert validate(composed(*[{"valueSet": ["urn:many"]}] * 50), sent=(letters, later, many), code="a")[0]["result"] is False
    # Of a value set that cannot be known no system is inferred.
    unknown = read(ask("ValueSet/$validate-code", composed({"valueSet": ["urn:unknown"]}), ("code", "valueCode", "a"), ("inferSystem", "valueBoolean", True)))
    assert unknown["result"] is False and "system" not in unknown and "display" not in unknown and "urn:unknown" in unknown["message"]
    # What the code system states is told once.
    stated = {**letters, "property": [{"code": "inactive", "type": "boolean"}], "concept": [{"code": "a", "property": [{"code": "inactive", "valueBoolean": True}]}, {"code": "b"}]}
    for code in ("a", "b"):
        looked_up = ask("CodeSystem/$lookup", None, ("system", "valueUri", "urn:c"), ("code", "valueCode", code), sent=(stated,))
        assert properties(looked_up, "inactive") == [code == "a"]
    # Languages: the request's, the composition's, the header's, the value set's, the first that there is.
    spoken = {**letters, "concept": [{"code": "a", "display": "Letter", "designation": [{"language": language, "value": language} for language in ("de", "fr", "it")]}]}
    for request, composition, header, own, display in (("de", "fr", "it", "it", "de"), (None, "fr", "it", "it", "fr"), (None, None, "it", "fr", "it"),
                                                       (None, None, None, "fr", "fr"), (None, None, None, None, "Letter")):
        of = composed({"system": "urn:c"}, **({"language": own} if own else {}))
        if composition:
            of["compose"]["extension"] = [{"url": "http://hl7.org/fhir/StructureDefinition/valueset-expansion-parameter", "extension": [
                {"url": "name", "valueCode": "displayLanguage"}, {"url": "value", "valueCode": composition}]}]
        asked = parameters_of(of, *([("displayLanguage", "valueCode", request)] if request else []), ("tx-resource", "resource", spoken))
        headers = {"Content_Type": "application/fhir+json", **({"Accept_Language": header} if header else {})}
        assert next(items(json.loads(rest.ask("POST", f"{base}/ValueSet/$expand", json.dumps(asked), **headers).content)["expansion"]))["display"] == display, (request, composition, header, own)
    looked_up = read(ask("CodeSystem/$lookup", None, ("system", "valueUri", "urn:c"), ("code", "valueCode", "a"), ("displayLanguage", "valueCode", "ru, it-CH;q=0.5"), sent=(spoken,)))
    assert looked_up["display"] == "it"
    wrong = outcome(ask("CodeSystem/$lookup", None, ("system", "valueUri", "urn:c"), ("code", "valueCode", "a"), ("displayLanguage", "valueCode", "-"), status=400))
    assert "Invalid displayLanguage" in wrong["details"]["text"]
    # The header counts for a CodeSystem's operations too, behind the parameter.
    for more, display in (((), "it"), ((("displayLanguage", "valueCode", "de"),), "de")):
        for operation in ("$lookup", "$validate-code"):
            full = parameters(("system" if operation == "$lookup" else "url", "valueUri", "urn:c"), ("code", "valueCode", "a"), *more, ("tx-resource", "resource", spoken))
            answer = json.loads(rest.ask("POST", f"{base}/CodeSystem/{operation}", json.dumps(full), Content_Type="application/fhir+json", Accept_Language="it").content)
            assert read(answer)["display"] == display
    # Designations that are asked for are told, those alone, and the title is one of them.
    for tokens, more, told in ((("de",), (), ["de"]), (("it",), (("displayLanguage", "valueCode", "de"),), ["it"]),
                               (("fr",), (("displayLanguage", "valueCode", "fr"),), []), (("en",), (("displayLanguage", "valueCode", "fr"),), ["Letter"]),
                               (("de",), (("includeDesignations", "valueBoolean", False),), [])):
        item = next(items(expand(composed({"system": "urn:c"}), *(("designation", "valueString", token) for token in tokens), *more, sent=(spoken,))["expansion"]))
        assert [found["value"] for found in item.get("designation", [])] == told, (tokens, more, item)
    # A name that is withdrawn is none: neither shown, nor told as right.
    old = {"language": "de", "value": "Alt", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status", "valueCode": "withdrawn"}]}
    renamed = {**letters, "concept": [{"code": "a", "display": "Letter", "designation": [old]}]}
    judged = validate(composed({"system": "urn:c"}), ("displayLanguage", "valueCode", "de"), sent=(renamed,), code="a", display="Alt")[0]
    assert judged["result"] is True and judged["display"] == "Letter" and judged["message"].endswith("The correct display is 'Letter' (en)"), judged
    # "*" beside a language takes any, and alone says nothing.
    for wanted, result in (("de", False), ("de,*", True), ("fr, en;q=0, *", False)):
        assert validate(composed({"system": "urn:c"}), ("displayLanguage", "valueCode", wanted), sent=(spoken,), code="a", display="Letter")[0]["result"] is result
    asked = parameters_of(composed({"system": "urn:c"}, language="fr"), ("tx-resource", "resource", spoken))
    for header in ("*", "*;q=0.5", "*, *"):
        answer = json.loads(rest.ask("POST", f"{base}/ValueSet/$expand", json.dumps(asked), Content_Type="application/fhir+json", Accept_Language=header).content)
        assert next(items(answer["expansion"]))["display"] == "fr", header
    # Nor does a withdrawn name of a region stand before that of the language.
    regional = {**letters, "concept": [{"code": "a", "display": "Letter", "designation": [{**old, "language": "de-AT"}, {"language": "de", "value": "Buchstabe"}]}]}
    for display in ("Buchstabe", "Alt"):
        judged = validate(composed({"system": "urn:c"}), ("displayLanguage", "valueCode", "de-AT"), sent=(regional,), code="a", display=display)[0]
        assert judged["result"] is True and judged["display"] == "Buchstabe" and ("message" not in judged or judged["message"].endswith("'Buchstabe' (de)")), judged
    # A hierarchy is shown unasked where it says what it means, or is asked for by a filter.
    tree = {**letters, "concept": [{"code": "a", "display": "A", "definition": "The first", "concept": [{"code": "b"}]}]}
    below_a = {"system": "urn:c", "filter": [{"property": "concept", "op": "is-a", "value": "a"}]}
    for sent, include, more, nested in ((tree, {"system": "urn:c"}, (), False), ({**tree, "hierarchyMeaning": "is-a"}, {"system": "urn:c"}, (), True), (tree, below_a, (), True),
                                        (tree, {"system": "urn:c"}, (("excludeNested", "valueBoolean", False),), True)):
        expansion = expand(composed(include), *more, sent=(sent,))["expansion"]
        assert len(expansion["contains"]) == (1 if nested else 2), (include, more)
    # An offset is told as it was given, also the first.
    for more, told in (((), []), ((("offset", "valueInteger", 0),), [0])):
        expansion = expand(composed({"system": "urn:c"}), ("count", "valueInteger", 5), *more)["expansion"]
        assert [each["valueInteger"] for each in expansion["parameter"] if each["name"] == "offset"] == told
    # A definition is told unless other properties are asked for.
    for wanted, told in (((), True), (("definition",), True), (("parent",), False)):
        looked_up = ask("CodeSystem/$lookup", None, ("system", "valueUri", "urn:c"), ("code", "valueCode", "a"), *(("property", "valueCode", name) for name in wanted), sent=(tree,))
        assert ("definition" in read(looked_up)) is told
    # Of codings none of which can be taken none is named; that the concept is inactive is told.
    concept = ("codeableConcept", "valueCodeableConcept", {"coding": [{"system": "urn:c", "code": "a"}]})
    judged = read(ask("ValueSet/$validate-code", composed({"valueSet": ["urn:unknown"]}), concept))
    assert judged["result"] is False and not {"code", "system", "version", "display"} & set(judged) and "codeableConcept" in judged
    judged = read(ask("ValueSet/$validate-code", composed({"system": "urn:c"}), concept, ("activeOnly", "valueBoolean", True), sent=(stated,)))
    assert judged["result"] is False and judged["inactive"] is True and "code" not in judged
    # What has no system cannot be told; of several codings the others can.
    assert "Unable to find code" in outcome(ask("ValueSet/$validate-code", composed({"system": "urn:c"}), ("code", "valueCode", "a"), status=400))["details"]["text"]
    for asked, result, path in ((("coding", "valueCoding", {"code": "a"}), False, "Coding"),
                                (("codeableConcept", "valueCodeableConcept", {"coding": [{"code": "a"}]}), False, "CodeableConcept.coding[0]"),
                                (("codeableConcept", "valueCodeableConcept", {"coding": [{"system": "urn:c", "code": "a"}, {"code": "a"}]}), True, None)):
        judged = read(ask("CodeSystem/$validate-code", None, asked))
        assert judged["result"] is result, judged
        if path:
            issue = judged["issues"]["issue"][0]
            assert issue["expression"] == [path] and issue["extension"][0]["valueString"] == "Coding_has_no_system__cannot_validate"
    # Where there is no version none is told.
    plain = {key: of for key, of in letters.items() if key != "version"}
    for sent, told in ((letters, "'urn:c' version '1.0.0'"), (plain, "'urn:c'")):
        judged = validate(None, sent=(sent,), kind="CodeSystem", code="z")[0]
        looked_up = outcome(ask("CodeSystem/$lookup", None, ("system", "valueUri", "urn:c"), ("code", "valueCode", "z"), sent=(sent,), status=404))
        assert judged["message"] == looked_up["details"]["text"] == f"Unknown code 'z' in the CodeSystem {told}", (judged, looked_up)
    for given, told in ({"system": "urn:none"}, "'urn:none' could not be found"), ({"system": "urn:c", "version": "9"}, "Valid versions: 1.0.0"):
        missing = outcome(ask("CodeSystem/$lookup", None, *((name, "valueUri" if name == "system" else "valueString", value) for name, value in given.items()),
                              ("code", "valueCode", "a"), status=404))
        assert told in missing["details"]["text"] and missing["expression"] == ["system"], missing
    # A filter that cannot be asked is the value set's fault.
    for op, wrong in (("regex", "(("), ("exists", "maybe")):
        broken = outcome(expand(composed({"system": "urn:c", "filter": [{"property": "code", "op": op, "value": wrong}]}), status=400))
        assert broken["details"]["coding"][0]["code"] == "vs-invalid" and broken["expression"] == ["ValueSet.compose.include[0].filter[0]"], broken
    # Code systems that the request wants left out; of one version that alone.
    shared = composed({"system": "urn:c", "version": "1.0.0"}, {"system": "urn:c", "version": "1.1.0"}, {"system": "urn:d"}, extension=[])
    beside = {**letters, "url": "urn:d", "concept": [{"code": "d"}]}
    for without, left in (("urn:d", ["An A", "Another A", "B"]), ("urn:c", [None]), ("urn:c|1.0.0", ["Another A", None]), ("urn:c|1.0.x", ["Another A", None]),
                          ("urn:none", ["An A", "Another A", "B", None])):
        expansion = expand(shared, ("exclude-system", "valueCanonical", without), sent=(letters, later, beside))["expansion"]
        assert {each.get("display") for each in expansion.get("contains", [])} == set(left), (without, expansion)
        assert {"name": "exclude-system", "valueUri": without} in expansion["parameter"]
    outcome(expand(shared, ("exclude-system", "valueCanonical", "|1"), sent=(letters, later, beside), status=400))
    # What is left out of the excludes does not change how versions are taken.
    merged = composed({"system": "urn:c", "version": "1.0.0"}, {"system": "urn:d"}, {"system": "urn:c", "version": "1.1.0"}, exclude=[{"system": "urn:d", "concept": [{"code": "d"}]}])
    for more in ((), (("exclude-system", "valueCanonical", "urn:d"),)):
        found = expand(merged, *more, sent=(letters, later, beside))["expansion"]["contains"]
        assert [(item["code"], item["display"]) for item in found] == [("a", "Another A"), ("b", "B")], found
    # In a batch as alone.
    of_batch = parameters(("url", "valueUri", "urn:v"), ("coding", "valueCoding", {"system": "urn:c", "code": "a"}))
    of_asked = parameters(("url", "valueUri", "urn:all"), ("coding", "valueCoding", {"system": "urn:asked", "code": "b"}), ("codeSystem", "resource", {**letters, "url": "urn:asked"}))
    left = parameters(("url", "valueUri", "urn:v"), ("coding", "valueCoding", {"system": "urn:c", "code": "a"}), ("exclude-system", "valueCanonical", "urn:c"))
    batch = ask("ValueSet/$batch-validate-code", None, *(("validation", "resource", each) for each in (of_batch, left, of_asked)), sent=(
        letters, composed({"system": "urn:c"}), composed({"system": "urn:asked"}, url="urn:all")))
    first_of, second_of, third_of = (part["resource"] for part in batch["parameter"])
    slip = {**of_batch, "parameter": [*of_batch["parameter"], {"name": "displayLangauge", "valueCode": "de"}]}
    refused = ask("ValueSet/$batch-validate-code", None, ("validation", "resource", slip), sent=(letters, composed({"system": "urn:c"})))
    assert "write displayLanguage" in json.dumps(refused)
    assert read(first_of)["result"] is True and "exclude-system" in json.dumps(second_of) and second_of["resourceType"] == "OperationOutcome"
    assert read(third_of)["result"] is False, "ValueSet $validate-code takes no codeSystem"
    # A parameter is no header.
    read_as = rest.post(f"{base}/ValueSet/$expand", parameters_of(composed({"system": "urn:c"}), ("Accept-Language", "valueString", "-"), ("tx-resource", "resource", letters)))
    assert codes(read_as) == ["a", "b"]
    assert "exclude-system" in json.dumps(ask("ConceptMap/$translate", None, ("exclude-system", "valueCanonical", "urn:c"), status=422))
    # Filters ask for what supplements say too.
    sizes = {**extra, "supplements": "urn:c", "property": [{"code": "size", "type": "string"}], "concept": [
        {"code": "a", "property": [{"code": "size", "valueString": "small"}]}]}
    for op, wanted, found in (("=", "small", ["a"]), ("=", "big", []), ("exists", "false", ["b"]), ("regex", "s.*", ["a"]), ("in", "small,big", ["a"])):
        sized = composed({"system": "urn:c", "filter": [{"property": "size", "op": op, "value": wanted}]}, extension=[supplements])
        assert codes(expand(sized, sent=(letters, sizes))) == found, op
        assert validate(sized, sent=(letters, sizes), code="a")[0]["result"] is ("a" in found)
    # Where a version that is excluded is not there, nobody knows whether the code is.
    unsure = composed({"system": "urn:c", "version": "1.0.0"}, exclude=[{"system": "urn:c", "version": "9", "concept": [{"code": "a"}]}])
    judged, ids = validate(unsure, code="a")
    assert judged["result"] is False and ids == ["UNKNOWN_CODESYSTEM_VERSION"], (judged, ids)
    assert validate(unsure, code="b")[0]["result"] is True, "the exclude does not list it"
    missing = [{"system": "urn:c", "version": version} for version in ("8", "9", "9")]
    judged, ids = validate(composed({"system": "urn:c", "version": "1.0.0"}, exclude=missing), code="a")
    assert judged["result"] is False and ids == ["UNKNOWN_CODESYSTEM_VERSION"] * 2, (judged, ids)
    # Through imports too, of what is included and of what is excluded, and in other cases where they are the same.
    inner = composed({"system": "urn:c"}, exclude=missing[:1], url="urn:inner")
    nine_alone = composed({"system": "urn:c", "version": "9"}, url="urn:inner")
    for asked, sent in ((composed({"valueSet": ["urn:inner"]}), inner), (composed({"system": "urn:c"}, exclude=[{"valueSet": ["urn:inner"]}]), nine_alone)):
        judged, ids = validate(asked, sent=(letters, sent), code="a")
        assert judged["result"] is False and ids == ["UNKNOWN_CODESYSTEM_VERSION"], (judged, ids)
        outcome(expand(asked, sent=(letters, sent), status=404))
    # But not where the code is in without it, or it could not take it away.
    of_d = {"system": "urn:d", "valueSet": ["urn:inner"]}
    for asked, sent in ((composed({"system": "urn:c"}, {"valueSet": ["urn:inner"]}), inner), (composed({"system": "urn:c"}, of_d), inner),
                        (composed({"system": "urn:c"}, exclude=[of_d]), nine_alone),
                        (composed({"system": "urn:c"}, exclude=[{"system": "urn:c", "concept": [{"code": "b"}], "valueSet": ["urn:inner"]}]), nine_alone)):
        judged, ids = validate(asked, sent=(letters, {**letters, "url": "urn:d"}, sent), code="a")
        assert judged["result"] is True and not ids, (asked, judged)
    # Chains of imports are gone through once, whichever way they go.
    chain = []
    for depth in range(1, 49):
        further = {"valueSet": [f"urn:v{depth + 1}"]} if depth < 48 else {"system": "urn:c", "version": "9"}
        odd = composed(further, url=f"urn:v{depth}") if depth % 2 else composed({"system": "urn:d"}, exclude=[further], url=f"urn:v{depth}")
        chain.append(odd)
    judged, ids = validate(composed({"system": "urn:c", "concept": [{"code": "b"}]}, exclude=[{"valueSet": ["urn:v1"]}]), sent=(letters, *chain), code="a")
    assert judged["result"] is False and ids == ["UNKNOWN_CODESYSTEM_VERSION"], (judged, ids)
    none = composed({"system": "urn:d"}, url="urn:none")
    chain = [composed({"system": "urn:c"}, **({"exclude": [{"valueSet": [f"urn:v{depth + 1}", "urn:none"]}]} if depth < 45 else {}), url=f"urn:v{depth}") for depth in range(1, 46)]
    assert validate(composed({"valueSet": ["urn:v1"]}), sent=(letters, {**letters, "url": "urn:d"}, none, *chain), code="a")[0]["result"] is True
    alike = {**letters, "caseSensitive": False}
    listed_one = composed({"system": "urn:c", "version": "1.0.0"}, exclude=[{"system": "urn:c", "version": "9", "concept": [{"code": "a"}]}])
    for code, result in (("a", False), ("A", False), ("B", True)):
        assert validate(listed_one, sent=(alike,), code=code)[0]["result"] is result, code
    both = composed({"system": "urn:c", "version": "1.0.0"}, {"system": "urn:c", "version": "1.1.0"}, exclude=missing[:1])
    assert validate(both, sent=(letters, later), code="a")[0]["result"] is False
    # A part is no kind of the whole.
    for meaning, relation in (("is-a", "subsumes"), ("part-of", "not-subsumed"), ("grouped-by", "subsumes")):
        car = {**letters, "hierarchyMeaning": meaning, "concept": [{"code": "car", "concept": [{"code": "wheel"}]}]}
        related = ("system", "valueUri", "urn:c"), ("codeA", "valueCode", "car"), ("codeB", "valueCode", "wheel")
        assert read(ask("CodeSystem/$subsumes", None, *related, sent=(car,)))["outcome"] == relation
        kind = relation == "subsumes"
        for op, code, held in (("is-a", "car", ["car", "wheel"] if kind else ["car"]), ("descendent-of", "car", ["wheel"] if kind else []),
                               ("is-not-a", "car", [] if kind else ["wheel"]), ("child-of", "car", ["wheel"]),
                               ("generalizes", "wheel", ["car", "wheel"] if kind else ["wheel"])):
            assert codes(expand(composed({"system": "urn:c", "filter": [{"property": "concept", "op": op, "value": code}]}), sent=(car,))) == held, (meaning, op)
    # Every property, and those that the hierarchy tells.
    tree = {**letters, "property": [{"code": "size", "type": "integer"}, {"code": "colour", "type": "string"}], "concept": [
        {"code": "car", "concept": [{"code": "wheel", "property": [{"code": "size", "valueInteger": 4}, {"code": "colour", "valueString": "grey"}]}]}]}
    for wanted, told in (("*", ["colour", "parent", "size"]), ("parent", ["parent"]), ("size", ["size"]), ("child", [])):
        expansion = expand(composed({"system": "urn:c"}), ("property", "valueString", wanted), ("excludeNested", "valueBoolean", True), sent=(tree,))["expansion"]
        found = json.dumps(expansion["contains"][1])
        assert [name for name in ("colour", "parent", "size") if f'"{name}"' in found] == told, found
        above = json.dumps(expansion["contains"][0])
        assert ('"child"' in above and '"wheel"' in above) is (wanted in ("*", "child")), above
    # A status is told under all of them too, and what nobody has is not.
    old = {**letters, "concept": [{"code": "a", "property": [{"code": "state", "valueCode": "retired"}]}], "property": [
        {"code": "state", "uri": "http://hl7.org/fhir/concept-properties#status", "type": "code"}]}
    for wanted, told in (("*", ["state", "status"]), ("state", ["state", "status"]), ("other", ["status"])):
        told_by = json.dumps(expand(composed({"system": "urn:c"}), ("property", "valueString", wanted), sent=(old,))["expansion"])
        assert [name for name in ("definition", "parent", "state", "status") if f'"{name}"' in told_by] == told, told_by


def caches(rest, base):
    """What a client sends once, by $cache-control, and refers to by X-Cache-Id."""
    def start(*resources, status=200):
        sent = {"resourceType": "Parameters", "parameter": [{"name": "tx-resource", "resource": each} for each in resources]}
        answer = rest.post(f"{base}/$cache-control?mode=start-cache", sent, status)
        return read(answer)["cache-id"] if status == 200 else outcome(answer)

    def look_up(code, cache, *more, system="urn:colours"):
        sent = parameters(("system", "valueUri", system), ("code", "valueCode", code))
        sent["parameter"] += more
        answer = rest.ask("POST", f"{base}/CodeSystem/$lookup", json.dumps(sent), X_Cache_Id=cache)
        return answer.status, json.loads(answer.content)

    value_set = {"resourceType": "ValueSet", "url": "urn:warm", "status": "active", "compose": {"include": [{"system": "urn:colours", "concept": [{"code": "red"}]}]}}
    first, second = start(COLOURS, value_set), start({**COLOURS, "concept": [{"code": "grey", "display": "Grey"}]})
    assert first != second and look_up("red", first)[0] == 200 and look_up("red", second)[0] == 404 and look_up("grey", second)[0] == 200
    expanded = rest.ask("GET", f"{base}/ValueSet/$expand?url=urn:warm", X_Cache_Id=first)
    assert codes(json.loads(expanded.content)) == ["red"] and rest.ask("GET", f"{base}/ValueSet/$expand?url=urn:warm").status == 404
    own = {"name": "tx-resource", "resource": {**COLOURS, "concept": [{"code": "black", "display": "Black"}]}}
    assert look_up("black", first, own)[0] == 200 and look_up("red", first, own)[0] == 404, "what comes with the request goes before"
    assert read(rest.post(f"{base}/$cache-control?mode=end-cache", parameters(("cache-id", "valueId", first))))["result"] is True
    status, gone = look_up("red", first)
    assert status == 422 and outcome(gone)["expression"] == ["X-Cache-Id"]
    outcome(rest.post(f"{base}/$cache-control?mode=forget", parameters(), 400))
    outcome(rest.post(f"{base}/$cache-control?mode=end-cache", parameters(("cache-id", "valueId", "x")), 422))
    start({"resourceType": "Patient"}, status=501)
    # Of many the ones that were asked for last stay.
    last = start(COLOURS)
    for _ in range(70):
        start(COLOURS)
    assert look_up("grey", second)[0] == 422 and look_up("red", last)[0] == 422


def translates(rest, base):
    """Concept maps, of R5 and of R4, in both directions."""
    later = base == "/r5"
    relationship = "relationship" if later else "equivalence"

    def target(code, r5, r4):
        return {"code": code, relationship: r5 if later else r4}

    unmapped = {"mode": "fixed", "code": "other", **({"relationship": "related-to"} if later else {})}
    colours = {"resourceType": "ConceptMap", "url": "urn:map", "version": "1", "status": "active",
               ("sourceScopeUri" if later else "sourceUri"): "urn:vs", "group": [{
                   "source": "urn:a", "target": "urn:b", "unmapped": unmapped, "element": [
                       {"code": "red", "target": [target("rot", "equivalent", "equivalent"), target("ruby", "source-is-broader-than-target", "narrower")]},
                       {"code": "pink", "target": [target("rot", "source-is-narrower-than-target", "wider")]},
                       {"code": "sky", "target": [target("erde", "not-related-to", "disjoint")]}]}]}
    onward = {**colours, "url": "urn:first", "group": [{"source": "urn:x", "target": "urn:b", "element": [{"code": "one", "target": [target("eins", "equivalent", "equal")]}],
              "unmapped": {"mode": "other-map", ("otherMap" if later else "url"): "urn:first"}}]}

    def ask(*given, sent=(colours, onward), status=200):
        full = parameters(*given)
        full["parameter"] += [{"name": "tx-resource", "resource": each} for each in sent]
        return rest.post(f"{base}/ConceptMap/$translate", full, status)

    def matches(answer):
        found = [{part["name"]: value(part) for part in each["part"] if "part" not in part} for each in answer["parameter"] if each["name"] == "match"]
        return [(each["concept"]["code"], each[relationship]) for each in found]

    red = ask(("sourceCode", "valueCode", "red"), ("sourceSystem", "valueUri", "urn:a"))
    assert matches(red) == [("rot", "equivalent"), ("ruby", "source-is-broader-than-target" if later else "narrower")]
    assert next(each for each in red["parameter"] if each["name"] == "result")["valueBoolean"] is True and "urn:map|1" in json.dumps(red)
    coding = ask(("coding" if not later else "sourceCoding", "valueCoding", {"system": "urn:a", "code": "sky"}))
    assert matches(coding)[0][0] == "erde" and coding["parameter"][0] == {"name": "result", "valueBoolean": False}
    back = matches(ask(("targetCode", "valueCode", "rot"), ("targetSystem", "valueUri", "urn:b")))
    assert back == [("red", "equivalent"), ("pink", "source-is-broader-than-target" if later else "narrower")], back
    reverse = matches(ask(("code", "valueCode", "rot"), ("system", "valueUri", "urn:b"), ("reverse", "valueBoolean", True)))
    assert reverse == back, "as R4 asks it"
    assert matches(ask(("sourceCode", "valueCode", "grey"), ("sourceSystem", "valueUri", "urn:a")))[0][0] == "other"
    assert matches(ask(("sourceCode", "valueCode", "two"), ("sourceSystem", "valueUri", "urn:x"))) == [], "a map that sends on to itself ends"
    assert matches(ask(("sourceCode", "valueCode", "red"), ("sourceSystem", "valueUri", "urn:a"), ("targetSystem", "valueUri", "urn:c"))) == []
    assert matches(ask(("url", "valueUri", "urn:first"), ("sourceCode", "valueCode", "red"), ("sourceSystem", "valueUri", "urn:a"))) == []
    outcome(ask(("url", "valueUri", "urn:none"), ("sourceCode", "valueCode", "red"), status=404))
    outcome(ask(("sourceSystem", "valueUri", "urn:a"), status=400))
    depends = {**colours, "group": [{"source": "urn:a", "target": "urn:b", "element": [{"code": "red", "target": [
        {**target("rot", "equivalent", "equivalent"), "dependsOn": [{"property": "urn:sex", "value": "M"}]}]}]}]}
    left_out = ask(("sourceCode", "valueCode", "red"), ("sourceSystem", "valueUri", "urn:a"), sent=[depends])
    assert matches(left_out) == [] and left_out["parameter"][0]["valueBoolean"] is False and "dependsOn" in json.dumps(left_out)
    outcome(ask(("sourceCode", "valueCode", "red"), ("dependency", "valueString", "x"), status=400))
    # What a target depends on, what goes with it, and what is said of the mapping.
    if later:
        beside = {"dependsOn": [{"attribute": "sex", "valueCoding": {"system": "urn:sex", "code": "M"}}],
                  "product": [{"attribute": "side", "valueString": "left"}], "property": [{"code": "why", "valueBoolean": True}]}
        more = {"additionalAttribute": [{"code": "sex", "uri": "urn:attribute:sex", "type": "Coding"}, {"code": "side", "type": "string"}]}
    else:
        beside = {"dependsOn": [{"property": "urn:attribute:sex", "system": "urn:sex", "value": "M"}],
                  "product": [{"property": "side", "system": "urn:sides", "value": "left"}]}
        more = {}
    depends = {**colours, **more, "group": [{"source": "urn:a", "target": "urn:b", "element": [{"code": "red", "target": [{**target("rot", "equivalent", "equal"), **beside}]}]}]}

    def depending(code, system="urn:sex"):
        full = parameters(("sourceCode", "valueCode", "red"), ("sourceSystem", "valueUri", "urn:a"))
        names = ("attribute", "value") if later else ("element", "concept")
        full["parameter"] += [{"name": "tx-resource", "resource": depends}, {"name": "dependency", "part": [
            {"name": names[0], "valueUri": "urn:attribute:sex"}, {"name": names[1], "valueCodeableConcept": {"coding": [{"system": system, "code": code}]}}]}]
        return rest.post(f"{base}/ConceptMap/$translate", full)

    assert matches(depending("F")) == [] and matches(depending("M", "urn:else")) == []
    met = depending("M")
    assert matches(met) == [("rot", "equivalent" if later else "equal")], "an equivalence of R4 comes back as it was written"
    parts = {part["name"]: part for each in met["parameter"] if each["name"] == "match" for part in each["part"]}
    said = {name: [value(part) for part in parts[name]["part"]] for name in ("product", "property", "dependsOn") if name in parts}
    if later:
        assert said == {"product": ["side", "left"], "property": ["why", True], "dependsOn": ["urn:attribute:sex", {"system": "urn:sex", "code": "M"}]}, said
    else:
        assert said == {"product": ["side", {"system": "urn:sides", "code": "left"}]}, said
    of_set = {**colours, "group": [{"source": "urn:a", "target": "urn:b", "element": [{"valueSet": "urn:vs", "target": [target("rot", "equivalent", "equal")]}]}]}
    assert "valueSet" in outcome(ask(("sourceCode", "valueCode", "red"), sent=[of_set], status=400))["details"]["text"]
    assert matches(ask(("targetCode", "valueCode", "rot"), ("sourceSystem", "valueUri", "urn:a"))) == back, "of these sources"
    fixed = {**colours, "group": [{"source": "urn:a", "target": "urn:b", "element": [], "unmapped": {"mode": "fixed"}}]}
    outcome(ask(("sourceCode", "valueCode", "red"), sent=[fixed], status=400))
    if later:
        assert matches(ask(("targetCode", "valueCode", "rot"), ("system", "valueUri", "urn:b"))) == back, "the system of whichever code is given"
        assert matches(ask(("targetCode", "valueCode", "rot"), ("system", "valueUri", "urn:a"))) == []
    broken = {**colours, "group": [{"element": [{"code": "red", "target": [{"code": "x", relationship: "likes"}]}]}]}
    assert "likes" in outcome(ask(("sourceCode", "valueCode", "red"), sent=[broken], status=400))["details"]["text"]


def parameters_of(value_set, *more):
    sent = parameters(*more)
    sent["parameter"].append({"name": "valueSet", "resource": value_set})
    return sent


def has_resources(rest, base, fhir_version):
    statement = rest.get(f"{base}/metadata")
    assert statement["fhirVersion"] == fhir_version and statement["kind"] == "instance"
    for resource in statement["rest"][0]["resource"]:
        for operation in resource.get("operation", []):
            answer = rest.ask("GET", f"{base}/{resource['type']}/${operation['name']}")
            assert answer.status == 400, f"{operation['name']} is told of and not there: {answer.status}"
    terminology = rest.get(f"{base}/metadata", mode="terminology")
    assert {system["uri"] for system in terminology["codeSystem"]} == {ICD10CM, DERMATOLOGY, GENDER, "http://hl7.org/fhir/publication-status"}
    assert [v["code"] for s in terminology["codeSystem"] if s["uri"] == ICD10CM for v in s["version"]] == ["2021-01-01", "2026-04-01"]
    assert read(rest.get(f"{base}/$versions"))["default"] == fhir_version[:3]
    found = rest.get(f"{base}/CodeSystem", url=ICD10CM)
    assert found["total"] == 2 and found["entry"][0]["resource"]["version"] == "2026-04-01", "the active one first"
    for entry in found["entry"]:
        assert rest.get(urllib.parse.urlsplit(entry["fullUrl"]).path) == entry["resource"]
    assert rest.get(f"{base}/CodeSystem", url=ICD10CM, version="2021-01-01")["total"] == 1
    none = rest.get(f"{base}/CodeSystem", url="http://loinc.org")
    assert none["total"] == 0 and "entry" not in none
    # Page by page, as the links say.
    link, pages = f"http://{rest.address}{base}/CodeSystem?url={ICD10CM}&_count=1", []
    while link:
        page = rest.get(link.split(rest.address)[1])
        pages += [entry["resource"]["version"] for entry in page["entry"]]
        link = next((each["url"] for each in page["link"] if each["relation"] == "next"), None)
    assert pages == ["2026-04-01", "2021-01-01"]
    assert "entry" not in rest.get(f"{base}/CodeSystem", _summary="count")
    value_set = rest.get(f"{base}/ValueSet", url=ICD10CM + "?fhir_vs", version="2026-04-01")["entry"][0]["resource"]
    assert rest.get(f"{base}/ValueSet/{value_set['id']}") == value_set
    assert rest.get(f"{base}/ValueSet/{value_set['id']}/$expand", filter="ainhum")["expansion"]["contains"][0]["code"] == "L94.6"


    # Less of each, where less is asked.
    brief = rest.get(f"{base}/CodeSystem", url=ICD10CM, _elements="url,title")["entry"][0]["resource"]
    assert set(brief) == {"resourceType", "id", "meta", "url", "title", "status", "content"}, brief
    assert brief["meta"]["tag"][0]["code"] == "SUBSETTED"
    summary = rest.get(f"{base}/ValueSet/{value_set['id']}", _summary="true")
    assert "compose" not in summary and summary["url"] == value_set["url"]
    outcome(rest.get(f"{base}/CodeSystem", 400, _summary="short"))
    # What $lookup gives is declared.
    for system, code in ((ICD10CM, "S72.001A"), (ICD10CM, "L94.2"), (DERMATOLOGY, "L94.21")):
        declared = rest.get(f"{base}/CodeSystem", url=system)["entry"][0]["resource"]["property"]
        told = {found["code"] for found in read(rest.get(f"{base}/CodeSystem/$lookup", system=system, code=code))["property"]}
        assert told <= {found["code"] for found in declared}, (code, told - {found["code"] for found in declared})


def parts(extension):
    """The parts of an extension by name; those that stand several times as a list."""
    found = {}
    for part in extension["extension"]:
        found.setdefault(part["url"], []).append(part.get("extension") or value(part))
    return found


def has_conditions(rest, base):
    kind, other = ("ConditionDefinition", "Basic") if base == "/r5" else ("Basic", "ConditionDefinition")
    ours = "https://nosograph.example/fhir/StructureDefinition/"
    for code in (f"{DERMATOLOGY}|L94.21", "L94.21", f"{ICD10CM}|L94.2", f"none,{ICD10CM}|"):
        found = rest.get(f"{base}/{kind}", code=code)
        assert found["total"] == 1, (code, found)
    assert rest.ask("GET", f"{base}/{kind}?code={DERMATOLOGY}|L94.21").status == 200, "a bar as it is"
    for code in ("L94", f"{ICD10CM}|L94.21", "|L94.21"):
        assert rest.get(f"{base}/{kind}", code=code)["total"] == 0, code
    condition = found["entry"][0]["resource"]
    assert rest.get(f"{base}/{kind}/{condition['id']}") == condition
    outcome(rest.get(f"{base}/{kind}/none", 404))
    outcome(rest.get(f"{base}/{other}", 404))
    coded = condition["code"] if base == "/r5" else next(
        extension["valueCodeableConcept"] for extension in condition["extension"] if extension["url"] == ours + "condition-code")
    assert [coding["code"] for coding in coded["coding"]] == ["L94.21", "L94.2"]
    # Every statement and source of the file, each with all that it says.
    written = json.loads((ns.ROOT / "terminology/content/dermatology/conditions/L94.21.json").read_text())
    statements = [parts(extension) for extension in condition["extension"] if extension["url"] == ours + "condition-statement"]
    sources = [parts(extension) for extension in condition["extension"] if extension["url"] == ours + "condition-source"]
    assert [source["id"] for source in sources] == [[source["id"]] for source in written["sources"]]
    sections = [name for name in written if isinstance(written[name], list) and name != "sources"]
    assert len(statements) == sum(len(written[name]) for name in sections)
    for name in sections:
        said = [statement for statement in statements if statement["section"] == [name]]
        assert [statement["text"] for statement in said] == [[one["text"]] for one in written[name]], name
        for statement, one in zip(said, written[name]):
            assert statement["source-id"] == one["source_ids"]
            for field in ("frequency", "qualifier", "expected_value", "relation"):
                assert statement.get(field.replace("_", "-"), [None])[0] == one.get(field), (name, field)
            assert ("range" in statement, "therapy" in statement, "citation" in statement) == tuple(
                field in one for field in ("range", "therapy", "citation"))
    # Each extension is defined here.
    for url in {extension["url"] for extension in condition["extension"]}:
        assert rest.get(f"{base}/StructureDefinition", url=url)["total"] == 1, url
    if base == "/r5":
        assert condition["status"] == "draft" and condition["medication"] and condition["description"]
    draft = rest.get(f"{base}/Condition/$draft", code="L94.21", subject="Patient/7", category="encounter-diagnosis")
    assert [coding["code"] for coding in draft["code"]["coding"]] == ["L94.2", "L94.21"] and draft["subject"] == {"reference": "Patient/7"}
    assert ("clinicalStatus" in draft) == (base == "/r5") and draft["category"][0]["coding"][0]["code"] == "encounter-diagnosis"
    sent = parameters(("coding", "valueCoding", {"system": ICD10CM, "code": "L94.2"}), ("subject", "valueReference", {"reference": "Patient/7"}))
    assert [coding["code"] for coding in rest.post(f"{base}/Condition/$draft", sent)["code"]["coding"]] == ["L94.2"]
    for status, given in ((400, {"code": "L94.21", "subject": "Practitioner/1"}), (400, {"code": "L94.21", "subject": "Patient/<x>"}), (400, {"code": "L94.21"}), (400, {"subject": "Patient/7"}), (422, {"code": "L94.29", "subject": "Patient/7"}),
                          (400, {"code": "L94.21", "subject": "Patient/7", "category": "x"}),
                          (404, {"code": "L94.21", "system": "http://loinc.org", "subject": "Patient/7"})):
        outcome(rest.get(f"{base}/Condition/$draft", status, **given))
    outcome(rest.get(f"{base}/Condition/1", 404))
    assert rest.get(f"{base}/OperationDefinition", url="https://nosograph.example/fhir/OperationDefinition/Condition-draft")["total"] == 1


def batches(rest, base):
    entries = [{"request": {"method": "GET", "url": f"CodeSystem/$lookup?system={ICD10CM}&code=L94.2"}},
               {"request": {"method": "POST", "url": "CodeSystem/$validate-code"},
                "resource": parameters(("url", "valueUri", ICD10CM), ("code", "valueCode", "L94.29"))},
               {"request": {"method": "GET", "url": "CodeSystem/none"}}, {}]
    answer = rest.post(base, {"resourceType": "Bundle", "type": "batch", "entry": entries})
    assert [entry["response"]["status"] for entry in answer["entry"]] == ["200", "200", "404", "400"], answer
    assert read(answer["entry"][1]["resource"])["result"] is False
    outcome(rest.post(base, {"resourceType": "Bundle", "type": "transaction"}, 400))
    outcome(rest.post(base, {"resourceType": "Bundle", "type": "batch", "entry": [{}] * 1001}, 422))


def speaks_http(rest):
    path = f"/r4/CodeSystem/$lookup?system={ICD10CM}&code=L94"
    # XML first, JSON behind it, as HAPI says.
    answer = rest.ask("GET", path, Accept="application/fhir+xml;q=1.0, application/fhir+json;q=1.0", X_Request_Id="one-1")
    assert answer.headers["Content-Type"].startswith("application/fhir+json; fhirVersion=4.0") and answer.headers["X-Request-Id"] == "one-1"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert rest.ask("GET", path, Accept="application/fhir+xml").status == 406
    assert rest.ask("GET", path + "&_format=json", Accept="application/fhir+xml").status == 200
    five = rest.ask("GET", "/fhir/metadata", Accept="application/fhir+json; fhirVersion=5.0")
    assert json.loads(five.content)["fhirVersion"] == "5.0.0" and rest.get("/fhir/metadata")["fhirVersion"] == "4.0.1"
    tag = answer.headers["ETag"]
    again = rest.ask("GET", path, If_None_Match=tag)
    assert again.status == 304 and again.content == b"" and again.headers["ETag"] == tag
    packed = rest.ask("GET", path, Accept_Encoding="gzip, deflate")
    assert packed.headers["Content-Encoding"] == "gzip" and json.loads(gzip.decompress(packed.content)) == json.loads(answer.content)
    assert "Content-Encoding" not in rest.ask("GET", path, Accept_Encoding="gzip;q=0").headers
    page = rest.ask("GET", "/r4/CodeSystem/icd-10-cm-2026-04-01", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert page.headers["Content-Type"].startswith("text/html") and b"<h1>ICD-10-CM</h1>" in page.content
    assert b"<script" not in rest.ask("GET", "/r4/CodeSystem/%3Cscript%3E", Accept="text/html").content
    head = rest.ask("HEAD", path)
    assert head.status == 200 and head.content == b"" and int(head.headers["Content-Length"]) > 1000
    options = rest.ask("OPTIONS", path, Origin="http://page.example", Access_Control_Request_Method="POST")
    assert options.status == 204 and "POST" in options.headers["Access-Control-Allow-Methods"]
    form = rest.ask("POST", "/r4/CodeSystem/$lookup", f"system={ICD10CM}&code=L94.2", Content_Type="application/x-www-form-urlencoded")
    assert read(json.loads(form.content))["display"] == "Calcinosis cutis"
    assert rest.ask("GET", "/").status == 200


def answers_widgets(rest):
    total, found, further, rows = rest.get("/api/icd10cm/v3/search", terms="calcinosis cut", maxList=3, ef="name")
    assert found[0] == "L94.2" and rows[0] == ["L94.2", "Calcinosis cutis"] and further["name"][0] == "Calcinosis cutis" and total >= 1
    assert rest.get("/api/icd10cm/v3/search", terms="l94", sf="code", df="name", maxList=2)[3] == [
        ["Localized scleroderma [morphea]"], ["Linear scleroderma"]]
    assert rest.get("/api/icd10cm/v3/search", terms="") == [0, [], None, []]
    assert rest.get("/api/icd10cm/v3/search", terms="xyzzyqqq")[1] == []
    outcome(rest.get("/api/icd10cm/v3/search", 400, terms="calc", q="code:L94*"))


def bad_requests(rest, base):
    path = f"{base}/CodeSystem/$validate-code"
    for body in ("", "{", "[]", '"x"', "{}", '{"resourceType":"Patient"}', '{"resourceType":"Parameters","parameter":{}}',
                 '{"resourceType":"Parameters","parameter":[{}]}', '{"resourceType":"Parameters","parameter":[3]}',
                 '{"resourceType":"Parameters","parameter":[{"name":"code","valueCoding":3}]}',
                 '{"resourceType":"Parameters","parameter":[{"name":"coding","valueCode":"x"}]}',
                 '{"resourceType":"Parameters","parameter":[{"name":"codeableConcept","valueCodeableConcept":{"coding":{}}}]}',
                 '{"resourceType":"Parameters","parameter":[{"name":"code","resource":{}},{"name":"url","valueUri":"x"}]}',
                 b'\xff\xfe', "[" * 100000):
        outcome(rest.post(path, body, 400))
    for wrong, status in ((f"{base}/Patient/1", 404), (f"{base}/CodeSystem/$nothing", 404), (f"{base}/CodeSystem/a/b/c", 404),
                          (f"{base}/%zz", 400), (f"{base}/../../etc/passwd", 404), ("/r3/metadata", 404), (base, 404),
                          (f"{base}/CodeSystem/none/$lookup", 404), (f"{base}/CodeSystem?_count=-1", 400),
                          (f"{base}/ValueSet/$expand?url={ICD10CM}?fhir_vs&count=many", 400),
                          (f"{base}/CodeSystem/$lookup?system={ICD10CM}&code=%FF%FE", 400)):
        answer = rest.ask("GET", wrong)
        assert answer.status == status, f"{wrong}: {answer.status} {answer.content}"
        outcome(json.loads(answer.content))
    assert rest.ask("DELETE", f"{base}/CodeSystem/icd-10-cm-2026-04-01").status == 405
    assert rest.ask("POST", f"{base}/CodeSystem", "{}").status == 405, "nothing can be put here"
    assert rest.ask("POST", path, "<x/>", Content_Type="application/fhir+xml").status == 415
    for wrong in ({"resourceType": "Patient"}, {"resourceType": "CodeSystem"}, {"resourceType": "CodeSystem", "url": "urn:c", "status": "active",
                  "content": "complete", "concept": [{"code": "a"}, {"code": "a"}]}):
        sent = parameters(("url", "valueUri", ICD10CM), ("code", "valueCode", "L94.2"))
        sent["parameter"].append({"name": "tx-resource", "resource": wrong})
        assert rest.ask("POST", path, json.dumps(sent)).status in (400, 501), wrong
    outcome(rest.post(path, parameters(("url", "valueUri", ICD10CM), ("code", "valueCode", "L94.2"), ("tx-resource", "valueCode", "x")), 400))
    long = rest.get(path, url=ICD10CM, code="L" * 5000)
    assert read(long)["result"] is False and len(json.dumps(long)) < 20000
    large = rest.ask("POST", path, b" " * (2 << 20))
    assert large.status == 413 and outcome(json.loads(large.content))["code"] == "too-long"
    flood = rest.ask("GET", path, **{f"X_{number}": "x" * 100 for number in range(500)})
    assert flood.status == 431 and outcome(json.loads(flood.content))["code"] == "too-long"
    with socket.create_connection(rest.address.rsplit(":", 1)) as stranger:
        stranger.sendall(b"\x16\x03\x01 no HTTP\r\n\r\n")
        assert b"400 Bad Request" in stranger.recv(4096)
    # Who waits to be told that the body may come, is.
    body = json.dumps(parameters(("url", "valueUri", ICD10CM), ("code", "valueCode", "L94.2"))).encode()
    with socket.create_connection(rest.address.rsplit(":", 1)) as polite:
        polite.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n".encode())
        assert polite.recv(4096).startswith(b"HTTP/1.1 100 Continue")
        polite.sendall(body)
        assert b"200 OK" in polite.recv(16384)
    assert rest.ask("POST", path, gzip.compress(body), Content_Encoding="gzip").status == 415
    # As a proxy is asked.
    assert rest.ask("GET", f"http://{rest.address}{path}?url={ICD10CM}&code=L94.2").status == 200
    for version in ("3.0", "4.3", "6.0"):
        assert rest.ask("GET", "/fhir/metadata", Accept=f"application/fhir+json; fhirVersion={version}").status == 406
    outcome(rest.post(base, {"resourceType": "Bundle", "type": "batch", "entry": "x"}, 400))
    for wrong in ({"name": "code", "valuePeriod": {}}, {"name": "code", "valueCode": "L94.2", "valueString": "L94.2"}):
        sent = parameters(("url", "valueUri", ICD10CM))
        sent["parameter"].append(wrong)
        assert "code" in outcome(rest.post(path, sent, 400))["expression"]
    with socket.create_connection(rest.address.rsplit(":", 1)) as half:
        half.sendall(b"GET /r4/metadata HTTP/1.1\r\nHost: x\r\n")
        assert rest.get(f"{base}/metadata")["status"] == "active", "others are served meanwhile"


def pages_meet(data):
    """Pages of a search hold each hit once, as many as they say."""
    for words in ("heart attack", "hypertension", "E11", "dystrophic"):
        for how in ("when-many", "never"):
            found, totals, token = [], set(), None
            while token != "":
                more = ["--page", token] if token else []
                answer = json.loads(ns.run("search", words, "--fold", how, "--count", 60, "--output", "json", "--data", data, *more))
                found += [hit["code"] for hit in answer["hits"]]
                totals.add(answer["total"])
                token = answer["next_page_token"]
            assert totals == {len(found)} and len(set(found)) == len(found), (words, how, totals, len(found), len(set(found)))


def agrees_with_the_command_line(rest, data):
    """The golden table: what $validate-code and $lookup say is what the engine says."""
    rows = [{"code": cells[0], "asked": cells[1]} for _, cells in read_table() if cells[1] != "strict"]
    compared = 0
    for asked in sorted({row["asked"] for row in rows}):
        wanted = [row["code"] for row in rows if row["asked"] == asked and row["code"].isprintable() and row["code"].strip()]
        scope = {} if asked == "-" else {"url": SYSTEMS[asked]} if asked in SYSTEMS else {"date": asked}
        more = [] if asked == "-" else ["--system", SYSTEMS[asked]] if asked in SYSTEMS else ["--date", asked]
        lines = subprocess.run([ns.PROGRAM, "validate", "--stdin", "--strict", "--use", "terminology", "--output", "json", "--data", data,
                                *more], input="".join(code + "\n" for code in wanted), capture_output=True, text=True).stdout
        for code, line in zip(wanted, map(json.loads, lines.splitlines()), strict=True):
            said = read(rest.get("/r4/CodeSystem/$validate-code", code=code, **scope))
            assert said["result"] == (line.get("outcome") == "VALID"), (code, asked, line, said)
            lookup = {"system": scope["url"]} if "url" in scope else scope
            answer = rest.ask("GET", "/r5/CodeSystem/$lookup?" + urllib.parse.urlencode({"code": code, **lookup}))
            if line.get("outcome") == "VALID":
                assert read(json.loads(answer.content))["display"] == said["display"], (code, asked)
            else:
                assert answer.status in (400, 404), (code, asked, answer.status)
            compared += 1
    assert compared > 100, compared


class Served(ns.Service):
    """A service with a REST port."""

    def __init__(self, data, more=()):
        super().__init__(data, call_log="none", more=["--http", "127.0.0.1:0", "--max-http-body-bytes", 1 << 20, *more])
        line = self.process.stdout.readline()
        assert line.startswith("serving FHIR on http://"), line
        self.rest = Rest(line.split("http://")[1].strip())

    def __enter__(self):
        return self.rest


def refuses_what_is_unsafe(data):
    for more, says in ((["--http", "0.0.0.0:0"], "--http"), (["--http", "nowhere"], "--http")):
        done = subprocess.run([ns.PROGRAM, "serve", "--data", data, "--grpc", "127.0.0.1:0", *more], capture_output=True, text=True)
        assert done.returncode != 0 and says in done.stderr, done


def ends_what_is_slow(data):
    """Who begins a request and does not end it loses the connection; another is answered on the same port meanwhile and afterwards."""
    with Served(data, ["--http-patience-seconds", 1]) as rest:
        host, port = rest.address.rsplit(":", 1)
        slow = [socket.create_connection((host, int(port))) for _ in range(4)]
        for sent, connection in zip((b"", b"GET /r4/meta", b"GET /r4/metadata HTTP/1.1\r\nHost: x\r\n", b"POST /r4/CodeSystem/$lookup HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"),
                                    slow):
            connection.sendall(sent)
        rest.get("/r4/metadata")
        for connection in slow:
            connection.settimeout(60)
            assert connection.recv(1) == b"", "the connection is ended"
            connection.close()
        rest.get("/r4/metadata")


def main():
    with tempfile.TemporaryDirectory() as folder:
        data = import_releases(pathlib.Path(folder))
        with Served(data) as rest:
            for base, version in (("/r4", "4.0.1"), ("/r5", "5.0.0")):
                looks_up(rest, base)
                validates(rest, base)
                subsumes(rest, base)
                expands(rest, base)
                holds_on_a_day(rest, base)
                lists_what_it_is(rest, base)
                tells_slips(rest, base)
                has_resources(rest, base, version)
                has_conditions(rest, base)
                takes_what_is_sent(rest, base)
                tells_what_asks_for_care(rest, base)
                keeps_apart_what_is_alike(rest, base)
                translates(rest, base)
                caches(rest, base)
                judges_what_is_sent(rest, base)
                batches(rest, base)
                bad_requests(rest, base)
            speaks_http(rest)
            answers_widgets(rest)
            agrees_with_the_command_line(rest, data)
        ends_what_is_slow(data)
        refuses_what_is_unsafe(data)
        pages_meet(data)


if __name__ == "__main__":
    main()
