#!/usr/bin/env python3
"""Trains the small networks that Models/ ships: MobileNetV1, V2 and V3-Small on handwritten digits.

Writes, under --out:
  digits/               labels.txt, test images and calibration images as PNG, and their CSV lists
  digits_NETWORK.*      the weights (.safetensors for all, .pth as well for MobileNetV2)
  digits_metrics.json   what was measured
  digits_NETWORK.md     one card per network, made from digits_metrics.json

The data are scikit-learn's copy of the UCI "Optical Recognition of Handwritten Digits" test part.
1197 images train, 300 choose the epoch, 300 are only ever tested on. Needs the packages of
requirements.txt and a few minutes on one CPU core. On one machine and one set of package versions
the same --seed gives the same bytes.

To keep the files small, weights and biases of convolutions and fully connected layers are rounded
to half precision before anything is measured, and stored as float16; batch norm stays float32.
"""

import argparse
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
import torchvision
from safetensors.torch import save
from torch import nn

import digits_cards
import digits_data
from mobilenet_v1 import MobileNetV1

# Widths small enough to ship. The constructors are torchvision's own, so that files written here
# carry torchvision's parameter names.
NETWORKS = {
    "mobilenet_v1": (MobileNetV1, 0.25),
    "mobilenet_v2": (torchvision.models.mobilenet_v2, 0.25),
    "mobilenet_v3_small": (torchvision.models.mobilenet_v3_small, 0.35),
}
ALSO_AS_PTH = ("mobilenet_v2",)
BATCH = 64
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 1e-2
LABEL_SMOOTHING = 0.05
WARM_UP_EPOCHS = 3
# torchvision's V3 averages batch statistics over about 100 steps, too slow for runs this short.
BATCH_NORM_MOMENTUM = 0.1
# Of half the image's side, in radians, of the image's size.
MAX_SHIFT = 0.15
MAX_ROTATION = math.radians(12)
MAX_SCALING = 0.12


def augmented(pixels: torch.Tensor) -> torch.Tensor:
    """A small random rotation, scaling and shift of each image; black comes in at the borders."""
    count = len(pixels)
    angle = (torch.rand(count) * 2 - 1) * MAX_ROTATION
    scale = 1 + (torch.rand(count) * 2 - 1) * MAX_SCALING
    shift = (torch.rand(count, 2) * 2 - 1) * MAX_SHIFT
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = [
        torch.stack([cosine, -sine, shift[:, 0]], dim=1),
        torch.stack([sine, cosine, shift[:, 1]], dim=1),
    ]
    grid = F.affine_grid(torch.stack(rows, dim=1), list(pixels.shape), align_corners=False)
    return F.grid_sample(pixels, grid, align_corners=False)


def evaluate(model: nn.Module, pixels: torch.Tensor, classes: torch.Tensor) -> tuple[int, float]:
    """Correct top-1 answers and mean cross-entropy."""
    model.eval()
    with torch.no_grad():
        batches = digits_data.normalised(pixels).split(100)
        logits = torch.cat([model(batch) for batch in batches])
    correct = int((logits.argmax(dim=1) == classes).sum())
    return correct, float(F.cross_entropy(logits, classes))


def learning_rate_factor(step: int, steps_per_epoch: int, epochs: int) -> float:
    """Linear warm-up, then half a cosine down to zero."""
    warm_up = WARM_UP_EPOCHS * steps_per_epoch
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / (steps_per_epoch * epochs - warm_up)))


