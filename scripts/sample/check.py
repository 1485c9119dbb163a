"""Checks the shipped sample: accuracy of the float model on the shipped files, and
what a plain int8 quantization by ONNX Runtime's own tool makes of it.

    python check.py                    # float accuracy
    python check.py --int8             # and int8: accuracy and single-thread speed
"""

import argparse
import csv
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

HERE = Path(__file__).resolve().parent


# --- preprocessing, as the configuration says -----------------------------------


def crop_size(config):
    assert config["crop_size"]["height"] == config["crop_size"]["width"]
    return config["crop_size"]["height"]


def prepare(image, config):
    """Resized and (if asked for) cropped 8-bit pixels, channels first."""
    image = image.convert("RGB")
    scale = config["size"]["shortest_edge"] / min(image.size)
    size = tuple(round(edge * scale) for edge in image.size)
    pixels = np.asarray(image.resize(size, config["resample"]))
    if config["do_center_crop"]:
        crop = crop_size(config)
        top, left = (pixels.shape[0] - crop) // 2, (pixels.shape[1] - crop) // 2
        pixels = pixels[top : top + crop, left : left + crop]
    return pixels.transpose(2, 0, 1)


def tensor(image, config):
    mean = np.array(config["image_mean"], np.float32).reshape(3, 1, 1)
    std = np.array(config["image_std"], np.float32).reshape(3, 1, 1)
    scaled = prepare(image, config).astype(np.float32) * np.float32(config["rescale_factor"])
    return ((scaled - mean) / std).astype(np.float32)


def load(data):
    """All images of a data folder as one batch, and their labels."""
    config = json.loads((data / "preprocessor_config.json").read_text())
    with open(data / "labels.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    images = [tensor(Image.open(data / "images" / row["file"]), config) for row in rows]
    return np.stack(images), np.array([int(row["label"]) for row in rows])


# --- measuring ------------------------------------------------------------------


def session(model, threads=1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def predict(model, images):
    runner = session(model)
    parts = [runner.run(None, {"image": images[i : i + 50]})[0] for i in range(0, len(images), 50)]
    return np.concatenate(parts)


def accuracy(model, data):
    """(how many of the held-out images the model gets right, how many there are)"""
    images, labels = load(data)
    return int((predict(model, images).argmax(1) == labels).sum()), len(labels)


def quantize(model, target, images):
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = iter(images)

        def get_next(self):
            image = next(self.left, None)
            return None if image is None else {"image": image[None]}

    ready = target.with_name("ready.onnx")
    quant_pre_process(str(model), str(ready))  # folds batch norm into the convolutions
    quantize_static(
        str(ready),
        str(target),
        Reader(),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        # Without VNNI the 8-bit products are added in pairs to 16 bits and may
        # saturate; 7-bit weights cannot.
        reduce_range=True,
    )


def median_times(models, image, rounds):
    """Milliseconds per inference, the models taking turns: whatever disturbs the
    machine disturbs all of them."""
    runners = [session(model) for model in models]
    times = [[] for _ in models]
    for round_ in range(rounds + 10):
        for runner, kept in zip(runners, times):
            began = time.perf_counter()
            runner.run(None, {"image": image})
            if round_ >= 10:
                kept.append((time.perf_counter() - began) * 1000)
    return [float(np.median(kept)) for kept in times]


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sample", type=Path, default=HERE.parents[1] / "resources" / "sample")
    options.add_argument("--int8", action="store_true")
    options.add_argument("--rounds", type=int, default=200)
    args = options.parse_args()
    model = args.sample / "model.onnx"

    images, labels = load(args.sample / "data")
    plain = predict(model, images)
    right = int((plain.argmax(1) == labels).sum())
    print(f"float: {right} of {len(labels)} right, {right / len(labels):.1%}")
    if not args.int8:
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "int8.onnx"
        quantize(model, target, images[:128])
        small = predict(target, images)
        right = int((small.argmax(1) == labels).sum())
        agree = float((small.argmax(1) == plain.argmax(1)).mean())
        print(f"int8:  {right} of {len(labels)} right, {right / len(labels):.1%}; same answer as float {agree:.1%}")
        before, after = median_times([model, target], images[:1], args.rounds)
        print(f"one thread, median of {args.rounds}: float {before:.2f} ms, int8 {after:.2f} ms, {before / after:.2f}x")
        print(f"file: float {model.stat().st_size:,} bytes, int8 {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
