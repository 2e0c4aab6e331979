"""What a training computes on, in words."""

import re

from ui.text.words import Text


def name_device(device: str) -> Text | str:
    """device: as model.devices.name_device says it, in which only a CPU has words."""
    cpu = re.fullmatch(r"CPU, (\d+) cores \((\w+)\)", device)
    return Text("device.cpu", count=int(cpu[1]), backend=cpu[2]) if cpu else device
