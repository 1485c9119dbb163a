"""Renders the sample data set: photographs of machine parts that never existed.

Everything is drawn by this code from a seed - no outside data - so that the
images carry the licence of the project. Image ``index`` of ``split`` depends
on nothing but (SEED, split, index): it may be rendered alone, in any order, by
any number of processes, and the held-out images can never be training images.

    python generate.py --count 50 --out /tmp/parts     # look at some images
"""

import argparse
import io
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from parts import PARTS, TAU, ramp

SEED = 20260
SIZE = 96  # pixels, both ways
JPEG_QUALITY = 85
SPLITS = {"train": 0, "heldout": 1}
NAMES = [name for name, _ in PARTS]

# Linear-light base colours, specular strength, and how broad the highlight is.
FINISHES = [
    ((0.62, 0.64, 0.67), 0.75, 22),  # steel
    ((0.46, 0.47, 0.50), 0.55, 14),  # worn steel
    ((0.66, 0.66, 0.60), 0.50, 16),  # zinc, yellowish
    ((0.50, 0.56, 0.66), 0.65, 20),  # zinc, bluish
    ((0.74, 0.57, 0.25), 0.70, 20),  # brass
    ((0.70, 0.40, 0.25), 0.60, 18),  # copper
    ((0.10, 0.10, 0.11), 0.40, 18),  # black oxide
    ((0.66, 0.11, 0.09), 0.35, 26),  # red paint
    ((0.10, 0.28, 0.55), 0.35, 26),  # blue paint
    ((0.80, 0.56, 0.07), 0.35, 26),  # yellow paint
    ((0.12, 0.40, 0.26), 0.35, 26),  # green paint
    ((0.42, 0.23, 0.13), 0.08, 6),  # rust
]
CLOTHS = [
    (0.16, 0.22, 0.36),  # navy
    (0.34, 0.36, 0.38),  # grey felt
    (0.20, 0.33, 0.24),  # bottle green
    (0.45, 0.17, 0.15),  # brick
    (0.60, 0.55, 0.45),  # linen
    (0.20, 0.42, 0.47),  # petrol
]


def noise(rng, cells_y, cells_x):
    """Smooth noise in about [-1, 1] with the given number of cells each way."""
    grid = rng.normal(0, 0.5, (cells_y + 3, cells_x + 3)).astype(np.float32)
    image = Image.fromarray(grid).resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    return np.asarray(image)


def blur(image, sigma):
    """Gaussian blur of an (H, W) or (H, W, C) array, edges repeated."""
    if sigma < 0.2:
        return image
    reach = int(np.ceil(2.5 * sigma))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    kernel = (kernel / kernel.sum()).astype(np.float32)
    for axis in (0, 1):
        pad = [(0, 0)] * image.ndim
        pad[axis] = (reach, reach)
        padded = np.pad(image, pad, mode="edge")
        image = sum(
            w * np.take(padded, range(i, i + SIZE), axis=axis)
            for i, w in enumerate(kernel)
        )
    return image


def pixel_grid():
    axis = (np.arange(SIZE, dtype=np.float32) + 0.5) / SIZE * 2 - 1
    return np.meshgrid(axis, axis)


# --- what lies under the part ---------------------------------------------------


