"""Resources that are kept: put, changed, deleted, asked about, found again after any end; by whom and with which conflicts."""

import concurrent.futures
import http.client
import io
import json
import pathlib
import random
import subprocess
import sys
import tarfile
import threading
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1]), str(pathlib.Path(__file__).resolve().parent)]
import nosograph_service as ns

COLOURS = {"resourceType": "CodeSystem", "id": "colours", "url": "http://example.org/cs/colours", "version": "1.0", "name": "Colours",
           "status": "active", "content": "complete", "caseSensitive": True,
           "concept": [{"code": "red", "display": "Red", "concept": [{"code": "ruby", "display": "Ruby"}]},
                       {"code": "blue", "display": "Blue", "property": [{"code": "length", "valueDecimal": 450.0}]}]}
WARM = {"resourceType": "ValueSet", "id": "warm", "url": "http://example.org/vs/warm", "version": "1.0", "status": "active", "compose": {
    "include": [{"system": COLOURS["url"], "filter": [{"property": "concept", "op": "is-a", "value": "red"}]}]}}
MAP = {"resourceType": "ConceptMap", "id": "colours", "url": "http://example.org/cm/colours", "status": "active", "group": [{
    "source": COLOURS["url"], "target": "urn:de", "element": [{"code": "red", "target": [{"code": "rot", "relationship": "equivalent"}]}]}]}


