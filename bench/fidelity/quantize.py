"""ONNX Runtime's own quantizers: quantize.py MODEL SAMPLES.npz METHOD OUT. The last line is JSON: seconds and megabytes."""
import sys, json, time, resource, logging, os, tempfile
import numpy as np

model_path, samples_path, method, out = sys.argv[1:]
logging.disable(logging.WARNING)
import onnx
from onnxruntime.quantization import (CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static)

start = time.time()


class Reader(CalibrationDataReader):
    def __init__(self):
        data = np.load(samples_path)
        names = [name for name in data.files if name != "labels"]
        self.feeds = iter([{name: data[name][i : i + 1] for name in names} for i in range(len(data[names[0]]))])

    def get_next(self):
        return next(self.feeds, None)


def prepared():
    from onnxruntime.quantization.shape_inference import quant_pre_process
    path = os.path.join(tempfile.mkdtemp(), "prepared.onnx")
    for skip in (False, True):
        try:
            quant_pre_process(model_path, path, skip_symbolic_shape=skip)
            return path
        except Exception:
            pass
    return model_path


if method.startswith("static"):
    kind = CalibrationMethod.Percentile if "percentile" in method else CalibrationMethod.MinMax
    quantize_static(prepared(), out, Reader(), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range="reduced" in method,
                    activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, calibrate_method=kind)
elif method.startswith("dynamic"):
    quantize_dynamic(model_path, out, per_channel=True, reduce_range="reduced" in method, weight_type=QuantType.QInt8)
else:
    from onnxruntime.quantization.matmul_nbits_quantizer import HQQWeightOnlyQuantConfig, MatMulNBitsQuantizer
    config = dict(algo_config=HQQWeightOnlyQuantConfig(block_size=32)) if "HQQ" in method else {}
    quantizer = MatMulNBitsQuantizer(onnx.load(model_path), block_size=32, is_symmetric=False, accuracy_level=4, **config)
    quantizer.process()
    quantizer.model.save_model_to_file(out)
print(json.dumps({"seconds": time.time() - start, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
