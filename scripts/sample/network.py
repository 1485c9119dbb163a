"""The sample's classifier: a small residual network of plain convolutions.

Plain 3x3 and 1x1 convolutions with batch norm, ReLU and residual additions are
what most image models in use are made of, and they are where int8 pays: nearly
all multiplications sit in 3x3 convolutions of 64 channels and more.
"""

from collections import OrderedDict

from torch import nn


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU()
        self.shortcut = nn.Identity()
        if inputs != outputs or stride != 1:
            self.shortcut = nn.Sequential(
                OrderedDict(
                    conv=nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                    bn=nn.BatchNorm2d(outputs),
                )
            )

    def forward(self, x):
        y = self.relu1(self.bn1(self.conv1(x)))
        return self.relu2(self.bn2(self.conv2(y)) + self.shortcut(x))


def stage(inputs, outputs, stride, blocks):
    made = [Block(inputs, outputs, stride)]
    made += [Block(outputs, outputs, 1) for _ in range(blocks - 1)]
    return nn.Sequential(OrderedDict((f"block{i + 1}", b) for i, b in enumerate(made)))


class PartNet(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.stem = nn.Sequential(
            OrderedDict(
                conv=nn.Conv2d(3, 32, 3, 2, 1, bias=False), bn=nn.BatchNorm2d(32), relu=nn.ReLU()
            )
        )
        self.stage1 = stage(32, 64, 1, blocks=1)
        self.stage2 = stage(64, 128, 2, blocks=2)
        self.stage3 = stage(128, 256, 2, blocks=2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(256, classes)

    def forward(self, image):
        x = self.stage3(self.stage2(self.stage1(self.stem(image))))
        return self.head(self.flatten(self.pool(x)))