class Service:
    """A service of a data folder over HTTP, by default with the right to write."""

    def __init__(self, data, *more):
        self.process = subprocess.Popen(
            [ns.PROGRAM, "serve", "--data", data, "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *(more or ("--anonymous-role", "releaser"))],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        lines = [self.process.stdout.readline() for _ in range(2)]
        assert lines[1].startswith("serving FHIR on http://"), lines
        self.address = lines[1].split("http://")[1].strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        assert self.process.wait() == 0
        self.process.stdout.close()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def ask(self, method, path, resource=None, base="/r5", **headers):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            body = None if resource is None else json.dumps(resource)
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, base + path, body, {"Content-Type": "application/fhir+json", **named})
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None, answer.headers
        finally:
            connection.close()


def value(answer, name):
    return next((found[key] for found in answer["parameter"] if found["name"] == name for key in found if key.startswith("value")), None)


def is_kept(service):
    status, stored, headers = service.ask("PUT", "/CodeSystem/colours", COLOURS)
    assert status == 201 and headers["ETag"] == 'W/"1"' and headers["Location"].endswith("/r5/CodeSystem/colours/_history/1")
    assert stored["meta"]["versionId"] == "1" and {**stored, "meta": None} == {**COLOURS, "meta": None}
    assert service.ask("GET", "/CodeSystem/colours")[1] == stored and "450.0" in json.dumps(stored)
    assert service.ask("GET", "/CodeSystem/colours", If_None_Match='W/"1"')[0] == 304
    assert service.ask("PUT", "/ValueSet/warm", WARM)[0] == 201 and service.ask("PUT", "/ConceptMap/colours", MAP)[0] == 201
    # Operations know them, by url and by id.
    expanded = service.ask("GET", f"/ValueSet/$expand?url={WARM['url']}&excludeNested=true")[1]
    assert [item["code"] for item in expanded["expansion"]["contains"]] == ["red", "ruby"]
    assert value(service.ask("GET", f"/ValueSet/warm/$validate-code?system={COLOURS['url']}&code=blue")[1], "result") is False
    assert value(service.ask("GET", "/CodeSystem/colours/$lookup?code=ruby")[1], "display") == "Ruby"
    assert value(service.ask("GET", f"/CodeSystem/$subsumes?system={COLOURS['url']}&codeA=red&codeB=ruby")[1], "outcome") == "subsumes"
    assert value(service.ask("GET", "/ConceptMap/colours/$translate?sourceCode=red")[1], "result") is True
    found = service.ask("GET", f"/ValueSet/$expand?url={COLOURS['url']}?fhir_vs&filter=rub", base="/r4")[1]
    assert [item["code"] for item in found["expansion"]["contains"]] == ["ruby"]
    # A code system that is kept is one of those told of; so are its releases.
    terminology = service.ask("GET", "/metadata?mode=terminology")[1]
    assert COLOURS["url"] in [system["uri"] for system in terminology["codeSystem"]]
    assert service.ask("GET", f"/CodeSystem?url={COLOURS['url']}")[1]["total"] == 1
    assert service.ask("GET", "/ValueSet?name=&_id=warm&status=active")[1]["entry"][0]["resource"]["url"] == WARM["url"]
    assert service.ask("GET", "/ConceptMap")[1]["total"] == 1 and service.ask("GET", "/ConceptMap", base="/r4")[1]["total"] == 0, "written otherwise in R4"
    # What comes with a request goes before.
    sent = {"resourceType": "Parameters", "parameter": [
        {"name": "url", "valueUri": WARM["url"]}, {"name": "tx-resource", "resource": {**WARM, "compose": {"include": [{"system": COLOURS["url"], "concept": [{"code": "blue"}]}]}}}]}
    assert service.ask("POST", "/ValueSet/$expand", sent)[1]["expansion"]["contains"][0]["code"] == "blue"


TOLD = {"resourceType": "CodeSystem", "id": "told", "url": "urn:told", "version": "2 beta", "name": "Told", "title": "Told of, whole", "status": "draft",
        "content": "complete", "concept": [{"code": "a", "display": "A"}]}


# Some say less of themselves.
BARE = {**{key: value for key, value in TOLD.items() if key not in ("title", "version")}, "id": "bare", "url": "urn:bare", "name": "Bare", "status": "retired"}
NAMELESS = {**{key: value for key, value in TOLD.items() if key != "name"}, "id": "nameless", "url": "urn:nameless", "title": "Nameless", "version": "1"}
MORE = {**TOLD, "id": "more", "url": "urn:more", "name": "More", "title": "More of it", "version": "3", "content": "supplement", "supplements": "urn:told"}


def is_found(service):
    for query, ids in (("url=urn:told", ["told"]), ("version=2%20beta", ["told"]), ("name=Told", ["told"]), ("title=Told%20of", ["told"]), ("status=draft", ["more", "nameless", "told"]),
                       ("url=urn:bare", ["bare"]), ("name=Bare", ["bare"]), ("title=Bare", []), ("title=Nameless", ["nameless"]), ("name=Nameless", []),
                       ("url=urn:more", ["more"]), ("name=More", ["more"]), ("status=retired", ["bare"])):
        found = service.ask("GET", f"/CodeSystem?{query}")[1]
        assert sorted(entry["resource"]["id"] for entry in found.get("entry", [])) == ids, (query, found)


def is_found_by_what_it_says(service):
    """Search parameters of FHIR beside url, version, name, title and status."""
    said = {"identifier": [{"system": "urn:ids", "value": "17"}, {"value": "bare"}], "publisher": "Ours", "description": "Of colours", "date": "2024-05-17", "language": "en"}
    of_codes = {**COLOURS, **said, "id": "said", "url": "urn:said"}
    of_values = {**WARM, **said, "id": "said", "url": "urn:said:vs", "compose": {"include": [{"system": "urn:said", "concept": [{"code": "red"}]}, {"valueSet": [WARM["url"]]}]}}
    of_map = {**MAP, **said, "id": "said", "url": "urn:said:cm", "sourceScopeUri": "urn:from", "targetScopeUri": "urn:to"}
    for kind, resource in (("CodeSystem", of_codes), ("ValueSet", of_values), ("ConceptMap", of_map)):
        assert service.ask("PUT", f"/{kind}/said", resource)[0] == 201, service.ask("PUT", f"/{kind}/said", resource)

    def ids(kind, query, **headers):
        status, found, _ = service.ask("GET", f"/{kind}?{query}", **headers)
        assert status == 200, found
        return [entry["resource"]["id"] for entry in found.get("entry", [])]

    of_all = (("identifier=17", 1), ("identifier=urn:ids%7C17", 1), ("identifier=urn:else%7C17", 0), ("identifier=%7Cbare", 1), ("publisher=our", 1), ("description=colours", 0),
              ("description=of", 1), ("date=2024-05", 1), ("date=ge2024-05-17", 1), ("date=gt2024-05-17", 0), ("date=lt2025", 1), ("identifier=17&publisher=other", 0))
    own = {"CodeSystem": (("system=urn:said", 1), ("content-mode=complete&url=urn:said", 1), ("content-mode=supplement&url=urn:said", 0), ("language=en&url=urn:said", 1), ("language=de", 0),
                          ("code=ruby&url=urn:said", 1), ("code=grey&url=urn:said", 0), ("supplements=urn:none", 0)),
           "ValueSet": (("reference=urn:said", 1), (f"reference={WARM['url']}", 1), ("code=red&reference=urn:said", 1), ("code=blue&reference=urn:said", 0)),
           "ConceptMap": (("target-group-system=urn:de&identifier=17", 1), (f"source-group-system={COLOURS['url']},urn:x&identifier=17", 1), ("source-scope=urn:from", 1),
                          ("target-scope=urn:from", 0), ("source-code=red&identifier=17", 1), ("target-code=rot&identifier=17", 1), ("source-code=rot&identifier=17", 0))}
    for kind, queries in own.items():
        for query, count in (*of_all, *queries):
            assert ids(kind, f"{query}&_id=said", Prefer="handling=strict") == ["said"] * count, (kind, query)
    for query in ("date=g", "date=2024,g", "date=ap2024", "date=gt"):
        assert service.ask("GET", f"/ValueSet?{query}")[0] == 400, query
    assert ids("ValueSet", "publisher=nobody,&_id=said") == [] and ids("ValueSet", "publisher=Ou%5Crs&_id=said") == ["said"] and ids("ValueSet", "date=ge2024-05-17T10&_id=said") == ["said"]
    assert len(ids("CodeSystem", f"code=L94.2&system={ns.ICD10CM}")) == 1 and ids("CodeSystem", f"code=L94.29&system={ns.ICD10CM}") == []
    assert len(ids("ValueSet", f"reference={ns.ICD10CM}&code=L94.2")) == 1
    told = {each["type"]: [parameter["name"] for parameter in each.get("searchParam", [])] for each in service.ask("GET", "/metadata")[1]["rest"][0]["resource"]}
    assert "identifier" in told["ValueSet"] and "source-scope" in told["ConceptMap"] and "source-uri" not in told["ConceptMap"]
    for kind in own:
        assert service.ask("DELETE", f"/{kind}/said")[0] == 204


def is_told_of(service, writes):
    for resource in service.ask("GET", "/metadata")[1]["rest"][0]["resource"]:
        told = {"create", "update", "delete"} <= {interaction["code"] for interaction in resource.get("interaction", [])}
        assert told == (writes and resource["type"] in ("CodeSystem", "ValueSet", "ConceptMap")), resource["type"]


def is_changed(service):
    changed = {**WARM, "compose": {"include": [{"system": COLOURS["url"], "concept": [{"code": "blue"}]}]}}
    assert service.ask("PUT", "/ValueSet/warm", changed, If_Match='W/"7"')[0] == 412
    assert service.ask("PUT", "/ValueSet/warm", changed, If_None_Match="*")[0] == 412
    status, stored, headers = service.ask("PUT", "/ValueSet/warm", changed, If_Match='W/"1"')
    assert status == 200 and headers["ETag"] == 'W/"2"' and stored["meta"]["versionId"] == "2"
    assert service.ask("GET", "/ValueSet/warm/_history/2")[0] == 200 and service.ask("GET", "/ValueSet/warm/_history/1")[0] == 404
    assert service.ask("GET", f"/ValueSet/$expand?url={WARM['url']}")[1]["expansion"]["contains"][0]["code"] == "blue"
    status, created, headers = service.ask("POST", "/ValueSet", {**WARM, "url": "http://example.org/vs/new"})
    assert status == 201 and created["id"] != "warm" and headers["Location"].endswith(f"/{created['id']}/_history/1")
    assert service.ask("POST", "/ValueSet", {**WARM, "url": "http://example.org/vs/quiet"}, Prefer="return=minimal")[1] is None
    for wrong, where in (({**WARM, "id": "cold"}, "ValueSet.id"), ({**WARM, "url": "warm"}, "ValueSet.url"), ({**WARM, "status": "good"}, "ValueSet.status"),
                         ({"resourceType": "Patient", "id": "warm"}, "resourceType"), ([], "resource"),
                         ({**WARM, "compose": {"include": [{"concept": []}]}}, "ValueSet.compose.include[0].concept")):
        status, answer, _ = service.ask("PUT", "/ValueSet/warm", wrong)
        assert status == (422 if "status" in where or "url" in where or "compose" in where else 400), (status, answer)
        assert answer["issue"][0]["expression"] == [where], answer
    for path, resource in (("/CodeSystem/icd", {**COLOURS, "id": "icd", "url": ns.ICD10CM}), ("/CodeSystem/other", {**COLOURS, "id": "other"}),
                           ("/CodeSystem/twice", {**COLOURS, "id": "twice", "url": "urn:twice", "concept": [{"code": "a"}, {"code": "a"}]}),
                           ("/ValueSet/a_b", {**WARM, "id": "a_b"})):
        status, answer, _ = service.ask("PUT", path, resource)
        assert status == (400 if "_" in path else 422) and answer["resourceType"] == "OperationOutcome", (path, status, answer)
    for element, wrong in (("compose", "all"), ("compose", {"include": [{"system": "urn:x", "fitler": []}]}), ("version", 1), ("title", {}), ("experimental", "no"),
                           ("contained", {}), ("compose", {"inactive": "false", "include": [{"system": "urn:x"}]}),
                           ("compose", {"include": [{"system": "urn:x", "concept": [{"code": 5}]}]}),
                           ("compose", {"include": [{"system": "urn:x", "modifierExtension": []}]}),
                           ("compose", {"include": [{"system": "urn:x", "filter": [{"property": "a", "op": "exists", "value": "maybe"}]}]})):
        status, answer, _ = service.ask("PUT", "/ValueSet/warm", {**WARM, element: wrong})
        assert status == 422 and answer["issue"][0]["expression"][0].startswith(f"ValueSet.{element}"), (wrong, answer)
    assert service.ask("PUT", "/CodeSystem/c", {**COLOURS, "id": "c", "url": "urn:c", "content": "whole"})[0] == 422
    assert service.ask("PUT", "/Patient/x", {"resourceType": "Patient"})[0] == 405
    for path, resource in (("/CodeSystem/icd-10-cm-2026-04-01", COLOURS), ("/ValueSet/icd-10-cm-2026-04-01", WARM)):
        assert service.ask("PUT", path, {**resource, "id": "icd-10-cm-2026-04-01", "url": "urn:clash"})[0] == 409, "it is that of a release"
    assert service.ask("DELETE", "/CodeSystem/icd-10-cm-2026-04-01")[0] == 405 and service.ask("GET", "/CodeSystem/icd-10-cm-2026-04-01")[0] == 200
    # A ConceptMap of R5 is none of R4: it is neither shown there nor changed.
    of_r4 = json.loads(json.dumps(MAP).replace("relationship", "equivalence"))
    assert service.ask("PUT", "/ConceptMap/colours", of_r4, base="/r4")[0] == 409 and service.ask("DELETE", "/ConceptMap/colours", base="/r4")[0] == 409
    status, answer, _ = service.ask("GET", "/ConceptMap/colours", base="/r4")
    assert status == 404 and "FHIR 5.0" in answer["issue"][0]["details"]["text"] and service.ask("GET", "/ConceptMap/colours")[0] == 200
    assert service.ask("GET", "/ValueSet?context=x", Prefer="handling=strict")[0] == 400 and service.ask("GET", "/ValueSet?url=x", Prefer="handling=strict")[0] == 200
    assert service.ask("GET", f"/ValueSet/$expand?url={ns.ICD10CM}?fhir_vs=isa/L94.2&displayLanguage=nl")[1]["expansion"]["contains"][0]["display"] == "Calcinosis cutis"
    double = {**COLOURS, "id": "double", "url": "urn:double"}
    assert service.ask("PUT", "/CodeSystem/double", double)[0] == 201
    for path in ("$lookup?code=ruby", "$validate-code?code=ruby", "$subsumes?codeA=red&codeB=ruby"):
        status, answer, _ = service.ask("GET", f"/CodeSystem/{path}")
        assert status == 400 and "urn:double" in answer["issue"][0]["details"]["text"], "of which system is not said"
    assert value(service.ask("GET", "/CodeSystem/$lookup?code=L94.2")[1], "system") == ns.ICD10CM
    loose = {**COLOURS, "id": "loose", "url": "urn:loose", "caseSensitive": False}
    assert service.ask("PUT", "/CodeSystem/loose", loose)[0] == 201
    assert value(service.ask("GET", "/CodeSystem/$lookup?system=urn:loose&code=RUBY")[1], "display") == "Ruby"
    assert value(service.ask("GET", "/CodeSystem/$subsumes?system=urn:loose&codeA=RED&codeB=Ruby")[1], "outcome") == "subsumes"
    # A description alone is kept; nothing can be told of its codes.
    alone = {key: COLOURS[key] for key in COLOURS if key != "concept"} | {"id": "alone", "url": "urn:alone", "content": "not-present"}
    assert service.ask("PUT", "/CodeSystem/alone", alone)[0] == 201
    assert value(service.ask("GET", "/CodeSystem/$validate-code?url=urn:alone&code=a")[1], "result") is False
    # A supplement of what was imported says something where it is named.
    extra = {"resourceType": "CodeSystem", "id": "extra", "url": "urn:extra", "version": "1", "status": "active", "content": "supplement", "supplements": ns.ICD10CM,
             "concept": [{"code": "L94.2", "designation": [{"language": "nl", "value": "Verkalking"}]}]}
    assert service.ask("PUT", "/CodeSystem/extra", extra)[0] == 201
    named = {**WARM, "id": "named", "url": "urn:named", "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/valueset-supplement", "valueCanonical": "urn:extra"}],
             "compose": {"include": [{"system": ns.ICD10CM, "concept": [{"code": "L94.2"}]}]}}
    assert service.ask("PUT", "/ValueSet/named", named)[0] == 201
    assert service.ask("GET", "/ValueSet/$expand?url=urn:named&displayLanguage=nl")[1]["expansion"]["contains"][0]["display"] == "Verkalking"


