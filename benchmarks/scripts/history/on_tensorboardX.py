import json
import random
import time

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboardX import SummaryWriter


def make(name, points):
    writer = SummaryWriter(name)
    for step in range(points):
        writer.add_scalar("loss", random.random(), step)
    writer.close()


def read(name):
    began = time.perf_counter()
    events = EventAccumulator(name, size_guidance={"scalars": 0})
    events.Reload()
    events.Scalars("loss")
    return (time.perf_counter() - began) * 1e3


make("one", 100_000)
for number in range(5):
    make(f"many{number}", 10_000)
print(json.dumps({"one_ms": read("one"), "many_ms": sum(read(f"many{number}") for number in range(5)) * 20}))
