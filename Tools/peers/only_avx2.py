"""Makes a copy of LiteRT that sees a processor with AVX2 and nothing beyond.

LiteRT has no switch for it. It asks the processor with CPUID leaf 7, subleaf 1 (AVX-VNNI) and XGETBV
(whether the system keeps AVX-512 registers): the copy asks for an empty subleaf and is told of AVX
only. OpenVINO has the switch ONEDNN_MAX_CPU_ISA=AVX2.
"""

import os
import pathlib
import re
import shutil

LIBRARY = "ai_edge_litert/libpywrap_litert_common.so"


def patched(code):
    """The library's bytes with every question about AVX-512 and AVX-VNNI answered by no."""
    asked_vnni = re.compile(rb"(\xb8\x07\0\0\0\xb9)\x01(\0\0\0.{0,4}\x0f\xa2)", re.DOTALL)
    code, vnni_count = asked_vnni.subn(b"\\1\x05\\2", code)  # mov $7, %eax; mov $1, %ecx; …; cpuid
    xgetbv, push_7_pop_rax = b"\x0f\x01\xd0", b"\x6a\x07\x58"
    xgetbv_count = code.count(xgetbv)
    if vnni_count != 2 or xgetbv_count != 2:
        raise ValueError(f"{LIBRARY}: {vnni_count} and {xgetbv_count} questions instead of 2 and 2;"
                         " this is for ai-edge-litert 2.3.0")
    return code.replace(xgetbv, push_7_pop_rax)


def make(packages, folder):
    """Links LiteRT's package from `packages` into `folder`, but for the library that is changed."""
    folder = pathlib.Path(folder)
    package = pathlib.Path(LIBRARY).parent
    shutil.copytree(pathlib.Path(packages) / package, folder / package, copy_function=os.link)
    library = folder / LIBRARY
    code = patched(library.read_bytes())
    library.unlink()
    library.write_bytes(code)
