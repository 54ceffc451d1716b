"""Tests of Tools/count-switches on small pieces of Swift."""

import contextlib
import io
import pathlib
import tempfile
import unittest

from scripts_under_test import load

script = load("count-switches")

OPERATIONS = """
  public enum Operation: Sendable {
    /// case notAKind, only a comment
    case conv2D(Conv2D, padding: [Int]), depthwiseConv2D(Conv2D)
    case add
    case multiply
    case `copy`
    case maxPool(MaxPool) // case neither
  }
"""


class CountSwitchesTests(unittest.TestCase):
    def found(self, *sources):
        """The enum of each switch that counts in these files, with its line."""
        with tempfile.TemporaryDirectory() as folder:
            for index, source in enumerate(sources):
                (pathlib.Path(folder) / f"{index}.swift").write_text(source)
            pairs, _ = script.counted(pathlib.Path(folder))
            return [(switch.line, name) for switch, name in pairs]

    def counts(self, body, head="switch operation", enums=OPERATIONS):
        return len(self.found(enums, f"func f() {{\n  {head} {{\n{body}\n  }}\n}}\n"))

    def test_exhaustive(self):
        body = """
          case .conv2D(let conv, padding: _): return 1
          case .depthwiseConv2D(let conv): return 2
          case .add: return 3
          case .multiply: return 4
          case .copy: return 5
          case .maxPool(let pool): return 6
        """
        self.assertEqual(self.counts(body), 1)

    def test_place_and_enum(self):
        source = "\n\nfunc f() {\n  switch x {\n  case .add, .multiply, .copy, .conv2D: break\n  }\n}\n"
        self.assertEqual(self.found(OPERATIONS, source), [(4, "Operation")])

    def test_grouped_cases(self):
        body = """
          case .conv2D, .depthwiseConv2D,
            .add, .multiply: return true
          case .copy, .maxPool: return false
        """
        self.assertEqual(self.counts(body), 1)

    def test_qualified_cases(self):
        body = "case Operation.conv2D, Operation.add, Operation.multiply, Operation.copy: break"
        self.assertEqual(self.counts(body), 1)

    def test_bindings_and_where(self):
        body = """
          case let .conv2D(conv, padding): break
          case .add where isLast, .multiply: break
          case .copy where .maxPool == x: break
        """
        self.assertEqual(self.counts(body), 1)

    def test_tuple(self):
        body = """
          case (.conv2D, .none), (.add, .some): break
          case (.multiply, _), (.copy, _), (.maxPool, _), (.depthwiseConv2D, _): break
        """
        self.assertEqual(self.counts(body, head="switch (operation, next)"), 1)

    def test_default_does_not_count(self):
        body = "case .conv2D, .add, .multiply, .copy: break\n default: break"
        self.assertEqual(self.counts(body), 0)

    def test_catching_all_is_a_default(self):
        for rest in ("case _: break", "case let other: break", "@unknown default: break"):
            self.assertEqual(self.counts(f"case .conv2D, .add, .multiply, .copy: break\n{rest}"), 0, rest)

    def test_default_of_an_inner_switch_is_not_its_own(self):
        body = """
          case .conv2D, .add, .multiply, .copy:
            switch other { case 1: break
            default: break }
        """
        self.assertEqual(self.counts(body), 1)

    def test_cases_of_an_inner_switch_are_not_its_own(self):
        body = """
          case .first:
            switch operation {
            case .conv2D, .add, .multiply, .copy, .maxPool, .depthwiseConv2D: break
            }
          case .second: break
        """
        source = f"func f() {{\n  switch other {{\n{body}\n  }}\n}}\n"
        self.assertEqual(self.found(OPERATIONS, source), [(5, "Operation")])

    def test_half_is_the_limit(self):
        self.assertEqual(self.counts("case .conv2D, .add: break\n case .other: break"), 0)
        self.assertEqual(self.counts("case .conv2D, .add, .copy: break\n case .other: break"), 1)

    def test_words_in_bodies_comments_and_strings_do_not_count(self):
        body = """
          case .first: return [.conv2D, .add, .multiply, .copy, .maxPool] // case .add, .copy:
          case .second: print("case .conv2D, .add, .multiply, .copy: default:")
          /* case .conv2D, .add, /* nested */ .multiply, .copy: */
        """
        self.assertEqual(self.counts(body), 0)

    def test_default_in_a_comment_or_string_is_none(self):
        body = """
          // default: none
          case .conv2D, .add: print("default: {")
          case .multiply, .copy: break
        """
        self.assertEqual(self.counts(body), 1)

    def test_switch_as_expression_over_a_closure(self):
        body = "case .conv2D, .add, .multiply, .copy: 1"
        self.assertEqual(self.counts(body, head="let x = switch all.first { $0.isLast }.kind"), 1)

    def test_if_case_is_no_branch(self):
        body = """
          case .first:
            if case .conv2D = x, case .add = y, case .multiply = z, case .copy = w { return }
          case .second: break
        """
        self.assertEqual(self.counts(body), 0)

    def test_types_count_with_a_default_too(self):
        enum = OPERATIONS
        types = ["Conv2D", "DepthwiseConv2D", "Add", "Multiply", "Copy", "MaxPool"]
        body = "\n".join(f"case let x as {name}: break" for name in types) + "\ndefault: break"
        self.assertEqual(self.counts(body, enums=enum), 1)
        few = "\n".join(f"case is {name}: break" for name in types[:5]) + "\ndefault: break"
        self.assertEqual(self.counts(few, enums=enum), 0)

    def test_other_enums_do_not_count(self):
        colours = "enum Colour { case red, green, blue, add, white, black }"
        body = "case .red, .green, .blue: break\n case .add, .white, .black: break"
        self.assertEqual(self.counts(body, enums=OPERATIONS + colours), 0)

    def test_enum_that_shares_its_cases_counts(self):
        moving = "enum Unweighted { case add, multiply, copy, maxPool }"
        self.assertEqual(self.counts("case .add, .multiply: break", enums=OPERATIONS + moving), 1)

    def test_limit(self):
        body = "case .conv2D, .add, .multiply, .copy, .maxPool, .depthwiseConv2D: break"
        switch = f"func f() {{ switch x {{ {body} }} }}\n"
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "a.swift").write_text(OPERATIONS + switch * 3)
            for limit, status in (("3", 0), ("2", 1)):
                with contextlib.redirect_stdout(io.StringIO()) as printed:
                    self.assertEqual(script.main(["--limit", limit, folder]), status)
                self.assertIn(f"3 exhaustive switches over operation kinds (of Operation), at most {limit}",
                              printed.getvalue())

    def test_sources_without_operations_fail(self):
        with tempfile.TemporaryDirectory() as folder:
            with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit) as ended:
                script.main([folder])
            self.assertEqual(ended.exception.code, 1)


if __name__ == "__main__":
    unittest.main()
