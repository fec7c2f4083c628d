"""The golden table codes.tsv and what asks each of its rows: shared by the tests of every way to ask."""

import json

import nosograph_service as ns
import releases

SYSTEMS = {"icd-10-cm": ns.ICD10CM, "dermatology": "https://nosograph.example/fhir/CodeSystem/dermatology"}


def read_table():
    for number, line in enumerate((ns.ROOT / "tests/golden/codes.tsv").read_text().split("\n"), 1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        assert len(cells) == 9, f"codes.tsv:{number}: {len(cells)} cells"
        cells[0] = json.loads(cells[0]) if cells[0].startswith('"') else cells[0]
        yield number, cells


def question(code, asked):
    """A line of what tests/plugin/golden.c reads."""
    system = SYSTEMS.get(asked, "-")
    date = asked if asked not in SYSTEMS and asked not in ("-", "strict") else "-"
    return "\t".join([code.encode().hex(), system, date, "strict" if asked == "strict" else "-"])


def import_releases(folder):
    """The data folder that the table is about; skips the test where its releases are not at hand."""
    older, newer = releases.tabular_2021(folder), releases.tabular_2026(folder)
    if not older or not newer:
        ns.skip("the whole releases of 2021 and 2026 are not both at hand")
    data = folder / "data"
    ns.run("import", "icd10cm", older, "--version", "2021-01-01", "--data", data, "--quiet")
    ns.run("import", "icd10cm", newer, "--version", "2026-04-01", "--activate", "--data", data, "--quiet")
    ns.run("import", "extension", ns.DERMATOLOGY, "--data", data, "--quiet")
    return data
