"""Every form of a model on the same samples, timed in pairs: measure.py ORIGINAL SAMPLES.npz FORM.onnx... One line of JSON, a row each."""
import sys, json, time, os
import numpy as np
import onnxruntime as ort

original, samples_path, *forms = sys.argv[1:]
ort.set_default_logger_severity(4)


def load(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


data = np.load(samples_path)
names = [name for name in data.files if name != "labels"]
feeds = [{name: data[name][i : i + 1] for name in names} for i in range(len(data[names[0]]))]
labels = data["labels"].ravel() if "labels" in data.files else None
base = load(original)
expected = [base.run(None, feed) for feed in feeds]


def top1(outputs):
    return float(np.mean([np.argmax(o[0]) == label for o, label in zip(outputs, labels)]) * 100)


rows = []
for path in forms:
    try:
        session = load(path)
        actual = [session.run(None, feed) for feed in feeds]
    except Exception as error:
        rows.append({"error": str(error).split("\n")[0][:120]})
        continue
    signal = error = 0.0
    for before, after in zip(expected, actual):
        for x, y in zip(before, after):
            if x.dtype.kind == "f":
                signal += float(np.sum(np.square(x, dtype=np.float64)))
                error += float(np.sum(np.square(x.astype(np.float64) - y)))
    ratios, until = [], time.time() + 1.5
    while len(ratios) < 20 or (time.time() < until and len(ratios) < 400):
        times = {}
        for one in ((base, session) if len(ratios) % 2 else (session, base)):
            start = time.perf_counter()
            one.run(None, feeds[len(ratios) % len(feeds)])
            times[one] = time.perf_counter() - start
        ratios.append(times[base] / times[session])
    resampled = np.median(np.random.default_rng(0).choice(ratios, (1000, len(ratios))), axis=1)
    rows.append({"sqnrDb": 10 * np.log10(signal / max(error, 1e-30)), "speed": float(np.median(ratios)), "bytes": os.path.getsize(path),
                 "speedCi95": [float(end) for end in np.percentile(resampled, [2.5, 97.5])],
                 "top1": None if labels is None else top1(actual)})
print(json.dumps({"rows": rows, "bytes": os.path.getsize(original), "top1": None if labels is None else top1(expected)}))
