"""Where the host begins: a launcher, and a worker below it."""

from __future__ import annotations

from .launcher import launch


def main() -> None:
    """Runs a worker below a launcher, which ends it with the host. Never returns."""
    launch(_work)


def _work() -> int:
    # Here, after the fork: the launcher needs none of it, and telemetry is silent in children of whoever has imported it.
    from .worker import Worker

    return Worker().run()
