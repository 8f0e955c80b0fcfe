"""Writes tokenizer.json, a byte-level BPE with added special tokens, and goldens.json, the ids that Hugging Face's own
library gives (tokenizers 0.23.2): pip install tokenizers; python3 make.py."""

import json

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

CORPUS = [
    "Generate a video with a resolution of 448x256, consisting of 24 frames at 12 frames per second, according to the",
    "following prompt: a red bus driving down a snowy street at night, the lights of the city glowing in the distance",
    "Une fusée décolle au crépuscule; ein Zug fährt über die Brücke; 夜の街を走る赤いバス; красный автобус",
] * 20

TEXTS = [
    "Generate a video with a resolution of 448x256, consisting of 24 frames at 12 frames per second, according to the"
    " following prompt:\n a red bus",
    "a",
    " ",
    "\n\t  ",
    "  two  spaces , and a tab\tend ",
    "fusée über Brücke — naïve coöperation",
    "夜の街を走る赤いバス",
    "красный автобус едет ночью",
    "حافلة حمراء في الليل",
    "a cat 🐈 and a family 👨‍👩‍👧‍👦 under a rainbow 🌈🏳️‍🌈 flag 🇯🇵",
    "e\u0301 is not \u00e9, and \u200b is nothing",
    "1234567890 3.14159 448x256 0x1F",
    "<reserved0870>-like < text > and <s",
    "\u0001\u007f\u00a0\ufeff\U0010ffff",
]

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
trainer = trainers.BpeTrainer(vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
tokenizer.train_from_iterator(CORPUS, trainer)
tokenizer.add_special_tokens([AddedToken("<reserved08706>", normalized=False), AddedToken("<image>", normalized=False)])
tokenizer.save("tokenizer.json")

long = "a red bus 🚌 drives on. "
goldens = [{"text": text, "times": 1, "ids": tokenizer.encode(text, add_special_tokens=False).ids} for text in TEXTS]
ids = tokenizer.encode(long * 4000, add_special_tokens=False).ids
goldens.append({"text": long, "times": 4000, "count": len(ids), "hash": sum((i + 1) * t for i, t in enumerate(ids)) % 1000003})
with open("goldens.json", "w", encoding="utf-8") as file:
    json.dump(goldens, file, ensure_ascii=True, indent=1)
