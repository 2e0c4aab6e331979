"""Makes the files of model/data/ from their sources, once; model/data/README.md says where those come from.

python -m model.make_data FOLDER     FOLDER holds mnist.npz, pendigits-train, unipen-digits.jsonl.gz and
                                     unipen-others.jsonl.gz
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np

from model.datasets import FOLDER, pack_drawings, parse_pen_digits
from model.drawing import Drawing


def main(sources: Path) -> None:
    FOLDER.mkdir(exist_ok=True)
    with np.load(sources / "mnist.npz") as mnist:
        for part in ("train", "test"):
            save(f"mnist-{part}", images=mnist[f"x_{part}"], labels=mnist[f"y_{part}"])
    with open(sources / "pendigits-train", encoding="ascii") as lines:
        save("pen-digits", **pack_drawings(list(parse_pen_digits(lines))))
    save("unipen-digits", **pack_drawings(read_unipen(sources / "unipen-digits.jsonl.gz")[0]))
    drawings, characters = read_unipen(sources / "unipen-others.jsonl.gz")
    save("unipen-others", **pack_drawings(drawings), characters=np.array(characters))


def read_unipen(path: Path) -> tuple[list[Drawing], list[str | None]]:
    """The drawings of a gzipped drawings file, and the character that each was meant as."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    drawings = [Drawing.parse(row["strokes"], row["label"], row["writer"]) for row in rows]
    return drawings, [row.get("character") for row in rows]


def save(name: str, **arrays: np.ndarray) -> None:
    path = FOLDER / f"{name}.npz"
    np.savez_compressed(path, **arrays)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