def is_deleted(service):
    assert service.ask("DELETE", "/ValueSet/warm", If_Match='W/"1"')[0] == 412
    assert service.ask("DELETE", "/ValueSet/warm")[0] == 204 and service.ask("DELETE", "/ValueSet/warm")[0] == 204
    assert service.ask("GET", "/ValueSet/warm")[0] == 410 and service.ask("GET", "/ValueSet/never")[0] == 404
    assert service.ask("GET", f"/ValueSet/$expand?url={WARM['url']}")[0] == 404
    status, stored, _ = service.ask("PUT", "/ValueSet/warm", WARM)
    assert status == 201 and stored["meta"]["versionId"] == "4", "the number goes on"


def is_created_once(service):
    """A conditional create: what is there already is answered instead."""
    once = {**WARM, "url": "urn:once", "identifier": [{"value": "once"}]}
    create = lambda condition: service.ask("POST", "/ValueSet", once, If_None_Exist=condition)
    status, made, _ = create("identifier=once")
    assert status == 201
    status, again, headers = create("?identifier=once")
    assert status == 200 and again == made and headers["Location"].endswith(f"/ValueSet/{made['id']}"), (status, again)
    assert create("status=active")[0] == 412 and create("colour=red")[0] == 400
    assert service.ask("DELETE", f"/ValueSet/{made['id']}")[0] == 204


