"""Samples for calibration, and others for measuring: split.py SAMPLES.npz CALIBRATION.npz EVALUATION.npz. At most 64 and 128."""
import sys
import numpy as np

data = np.load(sys.argv[1])
count = min(len(data[name]) for name in data.files)
cut = min(64, count // 2)
np.savez(sys.argv[2], **{name: data[name][:cut] for name in data.files if name != "labels"})
np.savez(sys.argv[3], **{name: data[name][cut : min(count, cut + 128)] for name in data.files})
