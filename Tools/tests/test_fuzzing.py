"""Tests of what the scripts of Tools/fuzz share: the counts that are read from logs, and the files that
are made to be slow."""

import io
import pathlib
import sys
import tempfile
import unittest
import zipfile
import zlib

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import fuzz_seeds  # noqa: E402
import fuzzing  # noqa: E402
import hostile  # noqa: E402

LOG = """#2\tINITED cov: 6 ft: 7 corp: 1/1b exec/s: 0 rss: 36Mb
#1051\tNEW    cov: 8 ft: 9 corp: 3/9b
stat::number_of_executed_units: 4000
counts: read=7 reached-tensors=1300
"""


class Counts(unittest.TestCase):
    def test_the_final_count_stands_before_the_lines_of_progress(self):
        self.assertEqual(fuzzing.executions(LOG), 4000)

    def test_a_process_that_was_killed_counts_up_to_its_last_line(self):
        self.assertEqual(fuzzing.executions(LOG.split("stat")[0]), 1051)
        self.assertEqual(fuzzing.executions(""), 0)

    def test_the_share_is_known_of_readers_of_weights_only(self):
        found = fuzzing.details(LOG)
        self.assertEqual(found, {"read": 7, "reached-tensors": 1300})
        self.assertAlmostEqual(fuzzing.share_that_reached_tensors(found, 4000), 0.325)
        self.assertIsNone(fuzzing.share_that_reached_tensors({"ran": 3}, 4000))

    def test_counts_add_up_in_the_file(self):
        with tempfile.TemporaryDirectory() as folder:
            kept, fuzzing.COUNTS = fuzzing.COUNTS, pathlib.Path(folder) / "new" / "counts.json"
            try:
                fuzzing.add_counts("text", 10, {"csv": 1})
                fuzzing.add_counts("image", 5, {})
                self.assertEqual(fuzzing.add_counts("text", 32, {"csv": 2}), {"executions": 42, "csv": 3})
            finally:
                fuzzing.COUNTS = kept


class Files(unittest.TestCase):
    def test_archives_are_such_as_others_read(self):
        for count in (1, 70_000):
            data = hostile.archive(b"pickle", [(f"a/data/{number}", b"12") for number in range(count)])
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self.assertEqual(len(archive.namelist()), count + 1)
                self.assertEqual(archive.getinfo("a/data/0").file_size, 2)

    def test_a_bundle_is_laid_out_with_both_digests(self):
        parts = {kind: bytes([number]) * (10 * number) for number, kind in enumerate(hostile.KINDS)}
        bundle = hostile.rebuilt(parts)
        self.assertEqual(hostile.sections(bundle), parts)
        self.assertEqual(int.from_bytes(bundle[16:24], "little"), len(bundle))

    def test_png_files_hold_their_rows(self):
        data = hostile.png()
        start = data.index(b"IDAT") + 4
        self.assertEqual(len(zlib.decompress(data[start:-16])), 9 * 8)

    def test_seeds_are_the_same_every_time_and_small(self):
        with tempfile.TemporaryDirectory() as folder:
            folders = [pathlib.Path(folder) / name for name in "ab"]
            contents = []
            for path in folders:
                fuzz_seeds.write(path)
                contents.append({str(file.relative_to(path)): file.read_bytes() for file in path.rglob("seed-*")})
            self.assertEqual(contents[0], contents[1])
            for target in fuzzing.TARGETS:
                sizes = [len(data) for name, data in contents[0].items() if name.startswith(target)]
                self.assertGreater(len(sizes), 20, target)
                self.assertLess(sum(sizes), 40_000, target)


if __name__ == "__main__":
    unittest.main()
