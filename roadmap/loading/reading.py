"""Reading one YAML file for the loader: its data, or what is wrong with it as a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# The C parser reads our files ten times as fast; PyYAML's wheels have it, a build from source may not.
SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, order=True)
class Fault:
    """One broken rule, for the person who edits the file."""

    file: str
    row: str
    rule: str

    def __str__(self) -> str:
        return f"{self.file}, {self.row}: {self.rule}"


@dataclass(frozen=True)
class SourceFile:
    """A content file's name and its parsed data; the data is None where the file could not be read."""

    name: str
    data: Any


def read_file(path: Path) -> tuple[SourceFile, list[Fault]]:
    """Parse a file. Keys given twice and aliases that lead back to themselves are faults, which YAML itself allows."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return SourceFile(path.name, None), [Fault(path.name, "the file", "It is missing.")]
    except UnicodeDecodeError:
        return SourceFile(path.name, None), [Fault(path.name, "the file", "It is not UTF-8 text.")]
    try:
        data, faults = parse(path.name, text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = f"line {mark.line + 1}" if mark else "the file"
        problem = getattr(error, "problem", None) or "It cannot be read as YAML."
        return SourceFile(path.name, None), [Fault(path.name, row, f"Not valid YAML: {problem}.")]
    if not faults and not isinstance(data, dict):
        faults = [Fault(path.name, "the file", "It must be a mapping with keys such as 'meta'.")]
        data = None
    return SourceFile(path.name, data), faults


def parse(name: str, text: str) -> tuple[Any, list[Fault]]:
    """Return a text's data and no faults, or the faults; plain values only, as SafeLoader has it."""
    loader = SafeLoader(text)
    try:
        node = loader.get_single_node()
        faults = node_faults(name, node) if node else []
        return (None, faults) if faults or not node else (loader.construct_document(node), [])
    finally:
        loader.dispose()


def node_faults(name: str, root: yaml.Node) -> list[Fault]:
    """Return the keys given twice and the circles of aliases in a file's node tree."""
    faults: list[Fault] = []
    finished: set[int] = set()

    def visit(node: yaml.Node, path: tuple[int, ...]) -> None:
        row = f"line {node.start_mark.line + 1}"
        if id(node) in path:
            faults.append(Fault(name, row, "An alias (*) leads back to the block it stands in. Write the rows out."))
            return
        if id(node) in finished:
            return
        path += (id(node),)
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    line = f"line {key.start_mark.line + 1}"
                    faults.append(Fault(name, line, f"The key '{key.value}' is given twice in one row."))
                if isinstance(key.value, str):
                    seen.add(key.value)
                visit(value, path)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                visit(value, path)
        finished.add(id(node))

    visit(root, ())
    return faults
