"""Trains the two models of texts that tests run on, and writes what Python's own libraries say of them.

    pip install torch transformers tokenizers onnx
    python make-text-models.py ../../../docs

`language/`: a language model with a KV cache (2 layers, 40 wide, 256 byte-pair tokens), trained on the English of this project's docs, and
a text that it never saw. `sentiment/`: a classifier of short reviews, trained on sentences that are drawn here. `references.json` has the
ids of the tokenizers library, and the perplexity that torch's cross entropy gives for the unseen text in blocks of 64 tokens.
"""

import json
import math
import random
import sys
from pathlib import Path

import onnx
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, decoders, trainers
from torch import nn
from torch.nn import functional

here = Path(__file__).parent
docs = Path(sys.argv[1])
torch.manual_seed(17)
torch.set_num_threads(1)
block = 64


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x, mask, past_key, past_value):
        batch, steps, width = x.shape
        q, k, v = (part.reshape(batch, -1, self.heads, self.size).transpose(1, 2) for part in self.qkv(x).split(width, dim=2))
        k, v = torch.cat([past_key, k], dim=2), torch.cat([past_value, v], dim=2)
        scores = q @ k.transpose(2, 3) / math.sqrt(self.size) + mask
        mixed = torch.softmax(scores, dim=-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(batch, -1, width)), k, v


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.grow, self.shrink = nn.Linear(width, 3 * width), nn.Linear(3 * width, width)

    def forward(self, x, mask, past_key, past_value):
        mixed, key, value = self.attention(self.first(x), mask, past_key, past_value)
        x = x + mixed
        return x + self.shrink(functional.gelu(self.grow(self.second(x)))), key, value


