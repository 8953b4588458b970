"""The field's vocabularies for the loader: citations, CFIR 2.0, ERIC, and which strategy experts would choose."""

from dataclasses import dataclass, field
from typing import Any

from . import shapes
from .reading import Fault, SourceFile
from .shapes import is_in, repeated, row_name, shape_faults


@dataclass
class Vocabularies:
    """Rows ready for their tables, in file order. Endorsements are keyed by (construct, strategy number, barrier)."""

    citations: dict[str, dict[str, Any]] = field(default_factory=dict)
    constructs: dict[str, dict[str, Any]] = field(default_factory=dict)
    strategies: dict[int, dict[str, Any]] = field(default_factory=dict)
    endorsements: dict[tuple[str, int, str], dict[str, Any]] = field(default_factory=dict)

    @property
    def refs(self) -> dict[str, dict[str, Any]]:
        """Citations by the short reference that steps use."""
        return {row["ref"]: row for row in self.citations.values()}

    @property
    def strategy_numbers(self) -> dict[str, int]:
        """Numbers of the strategies by name."""
        return {row["name"]: number for number, row in self.strategies.items()}


def rows_of(value: Any) -> list[dict[str, Any]]:
    """Return the rows of a list that may be missing or wrong; what is wrong is reported where its shape is checked."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def read_citations(source: SourceFile) -> tuple[dict[str, dict[str, Any]], list[Fault]]:
    rows = rows_of(source.data.get("citations"))
    faults = []
    for number, row in enumerate(rows, start=1):
        faults += shape_faults(source.name, row_name("citation", row, number), row, shapes.CITATION)
    faults += repeated(source.name, "citation", [row.get("key") for row in rows])
    faults += repeated(source.name, "reference", [row.get("ref") for row in rows])
    if not rows:
        faults.append(Fault(source.name, "the file", "It needs a list 'citations'."))
    if faults:
        return {
            row["key"]: row for row in rows if isinstance(row.get("key"), str) and isinstance(row.get("ref"), str)
        }, faults
    columns = ("ref", "authors", "year", "title", "published_in", "doi", "url")
    return {
        row["key"]: {name: row[name] for name in columns} | {"secondary": row.get("secondary", False)} for row in rows
    }, []


def read_constructs(source: SourceFile) -> tuple[dict[str, dict[str, Any]], dict[str, list[str]], list[Fault]]:
    """Return constructs by key, and for each of the 39 barriers of 2009 its constructs of today."""
    faults: list[Fault] = []
    found: list[tuple[str, dict[str, Any]]] = []

    def take(row: dict[str, Any], number: int, domain: str, subdomain: str, parent: str | None) -> None:
        faults.extend(shape_faults(source.name, row_name("construct", row, number), row, shapes.CONSTRUCT))
        key = str(row.get("key"))
        found.append(
            (
                key,
                {
                    "name": row.get("name"),
                    "meaning": row.get("meaning"),
                    "domain": domain,
                    "subdomain": subdomain,
                    "parent": parent,
                    "names_2009": row.get("original_2009", []),
                    "position": len(found) + 1,
                },
            )
        )
        for inner, sub in enumerate(rows_of(row.get("subconstructs")), start=1):
            take(sub, inner, domain, subdomain, key)

    domains = rows_of(source.data.get("domains"))
    if not domains:
        faults.append(Fault(source.name, "the file", "It needs a list 'domains'."))
    for domain in domains:
        for number, row in enumerate(rows_of(domain.get("constructs")), start=1):
            take(row, number, str(domain.get("name")), "", None)
        for subdomain in rows_of(domain.get("subdomains")):
            for number, row in enumerate(rows_of(subdomain.get("constructs")), start=1):
                take(row, number, str(domain.get("name")), str(subdomain.get("name")), None)
    faults += repeated(source.name, "construct", [key for key, _ in found])
    constructs = dict(found)
    bridge = {}
    for number, row in enumerate(rows_of(source.data.get("original_39")), start=1):
        name = row_name("barrier of 2009", row, number, "name")
        faults += shape_faults(source.name, name, row, shapes.BARRIER_2009)
        keys = row["cfir2"] if isinstance(row.get("cfir2"), list) else []
        faults += [
            Fault(source.name, name, f"There is no construct '{key}'.") for key in keys if not is_in(key, constructs)
        ]
        bridge[str(row.get("name"))] = keys
    return constructs, bridge, faults


def read_strategies(source: SourceFile) -> tuple[dict[int, dict[str, Any]], list[Fault]]:
    rows = rows_of(source.data.get("strategies"))
    faults = []
    clusters = {str(cluster.get("name")) for cluster in rows_of(source.data.get("clusters"))}
    for number, row in enumerate(rows, start=1):
        name = row_name("strategy", row, number, "name")
        faults += shape_faults(source.name, name, row, shapes.STRATEGY)
        if not is_in(row.get("cluster"), clusters):
            faults.append(Fault(source.name, name, f"There is no cluster '{row.get('cluster')}'."))
    faults += repeated(source.name, "strategy", [row.get("id") for row in rows])
    faults += repeated(source.name, "strategy", [row.get("name") for row in rows])
    if not rows:
        faults.append(Fault(source.name, "the file", "It needs a list 'strategies'."))
    columns = ("name", "meaning", "cluster", "importance", "feasibility")
    return {
        row["id"]: {name: row.get(name) for name in columns} for row in rows if isinstance(row.get("id"), int)
    }, faults


def read_endorsements(
    source: SourceFile, bridge: dict[str, list[str]], strategies: dict[int, dict[str, Any]]
) -> tuple[dict[tuple[str, int, str], dict[str, Any]], list[Fault]]:
    """Return the pairs of barrier and strategy under today's constructs; the study used the names of 2009."""
    unseen = source.data.get("pairs_without_percent")
    rows = rows_of(source.data.get("pairs")) + rows_of(unseen.get("rows") if isinstance(unseen, dict) else None)
    faults: list[Fault] = []
    endorsements = {}
    for number, row in enumerate(rows, start=1):
        name = f"pair {row.get('barrier')} / {row.get('strategy')} (number {number})"
        broken = shape_faults(source.name, name, row, shapes.PAIR)
        if not is_in(row.get("barrier"), bridge):
            broken.append(Fault(source.name, name, "The barrier is not one of the 39 in cfir2.yaml."))
        number_of = row.get("eric_id")
        known = strategies.get(number_of, {}).get("name") if isinstance(number_of, int) else None
        if known != row.get("strategy"):
            broken.append(Fault(source.name, name, f"Strategy {row.get('eric_id')} in eric.yaml is '{known}'."))
        faults += broken
        if broken:
            continue
        for construct in bridge[row["barrier"]]:
            key = (construct, row["eric_id"], row["barrier"])
            if key in endorsements:
                faults.append(Fault(source.name, name, "This pair is given twice."))
            endorsements[key] = {"percent": row["percent"], "source": " ".join(row["sources"])[:300]}
    return endorsements, faults


def read_vocabularies(files: dict[str, SourceFile]) -> tuple[Vocabularies, list[Fault]]:
    """Check the four vocabulary files whole; `files` are the readable ones by name."""
    vocabularies, faults = Vocabularies(), list[Fault]()
    bridge: dict[str, list[str]] = {}
    if source := files.get("citations.yaml"):
        vocabularies.citations, found = read_citations(source)
        faults += found
    if source := files.get("cfir2.yaml"):
        vocabularies.constructs, bridge, found = read_constructs(source)
        faults += found
    if source := files.get("eric.yaml"):
        vocabularies.strategies, found = read_strategies(source)
        faults += found
    if (source := files.get("cfir_eric.yaml")) and bridge and vocabularies.strategies:
        vocabularies.endorsements, found = read_endorsements(source, bridge, vocabularies.strategies)
        faults += found
    return vocabularies, faults
