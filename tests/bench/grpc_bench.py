"""gRPC beside a bare echo server: interleaved pairs with the same client and reply size, medians of the ratios.

    grpc_bench.py PROGRAM GRPC_BENCH TABULAR WORK [PAIRS]

The echo is the cheaper by processor time of two styles, callbacks and completion queues. Standard library only.
"""

import json
import os
import signal
import statistics
import subprocess
import sys

program, bench, tabular, work = sys.argv[1:5]
pairs = int(sys.argv[5]) if len(sys.argv) > 5 else 10
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
data = os.path.join(work, "data")
codes = os.path.join(work, "codes.txt")
pki = os.path.join(work, "pki")
environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


class Server:
    """A server and the client that loads it; with `apart` each on a processor of its own."""

    def __init__(self, *command, apart=False):
        self.client = (lambda: os.sched_setaffinity(0, {1})) if apart else None
        self.process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, env=environment,
                                        preexec_fn=(lambda: os.sched_setaffinity(0, {0})) if apart else None)
        self.address = self.process.stdout.readline().split()[3].rstrip(",")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def load(self, method, callers, seconds=1.0, *more):
        listed = [] if "--codes" in more else ["--codes", codes]
        done = subprocess.run([bench, "load", "--address", self.address, "--pid", str(self.process.pid), *listed,
                               "--method", method, "--callers", str(callers), "--seconds", str(seconds), *map(str, more)],
                              capture_output=True, text=True, check=True, env=environment, preexec_fn=self.client)
        figures = json.loads(done.stdout)
        failed = sum(count for code, count in figures["codes"].items() if code != "0")
        if "--rate" not in more:
            assert failed == 0, figures
        return figures


def serve(*more, apart=False):
    return Server(program, "serve", "--data", data, "--grpc", "127.0.0.1:0", "--call-log", "errors", *more, apart=apart)


def echo(style, reply=None):
    return Server(bench, "echo", "--style", style, "--reply-bytes", reply or reply_bytes, "--batch-bytes", batch_bytes)


def compare(ours, theirs, method, callers, names=("service", "echo"), ours_more=(), theirs_more=(), what=""):
    """Runs pairs in alternating order; prints medians and the median of the pairs' ratios."""
    runs = []
    for pair in range(pairs):
        if pair % 2 == 0:
            a = ours.load(method, callers, 1.0, *ours_more)
            b = theirs.load(method, callers, 1.0, *theirs_more)
        else:
            b = theirs.load(method, callers, 1.0, *theirs_more)
            a = ours.load(method, callers, 1.0, *ours_more)
        runs.append((a, b))
    line = f"{method:8}{callers:3} callers{what}: "
    ratios = {}
    for name, unit in (("cpu", "µs server processor"), ("rate", "a second"), ("p99", "µs p99")):
        first, second = (statistics.median(run[i][name] for run in runs) for i in (0, 1))
        ratios[name] = statistics.median(a[name] / b[name] for a, b in runs)
        line += f"{first:.1f} / {second:.1f} {unit} = {ratios[name]:.2f}; "
    print(line + f"({names[0]} / {names[1]}, {pairs} interleaved pairs)", flush=True)
    return ratios, statistics.median(run[0]["rate"] for run in runs)


subprocess.run([program, "import", "icd10cm", tabular, "--version", "2026-04-01", "--quiet", "--data", data], check=True,
               stdout=subprocess.DEVNULL)
listed = subprocess.run([program, "children", "--all", *[f"chapter-{i}" for i in range(1, 23)], "--data", data],
                        capture_output=True, text=True, check=True).stdout
with open(codes, "w") as file:
    file.write("".join(line.split()[0] + "\n" for line in listed.splitlines()))
subprocess.run([os.path.join(root, "deploy/pki/development_pki.sh"), "make", pki], check=True, stdout=subprocess.DEVNULL)