def is_written_by_condition(service):
    """PUT and DELETE of whatever fits a search."""
    resource = {key: of for key, of in {**WARM, "url": "urn:by:condition"}.items() if key != "id"}
    put = lambda condition, body=resource, **headers: service.ask("PUT", f"/ValueSet?{condition}", body, **headers)
    status, made, headers = put("url=urn:by:condition")
    assert status == 201 and made["id"] and headers["Location"].endswith(f"/ValueSet/{made['id']}/_history/1"), (status, made)
    status, again, _ = put("url=urn:by:condition", {**resource, "title": "Again"})
    assert status == 200 and again["id"] == made["id"] and again["title"] == "Again" and again["meta"]["versionId"] == "2"
    assert put("url=urn:by:condition", {**resource, "id": made["id"]})[0] == 200 and put("url=urn:by:condition", {**resource, "id": "another"})[0] == 400
    assert put("url=urn:by:condition", resource, If_Match='W/"1"')[0] == 412
    # One that is new has the id that it says, unless another has it.
    named = {**resource, "url": "urn:by:name", "id": "by-name"}
    assert put("url=urn:by:name", named)[0] == 201 and put("url=urn:by:nobody", {**named, "url": "urn:by:nobody"})[0] == 409
    # What does not pick one out is refused.
    for condition, status in (("", 400), ("_format=json", 400), ("url=", 400), ("colour=red", 400), ("status=active", 412)):
        for method in ("PUT", "DELETE"):
            assert service.ask(method, f"/ValueSet?{condition}", resource if method == "PUT" else None)[0] == status, (method, condition)
    assert service.ask("POST", "/ValueSet", resource, If_None_Exist="url=")[0] == 400
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "PUT", "url": "ValueSet?url=urn:by:name"}, "resource": {**named, "title": "In a batch"}}]}
    assert service.ask("POST", "", bundle)[1]["entry"][0]["response"]["status"] == "200" and service.ask("GET", "/ValueSet/by-name")[1]["title"] == "In a batch"
    # Nor does what asks for nothing, whatever its form.
    for condition in ("_id=%7C", "url=%7C", "version=%7C", "status=%7C", "url=%7C1", "identifier=%7C"):
        assert service.ask("DELETE", f"/ValueSet?{condition}")[0] == 404, condition
    # The value set of all codes of a CodeSystem that is kept is no resource of its own, whoever has the id that it is read by.
    assert service.ask("PUT", "/ValueSet/colours-1", {**resource, "id": "colours-1", "url": "urn:unrelated"})[0] == 201
    for method in ("PUT", "DELETE"):
        status = service.ask(method, f"/ValueSet?url={COLOURS['url']}%3Ffhir_vs", {**resource, "url": "urn:of:all"} if method == "PUT" else None)[0]
        assert status == 409, (method, status)
    assert service.ask("GET", "/ValueSet/colours-1")[0] == 200 and service.ask("DELETE", "/ValueSet/colours-1")[0] == 204
    # Each entry of a batch sees what those before it have written.
    moved = {**named, "title": "Moved"}
    entry = lambda method, url, body=None: {"request": {"method": method, "url": url}, **({"resource": body} if body else {})}
    twice = {**resource, "url": "urn:twice", "identifier": [{"value": "twice"}]}
    answer = service.ask("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [
        entry("PUT", "ValueSet/by-name", moved), entry("DELETE", "ValueSet?title=In%20a%20batch&url=urn:by:name"),
        entry("PUT", "ValueSet?identifier=twice", twice), entry("PUT", "ValueSet?identifier=twice", twice)]})[1]
    assert [each["response"]["status"] for each in answer["entry"]] == ["200", "404", "201", "200"], answer
    # Of many at once one creates.
    create = lambda _: service.ask("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": [
        {"request": {"method": "POST", "url": "ValueSet", "ifNoneExist": "identifier=once"}, "resource": {**resource, "url": f"urn:race:{_}", "identifier": [{"value": "once"}]}}]})[1]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        told = [answer["entry"][0]["response"]["status"] for answer in pool.map(create, range(16))]
    assert sorted(told) == ["200"] * 15 + ["201"], told
    # What must be there is not made.
    assert put("url=urn:by:nobody", {**resource, "url": "urn:by:nobody"}, If_Match="*")[0] == 412
    # A browser that deletes gets no page, and the service goes on.
    assert service.ask("DELETE", "/ValueSet?identifier=once&_format=html", Accept="text/html")[0] == 204
    assert service.ask("DELETE", "/ValueSet?identifier=twice")[0] == 204
    for condition in ("url=urn:by:condition", "_id=by-name"):
        assert [service.ask("DELETE", f"/ValueSet?{condition}")[0] for _ in range(2)] == [204, 404]


