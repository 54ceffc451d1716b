"""Times one int8 model of another runtime in a fresh process and prints one JSON line.

usage: time_peer.py litert|openvino|onnxruntime MODEL THREADS SECONDS

Batch 1, random input, a quarter of a second of warm-up.
"""

import json
import sys
import time

import numpy


def litert(path, threads):
    from importlib.metadata import version

    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(model_path=path, num_threads=threads)
    interpreter.allocate_tensors()
    spec = interpreter.get_input_details()[0]
    pixels = numpy.random.default_rng(1).integers(-128, 128, spec["shape"]).astype(spec["dtype"])
    interpreter.set_tensor(spec["index"], pixels)
    return "LiteRT " + version("ai-edge-litert"), interpreter.invoke


def openvino(path, threads):
    import openvino as ov

    core = ov.Core()
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1}
    model = core.read_model(path)
    if model.is_dynamic():
        # An open batch would be taken for none.
        sizes = model.input(0).partial_shape
        model.reshape([1 if size.is_dynamic else size.get_length() for size in sizes])
    request = core.compile_model(model, "CPU", settings).create_infer_request()
    shape = list(request.get_input_tensor().shape)
    pixels = numpy.random.default_rng(1).uniform(-1, 1, shape).astype(numpy.float32)
    request.set_input_tensor(ov.Tensor(pixels, shared_memory=True))
    return "OpenVINO " + ov.__version__.split("-")[0], request.infer


def onnxruntime(path, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    spec = session.get_inputs()[0]
    shape = [size if isinstance(size, int) else 1 for size in spec.shape]
    inputs = {spec.name: numpy.random.default_rng(1).uniform(-1, 1, shape).astype(numpy.float32)}
    return "ONNX Runtime " + ort.__version__, lambda: session.run(None, inputs)


def main():
    runtime, path, threads, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    name, run = {"litert": litert, "openvino": openvino, "onnxruntime": onnxruntime}[runtime](path, threads)
    warm = time.perf_counter() + 0.25
    while time.perf_counter() < warm:
        run()
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter_ns()
        run()
        times.append((time.perf_counter_ns() - start) / 1e6)
    times.sort()
    print(json.dumps({"runtime": name, "runs": len(times), "min_ms": times[0],
                      "median_ms": times[len(times) // 2]}))


if __name__ == "__main__":
    main()
