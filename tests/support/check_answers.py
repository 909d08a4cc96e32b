"""Run by the interpreter that has the vendors' SDKs: reads (model, answer) pairs from stdin, prints what a model refuses.

Each model is `package.module:Class`.
"""

import importlib
import json
import sys

refused = []
for model, answer in json.load(sys.stdin):
    module, _, name = model.partition(":")
    try:
        getattr(importlib.import_module(module), name).model_validate(answer)
    except ValueError as error:
        refused.append([model, str(error)])
json.dump(refused, sys.stdout)