def background(rng):
    x, y = pixel_grid()
    angle = rng.uniform(0, TAU)
    u = np.cos(angle) * x + np.sin(angle) * y
    v = np.cos(angle) * y - np.sin(angle) * x
    kind = rng.integers(8)
    if kind == 0:  # wood
        tone, detail = (0.50, 0.34, 0.20), noise(rng, 3, 3) * 0.5
        detail = np.sin(v * rng.uniform(14, 30) + 4 * detail) * 0.13 + noise(rng, 40, 6) * 0.08
    elif kind == 1:  # cutting mat
        tone, pitch = (0.09, 0.30, 0.24), rng.uniform(0.22, 0.4)
        line = np.minimum(np.abs(np.mod(u, pitch) - pitch / 2), np.abs(np.mod(v, pitch) - pitch / 2))
        detail = 0.5 * ramp(1 - line / 0.025) + noise(rng, 30, 30) * 0.05
    elif kind == 2:  # brushed metal
        tone, detail = (0.48, 0.49, 0.51), noise(rng, 90, 4) * 0.16 + noise(rng, 3, 3) * 0.12
    elif kind == 3:  # concrete
        tone, detail = (0.47, 0.46, 0.44), noise(rng, 45, 45) * 0.16 + noise(rng, 8, 8) * 0.14
    elif kind == 4:  # cardboard
        tone, detail = (0.60, 0.46, 0.31), 0.07 * np.sin(u * rng.uniform(45, 70)) + noise(rng, 40, 40) * 0.06
    elif kind == 5:  # perforated board
        tone, pitch = (0.55, 0.52, 0.47), rng.uniform(0.25, 0.4)
        hole = np.hypot(np.mod(u, pitch) - pitch / 2, np.mod(v, pitch) - pitch / 2)
        detail = -0.75 * ramp((pitch * 0.24 - hole) / 0.04) + noise(rng, 10, 10) * 0.07
    elif kind == 6:  # cloth
        tone, weave = CLOTHS[rng.integers(len(CLOTHS))], rng.uniform(50, 75)
        detail = 0.10 * np.sin(u * weave) * np.sin(v * weave) + noise(rng, 5, 5) * 0.18
    else:  # paper or lacquer
        tone, detail = rng.uniform(0.2, 0.8) + rng.uniform(-0.05, 0.05, 3), noise(rng, 4, 4) * 0.08
    tone = np.array(tone) * rng.uniform(0.7, 1.3) + rng.uniform(-0.04, 0.04, 3)
    image = tone * (1 + detail[..., None])
    if rng.random() < 0.25:  # oil stains
        stain = ramp((noise(rng, 3, 3) - 0.2) / 0.6)
        image = image * (1 - rng.uniform(0.2, 0.5) * stain[..., None])
    if rng.random() < 0.3:  # scratches
        for _ in range(rng.integers(1, 5)):
            t = rng.uniform(0, TAU)
            line = np.abs(np.cos(t) * x + np.sin(t) * y - rng.uniform(-0.9, 0.9))
            image = image + rng.uniform(-0.2, 0.3) * ramp(1 - line / 0.02)[..., None]
    return np.clip(image, 0.01, 1)


# --- the part itself ------------------------------------------------------------


def placed(rng, centre, scale, tilt):
    """Object coordinates of every pixel under a random pose, and its pixel size."""
    x, y = pixel_grid()
    x, y = x - centre[0], y - centre[1]
    # Foreshortening along one axis, plus a perspective divide along another.
    axis = rng.uniform(0, np.pi)
    c, s = np.cos(axis), np.sin(axis)
    along, across = c * x + s * y, c * y - s * x
    along = along / rng.uniform(1 - tilt, 1)
    x, y = c * along - s * across, s * along + c * across
    px, py = rng.uniform(-0.7, 0.7, 2) * tilt
    w = 1 + px * x + py * y
    turn = rng.uniform(0, TAU)
    c, s = np.cos(turn) / scale, np.sin(turn) / scale
    x, y = (c * x + s * y) / w, (c * y - s * x) / w
    if rng.random() < 0.5:
        y = -y
    return x, y, 2 / SIZE / scale


