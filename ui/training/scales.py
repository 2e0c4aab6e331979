"""Axes of the plots: their range and their ticks, as plain values for curves.js.

A scale is {"low": …, "high": …, "ticks": [(value, label), …]}. A label of a share is its number of per cent.
"""

import math

MAX_TICKS = 6
LARGE = 10_000  # from here on a label has a power of ten: it must fit beside the axis


def find_step(span: float, most: int = MAX_TICKS) -> float:
    """The smallest of 1, 2, 5 times a power of ten that divides `span` into at most `most` steps."""
    magnitude = 10.0 ** math.floor(math.log10(span / most))
    return next(f * magnitude for f in (1, 2, 5, 10) if span / (f * magnitude) <= most + 1e-9)


def make_epoch_scale(epochs: int) -> dict:
    return make_linear_scale(0, epochs, least_step=1)


def make_linear_scale(low: float, high: float, percent: bool = False, least_step: float = 0) -> dict:
    step = max(least_step, find_step(high - low))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    decimals = max(0, -math.floor(math.log10(step * (100 if percent else 1)) + 1e-9))
    values = [round(i * step, 10) for i in range(first, last + 1)]
    labels = [f"{100 * v:.{decimals}f}" if percent else name_number(v, decimals) for v in values]
    return {"low": low, "high": high, "ticks": list(zip(values, labels, strict=True))}


def make_log_scale(low: float, high: float) -> dict:
    """A logarithmic scale that holds `low` to `high`, both above 0. Its ends are 1, 2 or 5 × 10ⁿ; so are its
    ticks, or powers of ten alone where those would be too many."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = [round(f * 10.0**n, 10) for n in decades for f in (1, 2, 5)]
    bottom = max(s for s in steps if s <= low * (1 + 1e-9))
    top = min(s for s in steps if s >= high * (1 - 1e-9))
    if top == bottom:
        top = steps[steps.index(top) + 1]
    ticks = [s for s in steps if bottom <= s <= top]
    if len(ticks) > MAX_TICKS + 1:
        powers = [s for s in ticks if math.isclose(math.log10(s) % 1, 0, abs_tol=1e-6)]
        ticks = powers[:: math.ceil(len(powers) / MAX_TICKS)]
    return {"low": bottom, "high": top, "ticks": [(s, name_number(s)) for s in ticks]}


def name_number(value: float, decimals: int | None = None) -> str:
    """As short as a label has to be: 0.05, 250, 2.5e6."""
    if abs(value) >= LARGE:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return f"{value:g}" if decimals is None else f"{value:.{decimals}f}"
