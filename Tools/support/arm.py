"""What Tools/arm/common.sh knows, for the Python scripts beside it."""

import subprocess

from scripts import ROOT

COMMON = ROOT / "Tools" / "arm" / "common.sh"


def variable(name):
    """The values of one of its variables or arrays."""
    script = '. "$0"; declare -n values=$1; printf "%s\\n" "${values[@]}"'
    return subprocess.run(["bash", "-euc", script, COMMON, name], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.splitlines()


def call(*words, **options):
    """Calls one of its functions with arguments; it must succeed."""
    options = {"check": True, "text": True, "stdout": subprocess.PIPE, **options}
    script = 'set -o pipefail; . "$0"; "$@"'
    return subprocess.run(["bash", "-euc", script, COMMON, *map(str, words)], **options)


def printed(*words):
    """What one of its functions prints."""
    return call(*words).stdout.strip()
