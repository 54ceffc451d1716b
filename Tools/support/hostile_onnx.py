"""ONNX models whose reading could take more than linear time or memory; see hostile.py."""

import struct


def varint(value):
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(data) + bytes([value])


def field(number, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(number << 3 | 2) + varint(len(data)) + data


def onnx_node(operation, inputs, outputs, rest=b""):
    return field(1, b"".join(field(1, name) for name in inputs) + b"".join(field(2, name) for name in outputs)
                 + field(4, operation) + rest)


def onnx_integers(name, values):
    raw = b"".join(struct.pack("<q", value) for value in values)
    return field(5, b"\x08" + varint(len(values)) + b"\x10\x07" + field(8, name) + field(9, raw))


def onnx_model(graph, after=b"", shape=(1, 3, 8, 8)):
    """A model with the input x and the output y."""
    extents = b"".join(field(1, b"\x08" + varint(extent)) for extent in shape)
    info = field(2, field(1, b"\x08\x01" + field(2, extents)))
    ports = field(11, field(1, "x") + info) + field(12, field(1, "y"))
    return b"\x08\x08" + field(8, b"\x10\x11") + field(7, graph + ports) + after


def onnx_chain(size):
    count = size // 24
    names = ["x", *(f"v{n}" for n in range(1, count)), "y"]
    return onnx_model(b"".join(onnx_node("Relu", [names[n]], [names[n + 1]]) for n in range(count)))


def onnx_one_name(size):
    count = size // 34
    names = ["x", *(f"v{n}" for n in range(1, count)), "y"]
    return onnx_model(b"".join(onnx_node("Relu", [names[n]], [names[n + 1]], field(3, "same"))
                               for n in range(count)))


def onnx_many_inputs(size):
    return onnx_model(onnx_node("Sum", ["x"] * (size // 3), ["y"]))


def onnx_initializers(size):
    return onnx_model(b"".join(onnx_integers(f"c{n}", [n]) for n in range(size // 26))
                      + onnx_node("Relu", ["x"], ["y"]))


def onnx_unused(size):
    return onnx_model(onnx_node("Relu", ["x"], ["y"]) + b"".join(
        onnx_node("Relu", ["x"], [f"u{n}"]) for n in range(size // 24)))


def onnx_growing(size):
    """Each node joins one more number to a list."""
    count = size // 32
    names = ["one", *(f"v{n}" for n in range(1, count)), "all"]
    nodes = b"".join(onnx_node("Concat", [names[n], "one"], [names[n + 1]]) for n in range(count))
    return onnx_model(onnx_integers("one", [1]) + nodes + onnx_node("Reshape", ["x", "all"], ["y"]))


def onnx_shared(size):
    """All nodes read one constant, of half the file."""
    count = size // 64
    names = ["x", *(f"v{n}" for n in range(1, count)), "y"]
    nodes = b"".join(onnx_node("Reshape", [names[n], "c"], [names[n + 1]]) for n in range(count))
    return onnx_model(onnx_integers("c", [1] * (size // 16)) + nodes)


def onnx_outputs(size):
    return onnx_model(onnx_node("Relu", ["x"], ["y"]) + field(12, field(1, "y")) * (size // 5))


def onnx_names(size):
    name = "n" * 1000
    return onnx_model(b"".join(onnx_node("Relu", [name], [name]) for _ in range(size // 2020)))


def onnx_attributes(size):
    values = field(5, field(1, "pads") + field(8, b"\x01" * size))
    return onnx_model(onnx_node("MaxPool", ["x"], ["y"], values))


def onnx_functions(size):
    """Functions that call another twice."""
    after = b""
    for level in range(size // 60):
        inner, domain = (f"f{level - 1}", field(7, "own")) if level else ("Relu", b"")
        calls = b"".join(field(7, field(1, a) + field(2, b) + field(4, inner) + domain) for a, b in ("ab", "bc"))
        after += field(25, field(1, f"f{level}") + field(4, "a") + field(5, "c") + calls + field(10, "own"))
    return onnx_model(onnx_node(f"f{min(size // 60 - 1, 14)}", ["x"], ["y"], field(7, "own")), after)


def onnx_graphs(size):
    graph = onnx_node("Relu", ["x"], ["y"])
    while len(graph) < size:
        graph = field(1, field(4, "If") + field(5, field(1, "then_branch") + field(6, graph)))
    return onnx_model(graph)
