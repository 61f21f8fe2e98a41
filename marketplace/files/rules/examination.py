"""The process that opens what strangers sent, limited in time and memory. No secrets.

It reads a line of JSON (`form`, and the `locale` of whoever sent it) and the file below it, and answers a line of JSON
and the files that were made of it.
"""

import json
import sys

from marketplace import child_process
from marketplace.files.rules import pdfs, pictures
from marketplace.files.rules.uploads import FORMS, Examined, Form, Unfit
from marketplace.languages import DEFAULT, Preferences, speaking

# What the largest pictures take is measured in docs/decisions/0048.
CPU_SECONDS = 20
MEMORY_BYTES = 1_000_000_000


def examined(data: bytes, form: Form) -> list[Examined]:
    """What may be kept of the upload, the smallest picture first; raises Unfit."""
    if form.pdfs and data.startswith(pdfs.HEADER):
        return [pdfs.check(data)]
    return pictures.written_anew(data, form)


def answer(question: bytes) -> bytes:
    """A line that says the type, bytes, width and height of each file, or `unfit`; the files follow it."""
    line, _, data = question.partition(b"\n")
    asked = json.loads(line)
    try:
        files = examined(data, FORMS[asked["form"]])
    except Unfit as error:
        with speaking(Preferences(asked.get("locale", DEFAULT))):
            return json.dumps({"unfit": str(error)}).encode() + b"\n"
    told = [[one.content_type, len(one.data), one.width, one.height] for one in files]
    return json.dumps({"files": told}).encode() + b"\n" + b"".join(one.data for one in files)


def read(said: bytes) -> list[Examined]:
    """The files of an answer; raises Unfit."""
    line, _, data = said.partition(b"\n")
    told = json.loads(line)
    if "unfit" in told:
        raise Unfit(told["unfit"])
    files, place = [], 0
    for content_type, length, width, height in told["files"]:
        files.append(Examined(content_type, data[place : place + length], width, height))
        place += length
    return files


def main() -> None:
    """Answer standard input within limits of processor time and memory."""
    child_process.limit_this(cpu_seconds=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
