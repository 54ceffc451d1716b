"""Tests of what Tools/check-source computes itself."""

import unittest

from scripts_under_test import load

script = load("check-source")


class QuantileTests(unittest.TestCase):
    def test_the_least_value_that_the_share_does_not_exceed(self):
        ten = [7, 1, 10, 4, 2, 9, 3, 8, 6, 5]
        self.assertEqual(script.quantile(ten, 0.5), 5)
        self.assertEqual(script.quantile(ten, 0.9), 9)
        self.assertEqual(script.quantile(ten, 0.91), 10)
        self.assertEqual(script.quantile(ten, 1), 10)
        self.assertEqual(script.quantile([3], 0.5), 3)
        self.assertEqual(script.quantile([3, 4, 5], 0.5), 4)


if __name__ == "__main__":
    unittest.main()
