"""Search beside SQLite FTS5: how well (with a scorer and its queries) and how fast.

search_bench.py PROGRAM SEARCH_BENCH TABULAR DATA QUERIES.jsonl SCORER
"""

import json
import os
import re
import shlex
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

program, search_bench, tabular, data, queries, scorer = sys.argv[1:]
asked = [json.loads(line) for line in open(queries, encoding="utf-8")]

print("nosograph", flush=True)
subprocess.run([sys.executable, scorer, queries, "--cmd", shlex.join([program, "search", "--stdin", "--codes", "--data", data])],
               check=True)

# The titles in FTS5, each word as a beginning, all of them wanted, best by bm25.
listed = subprocess.run([program, "children", "--all", "--output", "json", "--data", data,
                         *(f"chapter-{n}" for n in range(1, 23))], capture_output=True, text=True, check=True).stdout
database = sqlite3.connect(":memory:")
database.execute("create virtual table titles using fts5(code unindexed, title, tokenize='unicode61', prefix='2 3 4')")
for line in listed.splitlines():
    database.executemany("insert into titles values (?, ?)", [(item["code"], item["title"]) for item in json.loads(line)["descendants"]])
database.commit()


def fts5(text):
    words = re.findall(r"\w+", text)
    if not words:
        return []
    return [row[0] for row in database.execute("select code from titles where titles match ? order by rank limit 20",
                                               (" ".join(f'"{word}"*' for word in words),))]


answers, times = [], []
for query in asked:
    fts5(query["query"])
    begin = time.perf_counter()
    codes = fts5(query["query"])
    times.append((time.perf_counter() - begin) * 1e6)
    answers.append({"id": query["id"], "codes": codes})
with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
    for answer in answers:
        file.write(json.dumps(answer) + "\n")
    file.flush()
    print("SQLite FTS5, beginnings of all words, bm25", flush=True)
    subprocess.run([sys.executable, scorer, queries, file.name], check=True)
print(f"FTS5 in process: median {statistics.median(times):.0f} us, p99 {sorted(times)[int(.99 * len(times))]:.0f} us", flush=True)

with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
    for query in asked:
        kind = "with a typing error" if query["class"].startswith("typo") else "exact words"
        file.write(f"{kind}\t{query['query']}\n")
    file.flush()
    print("engine", flush=True)
    subprocess.run([search_bench, file.name], check=True, env={**os.environ, "NOSOGRAPH_TABULAR": tabular})
