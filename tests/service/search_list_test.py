"""The list that narrows while one types: a terminal of its own, keys in, the code that was taken out."""

import fcntl
import os
import pathlib
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import nosograph_service as ns

DOWN, UP, RIGHT, LEFT, ENTER, ESCAPE, BACKSPACE = "\x1bOB", "\x1bOA", "\x1bOC", "\x1bOD", "\r", "\x1b", "\x7f"


class List:
    """`nosograph search` on a terminal of 24 lines; its standard output goes elsewhere, as in code=$(nosograph search)."""

    def __init__(self, *arguments, environment=None):
        self.output, writer = os.pipe()
        process, self.terminal = pty.fork()
        if process == 0:
            os.dup2(writer, 1)
            os.execve(ns.PROGRAM, [ns.PROGRAM, "search", *map(str, arguments)],
                      {**os.environ, "TERM": "xterm", "LC_ALL": "C", **(environment or {})})
        os.close(writer)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = process
        self.drawn = b""

    def _read(self):
        """What is drawn next; empty at the end."""
        if not select.select([self.terminal], [], [], 60)[0]:
            raise AssertionError(f"nothing more was drawn after {self.drawn[-2000:]}")
        try:
            return os.read(self.terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            return b""

    def until(self, text):
        """Reads until a text is drawn; curses draws what changed, so a text must be new."""
        while text.encode() not in self.drawn:
            more = self._read()
            assert more, f"ended without {text!r}: {self.drawn[-2000:]}"
            self.drawn += more
        self.drawn = self.drawn[self.drawn.index(text.encode()) + len(text):]
        return self

    def type(self, keys):
        os.write(self.terminal, keys if isinstance(keys, bytes) else keys.encode())
        return self

    def end(self):
        """The exit code and what stands on standard output."""
        while self._read():
            pass
        _, status = os.waitpid(self.process, 0)
        os.close(self.terminal)
        with os.fdopen(self.output) as output:
            return os.waitstatus_to_exitcode(status), output.read()


def chooses(*scope):
    assert List(*scope).until("type words").type("calc cutis").until("Calcinosis").type(ENTER).end() == (0, "L94.2\n")
    # Letter by letter, with one too many taken back.
    typed = List(*scope).until("type words").type("ainzq").until("nothing found").type(BACKSPACE * 2).until("Ainhum")
    assert typed.type(ENTER).end() == (0, "L94.6\n")
    down = List(*scope).until("type words").type("l94").until("L94.0").type(DOWN).type(DOWN).type(UP).type(ENTER)
    assert down.end() == (0, "L94.0\n")
    # Into a row that stands for codes with a 7th character, and back.
    row = ns.run("search", "frac nec fem", "--codes", "--count", 21, *scope).split().index("S72.001")
    into = List(*scope).until("type words").type("frac nec fem").until("16 codes below").type(DOWN * row + RIGHT)
    assert into.until("below S72.001").type(DOWN * 2 + ENTER).end()[1].startswith("S72.001")
    back = List(*scope).until("type words").type("frac nec fem").until("16 codes below").type(DOWN * row + RIGHT)
    assert back.until("below S72.001").type(LEFT + ENTER).end() == (0, "S72.001\n")
    # Beyond what fits on the screen.
    codes = ns.run("search", "l", "--codes", "--count", 21, *scope).split()
    assert List(*scope).until("type words").type("l").until("hits").type(DOWN * 10 + ENTER).end() == (0, codes[10] + "\n")
    assert len(List(*scope).until("type words").type("s72").until("hits").type(DOWN * 40 + ENTER).end()[1]) > 3
    # What is no UTF-8 is passed over, and what is stays whole.
    assert List(*scope).until("type words").type(b"\xff\x80ain\xc3").type("hum\r").end() == (0, "L94.6\n")
    assert List(*scope).until("type words").type("a\u00efnhum\r").end() == (0, "L94.6\n")
    misspelled = List(*scope).until("type words").type("sclerodactlyy").until("read as 'sclerodactyly'")
    assert misspelled.type(ENTER).end() == (0, "L94.3\n")


def ends(*scope):
    for key in (ESCAPE, "\x03", "\x04"):
        assert List(*scope).until("type words").type("calc").until("Calcinosis").type(key).end() == (1, "")
    assert List(*scope, "--billable").until("type words").type("...").until("neither letter nor digit").type(ESCAPE).end() == (1, "")


def without_a_terminal(data):
    done = subprocess.run([ns.PROGRAM, "search", "--data", data], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 2 and "give words" in done.stderr, done


def main():
    with tempfile.TemporaryDirectory() as folder:
        data = os.path.join(folder, "data")
        ns.run("import", "icd10cm", ns.STARTER, "--version", "2026-04-01", "--data", data, "--quiet")
        chooses("--data", data)
        ends("--data", data)
        without_a_terminal(data)
        with ns.Service(data) as service:
            chooses("--server", service.address)


if __name__ == "__main__":
    main()
