"""The JSON schema of condition knowledge and the importer agree, on what we ship and on what is wrong."""

import copy
import json
import pathlib
import shutil
import subprocess
import sys

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import nosograph_service as ns

CONTENT = ns.ROOT / "terminology/content"
schema = json.loads((CONTENT / "condition-knowledge.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)

files = sorted(CONTENT.glob("*/conditions/*.json"))
assert files
for path in files:
    condition = json.loads(path.read_text())
    validator.validate(condition)
    assert path.stem == condition["code"], path

good = json.loads((ns.DERMATOLOGY / "conditions/L94.21.json").read_text())


def variants():
    """Each (name, whether it is right, condition)."""
    yield "as it is", True, good
    for name in list(good):
        spoiled = copy.deepcopy(good)
        del spoiled[name]
        # Without a section that alone names a source the importer finds that source unused: another matter.
        if name in schema["required"] and name != "sources":
            yield f"without {name}", False, spoiled
    for section, part in (("definition", "text"), ("definition", "source_ids"), ("sources", "author")):
        spoiled = copy.deepcopy(good)
        del spoiled[section][0][part]
        yield f"{section} without {part}", False, spoiled
    for name, section, part, value, right in (
            ("number for a text", "definition", "text", 7, False),
            ("empty text", "definition", "text", "", False),
            ("no source", "definition", "source_ids", [], False),
            ("field of no name", "definition", "surprise", "x", False),
            ("state of no name", "definition", "review_state", "perfect", False),
            ("flag as text", "definition", "open", "yes", False),
            ("range without unit", "onset", "range", {"low": 1}, False),
            ("range half open", "onset", "range", {"low": 1, "unit": "a"}, True),
            ("coding without code", "associations", "coding", {"system": "x"}, False),
            ("another language", "definition", "language", "de", True),
            ("therapy without kind", "therapy", "therapy", {"agent": "x"}, False)):
        spoiled = copy.deepcopy(good)
        spoiled[section][0][part] = value
        yield name, right, spoiled
    spoiled = copy.deepcopy(good)
    spoiled["opinions"] = []
    yield "section of no name", False, spoiled


count = 0
with ns.temporary_folder() as folder:
    extension = pathlib.Path(folder) / "extension"
    shutil.copytree(ns.DERMATOLOGY, extension)
    for name, right, condition in variants():
        (extension / "conditions/L94.21.json").write_text(json.dumps(condition))
        done = subprocess.run([ns.PROGRAM, "import", "extension", extension, "--replace", "--data", pathlib.Path(folder) / "data"],
                              capture_output=True, text=True)
        assert validator.is_valid(condition) == right, f"{name}: the schema says otherwise"
        assert (done.returncode == 0) == right, f"{name}: the importer says otherwise\n{done.stderr}"
        count += 1
print(f"schema and importer agree on {count} variants")