def is_written_in_a_batch(service):
    def entry(method, url, resource=None, **conditions):
        return {"request": {"method": method, "url": url, **conditions}, **({"resource": resource} if resource else {})}

    one = {**WARM, "id": "one", "url": "urn:batch:one"}
    bundle = {"resourceType": "Bundle", "type": "batch", "entry": [
        entry("PUT", "ValueSet/one", one), entry("PUT", "ValueSet/one", one, ifMatch='W/"7"'), entry("POST", "ValueSet", {**one, "url": "urn:batch:two"}),
        entry("PUT", "ValueSet/three", {**one, "id": "three", "url": "no"}), entry("DELETE", "ValueSet/never"),
        entry("GET", f"CodeSystem/$validate-code?url={COLOURS['url']}&code=red")]}
    status, answer, _ = service.ask("POST", "", bundle)
    told = [each["response"] for each in answer["entry"]]
    assert status == 200 and [each["status"] for each in told] == ["201", "412", "201", "422", "204", "200"], told
    assert told[0]["location"].endswith("/ValueSet/one/_history/1") and told[0]["etag"] == 'W/"1"' and answer["entry"][0]["resource"]["id"] == "one"
    assert told[3]["outcome"]["issue"][0]["expression"] == ["ValueSet.url"] and "resource" not in answer["entry"][4]
    for path in ("/ValueSet/one", told[2]["location"].split("/r5")[1].split("/_history")[0]):
        assert service.ask("GET", path)[0] == 200 and service.ask("DELETE", path)[0] == 204