def put_part(image, rng, which, centre, scale, tilt, light):
    """Draws one lit part, with its shadow, over `image`."""
    x, y, pixel = placed(rng, centre, scale, tilt)
    d, h = PARTS[which][1](x, y, rng)
    cover = np.clip(0.5 - d / pixel, 0, 1)
    h = np.maximum(h, 0) * cover

    base, gloss, tight = FINISHES[rng.integers(len(FINISHES))]
    base = np.array(base) * rng.uniform(0.75, 1.2) + rng.uniform(-0.03, 0.03, 3)
    wear = 1 + noise(rng, 18, 18) * rng.uniform(0.03, 0.2)
    if rng.random() < 0.3:  # patches of rust
        patch = ramp((noise(rng, 6, 6) - rng.uniform(0.1, 0.5)) / 0.2)[..., None]
        base = base * (1 - patch) + np.array((0.36, 0.19, 0.10)) * patch

    slope_y, slope_x = np.gradient(blur(h, 0.6), pixel)
    steep = rng.uniform(0.7, 1.2)
    normal = np.stack([-slope_x * steep, -slope_y * steep, np.ones_like(h)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    lit = np.clip(normal @ light, 0, 1)
    half = light + np.array((0, 0, 1))
    shine = np.clip(normal @ (half / np.linalg.norm(half)), 0, 1) ** tight
    # Polished metal also mirrors the room: light and dark bands over the slopes.
    room = np.sin(normal[..., 0] * rng.uniform(2, 5) + normal[..., 1] * rng.uniform(2, 5) + rng.uniform(0, TAU))
    shade = (0.32 + 0.75 * lit + 0.22 * gloss * room) * wear
    surface = base * shade[..., None] + gloss * rng.uniform(0.3, 0.9) * shine[..., None]

    # The shadow is the outline moved away from the light and softened.
    shift = -light[:2] / light[2] * rng.uniform(0.05, 0.12) * scale * SIZE / 2
    shadow = np.roll(cover, np.round(shift).astype(int)[::-1], axis=(0, 1))
    shadow = blur(shadow, rng.uniform(1.0, 2.5)) * rng.uniform(0.35, 0.75)
    image = image * (1 - shadow[..., None])
    return image * (1 - cover[..., None]) + surface * cover[..., None]


def put_occluder(image, rng):
    """Something lies over the part: a cable, a strip of tape, or a drop of oil."""
    x, y = pixel_grid()
    t = rng.uniform(0, TAU)
    u = np.cos(t) * x + np.sin(t) * y - rng.uniform(-0.45, 0.45)
    v = np.cos(t) * y - np.sin(t) * x
    colour = rng.uniform(0.03, 0.75, 3)
    kind = rng.integers(3)
    if kind == 0:
        across = np.abs(u + 0.16 * np.sin(v * rng.uniform(1, 3.5) + rng.uniform(0, TAU)))
        width = rng.uniform(0.06, 0.13)
        round_ = np.sqrt(np.clip(1 - (across / width) ** 2, 0, 1))
        cover, tone = np.clip((width - across) * SIZE / 2, 0, 1), 0.4 + 0.7 * round_
    elif kind == 1:
        cover = np.clip((rng.uniform(0.1, 0.2) - np.abs(u)) * SIZE / 2, 0, 1) * rng.uniform(0.75, 1)
        tone = 1 + 0.1 * noise(rng, 20, 20)
    else:
        blob = np.hypot(u, v - rng.uniform(-0.4, 0.4)) + 0.12 * noise(rng, 5, 5)
        cover = ramp((rng.uniform(0.2, 0.38) - blob) / 0.05) * 0.92
        colour, tone = colour * 0.25, 1 + 0.3 * noise(rng, 6, 6)
    image = image * (1 - 0.4 * blur(cover, 2.0)[..., None])
    return image * (1 - cover[..., None]) + colour * (tone * cover)[..., None]


# --- the camera -----------------------------------------------------------------


def photograph(image, rng):
    x, y = pixel_grid()
    t = rng.uniform(0, TAU)
    gain = np.exp(rng.normal(0, 0.25))
    falloff = 1 + rng.uniform(0, 0.4) * (np.cos(t) * x + np.sin(t) * y)
    warmth = 1 + rng.uniform(-0.14, 0.14) * np.array((1, 0, -1))
    image = image * (gain * falloff)[..., None] * warmth
    image = blur(image, abs(rng.normal(0, 0.6)))
    if rng.random() < 0.15:  # the camera moved
        steps, a = rng.integers(2, 6), rng.uniform(0, TAU)
        moves = [(round(np.sin(a) * k), round(np.cos(a) * k)) for k in range(steps)]
        image = np.mean([np.roll(image, m, axis=(0, 1)) for m in moves], axis=0)
    if rng.random() < 0.2:  # poor contrast: fog on the lens
        image = image * rng.uniform(0.45, 0.8) + rng.uniform(0.1, 0.3)
    image = np.clip(image, 0, 1) ** (1 / rng.uniform(1.4, 1.8))
    image = image + rng.normal(0, 1, image.shape) * abs(rng.normal(0, 0.022))
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


def render(split, index):
    """One image of the data set: (RGB array, class number)."""
    rng = np.random.default_rng([SEED, SPLITS[split], index])
    label = index % len(PARTS)
    elevation, azimuth = rng.uniform(0.6, 1.2), rng.uniform(0, TAU)
    light = np.array(
        (np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation))
    )
    image = background(rng)
    if rng.random() < 0.25:  # a neighbour reaches in from the edge
        side = rng.uniform(0, TAU)
        edge = np.array((np.cos(side), np.sin(side))) * rng.uniform(1.0, 1.25)
        image = put_part(image, rng, rng.integers(len(PARTS)), edge, rng.uniform(0.35, 0.6), 0.3, light)
    centre = rng.uniform(-0.14, 0.14, 2)
    image = put_part(image, rng, label, centre, rng.uniform(0.56, 0.88), 0.36, light)
    if rng.random() < 0.25:
        image = put_occluder(image, rng)
    return photograph(image, rng), label


def jpeg(pixels):
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return out.getvalue()


def photo(job):
    """The image as a file: what a camera would have handed over."""
    pixels, label = render(*job)
    return jpeg(pixels), label


def photos(split, count, workers):
    """JPEG bytes and labels of the first `count` images of a split, in order."""
    jobs = [(split, index) for index in range(count)]
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(photo, jobs, chunksize=32)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="Writes some images to look at.")
    options.add_argument("--split", choices=SPLITS, default="heldout")
    options.add_argument("--count", type=int, default=50)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--out", type=Path, required=True)
    args = options.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for number, (data, label) in enumerate(photos(args.split, args.count, args.workers)):
        (args.out / f"{number:05d} {NAMES[label]}.jpg").write_bytes(data)
