"""Trains the digits classifier in examples/models/digits.

    python3 scripts/models/make_digits.py

Source: the 1,797 handwritten digits of the UCI set "Optical Recognition of Handwritten Digits", 8 x 8 pixels, as
scikit-learn carries them. A quarter is held out: it takes no part in the training, and the accuracy in the card is
measured on it with ONNX Runtime. The held-out images are kept as one picture (heldout.png, a row of 8 x 8 tiles per
30 digits) with their digits in the card, so that the functions that run the model can be measured on them too.

The first run makes a virtual environment in .cache and installs requirements.txt into it.
"""

import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "examples" / "models" / "digits"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")

SIDE = 8
SEED = 20
COPIES = 24
ORIGINALS = 8
HIDDEN = (96,)
OPSET = 17
TILES_PER_ROW = 30


def enter_environment() -> None:
    """Continues in a virtual environment that has exactly the pinned packages, on one thread."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    folder = ROOT / ".cache" / f"models-{wanted}"
    python = folder / "bin" / "python"
    if Path(sys.prefix) == folder:
        return
    if not (folder / "complete").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
        (folder / "complete").touch()
    # The order in which threads add up changes the last bits of the weights.
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    os.execve(python, [str(python), __file__, *sys.argv[1:]], {**os.environ, **threads})


def area_resize(image, side):
    """Averages over the area each target pixel covers: exact for any ratio, up and down."""
    return area_weights(image.shape[0], side) @ image @ area_weights(image.shape[1], side).T


def area_weights(source, target):
    import numpy as np

    edges = np.arange(target + 1) * (source / target)
    pixels = np.arange(source)
    overlap = np.minimum(edges[1:, None], pixels + 1) - np.maximum(edges[:-1, None], pixels)
    return np.clip(overlap, 0, None) * (target / source)


def drawing_to_tensor(image):
    """The input contract, as src/inference/domain/drawing.ts has it: light ink on dark paper, cut out, centred."""
    import numpy as np

    image = image.astype(np.float64)
    border = np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])
    if border.mean() * 2 > image.min() + image.max():
        image = image.max() - image
    image = image - image.min()
    rows, columns = np.nonzero(image > image.max() * 0.25)
    if len(rows) == 0:
        return np.zeros(SIDE * SIDE, np.float32)
    image = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    height, width = image.shape
    side = max(height, width)
    square = np.zeros((side, side))
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = image
    small = area_resize(square, SIDE)
    return (small / small.max()).astype(np.float32).ravel()


def redraw(image, random):
    """The same digit as another hand and pen might have drawn it, eight times as large."""
    import numpy as np
    from scipy import ndimage

    large = np.clip(ndimage.zoom(image, 8, order=1), 0, None)
    large = np.pad(large, 24)
    angle, shear = np.deg2rad(random.uniform(-12, 12)), random.uniform(-0.2, 0.2)
    stretch = np.diag(random.uniform(0.85, 1.15, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[1, 0], [shear, 1]]) @ stretch
    centre = (np.array(large.shape) - 1) / 2
    large = ndimage.affine_transform(large, matrix, offset=centre - matrix @ centre, order=1)
    pen = random.integers(-4, 3)
    if pen < 0:
        thin = ndimage.grey_erosion(large, size=(1 - 2 * pen,) * 2)
        large = thin if thin.max() > large.max() * 0.5 else large
    elif pen > 0:
        large = ndimage.grey_dilation(large, size=(1 + 2 * pen,) * 2)
    return large.max() * (large / large.max()) ** random.uniform(0.7, 1.8)


def main() -> None:
    import warnings

    import numpy as np
    import onnxruntime
    from PIL import Image
    from sklearn.datasets import load_digits
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier
    from skl2onnx import to_onnx
    from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs

    digits = load_digits()
    # Sixteen steps of ink, spread over the range of a byte: what a picture of the digit holds.
    images = np.round(digits.images * 255 / 16)
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, digits.target, test_size=0.25, random_state=SEED, stratify=digits.target
    )
    random = np.random.default_rng(SEED)
    inputs = [drawing_to_tensor(image) for image in train_images] * ORIGINALS
    for _ in range(COPIES):
        inputs += [drawing_to_tensor(redraw(image, random)) for image in train_images]
    labels = np.tile(train_labels, ORIGINALS + COPIES)

    net = MLPClassifier(HIDDEN, alpha=1e-3, batch_size=256, max_iter=30, random_state=SEED)
    with warnings.catch_warnings():
        # Thirty rounds are meant: more of them fit the training digits, not the held-out ones.
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(np.stack(inputs), labels)

    test_inputs = np.stack([drawing_to_tensor(image) for image in test_images])
    full = to_onnx(net, test_inputs[:1], target_opset=OPSET, options={"zipmap": False})
    model = select_model_inputs_outputs(full, "probabilities")
    data = model.SerializeToString()

    onnxruntime.set_default_logger_severity(3)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    (scores,) = session.run(None, {"X": test_inputs})
    right = int((scores.argmax(axis=1) == test_labels).sum())
    agree = int((scores.argmax(axis=1) == net.predict(test_inputs)).sum())
    if agree != len(test_labels):
        raise SystemExit(f"ONNX Runtime and scikit-learn agree on {agree} of {len(test_labels)} only")

    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "digits.onnx").write_bytes(data)
    Image.fromarray(held_out_sheet(test_images)).save(OUT / "heldout.png", optimize=True)
    card = {
        "name": "digits",
        "task": "image classification: one handwritten digit, drawn on plain paper",
        "file": "digits.onnx",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "opset": OPSET,
        "labels": [str(digit) for digit in range(10)],
        "input": {
            "name": "X",
            "shape": [1, SIDE * SIDE],
            "preprocessing": "drawing",
            "width": SIDE,
            "height": SIDE,
            "kernel": "area",
            "range": [0, 1],
        },
        "output": {"name": "probabilities", "shape": [1, 10], "scores": "probabilities"},
        "trainedOn": {
            "set": "UCI Optical Recognition of Handwritten Digits (scikit-learn load_digits), CC BY 4.0",
            "images": len(train_images),
            "redrawn": len(train_images) * COPIES,
        },
        "heldOut": {
            "file": "heldout.png",
            "tile": SIDE,
            "tilesPerRow": TILES_PER_ROW,
            "images": len(test_labels),
            "right": right,
            "accuracy": round(right / len(test_labels), 4),
            "digits": "".join(str(label) for label in test_labels),
        },
    }
    (OUT / "model.json").write_text(json.dumps(card, indent=2) + "\n")
    print(f"{len(data)} bytes, {right} of {len(test_labels)} held-out digits right ({right / len(test_labels):.1%})")


def held_out_sheet(images):
    import numpy as np

    rows = -(-len(images) // TILES_PER_ROW)
    sheet = np.zeros((rows * SIDE, TILES_PER_ROW * SIDE), np.uint8)
    for index, image in enumerate(images):
        top, left = index // TILES_PER_ROW * SIDE, index % TILES_PER_ROW * SIDE
        sheet[top : top + SIDE, left : left + SIDE] = image
    return sheet


if __name__ == "__main__":
    enter_environment()
    main()
