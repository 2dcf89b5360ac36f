"""Runs every Python example of a Markdown file in one stack and synthesizes it: what does not exist does not pass."""

import re
import sys
from pathlib import Path

from aws_cdk import App, Stack

text = Path(sys.argv[1]).read_text(encoding="utf-8")
blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
if not blocks:
    sys.exit(f"{sys.argv[1]} has no Python example")

app = App()
for number, block in enumerate(blocks, 1):
    stack = Stack(app, f"Example{number}")
    exec(compile(block, f"{sys.argv[1]}, example {number}", "exec"), {"stack": stack})
app.synth()
print(f"{len(blocks)} Python examples run")
