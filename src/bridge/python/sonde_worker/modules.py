"""Loads the modules that register functions: those that the host names, and no others."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import List


def load(names: List[str]) -> None:
    """Imports each: the path of a file, which may import its neighbours, or the name of a module. Raises what they raise."""
    for name in names:
        if os.path.isabs(name):
            _load_file(name)
        else:
            importlib.import_module(name)


def _load_file(path: str) -> None:
    directory, file = os.path.split(path)
    # At the end: a neighbour cannot take the place of a module of Python's.
    if directory not in sys.path:
        sys.path.append(directory)
    name = os.path.splitext(file)[0]
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