def is_of_its_version(service):
    """A ConceptMap says how its concepts stand to one another as its version of FHIR does."""
    def target(**how):
        return {**MAP, "id": "other", "url": "urn:other", "group": [{"source": "urn:a", "target": "urn:b", "element": [{"code": "red", "target": [{"code": "rot", **how}]}]}]}

    for base, how, where in (("/r4", {"relationship": "equivalent"}, "relationship"), ("/r5", {"equivalence": "equal"}, "equivalence"), ("/r4", {}, "equivalence"),
                             ("/r5", {}, "relationship")):
        status, answer, _ = service.ask("PUT", "/ConceptMap/other", target(**how), base=base)
        assert status == 422 and answer["issue"][0]["expression"] == [f"ConceptMap.group.element.target.{where}"], (base, how, answer)
    assert service.ask("PUT", "/ConceptMap/other", target(equivalence="equal"), base="/r4")[0] == 201
    assert service.ask("DELETE", "/ConceptMap/other", base="/r4")[0] == 204


def is_imported(data, folder):
    """Packages, Bundles and NDJSON, also while a service runs that may not write itself."""
    def package(path, resources, **manifest):
        with tarfile.open(path, "w:gz") as archive:
            for name, content in {"package/package.json": {"name": "x", **manifest}, "package/.index.json": {}, "package/example/ValueSet-no.json": WARM,
                                  **{f"package/{each['resourceType']}-{i}.json": each for i, each in enumerate(resources)}}.items():
                text = json.dumps(content).encode()
                member = tarfile.TarInfo(name)
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text))
        return path

    def run(path, code=0, version=("--fhir-version", "5.0")):
        done = subprocess.run([ns.PROGRAM, "import", "fhir", path, "--data", data, *version], capture_output=True, text=True)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    with Service(data, "--anonymous-role", "reader") as service:
        empty = {**COLOURS, "id": "empty", "url": "urn:empty", "concept": []}
        told = run(package(f"{folder}/p.tgz", [COLOURS, WARM, MAP, empty, {"resourceType": "Patient"}, {**WARM, "id": "bad", "url": "no"}]))
        assert "kept: 4 new, 0 changed, 0 as they were" in told and "left out: ValueSet/bad" in told and "1 of type Patient" in told, told
        deadline = time.monotonic() + 60
        while service.ask("GET", "/ValueSet/warm")[0] != 200:
            assert time.monotonic() < deadline, "what is imported is taken up"
            time.sleep(0.05)
        assert value(service.ask("GET", f"/ValueSet/warm/$validate-code?system={COLOURS['url']}&code=ruby")[1], "result") is True
    assert "kept: 0 new, 0 changed, 4 as they were" in run(f"{folder}/p.tgz")
    bundle = pathlib.Path(folder, "bundle.json")
    # Of the same url and version the same resource, whatever its id; another url has another id.
    bundle.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {**WARM, "id": "hot", "title": "Warm"}}, {"resource": {**WARM, "url": "urn:other"}}, {"fullUrl": "urn:x"}]}))
    assert "kept: 1 new, 1 changed, 0 as they were" in run(bundle)
    lines = pathlib.Path(folder, "lines.ndjson")
    lines.write_text(json.dumps(WARM) + "\n\n" + json.dumps(MAP) + "\n")
    assert "kept: 0 new, 1 changed, 1 as they were" in run(lines)
    single = pathlib.Path(folder, "one.json")
    single.write_text(json.dumps({**WARM, "url": "urn:single"}))
    assert "kept: 1 new" in run(single)
    # A package says which version of FHIR it is of; what says nothing is of R4.
    newer = {**MAP, "id": "newer", "url": "urn:newer"}
    assert "is an element of FHIR R5" in run(package(f"{folder}/q.tgz", [newer]), 2, ())
    assert "kept: 1 new" in run(package(f"{folder}/q.tgz", [newer], fhirVersions=["5.0.0"]), 0, ())
    assert "is of FHIR 3.0.2" in run(package(f"{folder}/q.tgz", [newer], fhirVersions=["3.0.2"]), 2, ())
    assert "no resource in its folder" in run(package(f"{folder}/q.tgz", []), 2, ())
    for content in (b"\x1f\x8bnot a package", b'{"resourceType": "Patient"}', b'{"resourceType": "ValueSet"\n', b""):
        single.write_bytes(content)
        run(single, 2)
    with Service(data) as service:
        assert service.ask("GET", "/ValueSet/warm")[1]["meta"]["versionId"] == "3" and service.ask("GET", "/ValueSet?url=urn:other")[1]["total"] == 1
        assert value(service.ask("GET", "/CodeSystem/$validate-code?url=urn:empty&code=a")[1], "result") is False


