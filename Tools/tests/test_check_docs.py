"""Tests of Tools/check-docs on small pages."""

import pathlib
import unittest

from scripts_under_test import load

script = load("check-docs")
from markdown import Page, anchors  # noqa: E402

REFERENCE = """# Command reference

## swiftlet run

| Option | Values | Meaning |
| --- | --- | --- |
| `--top K` |  | classes |
| `-o, --output FILE` |  | a file |

Not an option: --other.
"""


class PageTests(unittest.TestCase):
    def test_links_code_and_symbols(self):
        page = Page("# T\n\nOne.\n\n[a](b.md#c) and <doc:D>, `x` and ``S/m(_:)``.\n\n```sh\n[no](link)\n```\n")
        self.assertEqual(page.links, [(5, "b.md#c"), (5, "doc:D")])
        self.assertEqual(page.code, [(5, "x"), (8, "[no](link)")])
        self.assertEqual(page.symbols, [(5, "S/m(_:)")])
        self.assertEqual((page.title, page.abstract), ("T", "One."))

    def test_anchors_are_those_of_github_and_of_docc(self):
        self.assertEqual(anchors(["32-bit"]), {"32-bit"})
        self.assertEqual(anchors(["Header and `section` table"]),
                         {"header-and-section-table", "Header-and-section-table"})


class LinkTests(unittest.TestCase):
    def problems(self, text):
        # A page that exists, with another text.
        path = script.REFERENCE
        every = {path: Page(text)}
        return list(script.link_problems(path, every[path], every))

    def test_missing_file_article_and_heading(self):
        self.assertIn("there is no", self.problems("[x](nowhere.md)")[0])
        self.assertIn("there is no", self.problems("<doc:Nowhere>")[0])
        self.assertIn("no such heading", self.problems("# T\n\n[x](#else)")[0])

    def test_good_links(self):
        self.assertEqual(self.problems("# T\n\n[x](#t) [y](https://example.org/z)"), [])

    def test_articles_are_for_catalogs(self):
        page = Page("<doc:A>")
        self.assertIn("outside", list(script.link_problems(script.ROOT / "README.md", page, {}))[0])


class CodeTests(unittest.TestCase):
    def problems(self, text):
        commands = script.commands_of(REFERENCE)
        return list(script.code_problems(script.ROOT / "X.md", Page(text), commands))

    def test_options_are_read_from_the_reference(self):
        self.assertEqual(script.commands_of(REFERENCE), {"run": {"--top", "-o", "--output"}})

    def test_unknown_scripts_commands_and_options(self):
        self.assertIn("no Tools/nothing", self.problems("`Tools/nothing`")[0])
        self.assertIn("no command fly", self.problems("```sh\nswiftlet fly away\n```")[0])
        self.assertIn("no option --fast", self.problems("```sh\nswiftlet run a.swiftlet --fast\n```")[0])
        self.assertIn("no option --fast", self.problems("```sh\ncat x |\n  swiftlet run - \\\n  --fast\n```")[0])

    def test_known_ones(self):
        self.assertEqual(self.problems("```console\n$ swiftlet run a.swiftlet --top 3 -o x | sort --fast\n```\n"
                                       "`Tools/test`, `Sources/*/Ops/<Op>.swift`, `swiftlet-run 3.2`"), [])


class ReadmeTests(unittest.TestCase):
    def test_length(self):
        self.assertEqual(list(script.readme_problems(Page("a" + "\n" * 200))), [])
        self.assertIn("201 lines", list(script.readme_problems(Page("a" + "\n" * 201)))[0])

    def test_the_drawing_names_every_target(self):
        names = [target.name for target in script.packages.targets()]
        self.assertEqual(list(script.drawing_problems("```text\n" + " ".join(names) + "\n```")), [])
        # What the page says elsewhere does not count.
        found = list(script.drawing_problems("```text\n" + " ".join(names[1:]) + "\n```\n" + names[0]))
        self.assertEqual(len(found), 1)
        self.assertIn(f"the target {names[0]} is not in its drawing", found[0])


class GeneratedTests(unittest.TestCase):
    def test_what_stands_between_the_marks_is_replaced(self):
        text = "a\n<!-- begin x: made -->\nold\n<!-- end x -->\nb\n"
        self.assertEqual(script.replaced(text, "x", "new"), "a\n<!-- begin x: made -->\nnew\n<!-- end x -->\nb\n")


if __name__ == "__main__":
    unittest.main()
