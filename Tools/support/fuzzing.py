"""Shared by the scripts of Tools/fuzz: the fuzz program, its targets, and where its files are."""

import functools
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from scripts import ROOT, output, run

TARGETS = ["bundle", "safetensors", "torch", "onnx", "image", "stream", "text"]

FOLDER = ROOT / ".build" / "fuzz"
COUNTS = FOLDER / "counts.json"

# AddressSanitizer and libFuzzer's coverage in Swift and C; undefined behaviour in C traps, of which the
# kernels take minutes to compile at -O2. C's comparisons are not traced: a kernel makes millions of them,
# none with what an input could guess, and that halved the speed. The usual linkers lose their way in what
# coverage needs.
BUILD = ["swift", "build", "-c", "release", "--package-path", "Tools/fuzz", "--scratch-path", FOLDER,
         "--sanitize=address", "-Xswiftc", "-enable-testing", "-Xswiftc", "-sanitize=fuzzer",
         "-Xswiftc", "-use-ld=lld", "-Xcc", "-O1", "-Xcc", "-fsanitize-coverage=inline-8bit-counters,pc-table",
         "-Xcc", "-fsanitize=undefined", "-Xcc", "-fsanitize-trap=undefined"]

# One input may take 10 seconds (thousands are usual in one), 2 GiB in all and 1 GiB at once, which are
# findings where they are exceeded.
LIMITS = ["-timeout=10", "-rss_limit_mb=2048", "-malloc_limit_mb=1024"]


PROBE = """
@_cdecl("LLVMFuzzerTestOneInput")
public func one(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 { 0 }
"""


def is_available():
    """Whether the toolchain has libFuzzer and the linker that goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "probe.swift"
        source.write_text(PROBE)
        return run("swiftc", "-sanitize=fuzzer,address", "-parse-as-library", "-use-ld=lld", source, "-o",
                   source.with_suffix(""), check=False, capture_output=True).returncode == 0


def built():
    """Builds the fuzz program and returns its path."""
    run(*BUILD, "--product", "swiftlet-fuzz", stdout=sys.stderr)
    return pathlib.Path(output(*BUILD, "--show-bin-path").strip()) / "swiftlet-fuzz"


def files():
    """A folder for the files that targets write for readers, in memory where there is such a place; to be
    used with `with`, as processes that libFuzzer ends do not clean up."""
    return tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)


@functools.cache
def leak_option():
    """Whether AddressSanitizer is to look for leaks: where it can, see leaks-work."""
    if run(ROOT / "Tools/support/leaks-work", check=False).returncode == 0:
        return "detect_leaks=1"
    print("LeakSanitizer does not work here (containers may forbid tracing): leaks are not looked for", file=sys.stderr)
    return "detect_leaks=0"


def environment(folder):
    """The variables that let libFuzzer, and not Swift, write down what a trap is about."""
    return {**os.environ, "SWIFT_BACKTRACE": "enable=no", "SWIFTLET_FUZZ_FILES": str(folder),
            # Where memory was allocated is kept three calls deep: millions of allocations are made.
            "ASAN_OPTIONS": f"malloc_context_size=3:{leak_option()}",
            "LSAN_OPTIONS": f"suppressions={ROOT / 'Tools/support/leaks.txt'}:print_suppressions=0"}


def start(program, target, words, log, folder):
    """Starts libFuzzer on a target; what it says goes to log, an open file, and its files into folder."""
    return subprocess.Popen([str(word) for word in [program, target, *LIMITS, *words]], cwd=ROOT, stdout=log,
                            stderr=log, env=environment(folder))


def executions(log):
    """How many inputs a process has tried, by its final or its last line about that."""
    counts = re.findall(r"number_of_executed_units:\s*(\d+)", log) or re.findall(r"^#(\d+)\s", log, re.M)
    return int(counts[-1]) if counts else 0


def details(log):
    """The counts that a target prints at its end."""
    counts = {}
    for line in re.findall(r"^counts: (.*)$", log, re.M):
        for name, count in re.findall(r"(\S+)=(\d+)", line):
            counts[name] = counts.get(name, 0) + int(count)
    return counts


def add_counts(target, executed, found):
    """Adds executions and what they did to the file of counts, and returns all counts of the target."""
    counts = json.loads(COUNTS.read_text()) if COUNTS.exists() else {}
    mine = counts.setdefault(target, {"executions": 0})
    mine["executions"] += executed
    for name, count in found.items():
        mine[name] = mine.get(name, 0) + count
    COUNTS.parent.mkdir(parents=True, exist_ok=True)
    partial = COUNTS.with_suffix(".tmp")
    partial.write_text(json.dumps(counts, indent=2) + "\n")
    partial.replace(COUNTS)
    return mine


def share_that_reached_tensors(counts, executed):
    """The share of executions in which a tensor was reached, of targets that read weights; else None."""
    reached = counts.get("reached-tensors")
    return reached / executed if reached is not None and executed else None