def is_lost_and_told(data):
    """A large resource has a file of its own; without it there is no resource to show, and its codes are still known."""
    large = {**COLOURS, "id": "large", "url": "urn:large", "concept": [{"code": f"c{i}", "display": f"The colour of number {i}"} for i in range(2000)]}
    with Service(data) as service:
        assert service.ask("PUT", "/CodeSystem/large", large)[0] == 201
    with Service(data) as service:
        assert service.ask("GET", "/CodeSystem/large")[1]["concept"] == large["concept"]
    texts = list(pathlib.Path(data, "resources").glob("*.json"))
    assert len(texts) == 1
    texts[0].rename(f"{texts[0]}.away")
    with Service(data) as service:
        assert service.ask("GET", "/CodeSystem/large")[0] == 500 and service.ask("GET", "/CodeSystem?url=urn:large")[1]["total"] == 0
        assert value(service.ask("GET", "/CodeSystem/$validate-code?url=urn:large&code=c1999")[1], "result") is True
        assert service.ask("PUT", "/CodeSystem/large", large)[0] == 200 and service.ask("GET", "/CodeSystem/large")[0] == 200
        assert service.ask("DELETE", "/CodeSystem/large")[0] == 204
    assert list(pathlib.Path(data, "resources").glob("*.json")) == []


