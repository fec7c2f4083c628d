"""Completion in real shells: what is typed up to Tab becomes the command that runs."""

import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import time

LATEST = 60  # seconds in which a shell has to answer, also on a slow machine


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, command, folder, program):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            path = f"{pathlib.Path(program).parent}{os.pathsep}{os.environ['PATH']}"
            os.execvpe(command[0], command, {"PATH": path, "HOME": folder, "TERM": "dumb", "PS1": "> ", "LC_ALL": "C.UTF-8"})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.terminal)
        os.waitpid(self.pid, 0)

    def type(self, keys, until):
        """What is shown until `until` is."""
        os.write(self.terminal, keys.encode())
        shown, latest = "", time.monotonic() + LATEST
        while until not in shown:
            assert time.monotonic() < latest, f"{keys!r} gave no {until!r} but {shown!r}"
            if select.select([self.terminal], [], [], 1)[0]:
                shown += os.read(self.terminal, 65536).decode(errors="replace")
        return shown

    def run(self, line):
        self.type(f"{line}; echo done-$((40 + 2))\n", "done-42")


def main():
    program = os.environ["NOSOGRAPH_PROGRAM"]
    with tempfile.TemporaryDirectory() as folder:
        functions = pathlib.Path(folder, "functions")
        functions.mkdir()
        (functions / "_nosograph").write_text(subprocess.run([program, "completion", "zsh"], check=True, capture_output=True, text=True).stdout)
        cases = {
            "bash": (["bash", "--norc", "-i"], "source <(nosograph completion bash)"),
            "zsh": (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; source <(nosograph completion zsh)"),
            "zsh, from its folder of functions": (["zsh", "-f", "-i"], f"fpath=({functions} $fpath); autoload -U compinit; compinit -u -D"),
        }
        for name, (command, begin) in cases.items():
            if not shutil.which(command[0]):
                print(f"skipped: {command[0]} is not installed")
                continue
            with Shell(command, folder, program) as shell:
                shell.run(begin)
                shell.type("nosograph rel\t--help\n", "Usage: nosograph releases")
                shell.type("nosograph releases ver\t--help\n", "Usage: nosograph releases verify")
                shell.type("nosograph search fever --output js\t--help\n", "Usage: nosograph search")
            print(f"{name}: completes")


main()
