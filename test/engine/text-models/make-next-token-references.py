"""Writes next-tokens.json: scores of two models for three short texts, and what torch makes of them.

    pip install torch
    python make-next-token-references.py

Perplexity is exp of torch.nn.functional.cross_entropy over all predicted tokens, the divergence that of torch.nn.functional.kl_div.
"""

import json
from pathlib import Path

import torch
from torch.nn import functional

torch.manual_seed(4)
lengths, vocabulary = [5, 9, 3, 7], 6
texts = []
for length in lengths:
    ids = torch.randint(0, vocabulary, (length,))
    before = (2 * torch.randn(length, vocabulary, dtype=torch.float64)).round(decimals=3)
    after = (before + 0.6 * torch.randn(length, vocabulary, dtype=torch.float64)).round(decimals=3)
    texts.append((ids, before, after))
right = torch.cat([ids[1:] for ids, _, _ in texts])
mine, theirs = (torch.cat([text[side][:-1] for text in texts]) for side in (1, 2))
logs = [functional.log_softmax(scores, dim=1) for scores in (mine, theirs)]
Path(__file__).with_name("next-tokens.json").write_text(
    json.dumps(
        {
            "vocabulary": vocabulary,
            "texts": [{"ids": ids.tolist(), "before": before.flatten().tolist(), "after": after.flatten().tolist()} for ids, before, after in texts],
            "perplexity": [float(functional.cross_entropy(scores, right).exp()) for scores in (mine, theirs)],
            "divergence": float(functional.kl_div(logs[1], logs[0], log_target=True, reduction="batchmean")),
            "same": float((mine.argmax(1) == theirs.argmax(1)).double().mean()),
        }
    )
    + "\n"
)