def survives_kills(data, rounds, writes):
    """Whatever was acknowledged is there after a kill, whole; of what was under way either all or nothing."""
    for round_ in range(rounds):
        service = Service(data)
        acknowledged = {}

        def write(which, service=service, acknowledged=acknowledged, round_=round_):
            try:
                for number in range(writes):
                    resource = {**COLOURS, "id": f"w{which}", "url": f"urn:w{which}", "title": f"{round_}/{number}",
                                "concept": [{"code": f"c{i}", "display": f"{round_}/{number}"} for i in range(20)]}
                    status, stored, _ = service.ask("PUT", f"/CodeSystem/w{which}", resource)
                    assert status in (200, 201), stored
                    acknowledged[which] = int(stored["meta"]["versionId"])
            except (OSError, http.client.HTTPException):
                pass

        threads = [threading.Thread(target=write, args=(which,)) for which in range(3)]
        for thread in threads:
            thread.start()
        enough = random.randrange(5, writes)
        while sum(acknowledged.values(), 0) < enough and any(thread.is_alive() for thread in threads):
            threads[0].join(0.001)
        service.kill()
        for thread in threads:
            thread.join()
        with Service(data) as again:
            for which, version in acknowledged.items():
                stored = again.ask("GET", f"/CodeSystem/w{which}")[1]
                found = int(stored["meta"]["versionId"])
                assert version <= found <= version + 1, (version, found)
                assert {item["display"] for item in stored["concept"]} == {stored["title"]}
                assert value(again.ask("GET", f"/CodeSystem/$lookup?system=urn:w{which}&code=c19")[1], "display") == stored["title"]


def main():
    full = "--full" in sys.argv
    with ns.temporary_folder() as folder:
        data = f"{folder}/data"
        ns.run("import", "icd10cm", ns.STARTER, "--data", data, "--version", "2026-04-01")
        if full:
            return survives_kills(data, 50, 1000)
        with Service(data, "--anonymous-role", "reader") as service:
            assert service.ask("PUT", "/ValueSet/warm", WARM)[0] == 405, "where nobody may write nothing is kept"
            is_told_of(service, False)
        with Service(data) as service:
            is_kept(service)
            is_told_of(service, True)
            is_found_by_what_it_says(service)
            is_changed(service)
            is_of_its_version(service)
            is_created_once(service)
            is_written_by_condition(service)
            is_written_in_a_batch(service)
            is_deleted(service)
            for resource in (TOLD, BARE, NAMELESS, MORE):
                assert service.ask("PUT", f"/CodeSystem/{resource['id']}", resource)[0] == 201
            is_found(service)
        with Service(data) as service:
            is_found(service)
            assert service.ask("GET", "/ValueSet/warm")[1]["meta"]["versionId"] == "4"
            assert value(service.ask("GET", "/CodeSystem/colours/$lookup?code=ruby")[1], "display") == "Ruby"
            assert service.ask("GET", "/ValueSet/$expand?url=urn:named&displayLanguage=nl")[1]["expansion"]["contains"][0]["display"] == "Verkalking"
        # Without its snapshot a code system is read from the resource.
        for file in pathlib.Path(data, "resources").glob("*.snapshot"):
            file.unlink()
        with Service(data, "--anonymous-role", "reader") as service:
            assert value(service.ask("GET", "/CodeSystem/colours/$lookup?code=ruby")[1], "display") == "Ruby"
            assert service.ask("GET", "/ValueSet/warm")[0] == 200 and service.ask("PUT", "/ValueSet/warm", WARM)[0] == 405
        survives_kills(data, 3, 60)
        imported = f"{folder}/imported"
        ns.run("import", "icd10cm", ns.STARTER, "--data", imported, "--version", "2026-04-01")
        is_imported(imported, folder)
        is_lost_and_told(imported)


if __name__ == "__main__":
    main()
