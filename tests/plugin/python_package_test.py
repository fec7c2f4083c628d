"""The Python package: the examples in its docstrings, what a user relies on, and a wheel that pip builds from the tree."""

import doctest
import gc
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import venv

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import grpc  # noqa: F401  a host with copies of gRPC, protobuf and Abseil of its own
import nosograph_service as ns

sys.path.insert(0, os.environ["NOSOGRAPH_PYTHON"])
import nosograph
from nosograph import Outcome


def import_content(data):
    ns.run("import", "icd10cm", ns.ROOT / "terminology/content/starter/icd10cm-tabular-2026-04-01-excerpt.xml",
           "--version", "2026-04-01", "--data", data, "--quiet")
    ns.run("import", "extension", ns.DERMATOLOGY, "--data", data, "--quiet")


def raises(error, call, text):
    try:
        call()
    except error as raised:
        assert text in str(raised), raised
        return raised
    raise AssertionError(f"no {error.__name__}")


def examples(data):
    failed, tried = doctest.testmod(nosograph, extraglobs={"folder": data, "nosograph": nosograph},
                                    optionflags=doctest.ELLIPSIS)
    assert tried >= 20 and not failed, f"{failed} of {tried} examples failed"


def what_users_rely_on(data):
    terminology = nosograph.open(f"snapshot:{data}")
    answer = terminology.lookup("L94.2")
    raises(TypeError, lambda: bool(answer), "compare its outcome")
    terminology.close()
    terminology.close()
    assert terminology.closed and answer.display == "Calcinosis cutis", "a result outlives its terminology"
    closed = raises(nosograph.FailedPreconditionError, lambda: terminology.lookup("L94.2"), "open one")
    assert (closed.status, closed.number) == ("FAILED_PRECONDITION", 9)
    raises(nosograph.FailedPreconditionError, terminology.__enter__, "is closed")
    with nosograph.open(f"snapshot:{data}") as terminology:
        raises(nosograph.NotFoundError, lambda: terminology.lookup("L94.2", system="http://loinc.org"), "loinc")
        raises(nosograph.InvalidArgumentError, lambda: terminology.lookup("L94.2", date="soon"), "soon")
        raises(TypeError, lambda: terminology.lookup(942), "int")
        raises(TypeError, lambda: terminology.lookup("L94.2", colour="red"), "colour")
        raises(UnicodeEncodeError, lambda: terminology.lookup("\ud800"), "surrogate")
        batch = terminology.validate_all(["L94.2", "L94", "banana"], max_repairs=2)
        assert [result.outcome for result in batch] == [Outcome.VALID, Outcome.INVALID, Outcome.INVALID]
        raises(nosograph.InvalidArgumentError, lambda: list(terminology.lookup_all(["L94.2", "L" * 65])), "65 bytes")
        some = terminology.lookup_all(["L94.2", "L" * 65, "L94"])
        assert next(some).code == "L94.2"
        raises(nosograph.InvalidArgumentError, lambda: next(some), "65 bytes")
        assert next(some).code == "L94" and next(some, None) is None, "one bad code does not hide those behind it"
        raises(TypeError, lambda: terminology.lookup_all("L94.2"), "several")
        raises(TypeError, lambda: terminology.lookup_all(["L94.2", None]), "must be str")
        raises(TypeError, lambda: terminology.lookup("L94.2", date=2026), "str")
        found = terminology.search("calc cutis")
        assert found.hits[0].code == "L94.2" and found.hits[0].as_dict()["text_kind"] == "title"
        assert [found.hits[0].text[match.begin:match.end] for match in found.hits[0].matches] == ["Calcinosis", "cutis"]
        first = terminology.search("connective", count=2, under="L94")
        second = terminology.search("connective", count=2, under="L94", page_token=first.next_page_token)
        assert first.total == second.total > 2 and not {hit.code for hit in first.hits} & {hit.code for hit in second.hits}
        assert terminology.search("banana").hits == () and terminology.search("banana").outcome == Outcome.INVALID
        raises(nosograph.InvalidArgumentError, lambda: terminology.search("skin", fold="perhaps"), "perhaps")
        raises(nosograph.InvalidArgumentError, lambda: terminology.search("..."), "letter")
        kept = next(terminology.resolve_all(["L94.21"])).statements[0]
        del batch
        gc.collect()
        assert kept.section == "definition" and kept.text, "an entry keeps its answer and its batch"
        assert isinstance(terminology.lookup("L94.2").ancestors[0], nosograph.Concept)
        counts = [0] * 4

        def ask(thread):
            for _ in range(2000):
                counts[thread] += terminology.lookup("L94.2").display == "Calcinosis cutis"

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert counts == [2000] * 4, counts


def both_back_ends(data):
    """In a process that calls by a gRPC of its own at the same time."""
    with ns.Service(data) as service:
        health = service.channel.unary_unary("/grpc.health.v1.Health/Check")
        with nosograph.open(f"grpc://{service.address}?deadline_ms=30000") as remote, \
                nosograph.open(f"snapshot:{data}") as local:
            for code in ["L94.21", "L94", "L94.2", "banana"] * 5:
                assert health(b"", timeout=30) == b"\x08\x01"
                ours, theirs = local.resolve(code), remote.resolve(code)
                assert ours.outcome_name == theirs.outcome_name and ours.matched == theirs.matched
                assert ours.statements == theirs.statements and ours.releases == theirs.releases and not theirs.stale
        gone = nosograph.open(f"grpc://{service.address}?deadline_ms=1000")
    raises(nosograph.UnavailableError, lambda: gone.validate_code("L94.2"), service.address)


def wheel(folder, data):
    """What a user does: pip install ./plugin/python."""
    source = ns.ROOT / "plugin/python"
    # As deep below the root as the other build folders, so that the compiler cache knows what it compiles.
    with tempfile.TemporaryDirectory(prefix="wheel.", dir=ns.ROOT / "build") as build:
        environment = {**os.environ, "CCACHE_BASEDIR": str(ns.ROOT), "CCACHE_NOHASHDIR": "1", "CC": "cc", "CXX": "c++"}
        built = subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet",
                                "--no-deps", f"--config-settings=build-dir={build}", "--wheel-dir", folder / "wheels",
                                source], env=environment, capture_output=True, text=True)
    if built.returncode and "scikit-build-core" in built.stderr and "No matching distribution" in built.stderr:
        print("the package registry cannot be reached: no wheel was built")
        return
    assert built.returncode == 0, built.stdout[-3000:] + built.stderr[-3000:]
    [path] = (folder / "wheels").glob("nosograph-*-cp311-abi3-linux_x86_64.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv/bin/python"
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", path], check=True)
    said = subprocess.run([python, "-c", "import nosograph, sys; print(nosograph.open(sys.argv[1]).lookup('L94.2').display)",
                           f"snapshot:{data}"], cwd=folder, capture_output=True, text=True, check=True)
    assert said.stdout == "Calcinosis cutis\n", said


with ns.temporary_folder() as folder:
    folder = pathlib.Path(folder)
    import_content(folder / "data")
    examples(folder / "data")
    what_users_rely_on(folder / "data")
    both_back_ends(folder / "data")
    wheel(folder, folder / "data")
    print("the examples, what users rely on, both back ends beside grpcio, and a wheel from the tree")
