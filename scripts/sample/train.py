"""Trains the sample classifier and writes everything under resources/sample.

    python train.py                      # what ships; plan for an hour on two cores
    python train.py --images 3000 --out /tmp/sample      # a quick look

The training images are rendered, turned into JPEG and preprocessed exactly as
the held-out files are read later, so that nothing but the seed separates them.
"""

import argparse
import csv
import io
import json
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

import generate
from check import HERE, accuracy, crop_size, prepare
from network import PartNet

# The usual ImageNet constants: people know them, and they need not be optimal.
PREPROCESSOR = {
    "do_resize": True,
    "size": {"shortest_edge": 72},
    "resample": 2,
    "do_center_crop": True,
    "crop_size": {"height": 64, "width": 64},
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
    "do_convert_rgb": True,
}
MEAN = torch.tensor(PREPROCESSOR["image_mean"]).view(3, 1, 1)
STD = torch.tensor(PREPROCESSOR["image_std"]).view(3, 1, 1)
CROP = crop_size(PREPROCESSOR)
CLASSES = len(generate.NAMES)


def read_options():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--images", type=int, default=20000, help="training images")
    options.add_argument("--heldout", type=int, default=1000, help="held-out images")
    options.add_argument(
        "--sizes", type=int, nargs="+", default=[32, 32, 32, 48, 48, 48, 64, 64], help="image size of every epoch"
    )
    options.add_argument("--seed", type=int, default=generate.SEED)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--out", type=Path, default=HERE.parents[1] / "resources" / "sample")
    return options.parse_args()


# --- data -----------------------------------------------------------------------


def training_set(count, workers):
    """Resized but not yet cropped: the margin is what random crops are cut from."""
    uncropped = {**PREPROCESSOR, "do_center_crop": False}
    pixels, labels = [], []
    for data, label in generate.photos("train", count, workers):
        pixels.append(prepare(Image.open(io.BytesIO(data)), uncropped))
        labels.append(label)
    return torch.from_numpy(np.stack(pixels)), torch.tensor(labels)


def write_heldout(folder, count, workers):
    """The labelled set: files in random order, so that no name gives a class away."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.jpg"):
        old.unlink()
    photos = list(generate.photos("heldout", count, workers))
    order = np.random.default_rng(generate.SEED).permutation(count)
    with open(folder / "labels.csv", "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["file", "label", "name"])
        for number, index in enumerate(order, start=1):
            data, label = photos[index]
            name = f"{number:04d}.jpg"
            (images / name).write_bytes(data)
            rows.writerow([name, label, generate.NAMES[label]])
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR, indent=1))


def normalised(pixels):
    return (pixels.float() / 255 - MEAN) / STD


def augmented(pixels, size):
    """A random crop, quarter turn and mirror of every image.

    A bench seen from above has no up, so all eight orientations are real.
    """
    margin = pixels.shape[-1] - CROP
    made = []
    for image in pixels:
        top, left = torch.randint(0, margin + 1, (2,)).tolist()
        turns, mirror = torch.randint(0, 4, ()).item(), torch.randint(0, 2, ()).item()
        image = torch.rot90(image[:, top : top + CROP, left : left + CROP], turns, (1, 2))
        made.append(image.flip(2) if mirror else image)
    batch = normalised(torch.stack(made))
    if size != CROP:
        batch = F.interpolate(batch, (size, size), mode="bilinear", antialias=True)
    return batch.contiguous(memory_format=torch.channels_last)


# --- training -------------------------------------------------------------------


def train(pixels, labels, sizes, batch=64):
    """AdamW, one learning-rate cycle, small images first: the outlines of the parts
    are learnt at half size in a quarter of the time, only detail needs full size."""
    network = PartNet(CLASSES).to(memory_format=torch.channels_last)
    # Weight decay for weights, not for the scales and offsets of batch norm.
    weights = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim <= 1]
    optimiser = torch.optim.AdamW([{"params": weights, "weight_decay": 0.05}, {"params": others, "weight_decay": 0.0}])
    steps = len(pixels) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=2e-3, total_steps=steps * len(sizes), pct_start=0.2
    )
    for epoch, size in enumerate(sizes, start=1):
        network.train()
        began, order, loss_sum, right = time.time(), torch.randperm(len(pixels)), 0.0, 0
        for step in range(steps):
            pick = order[step * batch : (step + 1) * batch]
            logits = network(augmented(pixels[pick], size))
            loss = F.cross_entropy(logits, labels[pick], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            loss_sum += loss.item()
            right += int((logits.argmax(1) == labels[pick]).sum())
        print(
            f"epoch {epoch}/{len(sizes)} at {size}: loss {loss_sum / steps:.3f}, "
            f"training accuracy {right / steps / batch:.1%}, {time.time() - began:.0f} s",
            flush=True,
        )
    return network.eval()


def linear_accuracy(pixels, labels, test_pixels, test_labels):
    """Multinomial logistic regression on the same pixels, the best of several weight
    decays picked on the test set itself: an upper bound for what a linear model does."""
    margin = (pixels.shape[-1] - CROP) // 2
    middle = slice(margin, margin + CROP)
    best = 0.0
    for decay in (1e-3, 1e-2, 1e-1, 1.0):
        model = nn.Linear(3 * CROP * CROP, CLASSES)
        nn.init.zeros_(model.weight)
        optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=decay / 1e-2)
        for _ in range(6):
            for pick in torch.randperm(len(pixels)).split(256):
                batch = normalised(pixels[pick][:, :, middle, middle]).flatten(1)
                loss = F.cross_entropy(model(batch), labels[pick])
                optimiser.zero_grad()
                loss.backward()
                optimiser.step()
            with torch.no_grad():
                guess = model(normalised(test_pixels).flatten(1)).argmax(1)
            best = max(best, float((guess == test_labels).float().mean()))
    return best


# --- what ships -----------------------------------------------------------------


def export(network, path):
    # PRESERVE keeps batch norm as nodes of its own, as most models in use have them.
    torch.onnx.export(
        network.to(memory_format=torch.contiguous_format),
        torch.zeros(1, 3, CROP, CROP),
        path,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
        opset_version=17,
        dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
    )


def multiplications(network):
    """Multiply-accumulates of one image, in convolutions and the linear layer."""
    total = 0

    def count(module, _, out):
        nonlocal total
        total += module.weight[0].numel() * out[0].numel()

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        network(torch.zeros(1, 3, CROP, CROP))
    for hook in hooks:
        hook.remove()
    return total


def table(rows):
    """A markdown table with its columns aligned."""
    rows = [("Measure", "Value"), *rows]
    wide = [max(len(row[i]) for row in rows) for i in (0, 1)]
    lines = [f"| {row[0]:<{wide[0]}} | {row[1]:<{wide[1]}} |" for row in rows]
    lines.insert(1, f"| {'-' * wide[0]} | {'-' * wide[1]} |")
    return "\n".join(lines)


README = """# The bundled sample