with serve() as service:
    reply_bytes = round(service.load("resolve", 16)["bytes"])
    batch_bytes = round(service.load("batch", 16)["bytes"])
    print(f"a reply has {reply_bytes} bytes on average, one of a batch of 100 codes {batch_bytes}")
    with echo("callback") as callback, echo("queue") as queue:
        costs = {"callback": [], "queue": []}
        for _ in range(5):
            costs["callback"].append(callback.load("resolve", 16)["cpu"])
            costs["queue"].append(queue.load("resolve", 16)["cpu"])
        cheaper = min(costs, key=lambda style: statistics.median(costs[style]))
        print("echo by style, µs server processor a call: " +
              ", ".join(f"{style} {statistics.median(cost):.1f}" for style, cost in costs.items()))
        bare = {"callback": callback, "queue": queue}[cheaper]
        unary_rate = 0
        few = os.path.join(work, "few.txt")
        with open(codes) as file, open(few, "w") as out:
            out.writelines(file.readlines()[:200])
        usual = ["--codes", few]
        for callers in (1, 16, 64):
            _, rate = compare(service, bare, "resolve", callers)
            unary_rate = max(unary_rate, rate)
        compare(service, callback, "resolve", 16, ("service", "echo of the same style"))
        compare(service, callback, "resolve", 16, ("service", "echo of the same style"), usual, usual, ", 200 codes")
        _, batch_rate = compare(service, bare, "batch", 16)
        print(f"codes a second: {batch_rate * 100:.0f} in batches, {unary_rate:.0f} unary = {batch_rate * 100 / unary_rate:.1f}")
        compare(service, callback, "stream", 16)

    # Titles of the whole release, typed letter by letter; each caller asks again at once when it has its answer.
    queries = os.path.join(work, "queries.txt")
    with open(queries, "w") as out:
        out.writelines(f"{' '.join(line.split()[1:8])}\n" for line in listed.splitlines()[::97])
    typing = ["--codes", queries]
    with echo("callback", round(service.load("search", 16, 1.0, *typing)["bytes"])) as bare:
        for method in ("search", "typed"):
            compare(service, bare, method, 16, ours_more=typing, theirs_more=typing)

    with serve("--tls-certificate", f"{pki}/server.pem", "--tls-key", f"{pki}/server-key.pem", "--tls-client-ca",
               f"{pki}/ca.pem") as encrypted:
        compare(encrypted, service, "resolve", 16, ("TLS", "plaintext"),
                ("--tls-ca", f"{pki}/ca.pem", "--tls-certificate", f"{pki}/reader.pem", "--tls-key",
                 f"{pki}/reader-key.pem"))

# Open loop: calls start at their rate, whatever comes back; good is what comes back well within its deadline. Each end
# has a processor of its own, so that what the client takes to ask is not taken from the service. What is refused costs
# about what a bare echo costs, so the less a call is work the more of the service goes into refusing; calls of one code
# are not here, since one client cannot ask them three times as fast as they are answered.
with serve(apart=True) as service:
    for name, method, callers, more in (("batch of 1,000", "batch", 32, ["--batch", 1000]), ("batch of 100", "batch", 32, []),
                                        ("search", "search", 32, typing)):
        peak = statistics.median(service.load(method, callers, 2.0, *more)["rate"] for _ in range(3))
        for times in (0.5, 1, 2, 3):
            figures = service.load(method, callers, 3.0, "--rate", round(peak * times), "--deadline-ms", 250, *more)
            refused = {code: count for code, count in figures["codes"].items() if code != "0"}
            print(f"{name} at {times} x the peak of {peak:.0f} a second: goodput {figures['rate'] / peak * 100:.0f} % of "
                  f"the peak, p99 {figures['p99'] / 1000:.1f} ms; ended otherwise by code {refused}, p99 of the refused "
                  f"{figures['refused_p99'] / 1000:.1f} ms", flush=True)