def train(model: nn.Module, data: dict, epochs: int, report) -> int:
    """Trains in place, leaves the epoch with the lowest validation loss, and returns its number."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = BATCH_NORM_MOMENTUM
    pixels, classes = data["train"]
    steps = len(pixels) // BATCH
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: learning_rate_factor(step, steps, epochs)
    )
    best_loss, best_epoch, best_state = math.inf, 0, {}
    for epoch in range(1, epochs + 1):
        model.train()
        order = torch.randperm(len(pixels))
        for step in range(steps):
            chosen = order[step * BATCH : (step + 1) * BATCH]
            logits = model(digits_data.normalised(augmented(pixels[chosen])))
            loss = F.cross_entropy(logits, classes[chosen], label_smoothing=LABEL_SMOOTHING)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        correct, validation_loss = evaluate(model, *data["validation"])
        report(f"epoch {epoch}/{epochs}: validation loss {validation_loss:.4f}, {correct} correct")
        if validation_loss < best_loss:
            best_loss, best_epoch = validation_loss, epoch
            best_state = {name: value.clone() for name, value in model.state_dict().items()}
    model.load_state_dict(best_state)
    return best_epoch


def half_precision_names(model: nn.Module) -> set[str]:
    """The parameters of convolutions and fully connected layers."""
    return {
        f"{module_name}.{name}"
        for module_name, module in model.named_modules()
        if isinstance(module, (nn.Conv2d, nn.Linear))
        for name, _ in module.named_parameters(recurse=False)
    }


def round_to_half_precision(model: nn.Module) -> None:
    """Rounds, in place, what the weight files store as float16."""
    names = half_precision_names(model)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in names:
                parameter.copy_(parameter.half().float())


def multiply_accumulates(model: nn.Module) -> int:
    """Multiply-accumulates of convolutions and fully connected layers for one input."""
    total = 0

    def count(module: nn.Module, _inputs, output: torch.Tensor) -> None:
        nonlocal total
        total += output.numel() * module.weight[0].numel()

    counted = [m for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    hooks = [module.register_forward_hook(count) for module in counted]
    model.eval()
    with torch.no_grad():
        model(torch.zeros(1, 3, digits_data.INPUT_SIZE, digits_data.INPUT_SIZE))
    for hook in hooks:
        hook.remove()
    return total


def write_weights(model: nn.Module, name: str, out: pathlib.Path) -> list[str]:
    """Writes the weight files of one network and returns their names."""
    halves = half_precision_names(model)
    stored = model.state_dict()
    stored |= {key: stored[key].half() for key in halves}
    safetensors_name = f"digits_{name}.safetensors"
    # One key only: the library writes several in an order that changes from run to run.
    (out / safetensors_name).write_bytes(save(stored, metadata={"format": "pt"}))
    names = [safetensors_name]
    if name in ALSO_AS_PTH:
        names.append(f"digits_{name}.pth")
        torch.save(stored, out / names[-1])
    return names


def train_network(name: str, data: dict, arguments: argparse.Namespace, report) -> dict:
    """Trains and writes one network and returns its entry of digits_metrics.json."""
    constructor, width = NETWORKS[name]
    torch.manual_seed(arguments.seed)
    model = constructor(width_mult=width, num_classes=len(digits_data.CLASSES))
    epoch = train(model, data, arguments.epochs, lambda line: report(f"{name}: {line}"))
    round_to_half_precision(model)
    validation_correct, _ = evaluate(model, *data["validation"])
    test_correct, _ = evaluate(model, *data["test"])
    report(f"{name}: epoch {epoch} kept, {test_correct} of {len(data['test'][1])} test images")
    return {
        "width": width,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "macs": multiply_accumulates(model),
        "files": write_weights(model, name, arguments.out),
        "epoch": epoch,
        "float": {
            "validation_images": len(data["validation"][1]),
            "validation_correct": validation_correct,
            "test_images": len(data["test"][1]),
            "test_correct": test_correct,
        },
        # {"test_correct": N} after `swiftlet compare`; --cards then writes the cards again.
        "int8": None,
    }


def prepare_data(folder: pathlib.Path) -> dict:
    """Writes Models/digits and returns pixels and classes by part, the test part from its files."""
    parts = digits_data.load_parts()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "labels.txt").write_text("\n".join(digits_data.CLASSES) + "\n", encoding="utf-8")
    digits_data.write_part(parts["test"], folder, "test")
    digits_data.write_part(digits_data.calibration_part(parts["train"]), folder, "calibration")
    data = {"test": digits_data.read_part(folder / "test.csv")}
    for name in ("train", "validation"):
        images = [digits_data.Image.fromarray(pixels) for pixels in parts[name].images]
        data[name] = (digits_data.pixel_tensor(images), torch.from_numpy(parts[name].classes))
    return data


def parsed_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=pathlib.Path, required=True, metavar="DIR", help="the Models folder"
    )
    parser.add_argument("--epochs", type=int, default=60, help="epochs per network (default 60)")
    parser.add_argument("--seed", type=int, default=1, help="random seed (default 1)")
    parser.add_argument(
        "--only",
        choices=sorted(NETWORKS),
        action="append",
        help="train this network and leave the others as they are (may be given again)",
    )
    parser.add_argument(
        "--cards",
        action="store_true",
        help='train nothing: write the cards from the metrics, after "int8": null has been '
        'replaced by "int8": {"test_correct": N}',
    )
    arguments = parser.parse_args()
    if arguments.epochs <= WARM_UP_EPOCHS:
        parser.error(f"--epochs must be more than the {WARM_UP_EPOCHS} epochs of warm-up")
    return arguments


def main() -> None:
    arguments = parsed_arguments()
    metrics_file = arguments.out / "digits_metrics.json"
    metrics = {"networks": {}}
    if metrics_file.exists():
        metrics = json.loads(metrics_file.read_text(encoding="utf-8"))
    elif arguments.cards:
        sys.exit(f"{metrics_file}: not found; train first, or name the right folder with --out")
    if not arguments.cards:
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        data = prepare_data(arguments.out / "digits")
        for name in arguments.only or NETWORKS:
            entry = train_network(name, data, arguments, lambda line: print(line, flush=True))
            entry |= {"seed": arguments.seed, "epochs": arguments.epochs}
            entry["versions"] = {
                "torch": torch.__version__,
                "torchvision": torchvision.__version__,
            }
            metrics["networks"][name] = entry
        metrics["networks"] = dict(sorted(metrics["networks"].items()))
        metrics["input"] = digits_data.INPUT_SIZE
        metrics_file.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
    digits_cards.write(metrics, arguments.out)


if __name__ == "__main__":
    main()
