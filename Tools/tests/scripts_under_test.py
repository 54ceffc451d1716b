"""Loads scripts of Tools, whose names end in nothing, as modules."""

import importlib.machinery
import importlib.util
import pathlib

TOOLS = pathlib.Path(__file__).resolve().parent.parent


def load(name):
    """The module of a script: its functions, without what it does when started."""
    module_name = name.replace("-", "_").replace("/", "_")
    loader = importlib.machinery.SourceFileLoader(module_name, str(TOOLS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(module_name, loader))
    loader.exec_module(module)
    return module
