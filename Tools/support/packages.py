"""The targets in Sources that Package.swift declares, as `swift package describe` tells them."""

import dataclasses
import json

from scripts import ROOT, fail, output


@dataclasses.dataclass
class Target:
    name: str
    imports: list
    summary: str


# What each target holds; a new target needs a line.
SUMMARIES = {
    "SwiftletPlatform": "the C library under one name, files, memory, threads, text to show",
    "CSwiftletKernels": "C11: the int8 arithmetic and nothing else, one operation a file, a folder for each instruction set",
    "CSwiftletSystem": "C11: files, thread pool, processors, SHA-256, clock, signals",
    "SwiftletDigest": "SHA-256, which model files and bundles are named by",
    "SwiftletRuntime": "bundles and running them",
    "SwiftletGraph": "the float network as a graph: operations, passes, executor",
    "SwiftletImport": "float networks from files",
    "SwiftletConvert": "float network to bundle",
    "SwiftletPixels": "pixels in memory: formats, resizing, cropping",
    "CSwiftletImage": "C11: JPEG and PNG decoding through libjpeg-turbo and libpng",
    "SwiftletImage": "image files",
    "SwiftletInference": "a picture in, an answer out: preprocessing, session, tasks",
    "SwiftletRunCommands": "`run`, `bench`, `inspect`, `verify`, manual page, completions",
    "SwiftletCompare": "data sets, accuracy, SQNR, the report",
    "swiftlet": "the program: convert, compare and the run commands",
    "swiftlet-run": "the run commands alone, for a static file",
}


def targets():
    """The targets in Sources, in the order of Package.swift."""
    described = json.loads(output("swift", "package", "--scratch-path", ".build/manifest", "dump-package"))["targets"]
    found = [target for target in described
             if target["type"] in ("regular", "executable") and (ROOT / "Sources" / target["name"]).is_dir()
             and not target.get("path")]
    missing = [target["name"] for target in found if target["name"] not in SUMMARIES]
    if missing:
        fail(f"Tools/support/packages.py: no summary of {', '.join(missing)}")
    return [Target(target["name"], [dependency(item) for item in target["dependencies"]],
                   SUMMARIES[target["name"]]) for target in found]


def dependency(item):
    """A dependency's name, in whichever way the manifest spells it."""
    return next(iter(item.values()))[0]


def table():
    """The targets as a table in Markdown, lowest first."""
    rows = ["| Target | Holds | Imports |", "| --- | --- | --- |"]
    for target in targets():
        imports = ", ".join(f"`{name}`" for name in target.imports) or "–"
        rows.append(f"| `{target.name}` | {target.summary} | {imports} |")
    return "\n".join(rows)
