"""Shared by the Python scripts of Tools, as usage.sh is by the others.

A script's own docstring is its --help. Standard library only: the scripts run on a bare Debian.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def fail(message):
    """Ends the script with a message and status 1."""
    print(message, file=sys.stderr)
    sys.exit(1)


def misused(usage):
    """Ends the script with its usage and status 2."""
    print(usage.strip(), file=sys.stderr)
    sys.exit(2)


def helped(usage, words):
    """With --help or -h as the first word prints the usage and ends the script."""
    if words[:1] in (["--help"], ["-h"]):
        print(usage.strip())
        sys.exit(0)


def takes(usage, count, words):
    """Returns the words, of which there are at most count and no options; --help is answered."""
    helped(usage, words)
    if len(words) > count or any(word.startswith("-") for word in words):
        misused(usage)
    return words


def started(main):
    """Runs main with the script's words. Where a command fails, which has said why, so does the script."""
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        # A signal has no status of its own; shells say 128 and its number.
        sys.exit(error.returncode if error.returncode > 0 else 128 - error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)


def run(*command, **options):
    """Runs a command in the package's folder; it must succeed."""
    options = {"cwd": ROOT, "check": True, **options}
    return subprocess.run([str(word) for word in command], **options)


def output(*command, **options):
    """What a command prints, which must succeed."""
    return run(*command, stdout=subprocess.PIPE, text=True, **options).stdout


def json_of(*command):
    """The JSON that a command prints."""
    return json.loads(output(*command))


def networks():
    """The shipped networks: name, architecture and width of each."""
    lines = (ROOT / "Models" / "networks.txt").read_text().splitlines()
    return [tuple(line.split()) for line in lines if line.strip()]


def built(product="swiftlet", configuration="release"):
    """Builds a program with this machine's Swift and returns its path."""
    build = ["swift", "build", "-c", configuration]
    run(*build, "--product", product, stdout=sys.stderr)
    return pathlib.Path(output(*build, "--show-bin-path").strip()) / product
