"""The C library's remote back end: a call beside the snapshot's, and how late calls end when the service hangs or is killed.

remote_bench.py PROGRAM PACKAGE_FOLDER DATA_FOLDER
"""

import signal
import statistics
import subprocess
import sys
import threading
import time

program, package, data = sys.argv[1:]
sys.path.insert(0, package)
import nosograph

DEADLINE = 300  # ms
THREADS = 8
CODES = ["L94.2", "L94.21", "E11.9", "S72.001A", "banana"]


def serve():
    service = subprocess.Popen([program, "serve", "--data", data, "--grpc", "127.0.0.1:0", "--call-log", "none"],
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return service, service.stdout.readline().split()[3].rstrip(",")


def took(terminology, code):
    start = time.perf_counter()
    try:
        terminology.lookup(code)
        status = "OK"
    except nosograph.Error as error:
        status = error.status
    return status, (time.perf_counter() - start) * 1e3


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


service, address = serve()
local = nosograph.open(f"snapshot:{data}")
for name, terminology in [("snapshot", local), ("service, kept answers", nosograph.open(f"grpc://{address}")),
                          ("service, each call asked", nosograph.open(f"grpc://{address}?cache_bytes=0"))]:
    times = [took(terminology, CODES[i % len(CODES)])[1] * 1e3 for i in range(2000)]
    print(f"lookup, {name:26} median {statistics.median(times):8.1f} us, p99 {percentile(times, 0.99):8.1f} us")

for what, stop in [("hung", signal.SIGSTOP), ("killed", signal.SIGKILL)]:
    seen, lock, done = [], threading.Lock(), threading.Event()
    remote = nosograph.open(f"grpc://{address}?cache_bytes=0&deadline_ms={DEADLINE}")

    def ask():
        while not done.is_set():
            answer = took(remote, "L94.2")
            with lock:
                seen.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(THREADS)]
    [thread.start() for thread in threads]
    time.sleep(0.5)
    service.send_signal(stop)
    time.sleep(20)
    done.set()
    [thread.join() for thread in threads]
    late = [milliseconds for status, milliseconds in seen if milliseconds > DEADLINE / 2]
    statuses = {status for status, _ in seen}
    print(f"{what}: {len(seen)} calls, {sorted(statuses)}; {len(late)} took more than half of the deadline of {DEADLINE} ms"
          + (f": median {statistics.median(late):.1f}, p99 {percentile(late, 0.99):.1f}, latest {max(late):.1f} ms" if late else ""))
    if what == "hung":
        service.send_signal(signal.SIGCONT)
service.wait()
