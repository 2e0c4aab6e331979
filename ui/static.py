"""Writes the page as a folder for any file server: pad, readout, look inside, the networks that ship.

Such a page reads, and does not train.

    python -m ui.static FOLDER

In the folder are the same scripts and style sheets as on the page, and the weights as float16.
"""

import argparse
import json
from pathlib import Path

from model.drawing import MAX_POINTS, MAX_STROKES
from model.store import WEIGHTS, StoreError
from ui.browser.networks import CHOICES, DEFAULT_CHOICE, UI, read_modules
from ui.browser.weights import describe_file
from ui.class_view import class_view
from ui.inside import inside
from ui.pad import sketchpad
from ui.readout import readout
from ui.text import header
from ui.text.terminal import stop

STATIC = UI / "browser" / "static"  # what Gradio does on the page that it serves
INSIDE = tuple(f"inside/{path.name}" for path in sorted((UI / "inside").glob("*.css")))
STYLES = (
    "page.css",
    "pad/sketchpad.css",
    "readout/readout.css",
    "class_view/class_view.css",
    *INSIDE,
    "browser/static/style.css",
)


def write_page(folder: Path, weights: Path = WEIGHTS) -> None:
    """Makes the folder, or writes over what an earlier call put there. Raises StoreError and OSError."""
    networks = []
    files = read_modules()
    for name in CHOICES["both"]:
        network = describe_file(weights, name)
        path = f"weights/{name}-{network.description['sha256'][:16]}.bin"
        files[path] = network.weights
        networks.append(network.description | {"url": path})
    pad = {"value": "[]", "max_strokes": MAX_STROKES, "max_points": MAX_POINTS}
    shown = {"value": {"choice": DEFAULT_CHOICE, "own": None}, "networks": networks, "modules": ""}
    texts = {
        "index.html": (STATIC / "index.html")
        .read_text(encoding="utf-8")
        .replace("HEADER", header.TEMPLATE)
        .replace("PAD", sketchpad.TEMPLATE)
        .replace("CLASSVIEW", class_view.TEMPLATE)
        .replace("READOUT", readout.TEMPLATE)
        .replace("INSIDE", inside.TEMPLATE),
        "page.js": (STATIC / "page.js").read_text(encoding="utf-8"),
        "pad.js": _wrap(sketchpad.SCRIPT),
        "readout.js": _wrap(readout.SCRIPT),
        "class_view.js": _wrap(class_view.SCRIPT),
        "inside.js": _wrap(inside.SCRIPT),
        "props.js": f"export const padProps = {json.dumps(pad)};\n"
        f"export const readoutProps = {json.dumps(shown | {'choices': CHOICES})};\n",
        "style.css": "\n".join((UI / name).read_text(encoding="utf-8") for name in STYLES),
    }
    files |= {name: text.encode() for name, text in texts.items()}
    files["favicon.png"] = (UI / "favicon.png").read_bytes()
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _wrap(script: str) -> str:
    """A component's script as a module."""
    return f"export default function (element, props, watch) {{\n{script}\n}}\n"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the page goes; made if it is not there")
    folder = parser.parse_args(arguments).folder
    try:
        write_page(folder)
    except StoreError as error:
        stop("ui.static", error)
    except OSError as error:
        stop("ui.static", StoreError("static.unwritable", path=error.filename, reason=error.strerror))
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"Wrote {folder}, {size / 1e6:.2f} MB. To look at it: python -m http.server --directory {folder}")


if __name__ == "__main__":
    main()
