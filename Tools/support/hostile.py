"""Files whose reading could take more than linear time or memory: each maker takes a size in bytes, about,
and writes a file of that size. Nothing in them is a network, so the programs end with a sentence.
"""

import hashlib
import json
import struct
import zlib


def safetensors(header, data=b""):
    header = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(header)) + header + data


def entries(names):
    """A header that describes empty tensors of these names."""
    return "{" + ",".join(f'"{name}":{{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}' for name in names) + "}"


def many_tensors(size):
    return safetensors(entries(f"t{n}" for n in range(size // 56)))


def shared_prefix(size):
    """Wrappers' prefixes, again and again before every name."""
    prefix = "module." * 60
    return safetensors(entries(f"{prefix}{n}" for n in range(size // (len(prefix) + 56))))


def long_prefix(size):
    """Two names that share a prefix over and over."""
    prefix = "module." * (size // 14)
    return safetensors(entries(f"{prefix}{n}" for n in range(2)))


def combining_marks(size):
    """A key of one letter and marks, which Unicode would have sorted."""
    return safetensors('{"a' + "\u0301\u0323" * (size // 8) + '":1,"a' + "\u0323\u0301" * (size // 8) + '":1}')


def long_name(size):
    return safetensors(entries(["x" * size]))


def nested(size):
    return safetensors('{"a":' + "[" * size)


def escapes(size):
    return safetensors('{"' + "\\u00e9" * (size // 6) + '":1}')


def spaces(size):
    return safetensors("{" + " " * size)


def metadata(size):
    return safetensors(json.dumps({"__metadata__": {f"k{n}": "v" for n in range(size // 14)}}, separators=(",", ":")))


def numbers(size):
    return safetensors('{"a":{"dtype":"F32","shape":[' + ",".join("1" * (size // 2)) + ']}}')


# PyTorch

def archive(pickle, members=()):
    """A zip archive of a pickle and further members, all stored."""
    body, directory, count = b"", [], 0
    pieces = []
    offset = 0
    for name, data in [("a/data.pkl", pickle), *members]:
        name = name.encode()
        local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 10, 0, 0, 0, 0, 0, len(data), len(data), len(name), 0)
        pieces.append(local + name + data)
        directory.append(struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 10, 10, 0, 0, 0, 0, 0, len(data), len(data),
                                     len(name), 0, 0, 0, 0, 0, offset) + name)
        offset += len(pieces[-1])
        count += 1
    body, table = b"".join(pieces), b"".join(directory)
    if count < 0xFFFF:
        end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(table), len(body), 0)
    else:
        end = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(table), len(body))
        end += struct.pack("<IIQI", 0x07064B50, 0, len(body) + len(table), 1)
        end += struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return body + table + end


def text(value):
    value = value.encode()
    return b"X" + struct.pack("<I", len(value)) + value


def pickled(middle):
    return archive(b"\x80\x02" + middle + b".")


def memo(size):
    """A list that stands in the memo and in itself, recalled over and over."""
    return pickled(b"]q\x00" + b"h\x00a" * (size // 3))


def stored_memo(size):
    return pickled(b"}" + b"".join(b"r" + struct.pack("<I", 7919 * n % 2**32) for n in range(size // 5)))


def dictionaries(size):
    return pickled(b"}(" + b"".join(text(f"k{n}") + b"K\x01" for n in range(size // 12)) + b"u")


def nested_dictionaries(size):
    return pickled(b"}" + (text("model") + b"}") * (size // 11) + b"s" * (size // 11))


def one_dictionary_many_keys(size):
    """One large dictionary that is the value of very many keys."""
    inner = b"}q\x01(" + b"".join(text(f"k{n}") + b"K\x01" for n in range(size // 24)) + b"u0"
    return pickled(inner + b"}(" + b"".join(text(f"k{n}") + b"h\x01" for n in range(size // 24)) + b"u")


def shared_list_pairs(size):
    """One list of pairs that OrderedDict is called with, again and again."""
    pairs = b"]q\x01(" + b"K\x01K\x02\x86" * (size // 10) + b"e0"
    return pickled(pairs + b"ccollections\nOrderedDict\nq\x020" + b"h\x02h\x01\x85R0" * (size // 14) + b"}")


def tuples(size):
    return pickled(b")" + b"\x85" * size)


def marks(size):
    return pickled(b"(" * size)


def repeated_keys(size):
    return pickled(b"}(" + (text("same") + b"K\x01") * (size // 11) + b"u")


def pickle_marks_in_keys(size):
    """Keys that only Unicode's rules call equal."""
    return pickled(b"}(" + b"".join(
        text("a" + "\u0301\u0323" * 20 + str(n)) + b"K\x01" for n in range(size // 95)) + b"u")


def pickle_long_prefix(size, prefix="module." * 60):
    tensor = (b"ctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storagectorch\nFloatStorage\n"
              b"X\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x01tQK\x00)))\x89}tRq\x01")
    keys = b"".join(text(f"{prefix}{n}") + b"h\x01" for n in range(size // (len(prefix) + 12)))
    return archive(b"\x80\x02" + tensor + b"0}(" + keys + b"u.", [("a/data/0", b"\0\0\0\0")])


def pickle_one_prefix(size):
    """Names that share a prefix as often as their length allows, and many of them."""
    return pickle_long_prefix(size, "module." * 140)


def many_members(size):
    return archive(b"\x80\x02}.", [(f"a/data/{n}", b"") for n in range(size // 100)])


def comment(size):
    """An end record is looked for from the end on."""
    return b"PK\x03\x04" + b"PK\x05\x06\0" * (size // 5)


# Lists and labels

def rows(size):
    return b"path,class\n" + b"".join(b"%d.png,%d\n" % (n, n % 10) for n in range(size // 12))


def quotes(size):
    return b"path\n\"" + b'""' * (size // 2)


def open_quote(size):
    return b"path\n" + b"\"a\"\n" * (size // 8) + b"\"" + b"\n" * (size // 2)


def commas(size):
    return b"path,class\n" + b"," * size


def blank_lines(size):
    return b"path,class\n" + b"\r\n \r\n" * (size // 5)


def long_field(size):
    return b"path,class\n" + b"x" * size + b",1\n"


def csv_marks(size):
    return ("path,class\na" + "\u0301\u0323" * (size // 4) + ".png,1\n").encode()


def bad_class(size):
    return b"path,class\na.png," + b"9" * size + b"\n"


def labels(size):
    return b"".join(b"name %d\n" % n for n in range(size // 12))


def long_label(size):
    return b"x" * size + b"\n"


def label_marks(size):
    return ("a" + "\u0301\u0323" * (size // 4) + "\n").encode()


# Images and streams

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(before=b"", after=b""):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)) + before
            + chunk(b"IDAT", zlib.compress(bytes(9 * 8))) + after + chunk(b"IEND", b""))


def png_chunks(size):
    return png(chunk(b"teXt", b"") * (size // 12))


def png_texts(size):
    return png(b"".join(chunk(b"tEXt", b"k%d\0v" % n) for n in range(size // 20)))


def png_bomb(size):
    """Compressed text that is a thousand times as long."""
    return png(chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(size * 1000), 9)))


def jpeg(segments=b"", data=b"\0", end=b"\xff\xd9"):
    """A grey JPEG image of 8 × 8 pixels."""
    head = b"\xff\xdb\0\x43\0" + b"\1" * 64 + b"\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1\x11\0"
    for table in (b"\0", b"\x10"):
        head += b"\xff\xc4\0\x14" + table + b"\1" + bytes(16)
    return b"\xff\xd8" + segments + head + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + data + end


def jpeg_segments(size):
    return jpeg(b"\xff\xe1\0\x02" * (size // 4))


def jpeg_fill(size):
    return jpeg(b"\xff" * size)


def jpeg_garbage(size):
    return jpeg(b"\xff\xe1\0\2" + b"\0" * size)


def jpeg_comments(size):
    return jpeg(b"\xff\xfe\xff\xff" * 1 + bytes(65533) + (b"\xff\xfe\xff\xff" + bytes(65533)) * (size // 65537))


def jpeg_scan(size):
    return jpeg(data=b"\xff\x00" * (size // 2))


def exif(size):
    """A directory of as many entries as there is room for, none of them the orientation's."""
    count = min(size, 65000) // 12
    data = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, count) + b"\1\1\0\3\0\0\0\1\0\0\0\0" * count
    segment = b"\xff\xe1" + struct.pack(">H", len(data) + 2) + data
    return jpeg(segment * max(1, size // len(segment)))


def stream_images(size):
    return jpeg() * (size // len(jpeg()))


def stream_starts(size):
    return jpeg() + b"\xff\xd8\xff" * (size // 3)


def stream_segments(size):
    return jpeg() + b"\xff\xd8" + b"\xff\xe1\0\x02" * (size // 4)


def stream_ends(size):
    return jpeg() + b"\xff\xd9" * (size // 2)


def stream_zeros(size):
    return jpeg() + bytes(size)


def stream_garbage(size):
    return jpeg() + b"\xff\x01" * (size // 2)


def stream_png_chunks(size):
    return png(chunk(b"teXt", b"") * (size // 12))


def stream_pngs(size):
    return png() * (size // len(png()))


# Bundles, made of a good one

KINDS = ["tensors", "operations", "operands", "quantization", "ports", "parameters", "preprocessing", "tasks",
         "labels", "provenance", "strings", "weights"]


def sections(bundle):
    """The bytes of each section by name."""
    result = {}
    for index, kind in enumerate(KINDS):
        start, length = struct.unpack_from("<QQ", bundle, 64 + 64 * index + 8)
        result[kind] = bundle[start:start + length]
    return result


def rebuilt(parts):
    """A bundle of these sections, laid out and signed as the format has it."""
    table, body, metadata = b"", b"", 0
    for index, kind in enumerate(KINDS):
        body += bytes(-len(body) % 64)
        start = 64 + 64 * len(KINDS) + len(body)
        digest = bytes(32)
        if kind == "weights":
            metadata, digest = start, hashlib.sha256(parts[kind]).digest()
        table += struct.pack("<IIQQQ", index + 1, 0, start, len(parts[kind]), 0) + digest
        body += parts[kind]
    rest = table + body
    head = b"\x89SWL\r\n\x1a\n" + struct.pack("<IIQQ", 2, 12, 64 + len(rest), metadata)
    return head + hashlib.sha256(head + rest[:metadata - 64]).digest() + rest


def many_labels(size, parts):
    """Names without end that all stand in the same place."""
    return {**parts, "labels": struct.pack("<II", 0, 4) * (size // 8)}


def long_strings(size, parts):
    """Names that are as long as may be and stand in the same place."""
    strings = parts["strings"].ljust(1 << 16, b"x")
    return {**parts, "strings": strings, "provenance": struct.pack("<IIII", 0, 60000, 0, 60000) * (size // 16)}


def many_quantizations(size, parts):
    return {**parts, "quantization": parts["quantization"] + struct.pack("<fi", 1, 0) * (size // 8)}


def tensor_records(size, parts):
    """As many tensors as there may be; their names begin alike."""
    count = min(size // 64, 4096)
    name = len(parts["strings"])
    strings = parts["strings"] + b"n" * 4096
    records = b"".join(struct.pack("<IIIIIIIIII", 1, 1, 1, 1, 0, 1, name, n, name, 1).ljust(64, b"\0")
                       for n in range(count))
    return {**parts, "strings": strings, "tensors": parts["tensors"] + records}


def unused_parameters(size, parts):
    return {**parts, "parameters": parts["parameters"] + bytes(size // 64 * 64)}
