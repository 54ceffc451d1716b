"""Quantizes a float ONNX model as other runtimes run it fastest.

usage: quantize_onnx.py MODEL FOLDER

Writes FOLDER/NAME_s8s8.onnx (int8 activations and weights) and NAME_u8s8.onnx (uint8 activations), both QDQ with
one scale per output channel. Ranges are those of noise: speed does not depend on them.
"""

import pathlib
import sys

import numpy
import onnx
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process


class Noise(CalibrationDataReader):
    def __init__(self, model):
        graph = onnx.load(model, load_external_data=False).graph
        constants = {tensor.name for tensor in graph.initializer}
        value = next(value for value in graph.input if value.name not in constants)
        shape = [size.dim_value or 1 for size in value.type.tensor_type.shape.dim]
        random = numpy.random.default_rng(1)
        self.samples = iter([{value.name: random.uniform(-1, 1, shape).astype(numpy.float32)} for _ in range(2)])

    def get_next(self):
        return next(self.samples, None)


def main():
    model, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    prepared = folder / f"{model.stem}_prepared.onnx"
    quant_pre_process(str(model), str(prepared), skip_symbolic_shape=True)
    for form, kind in (("s8s8", QuantType.QInt8), ("u8s8", QuantType.QUInt8)):
        quantize_static(str(prepared), str(folder / f"{model.stem}_{form}.onnx"), Noise(model), per_channel=True,
                        quant_format=QuantFormat.QDQ, activation_type=kind, weight_type=QuantType.QInt8)
    prepared.unlink()


if __name__ == "__main__":
    main()
