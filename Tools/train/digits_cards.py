"""The cards of the shipped digit networks, written from digits_metrics.json."""

import pathlib

import digits_data

TITLES = {
    "mobilenet_v1": "MobileNetV1",
    "mobilenet_v2": "MobileNetV2",
    "mobilenet_v3_small": "MobileNetV3-Small",
}
DEFINITIONS = {
    "mobilenet_v1": "`MobileNetV1(width_mult={width}, num_classes=10)` of "
    "`Tools/train/mobilenet_v1.py` (symmetric padding, ReLU6)",
    "mobilenet_v2": "torchvision's `mobilenet_v2(width_mult={width}, num_classes=10)`",
    "mobilenet_v3_small": "torchvision's `mobilenet_v3_small(width_mult={width}, num_classes=10)`",
}
CARD = """\
# Digits, {title} {width}

Tells the ten handwritten digits apart. It is small enough to ship with the source, so that
converting, running and comparing a network can be tried without a download; it is a demonstration,
not a reader of digits for real forms.

| | |
| --- | --- |
| Network | {definition} |
| Files | {files} |
| Input | {size}×{size} RGB, (pixel / 255 − {mean}) / {std}; images are resized with Pillow's bilinear filter |
| Output | 10 logits, in the order of `digits/labels.txt` |
| Parameters | {parameters:,} (batch norm included), stored as float16, batch norm as float32 |
| Multiply-accumulates | {macs:,} |

## Accuracy

Top-1 on the {test_images} test images (`digits/test.csv`), which neither trained the network nor chose
its epoch. One image is {step:.2f} points.

| | Correct | Top-1 |
| --- | --- | --- |
| float, PyTorch | {test_correct} of {test_images} | {test_accuracy} |
| int8, Swiftlet | {int8_correct} | {int8_accuracy} |

On the {validation_images} validation images, which chose epoch {epoch} of {epochs}, the float network has
{validation_correct} right ({validation_accuracy}).

## Convert and compare

```sh
swiftlet convert Models/{file} -o digits.swiftlet \\
  --arch {name} --width {width} --input {size} --resize {size} --crop {size} \\
  --mean {mean},{mean},{mean} --std {std},{std},{std} --labels Models/digits/labels.txt \\
  --calibrate Models/digits/calibration.csv
swiftlet compare Models/{file} digits.swiftlet --arch {name} --images Models/digits/test.csv
```

## Training

```sh
python3 Tools/train/train_digits.py --out Models --only {name} --epochs {epochs} --seed {seed}
```

PyTorch {torch}, torchvision {torchvision}, one CPU thread. AdamW with a cosine schedule, label
smoothing, random shifts, rotations and scalings; the epoch with the lowest validation loss is kept.

## Data

UCI "Optical Recognition of Handwritten Digits", test part, as scikit-learn carries it; CC BY 4.0.
Source, split and licence: [README.md](README.md). The images come from 13 writers, and the split does
not part writers, so a new writer's digits may do worse than the figures above.
"""


def percent(correct: int, images: int) -> str:
    return f"{100 * correct / images:.2f} %"


def card(name: str, entry: dict) -> str:
    """One network's card; the int8 row says so where nothing has been measured."""
    measured = entry["float"]
    images = measured["test_images"]
    int8 = entry["int8"]
    return CARD.format(
        title=TITLES[name],
        name=name,
        definition=DEFINITIONS[name].format(width=entry["width"]),
        files=", ".join(f"`{file}`" for file in entry["files"]),
        file=entry["files"][0],
        size=digits_data.INPUT_SIZE,
        mean=digits_data.MEAN,
        std=digits_data.STD,
        step=100 / images,
        test_accuracy=percent(measured["test_correct"], images),
        validation_accuracy=percent(
            measured["validation_correct"], measured["validation_images"]
        ),
        int8_correct=f"{int8['test_correct']} of {images}" if int8 else "not measured",
        int8_accuracy=percent(int8["test_correct"], images) if int8 else "not measured",
        torch=entry["versions"]["torch"],
        torchvision=entry["versions"]["torchvision"],
        **{key: entry[key] for key in ("width", "parameters", "macs", "epoch", "epochs", "seed")},
        **measured,
    )


def write(metrics: dict, folder: pathlib.Path) -> None:
    """Writes digits_NETWORK.md for each network of the metrics."""
    for name, entry in metrics["networks"].items():
        (folder / f"digits_{name}.md").write_text(card(name, entry), encoding="utf-8")
