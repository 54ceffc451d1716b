"""Prints Tools/quickstart's table from what it left in a folder.

usage: python3 quickstart_table.py FOLDER     with NAME.swiftlet, NAME.compare.json and NAME.bench.json
"""

import json
import pathlib
import sys

from scripts import ROOT, misused, networks


def row(name, folder):
    found = json.loads((folder / f"{name}.compare.json").read_text())
    timed = json.loads((folder / f"{name}.bench.json").read_text())
    source = (ROOT / "Models" / f"{name}.safetensors").stat().st_size
    bundle = (folder / f"{name}.swiftlet").stat().st_size
    percent = [found["float"]["top1"], found["int8"]["top1"], found["agreement"]]
    return "{:<27} {:6} {:9.2f} % {:8.2f} % {:8.2f} % {:7.0f} kB {:6.0f} kB {:7.3f}".format(
        name, found["images"], *[value * 100 for value in percent], source / 1000, bundle / 1000,
        timed["median_ms"])


def main(words):
    if len(words) != 1:
        misused(__doc__)
    print("{:<27} {:>6} {:>11} {:>10} {:>10} {:>10} {:>9} {:>7}".format(
        "model", "images", "float top-1", "int8 top-1", "agreement", "float file", "bundle", "ms/image"))
    for name, *_ in networks():
        print(row(name, pathlib.Path(words[0])))


if __name__ == "__main__":
    main(sys.argv[1:])
