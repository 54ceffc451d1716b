"""The handwritten digits as PNG files, CSV lists, and the tensors the networks are trained on."""

import csv
import dataclasses
import pathlib

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

CLASSES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
INPUT_SIZE = 64
MEAN = 0.5
STD = 0.5
VALIDATION_COUNT = 300
TEST_COUNT = 300
CALIBRATION_COUNT = 200
# The split is part of the data: it stays the same whatever seed a training run uses.
SPLIT_SEED = 20


@dataclasses.dataclass(frozen=True)
class Part:
    """Some of the digits: indices into scikit-learn's data set, 8-bit 8x8 images, classes."""

    indices: np.ndarray
    images: np.ndarray
    classes: np.ndarray


def load_parts() -> dict[str, Part]:
    """The stratified split into train, validation and test, each in the data set's order."""
    digits = load_digits()
    # 0 ... 16 to 0 ... 255, halves up.
    images = ((digits.images.astype(np.int32) * 255 + 8) // 16).astype(np.uint8)
    rest, test = train_test_split(
        np.arange(len(images)),
        test_size=TEST_COUNT,
        stratify=digits.target,
        random_state=SPLIT_SEED,
    )
    train, validation = train_test_split(
        rest,
        test_size=VALIDATION_COUNT,
        stratify=digits.target[rest],
        random_state=SPLIT_SEED,
    )
    chosen = {"train": train, "validation": validation, "test": test}
    return {
        name: Part(np.sort(indices), images[np.sort(indices)], digits.target[np.sort(indices)])
        for name, indices in chosen.items()
    }


def calibration_part(train: Part) -> Part:
    """A stratified choice of training images for post-training quantization."""
    positions, _ = train_test_split(
        np.arange(len(train.indices)),
        train_size=CALIBRATION_COUNT,
        stratify=train.classes,
        random_state=SPLIT_SEED,
    )
    positions = np.sort(positions)
    return Part(train.indices[positions], train.images[positions], train.classes[positions])


def write_part(part: Part, folder: pathlib.Path, name: str) -> None:
    """Writes folder/name/*.png (8x8, 8-bit grey) and folder/name.csv (path,class)."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("path", "class"))
        for index, pixels, label in zip(part.indices, part.images, part.classes):
            path = f"{name}/{index:04d}.png"
            Image.fromarray(pixels).save(folder / path, optimize=True)
            rows.writerow((path, int(label)))


def resized(image: Image.Image) -> np.ndarray:
    """What a network sees before normalisation: RGB, bilinear, INPUT_SIZE square, uint8 HWC."""
    rgb = image.convert("RGB")
    return np.asarray(rgb.resize((INPUT_SIZE, INPUT_SIZE), Image.Resampling.BILINEAR))


def pixel_tensor(images: list[Image.Image]) -> torch.Tensor:
    """Images as N x 3 x S x S in [0, 1]."""
    stacked = np.stack([resized(image) for image in images])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255


def read_part(list_file: pathlib.Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Pixels in [0, 1] and classes of a list that write_part wrote, from its PNG files."""
    with open(list_file, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    images = []
    for row in rows:
        with Image.open(list_file.parent / row["path"]) as image:
            images.append(image.copy())
    return pixel_tensor(images), torch.tensor([int(row["class"]) for row in rows])


def normalised(pixels: torch.Tensor) -> torch.Tensor:
    """[0, 1] to what the networks are fed."""
    return (pixels - MEAN) / STD
