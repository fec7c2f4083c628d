"""The program as a process: import time and peak memory, start to serving, resident memory. Standard library only."""

import os
import re
import signal
import statistics
import subprocess
import sys
import time

program, tabular, work = sys.argv[1:]
data = os.path.join(work, "data")


def import_once():
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(program, [program, "import", "icd10cm", tabular, "--version", "2026-04-01", "--quiet", "--data", data])
    _, status, usage = os.wait4(pid, 0)
    assert status == 0, status
    return time.monotonic() - started, usage.ru_maxrss / 1024


seconds, peak = import_once()
print(f"import of April 2026 to active snapshot: {seconds:.2f} s, peak {peak:.0f} MB")


def start():
    started = time.monotonic()
    process = subprocess.Popen([program, "serve", "--data", data, "--grpc", "127.0.0.1:0"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    line = process.stdout.readline()
    return process, line.split()[-1], time.monotonic() - started


def memory(pid):
    status = open(f"/proc/{pid}/status").read()
    return {name: int(re.search(rf"{name}:\s+(\d+)", status).group(1)) / 1024 for name in ("VmRSS", "RssAnon")}


times = []
for _ in range(20):
    process, address, elapsed = start()
    times.append(elapsed * 1000)
    if len(times) < 20:
        process.send_signal(signal.SIGKILL)
        process.wait()
print(f"exec to serving, every byte verified: median of 20 {statistics.median(times):.0f} ms, "
      f"{min(times):.0f} to {max(times):.0f}")
fresh = memory(process.pid)
codes = subprocess.run([program, "children", "--all", *[f"chapter-{i}" for i in range(1, 23)], "--data", data],
                       capture_output=True, text=True, check=True).stdout
codes = "\n".join(line.split()[0] for line in codes.splitlines()) + "\n"
subprocess.run([program, "resolve", "--stdin", "--output", "json", "--server", address], input=codes, text=True,
               stdout=subprocess.DEVNULL, check=False)
used = memory(process.pid)
process.send_signal(signal.SIGTERM)
process.wait()
print(f"resident memory: {fresh['VmRSS']:.0f} MB fresh, {used['VmRSS']:.0f} MB after a lookup of each of "
      f"{codes.count(chr(10))} codes ({used['RssAnon']:.0f} MB of it anonymous)")
