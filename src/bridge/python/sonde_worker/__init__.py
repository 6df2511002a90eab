"""The Python side of ``sonde/bridge``: functions that TypeScript calls, and telemetry for it.

    from sonde_worker import function

    @function
    def add(a, b):
        return a + b
"""

from .registry import function, remaining

__all__ = ["function", "remaining"]
