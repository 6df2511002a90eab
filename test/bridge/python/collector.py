"""What a host would have received."""

import json
import threading


class Collector:
    """A ``send`` that keeps what it is given; ``open.clear()`` makes it block, ``fail`` makes it raise."""

    def __init__(self):
        self.batches = []
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Event()
        self.fail = False

    def __call__(self, batch):
        self.entered.set()
        self.open.wait()
        if self.fail:
            raise OSError("the pipe is closed")
        self.batches.append(batch)

    def received(self):
        return [json.loads(line) for batch in self.batches for line in batch]

    def events(self):
        return [each for each in self.received() if "event" in each]

    def reports(self):
        return [each for each in self.received() if "event" not in each]

    def names(self):
        return [each["event"] for each in self.events()]


def events_of(emitter, timeout=10):
    """Attaches to an emitter, and takes all that waits."""
    collector = Collector()
    emitter.stream.attach(collector)
    assert emitter.stream.flush(timeout), emitter.stats()
    emitter.stream.detach()
    return collector.events()


def is_exact(stats):
    """Whether the books add up."""
    return stats["received"] == stats["sent"] + stats["waiting"] + stats["sampled_out"] + sum(stats["dropped"].values())
