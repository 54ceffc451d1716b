"""Runs one inference of a .tflite model with LiteRT between the marks that Tools/arm/count counts.

usage: python3 count_peer.py MODEL
"""

import ctypes
import sys

import numpy
from ai_edge_litert.interpreter import Interpreter

# Descriptors that never exist, as in count_plugin.c.
MARK_BEGIN, MARK_END = -0x53574C, -0x53574D

close = ctypes.CDLL(None).close
interpreter = Interpreter(model_path=sys.argv[1], num_threads=1)
interpreter.allocate_tensors()
details = interpreter.get_input_details()[0]
limits = numpy.iinfo(details["dtype"])
values = numpy.random.default_rng(1).integers(
    limits.min, limits.max, details["shape"], details["dtype"], endpoint=True)
interpreter.set_tensor(details["index"], values)
# What a process does only once is not part of an inference.
interpreter.invoke()
close(MARK_BEGIN)
interpreter.invoke()
close(MARK_END)
