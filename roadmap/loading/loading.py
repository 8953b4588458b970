"""The whole way from a folder of content files to the database, for the command and for the tests."""

from datetime import datetime
from pathlib import Path

from .assembling import Edition, assemble, assemble_pack
from .checking import check_pack, check_roadmap
from .reading import Fault, read_file
from .vocabularies import Vocabularies, read_vocabularies
from .writing import outdated, write

CONTENT = Path(__file__).resolve().parent.parent / "content"
ROADMAP = "roadmap.yaml"
VOCABULARIES = ("citations.yaml", "cfir2.yaml", "eric.yaml", "cfir_eric.yaml")


class ContentRefused(Exception):
    """Files with faults. Nothing was written."""

    def __init__(self, faults: list[Fault]):
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


def read_content(folder: Path) -> tuple[Vocabularies, list[Edition]]:
    """Read and check all files of a folder; packs are named pack_….yaml. Raises ContentRefused with every fault."""
    packs = sorted(path.name for path in folder.glob("pack_*.yaml"))
    faults: list[Fault] = []
    files = {}
    for name in (*VOCABULARIES, ROADMAP, *packs):
        source, found = read_file(folder / name)
        faults += found
        if not found:
            files[name] = source
    vocabularies, found = read_vocabularies(files)
    faults += found
    if ROADMAP not in files:
        raise ContentRefused(faults)
    base = files[ROADMAP]
    _, found = check_roadmap(base, vocabularies)
    faults += found
    for name in packs:
        if name in files:
            known, _ = check_roadmap(base, vocabularies)
            faults += check_pack(files[name], base.data, known, vocabularies)
    if faults:
        raise ContentRefused(faults)
    editions = [assemble(base.data, ROADMAP)]
    editions += [assemble_pack(base.data, files[name].data, name) for name in packs]
    return vocabularies, editions


def load(folder: Path = CONTENT, *, now: datetime) -> list[str]:
    """Publish what a folder holds and is not published yet. Says what was done; an empty list is nothing to do."""
    vocabularies, editions = read_content(folder)
    new, faults = outdated(editions)
    if faults:
        raise ContentRefused(faults)
    return write(vocabularies, new, now=now)