A small image classifier that was really trained, and a held-out labelled set to
measure it with: machine parts on a workbench, {classes} classes. Both are made by
`scripts/sample` - the images are rendered by seeded code, no outside data - and
carry the licence of the project.

- `model.onnx`: float32, input `image` (N x 3 x {crop} x {crop}), output `logits`
  (N x {classes}).
- `data/`: `images/`, `labels.csv` and `preprocessor_config.json`.

The table is written by the training script. The float accuracy is measured with
ONNX Runtime on the shipped model and the shipped JPEG files.

{table}
"""


def main():
    options = read_options()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)

    data, model = options.out / "data", options.out / "model.onnx"
    began = time.time()
    write_heldout(data, options.heldout, options.threads)
    pixels, labels = training_set(options.images, options.threads)
    print(f"rendered in {time.time() - began:.0f} s", flush=True)

    began = time.time()
    network = train(pixels, labels, options.sizes)
    print(f"trained in {time.time() - began:.0f} s", flush=True)
    export(network, model)

    test_pixels, test_labels = [], []
    with open(data / "labels.csv", newline="") as file:
        for row in csv.DictReader(file):
            test_pixels.append(prepare(Image.open(data / "images" / row["file"]), PREPROCESSOR))
            test_labels.append(int(row["label"]))
    linear = linear_accuracy(pixels, labels, torch.from_numpy(np.stack(test_pixels)), torch.tensor(test_labels))

    right, n = accuracy(model, data)
    parameters = sum(p.numel() for p in network.parameters())
    rows = [
        ("Parameters", f"{parameters:,}"),
        ("Multiply-accumulates per image", f"{multiplications(network) / 1e6:.0f} million"),
        ("Classes", f"{CLASSES}"),
        ("Training images", f"{options.images:,}"),
        ("Held-out images (n)", f"{n:,}"),
        ("Float accuracy, top-1", f"{right / n:.1%} ({right} of {n})"),
        ("Linear model on the same pixels", f"{linear:.1%} ({round(linear * n)} of {n})"),
        ("Seed", f"{options.seed}"),
        ("Command", "`python scripts/sample/train.py`"),
    ]
    text = README.format(classes=CLASSES, crop=CROP, table=table(rows))
    (options.out / "README.md").write_text(text)
    print(table(rows))


if __name__ == "__main__":
    main()
