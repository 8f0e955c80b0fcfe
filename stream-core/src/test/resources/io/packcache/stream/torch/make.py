"""Writes decoder.jit and encoder.jit: a Cosmos tokenizer of the smallest kind as TorchScript archives.

Made with PyTorch 1.13: python3 make.py. Module and parameter names are those of the published archives, and so are the
kinds of things that lie beside them (a quantizer with its buffers, numbers, lists); the channels are 2 and 4 instead of 128
to 512. Number i of every parameter is ((37 i + length of its name) mod 256 - 128) / 64 / (1 + inputs / 8), cut to bfloat16.
"""

import struct
from typing import List

import torch
from torch import nn


def fill(module):
    for name, parameter in module.named_parameters():
        count = parameter.numel()
        inputs = count // parameter.shape[0] if parameter.dim() > 1 else 0
        values = [((37 * i + len(name)) % 256 - 128) / 64 / (1 + inputs // 8) for i in range(count)]
        cut = [struct.unpack("<f", b"\0\0" + struct.pack("<f", v)[2:])[0] for v in values]
        parameter.data = torch.tensor(cut, dtype=torch.float32).reshape(parameter.shape).to(parameter.dtype)


class Conv(nn.Module):
    def __init__(self, inputs, outputs, *kernel):
        super().__init__()
        self.conv3d = nn.Conv3d(inputs, outputs, kernel)

    def forward(self, x):
        return self.conv3d(x)


class Norm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(1, channels, eps=1e-6)

    def forward(self, x):
        return self.norm(x)


def pair(inputs, outputs):
    return nn.Sequential(Conv(inputs, outputs, 1, 3, 3), Conv(outputs, outputs, 3, 1, 1))


class Res(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.norm1 = Norm(inputs)
        self.conv1 = pair(inputs, outputs)
        self.norm2 = Norm(outputs)
        self.conv2 = pair(outputs, outputs)
        self.nin_shortcut = Conv(inputs, outputs, 1, 1, 1) if inputs != outputs else nn.Identity()

    def forward(self, x):
        return self.conv2(self.conv1(x))


class Attention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = Norm(channels)
        for name in ("q", "k", "v", "proj_out"):
            setattr(self, name, Conv(channels, channels, 1, 1, 1))

    def forward(self, x):
        return self.proj_out(self.v(x))


class Middle(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.block_1 = Res(channels, channels)
        self.attn_1 = nn.Sequential(Attention(channels), Attention(channels))
        self.block_2 = Res(channels, channels)

    def forward(self, x):
        return self.block_2(self.attn_1(self.block_1(x)))


class Resample(nn.Module):
    def __init__(self, channels, up):
        super().__init__()
        self.conv1 = Conv(channels, channels, 1, 3, 3)
        if up:
            self.conv2 = Conv(channels, channels, 1, 3, 3)
        self.conv3 = Conv(channels, channels, 1, 1, 1)

    def forward(self, x):
        return self.conv3(self.conv1(x))


class Stage(nn.Module):
    def __init__(self, inputs, outputs, resample, name):
        super().__init__()
        self.block = nn.ModuleList([Res(inputs, outputs), Res(outputs, outputs)])
        setattr(self, name, resample)

    def forward(self, x):
        for block in self.block:
            x = block(x)
        return x


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv_in = pair(192, 2)
        self.down = nn.ModuleList(
            [Stage(2, 4, Resample(4, False), "downsample"), Stage(4, 4, nn.Identity(), "downsample")])
        self.mid = Middle(4)
        self.norm_out = Norm(4)
        self.conv_out = pair(4, 5)

    def forward(self, x):
        x = self.conv_in(x)
        for stage in self.down:
            x = stage(x)
        return self.conv_out(self.norm_out(self.mid(x)))


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv_in = pair(5, 4)
        self.mid = Middle(4)
        self.up = nn.ModuleList([Stage(4, 2, nn.Identity(), "upsample"), Stage(4, 4, Resample(4, True), "upsample")])
        self.norm_out = Norm(2)
        self.conv_out = pair(2, 192)

    def forward(self, x):
        x = self.mid(self.conv_in(x))
        for stage in self.up:
            x = stage(x)
        return self.conv_out(self.norm_out(x))


class Quantizer(nn.Module):
    levels: List[int]
    scale: float

    def __init__(self):
        super().__init__()
        self.register_buffer("_levels", torch.tensor([8, 8, 8, 5, 5, 5], dtype=torch.int32), persistent=False)
        self.register_buffer("_basis", torch.tensor([1, 8, 64, 512, 2560, 12800], dtype=torch.int32))
        self.levels = [8, 8, 8, 5, 5, 5]
        self.scale = 0.5
        self.count = 64000

    def forward(self, x):
        return x * self.scale


def save(path, dtype, **parts):
    model = nn.Sequential()
    for name, part in parts.items():
        model.add_module(name, part)
    fill(model)
    torch.jit.script(model.to(dtype)).save(path)


save("decoder.jit", torch.bfloat16, inv_quant=Quantizer(), post_quant_conv=Conv(6, 5, 1, 1, 1), decoder=Decoder())
save("encoder.jit", torch.float16, encoder=Encoder(), quant_conv=Conv(5, 6, 1, 1, 1), quantizer=Quantizer())
