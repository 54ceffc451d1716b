"""MobileNetV1 (Howard et al., arXiv:1704.04861) under the parameter names Swiftlet reads.

torchvision has no MobileNetV1: this module fixes the names and the details the paper leaves open:

    features.0.0, .1, .2       stem: 3x3 convolution with stride 2, batch norm, ReLU6
    features.N.0, .1, .2       N = 1 ... 13: 3x3 depthwise convolution, batch norm, ReLU6
    features.N.3, .4, .5       1x1 convolution, batch norm, ReLU6
    classifier                 fully connected, after the mean over all positions

Every 3x3 convolution pads one pixel on each side (not TensorFlow's "same"), batch norm has
eps 1e-5, and no convolution has a bias. Input is N x 3 x H x W with H and W multiples of 32.
"""

from torch import Tensor, nn

# Output channels at width 1 and depthwise stride of blocks 1 to 13.
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *((512, 1),) * 5,
    (1024, 2),
    (1024, 1),
)


def scaled_channels(channels: int, width: float) -> int:
    """Channels at a width multiplier: truncated, at least 8."""
    return max(8, int(channels * width))


def conv_bn_relu6(inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> list:
    """The three modules of one convolution; padding keeps the size at stride 1."""
    return [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-5),
        nn.ReLU6(inplace=True),
    ]


class MobileNetV1(nn.Module):
    """MobileNetV1 with a width multiplier; returns logits of shape N x num_classes."""

    def __init__(self, width_mult: float = 1.0, num_classes: int = 1000) -> None:
        super().__init__()
        channels = scaled_channels(32, width_mult)
        blocks = [nn.Sequential(*conv_bn_relu6(3, channels, 3, 2, 1))]
        for base, stride in BLOCKS:
            outputs = scaled_channels(base, width_mult)
            blocks.append(
                nn.Sequential(
                    *conv_bn_relu6(channels, channels, 3, stride, channels),
                    *conv_bn_relu6(channels, outputs, 1, 1, 1),
                )
            )
            channels = outputs
        self.features = nn.Sequential(*blocks)
        self.classifier = nn.Linear(channels, num_classes)
        self._initialise()

    def _initialise(self) -> None:
        """He initialisation for convolutions, as torchvision does for its MobileNets."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0, 0.01)
                nn.init.zeros_(module.bias)

    def forward(self, images: Tensor) -> Tensor:
        return self.classifier(self.features(images).mean(dim=(2, 3)))
