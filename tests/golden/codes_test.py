"""The golden table codes.tsv: what the command line and the service answer, row by row, and that they agree."""

import json
import os
import pathlib
import subprocess
import sys

import grpc
from google.protobuf import json_format

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import nosograph_service as ns
from table import SYSTEMS, import_releases, question, read_table

def options(asked):
    if asked == "-":
        return []
    if asked == "strict":
        return ["--strict"]
    return ["--system", SYSTEMS[asked]] if asked in SYSTEMS else ["--date", asked]


def ask_command_line(verb, codes, asked, *more):
    """One JSON line a code, in order."""
    command = [ns.PROGRAM, verb, "--stdin", "--output", "json", *options(asked), *more]
    done = subprocess.run(list(map(str, command)), input="".join(code + "\n" for code in codes), capture_output=True,
                          text=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(codes), f"{verb}: {len(answers)} lines for {len(codes)} codes"
    return answers


def ask_plugin(command, conninfo, codes, asked):
    """One row of cells a code, in order: the seven of the table, then all that is said of resolve, lookup, validate."""
    done = subprocess.run([*command, conninfo], input="".join(question(code, asked) + "\n" for code in codes),
                          capture_output=True, text=True, check=True)
    rows = [line.split("\t") for line in done.stdout.split("\n")[:-1]]
    assert len(rows) == len(codes), f"{command}: {len(rows)} lines for {len(codes)} codes"
    return rows


def ask_python(terminology, code, asked):
    """The seven cells of the table."""
    request = {"system": SYSTEMS[asked]} if asked in SYSTEMS else {"strict": True} if asked == "strict" else {}
    if not request and asked != "-":
        request = {"date": asked}
    try:
        validated = terminology.validate_code(code, max_repairs=3, **request)
        cells = [validated.outcome.value, validated.reason or "-",
                 " ".join(repair.code for repair in validated.repairs) or "-"]
    except nosograph.Error as error:
        cells = [error.status, "-", "-"]
    try:
        answer = terminology.resolve(code, **request)
    except nosograph.Error as error:
        return cells + [error.status, "-", "-", "-"]
    subject = answer.matched or answer.fallback
    return cells + [answer.outcome_name, subject.code if subject else "-", answer.billable_code or "-",
                    answer.normalized or "-"]


def resolved(answer):
    concept = answer.get("matched_concept") or answer.get("fallback_concept") or {}
    return [answer["outcome"].removeprefix("OUTCOME_"), concept.get("code", "-"), answer["billable_code"] or "-",
            answer["normalized"] or "-"]


def filled(request, pb, asked):
    if asked == "strict":
        request.form = pb.FORM_STRICT
    elif asked in SYSTEMS:
        request.system = SYSTEMS[asked]
    elif asked != "-":
        request.release.date = asked
    return request


def ask_service(stub, pb, code, asked):
    try:
        answer = stub.Resolve(filled(pb.ResolveRequest(code=code), pb, asked), timeout=60)
    except grpc.RpcError as error:
        return None, [error.code().name, "-", "-", "-"]
    return answer, resolved(json_format.MessageToDict(answer, preserving_proto_field_name=True,
                                                      always_print_fields_with_no_presence=True))


def validated_by_service(stub, pb, code, asked):
    request = filled(pb.ValidateCodeRequest(code=code, max_repairs=3), pb, asked)
    try:
        answer = stub.ValidateCode(request, timeout=60)
    except grpc.RpcError as error:
        return [error.code().name, "-", "-"]
    return [pb.Verdict.Name(answer.verdict).removeprefix("VERDICT_"),
            pb.Reason.Name(answer.reason).removeprefix("REASON_").replace("UNSPECIFIED", "-"),
            " ".join(repair.code for repair in answer.repairs) or "-"]


wrong = []


def expect(number, what, got, expected):
    if got != expected:
        wrong.append(f"codes.tsv:{number}: {what}: {got}, expected {expected}")


with ns.temporary_folder() as folder:
    folder = pathlib.Path(folder)
    data = import_releases(folder)
    pb, pb_grpc = ns.make_stubs(folder)
    sys.modules.pop("nosograph")  # the stubs; the package finds them again
    sys.path.insert(0, os.environ["NOSOGRAPH_PYTHON"])
    import nosograph
    groups = {}
    for number, cells in read_table():
        groups.setdefault(cells[1], []).append((number, cells))
    rows = 0
    terminology = nosograph.open(f"snapshot:{data}")
    with ns.Service(data) as service, ns.Service(data, ns.make_pki(folder / "pki")) as encrypted:
        stub = pb_grpc.TerminologyServiceStub(service.channel)
        encrypted_stub = pb_grpc.TerminologyServiceStub(encrypted.channel)
        for asked, group in groups.items():
            codes = [cells[0] for _, cells in group]
            validations = ask_command_line("validate", codes, asked, "--data", data, "--repairs", 3)
            for other in (service, encrypted):
                assert validations == ask_command_line("validate", codes, asked, *other.client_options, "--repairs", 3)
            lookups = ask_command_line("lookup", codes, asked, "--data", data)
            for other in (service, encrypted):
                assert lookups == ask_command_line("lookup", codes, asked, *other.client_options)
            local = ask_command_line("resolve", codes, asked, "--data", data)
            for other in (service, encrypted):
                remote = ask_command_line("resolve", codes, asked, *other.client_options)
                assert local == remote, f"{asked}: data folder and service answer differently"
            by_plugin = ask_plugin([os.environ["NOSOGRAPH_PLUGIN_GOLDEN"]], f"snapshot:{data}", codes, asked)
            for other, conninfo in ((service, "grpc://{}?deadline_ms=60000"),
                                    (encrypted, "grpcs://{}?deadline_ms=60000&ca={pki}/ca.pem&cert={pki}/reader.pem&key={pki}/reader-key.pem")):
                remote = ask_plugin([os.environ["NOSOGRAPH_PLUGIN_GOLDEN"]],
                                    conninfo.format(other.address, pki=folder / "pki"), codes, asked)
                for (number, cells), there, here in zip(group, remote, by_plugin, strict=True):
                    for part, (one, other_one) in enumerate(zip(there, here, strict=True)):
                        at = next((i for i, pair in enumerate(zip(one, other_one)) if pair[0] != pair[1]), 0)
                        expect(number, f"the C library, from the service, cell {part}", one[max(0, at - 20):][:60],
                               other_one[max(0, at - 20):][:60] if one != other_one else one[max(0, at - 20):][:60])
            for (number, cells), row in zip(group, by_plugin, strict=True):
                expect(number, "the C library", row[:7], cells[2:9])
                expect(number, "the Python package", ask_python(terminology, cells[0], asked), cells[2:9])
            answers = iter(local)
            for (number, cells), validation in zip(group, validations, strict=True):
                rows += 1
                expect(number, "validate", [validation["outcome"], validation["reason"] or "-",
                                            " ".join(validation["repair"]) or "-"], cells[2:5])
                by_service = validated_by_service(stub, pb, cells[0], asked)
                expect(number, "ValidateCode of the service", by_service, cells[2:5])
                message, outcome = ask_service(stub, pb, cells[0], asked)
                expect(number, "resolve", outcome, cells[5:9])
                again, _ = ask_service(encrypted_stub, pb, cells[0], asked)
                expect(number, "the answer over mutual TLS", again, message)
                by_service = validated_by_service(encrypted_stub, pb, cells[0], asked)
                expect(number, "ValidateCode over mutual TLS", by_service, cells[2:5])
                answer = next(answers)
                if message is None:
                    expect(number, "error on the command line", "error" in answer, True)
                else:
                    expect(number, "resolve on the command line", resolved(answer), outcome)
            assert next(answers, None) is None

print("\n".join(wrong) or f"{rows} rows, as the table says, from the command line, the C library, the Python package and the service, plaintext and mutual TLS")
sys.exit(1 if wrong else 0)
