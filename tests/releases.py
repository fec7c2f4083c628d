"""Where tests in Python find the whole releases: what tests/run.sh fetched, else ../shared; None where there is none."""

import lzma

import nosograph_service as ns

FETCHED = ns.ROOT / "build/content"
SHARED = ns.ROOT.parent / "shared/icd-data"


def unpacked(name, folder):
    """The path of a file of ../shared, unpacked into `folder`."""
    packed = SHARED / (name + ".xz")
    if not packed.exists():
        return None
    path = folder / name
    path.write_bytes(lzma.decompress(packed.read_bytes()))
    return path


def tabular_2026(folder):
    fetched = FETCHED / "icd10c-tabular-April-1-2026.xml"
    return fetched if fetched.exists() else unpacked("icd10cm-tabular-2026-apr.xml", folder)


def tabular_2021(folder):
    return unpacked("icd10cm-tabular-2021.xml", folder)


def order_2021(folder):
    return unpacked("icd10cm-order-2021-jan.txt", folder)
