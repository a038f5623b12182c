#!/usr/bin/env python3
"""Times other programs over the rows and queries that `dev latency INDEX QUERIES.tsv ROWS.jsonl` wrote and asked.

    benches/peers.py ROWS.jsonl QUERIES.tsv [ANSERINI.jar]

SQLite FTS5 comes with Python; ripgrep is looked for on the path; Lucene is the jar inside PyPI's pyserini 0.22.1
and needs a JDK of 17. What is not there is skipped, and said. Median of 7 for each query, warm.
"""
import json, os, re, shutil, sqlite3, subprocess, sys, tempfile, time

ROUNDS = 7
LUCENE = r"""
import java.nio.file.*; import java.util.*;
import org.apache.lucene.analysis.en.EnglishAnalyzer; import org.apache.lucene.document.*;
import org.apache.lucene.index.*; import org.apache.lucene.queryparser.classic.*;
import org.apache.lucene.search.*; import org.apache.lucene.store.*;
import com.fasterxml.jackson.databind.*;
public class Peer { public static void main(String[] a) throws Exception {
  var analyzer = new EnglishAnalyzer(); var mapper = new ObjectMapper();
  var folder = new MMapDirectory(Paths.get(a[2]));
  try (var writer = new IndexWriter(folder, new IndexWriterConfig(analyzer))) {
    for (String line : Files.readAllLines(Paths.get(a[0]))) { JsonNode row = mapper.readTree(line); var d = new Document();
      d.add(new TextField("title", row.get("title").asText(), Field.Store.YES));
      d.add(new TextField("text", row.get("text").asText(), Field.Store.YES)); writer.addDocument(d); } }
  var searcher = new IndexSearcher(DirectoryReader.open(folder));
  var parser = new MultiFieldQueryParser(new String[] {"title", "text"}, analyzer);
  for (int round = 0; round < 27; round++) for (String line : Files.readAllLines(Paths.get(a[1]))) {
    String question = line.substring(line.indexOf('\t') + 1);
    long start = System.nanoTime();
    var hits = searcher.search(parser.parse(QueryParser.escape(question)), 10);
    for (var hit : hits.scoreDocs) searcher.doc(hit.doc);
    if (round >= 20) System.out.println(line.split("\t")[0] + " " + (System.nanoTime() - start) / 1e6);
  } } }
"""


def part(times, share):
    times = sorted(times)
    return times[round((len(times) - 1) * share)]


def show(name, medians):
    print(f"{name:44} p50 {part(medians, .5):8.3f}          p99 {part(medians, .99):8.3f}")


def timed(queries, answer):
    medians = []
    for question in queries:
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            answer(question)
            times.append((time.perf_counter() - start) * 1e3)
        medians.append(part(times, .5))
    return medians


def sqlite(rows, queries, folder):
    base = sqlite3.connect(os.path.join(folder, "fts.db"))
    base.execute("create virtual table rows using fts5(title, text, tokenize='porter unicode61')")
    base.executemany("insert into rows values (?, ?)", ((row["title"], row["text"]) for row in rows))
    base.commit()

    def answer(question):
        words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", question))
        base.execute("select rowid, title, text from rows where rows match ? order by rank limit 10", (words,)).fetchall()

    show("SQLite FTS5, top ten", timed(queries, answer))


def ripgrep(rows_path, queries):
    program = shutil.which("rg")
    if not program:
        return print("ripgrep: skipped, rg is not on the path")

    def answer(question):
        words = [part for word in re.findall(r"\w+", question) for part in ("-e", word)]
        subprocess.run([program, "-ci", *words, rows_path], stdout=subprocess.DEVNULL)

    show("ripgrep -ci, whole process, no ranking", timed(queries[:20], answer))


def lucene(rows_path, queries_path, jar, folder):
    if not jar or not os.path.exists(jar) or not shutil.which("java"):
        return print("Lucene: skipped, give the jar of PyPI's pyserini 0.22.1 as third argument and have java 17")
    source = os.path.join(folder, "Peer.java")
    with open(source, "w") as file:
        file.write(LUCENE)
    run = subprocess.run(["java", "-cp", jar, source, rows_path, queries_path, os.path.join(folder, "lucene")],
                         capture_output=True, text=True)
    if run.returncode:
        return print("Lucene: skipped,", run.stderr.strip().splitlines()[-1])
    times = {}
    for line in run.stdout.splitlines():
        query, ms = line.split()
        times.setdefault(query, []).append(float(ms))
    show("Lucene 9.5, top ten, after 20 rounds", [part(list_, .5) for list_ in times.values()])


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    rows_path, queries_path = sys.argv[1:3]
    with open(rows_path) as file:
        rows = [json.loads(line) for line in file]
    with open(queries_path) as file:
        queries = [line.rstrip("\n").split("\t", 1)[-1] for line in file if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        sqlite(rows, queries, folder)
        ripgrep(rows_path, queries)
        lucene(rows_path, queries_path, sys.argv[3] if len(sys.argv) > 3 else None, folder)


main()
