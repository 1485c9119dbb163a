"""Builds models of common shapes with seeded random weights, and their samples: build_models.py FOLDER [NAME]. Needs torch and onnx."""
import sys, os
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F

folder, only = sys.argv[1], (sys.argv + [""])[2]
count = 48
torch.manual_seed(0)
np.random.seed(0)


class Block(nn.Module):
    def __init__(self, width, heads, causal=False, cross=False):
        super().__init__()
        self.heads, self.causal = heads, causal
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.q, self.k, self.v, self.o = (nn.Linear(width, width) for _ in range(4))
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        b, s, w = x.shape
        h = self.norm1(x)
        split = lambda t: t.reshape(b, s, self.heads, w // self.heads).transpose(1, 2)
        q, k, v = split(self.q(h)), split(self.k(h)), split(self.v(h))
        scores = q @ k.transpose(-1, -2) / (w // self.heads) ** 0.5
        if self.causal:
            scores = scores + torch.full((s, s), -1e4).triu(1)
        x = x + self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, s, w))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.places = nn.Embedding(2000, 256), nn.Parameter(torch.randn(64, 256) * 0.1)
        self.blocks, self.norm = nn.Sequential(*[Block(256, 4) for _ in range(4)]), nn.LayerNorm(256)

    def forward(self, ids):
        return self.norm(self.blocks(self.words(ids) + self.places))


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.g = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.g


class LlamaBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.n1, self.n2 = heads, RMSNorm(width), RMSNorm(width)
        lin = lambda i, o: nn.Linear(i, o, bias=False)
        self.q, self.k, self.v, self.o = (lin(width, width) for _ in range(4))
        self.gate, self.up, self.down = lin(width, 2 * width), lin(width, 2 * width), lin(2 * width, width)

    def forward(self, x):
        b, s, w = x.shape
        h = self.n1(x)
        split = lambda t: t.reshape(b, s, self.heads, w // self.heads).transpose(1, 2)
        q, k, v = split(self.q(h)), split(self.k(h)), split(self.v(h))
        scores = q @ k.transpose(-1, -2) / (w // self.heads) ** 0.5 + torch.full((s, s), -1e4).triu(1)
        x = x + self.o((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, s, w))
        h = self.n2(x)
        return x + self.down(F.silu(self.gate(h)) * self.up(h))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(1000, 256)
        self.blocks, self.norm, self.head = nn.Sequential(*[LlamaBlock(256, 4) for _ in range(4)]), RMSNorm(256), nn.Linear(256, 1000, bias=False)

    def forward(self, ids):
        return self.head(self.norm(self.blocks(self.words(ids))))


class Whisper(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1, self.c2 = nn.Conv1d(40, 192, 3, padding=1), nn.Conv1d(192, 192, 3, stride=2, padding=1)
        self.blocks, self.norm = nn.Sequential(*[Block(192, 3) for _ in range(2)]), nn.LayerNorm(192)

    def forward(self, mel):
        return self.norm(self.blocks(F.gelu(self.c2(F.gelu(self.c1(mel)))).transpose(1, 2)))


def conv(i, o, act, stride=1):
    return nn.Sequential(nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), act())


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        r = nn.ReLU
        self.d1, self.d2, self.d3 = (nn.Sequential(conv(i, o, r), conv(o, o, r)) for i, o in ((3, 16), (16, 32), (32, 64)))
        self.t1, self.t2 = nn.ConvTranspose2d(64, 32, 2, 2), nn.ConvTranspose2d(32, 16, 2, 2)
        self.u1, self.u2, self.head = conv(64, 32, r), conv(32, 16, r), nn.Conv2d(16, 2, 1)

    def forward(self, x):
        a = self.d1(x)
        b = self.d2(F.max_pool2d(a, 2))
        c = self.d3(F.max_pool2d(b, 2))
        y = self.u1(torch.cat([self.t1(c), b], 1))
        return self.head(self.u2(torch.cat([self.t2(y), a], 1)))


class Yolo(nn.Module):
    def __init__(self):
        super().__init__()
        s = nn.SiLU
        self.body = nn.Sequential(conv(3, 16, s, 2), conv(16, 32, s, 2), conv(32, 64, s, 2), conv(64, 64, s))
        self.box, self.cls = nn.Conv2d(64, 4, 1), nn.Conv2d(64, 10, 1)

    def forward(self, x):
        f = self.body(x)
        return torch.cat([self.box(f).flatten(2) * 8, self.cls(f).flatten(2).sigmoid()], 1)


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        part = lambda i, o, k, s: [nn.Conv2d(i, o, k, s, k // 2, bias=False), nn.BatchNorm2d(o)]
        self.body = nn.Sequential(*part(inputs, width, 1, 1), nn.ReLU(), *part(width, width, 3, stride), nn.ReLU(), *part(width, 4 * width, 1, 1))
        self.skip = nn.Sequential(*part(inputs, 4 * width, 1, stride)) if inputs != 4 * width or stride > 1 else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.skip(x))


def resnet50():
    """ResNet-50 v1.5 (He et al. 2015; stride in the 3x3)."""
    layers, inputs = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)], 64
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            layers.append(Bottleneck(inputs, width, 2 if block == 0 and width > 64 else 1))
            inputs = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


class Separable(nn.Module):
    """Inverted residuals with squeeze-and-excitation and SiLU, as EfficientNet has them."""
    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            wide = 4 * inputs
            self.up, self.deep = nn.Sequential(nn.Conv2d(inputs, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.SiLU()), nn.Sequential(nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False), nn.BatchNorm2d(wide), nn.SiLU())
            self.less, self.more = nn.Conv2d(wide, inputs // 4, 1), nn.Conv2d(inputs // 4, wide, 1)
            self.down, self.same = nn.Sequential(nn.Conv2d(wide, outputs, 1, bias=False), nn.BatchNorm2d(outputs)), inputs == outputs and stride == 1

        def forward(self, x):
            y = self.deep(self.up(x))
            y = self.down(y * self.more(F.silu(self.less(y.mean((2, 3), keepdim=True)))).sigmoid())
            return x + y if self.same else y

    def __init__(self):
        super().__init__()
        block = Separable.Block
        self.body = nn.Sequential(conv(3, 16, nn.SiLU, 2), block(16, 24, 2), block(24, 24, 1), block(24, 48, 2), block(48, 48, 1), block(48, 96, 2), block(96, 96, 1))
        self.head = nn.Linear(96, 100)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm, self.head = nn.LSTM(64, 192, 2), nn.Linear(192, 20)

    def forward(self, x):
        return self.head(self.lstm(x.transpose(0, 1))[0].transpose(0, 1))


def settle(model, samples):
    """BatchNorm of random networks: moments as training would leave them."""
    model.train()
    with torch.no_grad():
        for i in range(0, 16, 4):
            model(samples[i : i + 4])
    return model.eval()


ids = lambda top, length: torch.randint(0, top, (count, length))
smooth = lambda *shape: F.interpolate(torch.randn(count, shape[0], shape[1] // 8, shape[2] // 8), scale_factor=8, mode="bilinear") + 0.2 * torch.randn(count, *shape)
made = {
    "bert-like": (Encoder(), "ids", ids(2000, 64)),
    "llama-like": (Decoder(), "ids", ids(1000, 32)),
    "whisper-like": (Whisper(), "mel", F.avg_pool1d(torch.randn(count, 40, 402), 3, 1)),
    "u-net": (UNet(), "x", smooth(3, 64, 64)),
    "yolo-like": (Yolo(), "x", smooth(3, 96, 96)),
    "efficientnet-like": (Separable(), "x", smooth(3, 96, 96)),
    "resnet50": (resnet50(), "x", smooth(3, 224, 224)),
    "lstm": (Recurrent(), "x", F.avg_pool1d(torch.randn(count, 64, 42), 3, 1).transpose(1, 2)[:, :40] * 2),
}
for name, (model, input_name, samples) in made.items():
    if only not in name:
        continue
    model = settle(model, samples) if any(isinstance(part, nn.BatchNorm2d) for part in model.modules()) else model.eval()
    path = os.path.join(folder, name)
    torch.onnx.export(model, (samples[:1],), path + ".onnx", input_names=[input_name], output_names=["y"], opset_version=17, dynamo=False)
    np.savez(path + ".npz", **{input_name: samples.numpy()})