class Language(nn.Module):
    def __init__(self, vocabulary, width=40, heads=4, layers=2, longest=128):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(longest, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.last, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
        self.heads, self.size, self.layers = heads, width // heads, layers

    def forward(self, input_ids, attention_mask, position_ids, *past):
        x = self.tokens(input_ids) + self.places(position_ids)
        total = attention_mask.shape[1]
        seen = torch.arange(total)[None, None, None, :] <= position_ids[:, None, :, None]
        mask = torch.where(seen & (attention_mask[:, None, None, :] > 0), 0.0, -1e4)
        present = []
        for index, layer in enumerate(self.blocks):
            x, key, value = layer(x, mask, past[2 * index], past[2 * index + 1])
            present += [key, value]
        return (self.head(self.last(x)), *present)

    def empty(self, batch):
        return [torch.zeros(batch, self.heads, 0, self.size) for _ in range(2 * self.layers)]

    def logits(self, ids):
        places = torch.arange(ids.shape[1])[None].expand(ids.shape)
        return self(ids, torch.ones_like(ids), places, *self.empty(len(ids)))[0]


def strip_details(path):
    model = onnx.load(path)
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    onnx.save(model, path)


def make_language():
    folder = here / "language"
    folder.mkdir(exist_ok=True)
    unseen = (docs / "lab.md").read_text() + (docs / "gallery.md").read_text()
    (folder / "unseen.txt").write_text(unseen[:9000])
    text = "\n".join(
        path.read_text() for path in sorted(docs.rglob("*.md")) if path.name not in ("lab.md", "gallery.md", "run-document.md", "cli.md", "data.md")
    )
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    seen = sorted(set(text + unseen))
    tokenizer.train_from_iterator(
        [text], trainers.BpeTrainer(vocab_size=256, special_tokens=["<|endoftext|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if len(seen) > 400 else list("abcdefghijklmnopqrstuvwxyz"), show_progress=False)
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    ids = torch.tensor(tokenizer.encode(text).ids)
    model = Language(tokenizer.get_vocab_size())
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=0.01)
    steps = 700
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 6e-3, total_steps=steps)
    for step in range(steps):
        starts = torch.randint(0, len(ids) - block - 1, (8,))
        batch = torch.stack([ids[start : start + block + 1] for start in starts])
        loss = functional.cross_entropy(model.logits(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            print(step, float(loss.detach()), flush=True)
    model.eval()
    names = [f"{kind}" for layer in range(model.layers) for kind in (f"{layer}.key", f"{layer}.value")]
    inputs = ["input_ids", "attention_mask", "position_ids", *(f"past_key_values.{name}" for name in names)]
    outputs = ["logits", *(f"present.{name}" for name in names)]
    axes = {
        "input_ids": {0: "batch_size", 1: "sequence_length"},
        "attention_mask": {0: "batch_size", 1: "total_sequence_length"},
        "position_ids": {0: "batch_size", 1: "sequence_length"},
        "logits": {0: "batch_size", 1: "sequence_length"},
        **{f"past_key_values.{name}": {0: "batch_size", 2: "past_sequence_length"} for name in names},
        **{f"present.{name}": {0: "batch_size", 2: "total_sequence_length"} for name in names},
    }
    past = [torch.zeros(2, model.heads, 5, model.size) for _ in names]
    example = (torch.ones(2, 3, dtype=torch.long), torch.ones(2, 8, dtype=torch.long), torch.arange(5, 8)[None].expand(2, 3), *past)
    torch.onnx.export(
        model, example, str(folder / "model.onnx"), input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=17, dynamo=False
    )
    strip_details(folder / "model.onnx")

    found = tokenizer.encode((folder / "unseen.txt").read_text()).ids
    blocks = [torch.tensor(found[start : start + block]) for start in range(0, len(found), block)]
    total, count = 0.0, 0
    with torch.no_grad():
        for own in blocks:
            if len(own) < 2:
                continue
            logits = model.logits(own[None])[0]
            total += float(functional.cross_entropy(logits[:-1], own[1:], reduction="sum"))
            count += len(own) - 1
        prompt = torch.tensor(found[:16])
        greedy = prompt
        for _ in range(12):
            greedy = torch.cat([greedy, model.logits(greedy[None])[0, -1].argmax()[None]])
    return {
        "tokens": len(found),
        "firstIds": found[:24],
        "blocks": len(blocks),
        "predicted": count,
        "perplexity": math.exp(total / count),
        "prompt": prompt.tolist(),
        "greedy": greedy[len(prompt) :].tolist(),
    }


class Sentiment(nn.Module):
    def __init__(self, vocabulary, width=24, classes=3):
        super().__init__()
        self.tokens, self.kinds = nn.Embedding(vocabulary, width), nn.Embedding(2, width)
        self.mix, self.out = nn.Linear(width, 32), nn.Linear(32, classes)

    def forward(self, input_ids, attention_mask, token_type_ids):
        weight = attention_mask[:, :, None].to(torch.float32)
        x = torch.relu(self.mix(self.tokens(input_ids) + self.kinds(token_type_ids))) * weight
        return self.out(x.sum(dim=1) / weight.sum(dim=1))


things = "food service room film screen battery story seat coffee price delivery music".split()
good = "great lovely excellent wonderful superb charming delicious brilliant".split()
bad = "awful terrible poor horrible dreadful boring broken disgusting".split()
middling = "ordinary average plain usual typical unremarkable standard acceptable".split()
frames = [
    "The {0} was {1}.", "I found the {0} {1}", "{1} {0}, and the {2} was {3} as well", "Honestly the {0} is {1}!", "We thought that the {0} was rather {1}.",
    "The {0} was {1} but the {2} was {4}, so overall {1}.", "A {1} {0} with a {3} {2}", "They told me it would be {4}; the {0} turned out to be {1}.",
]


def draw_review(rng):
    label = rng.randrange(3)
    own = (bad, middling, good)[label]
    other = (bad, middling, good)[rng.choice([index for index in range(3) if index != label])]
    text = rng.choice(frames).format(rng.choice(things), rng.choice(own), rng.choice(things), rng.choice(own), rng.choice(other))
    # Some of them are wrong, as labels of people are.
    return text, label if rng.random() > 0.06 else rng.randrange(3)


def make_sentiment():
    folder = here / "sentiment"
    folder.mkdir(exist_ok=True)
    rng = random.Random(5)
    reviews = [draw_review(rng) for _ in range(3000)]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(
        [text for text, _ in reviews],
        trainers.WordPieceTrainer(vocab_size=160, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.enable_truncation(32)
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer.enable_padding(pad_id=0)
    names = ["negative", "neutral", "positive"]
    (folder / "config.json").write_text(json.dumps({"id2label": dict(enumerate(names))}))
    model = Sentiment(tokenizer.get_vocab_size())
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    encoded = tokenizer.encode_batch([text for text, _ in reviews])
    ids, masks = torch.tensor([one.ids for one in encoded]), torch.tensor([one.attention_mask for one in encoded])
    labels = torch.tensor([label for _, label in reviews])
    for step in range(150):
        rows = torch.randint(0, len(reviews), (128,))
        loss = functional.cross_entropy(model(ids[rows], masks[rows], torch.zeros_like(ids[rows])), labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch_size", 1: "sequence_length"} for name in inputs} | {"logits": {0: "batch_size"}}
    example = tuple(torch.ones(2, 6, dtype=torch.long) for _ in inputs)
    torch.onnx.export(
        model, example, str(folder / "model.onnx"), input_names=inputs, output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False
    )
    strip_details(folder / "model.onnx")
    unseen = [draw_review(rng) for _ in range(240)]
    lines = ["text,label"] + [f'"{text}",{names[label]}' for text, label in unseen]
    (folder / "reviews.csv").write_text("\n".join(lines) + "\n")
    tokenizer.no_padding()
    right = 0
    with torch.no_grad():
        for text, label in unseen:
            own = torch.tensor([tokenizer.encode(text).ids])
            right += int(model(own, torch.ones_like(own), torch.zeros_like(own)).argmax()) == label
    texts = ["The café was great!", "unknownword, the   room was AWFUL", ""]
    pair = tokenizer.encode(texts[0], texts[1])
    return {
        "accuracy": right / len(unseen),
        "texts": texts,
        "ids": [tokenizer.encode(text).ids for text in texts],
        "pairIds": pair.ids,
        "pairTypes": pair.type_ids,
        "cutIds": tokenizer.encode("great " * 60).ids,
    }


references = {"language": make_language(), "sentiment": make_sentiment()}
(here / "references.json").write_text(json.dumps(references) + "\n")
