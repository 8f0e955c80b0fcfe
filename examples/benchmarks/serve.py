"""How a peer of `packcache bench` talks: its name on the first line, then one request and one answer a line, as JSON.

A request names its operation in "op" and may carry "threads"; an answer is an object, {"error": text} if it failed.
"""
import json
import sys

import torch


def serve(operations):
    """Answers requests until there are no more. Operations: name -> function of the request."""
    print(json.dumps({"name": f"PyTorch {torch.__version__}"}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            torch.set_num_threads(request.get("threads", torch.get_num_threads()))
            with torch.inference_mode():
                answer = operations[request["op"]](request)
        except Exception as failure:  # told to whoever asked; the next request may fare better
            answer = {"error": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer), flush=True)
