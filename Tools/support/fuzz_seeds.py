"""Makes the inputs that fuzzing starts from: a few dozen a target, of a few hundred bytes each.

What the bytes of an input mean is written at the head of each target's file in
Tools/fuzz/Sources/swiftlet-fuzz. An input is mostly a list of choices, so that bytes at random, from a
fixed seed here, already make right files of every kind.
"""

import random
import struct

from scripts import ROOT

IMAGES = ROOT / "Tests/SwiftletImageTests/Fixtures"


def write(folder):
    """Writes the seeds of every target into folders named after the targets."""
    for target, make in MAKERS.items():
        path = folder / target
        path.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(make(random.Random(target))):
            (path / f"seed-{number:03}").write_bytes(data)


def bundle(chance):
    """Networks of every kind, most with no or one field changed."""
    for number in range(64):
        head = bytes([number % 7]) + chance.randbytes(13)
        yield head + chance.randbytes(6 * (0, 0, 1, 3)[number % 4])


def safetensors(chance):
    """Descriptions of tensors, most of them right; headers alone."""
    for number in range(24):
        entries = b"".join(entry(chance, 8, {6: number % 6 == 5}) for _ in range(number % 7))
        yield bytes([0, number]) + entries
    yield b"\x06\x01" + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    yield b"\x06\x00" + b'{"__metadata__":{"format":"pt"}}'
    yield b"\x06\x00" + b'{"\\u00e9\\ud83d\\ude00":[[[[{"a":1e400}]]]]}'


def torch(chance):
    """Descriptions of checkpoints, most of them right, some with instructions changed."""
    for number in range(40):
        changes = 4 if number % 5 == 4 else 0
        head = bytes([7 if number % 4 == 3 else 0, number, chance.randrange(256), changes, number])
        yield head + chance.randbytes(9 if changes else 0) + b"".join(
            entry(chance, 9, {7: number % 6 == 5}) for _ in range(number % 8))
    yield b"\xff\x00\x00\x00\x00" + b"\x80\x02}q\x00."


def onnx(chance):
    """Models of a few nodes, most of them right."""
    for number in range(48):
        nodes = b"".join(
            bytes([chance.randrange(256), chance.randrange(200), chance.randrange(256), chance.randrange(256),
                   *chance.randbytes(3), chance.randrange(240)]) for _ in range(1 + number % 6))
        yield bytes([0, chance.randrange(6, 17)]) + nodes


def entry(chance, length, changes):
    """One tensor; byte `place` of changes makes it wrong where its value is true."""
    data = bytearray(chance.randrange(200) for _ in range(length))
    for place, is_wrong in changes.items():
        data[place] = chance.randrange(225, 256) if is_wrong else 0
    return bytes(data)


def image(chance):
    """The tests' images, EXIF data and rows of pixels."""
    for file in sorted(IMAGES.iterdir()):
        if file.suffix in (".jpg", ".png") and file.stat().st_size < 1000:
            yield (b"\x04" if file.suffix == ".png" else b"\x06") + file.read_bytes()
    for order, mark in (("<", b"II*\0"), (">", b"MM\0*")):
        for orientation in (1, 6, 9):
            directory = struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
            for kind in (0, 1):
                yield bytes([kind, 5, 9, 0][: 4 - kind]) + mark + directory
    for _ in range(16):
        yield b"\x02" + chance.randbytes(60)


def stream(chance):
    """Whole images, damaged ones and what may stand between them; raw frames."""
    for number in range(24):
        kind = (0, 0, 5, 6)[number % 4]
        parts = b"".join(
            bytes([chance.randrange(16 if number % 3 == 2 else 10)]) + chance.randbytes(3)
            for _ in range(1 + number % 6))
        yield bytes([kind, 0, chance.randrange(256), number]) + parts
    photographs = b"".join((IMAGES / name).read_bytes() for name in ("grey.jpg", "grey-progressive.jpg"))
    for joint in (b"", b"\r\n", b"\xff\xd9", b"\0\0"):
        yield b"\x07\x00\x20\x01" + joint.join([photographs, photographs])


def text(chance):
    """Lists of images and JSON, right ones and such as people write."""
    for table in (b"path,class\na.png,1\n\"b, c.png\",2\n", b"path;class\na.png;1\n", b"a.png\nb.png\n",
                  b"\xef\xbb\xbfpath\r\na.jpg\r\n\r\n", b"path,class\n\"a\nb.png\",0", b"path\tclass\na\t1\n"):
        yield b"\x00" + table
    for json in (b"{}", b'[1,-2.5e3,"\\u20ac",true,null,{"a":[]}]', b'{"a":1,"a":2}', b'"\\ud800"', b"[[[[[["):
        yield b"\x04" + json
    for number in range(24):
        yield bytes([2 if number % 2 else 6]) + chance.randbytes(8 * (number % 9))


MAKERS = {"bundle": bundle, "safetensors": safetensors, "torch": torch, "onnx": onnx, "image": image,
          "stream": stream, "text": text}
