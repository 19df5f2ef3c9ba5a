"""Printed statements, run by real engines, give what the program gives for single people: the same findings, the same figures.

Each case is a table of users and a plan. One way: the table as a CSV file, `cutover simulate`. The other: the table in an engine,
the statement of `cutover sql`, `cutover simulate --cohorts`, the statement of `cutover sql --join`. Findings are compared line by
line in the order of event, address and capability, figures key by key.
"""

import argparse
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import inventories
from engines import DuckDb, Spark, java

csv.field_size_limit(10_000_000)


class Case:
    """One table of users and one plan."""

    def __init__(self, program, folder, name, plan, header=None, rows=None, file=None, options=()):
        self.program, self.folder, self.name, self.options = program, folder, name, list(options)
        self.header, self.rows = header, rows
        self.plan = folder / f"{name}.toml"
        self.plan.write_text(plan, encoding="utf-8")
        self.file = file or folder / f"{name}.users.csv"
        if file is None:
            DuckDb._text(self.file, header, [["" if cell is None else cell for cell in row] for row in rows])
        self.expected = self.directly()

    def run(self, *arguments):
        command = [self.program, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"{self.name}: {' '.join(command)} ended with {done.returncode}\n{done.stderr[-3000:]}")
        return done.stdout

    def directly(self):
        findings = self.folder / f"{self.name}.findings.csv"
        answer = self.run("simulate", "--plan", self.plan, "--inventory", self.file, "--findings", findings, "--sort", "sip", "--format", "json", "--quiet")
        return figures(answer), lines([findings])

    def by(self, engine):
        """The answer by way of an engine."""
        users = "cutover_test_users"
        if self.rows is None:
            engine.read(users, self.file)
        else:
            engine.load(users, self.header, self.rows)
        sql = ["sql", "--plan", self.plan, "--dialect", engine.id, "--table", users, *self.options]
        parts = engine.save(self.run(*sql), f"{self.name}.cohorts")
        found = self.folder / f"{self.name}.cohort-findings.csv"
        cohorts = [argument for part in parts for argument in ("--cohorts", part)]
        answer = self.run("simulate", "--plan", self.plan, *cohorts, "--cohort-findings", found, "--format", "json", "--quiet")
        engine.read("cutover_test_findings", found)
        joined = engine.save(self.run(*sql, "--join", "--findings-table", "cutover_test_findings"), f"{self.name}.joined")
        return figures(answer), lines(joined)

    def check(self, engine):
        """What is wrong; nothing if all is well."""
        (figures_of, findings), (expected_figures, expected) = self.by(engine), self.expected
        wrong = [f"  {key}: {value}, expected {expected_figures[key]}" for key, value in figures_of.items() if value != expected_figures[key]]
        if findings != expected:
            wrong.append(f"  {len(findings)} findings, expected {len(expected)}")
            mine, theirs = set(map(tuple, findings)), set(map(tuple, expected))
            wrong += [f"  only by the engine: {line}" for line in sorted(mine - theirs)[:4]]
            wrong += [f"  only directly: {line}" for line in sorted(theirs - mine)[:4]]
            if mine == theirs:
                wrong.append("  the order differs")
        return wrong


def figures(answer):
    """The answer without the number of files, which an engine decides."""
    answer = json.loads(answer)
    del answer["inventory"]["files"]
    return answer


def lines(files):
    found = []
    for file in files:
        with open(file, newline="", encoding="utf-8") as text:
            reader = csv.reader(text)
            header = next(reader, None)
            assert header is None or header[:4] == ["event", "date", "sip", "capability"], header
            found += reader
    return found


def chance(program, folder, seed, engine, people=120):
    """A case drawn by chance, with a column that says the order of the rows."""
    column = inventories.COLUMN_FOR_SPARK if engine is Spark else inventories.COLUMN
    header, rows = inventories.inventory(seed, people, column)
    plan = inventories.plan(seed, column)
    # Engines disagree with each other about the lower case of some letters; the statement then leaves the text alone.
    return Case(program, folder, f"chance-{seed}", plan, header, rows, options=["--order-by", "RowNumber"])


PLAN = """
[plan]
name = "t"
baseline = 2014-01-06
end = 2014-12-31
[[pool]]
id = "r2"
server = "ocs-2007-r2"
[[pool]]
id = "l13"
server = "lync-server-2013"
[pic]
yahoo-license-until = 2014-04-30
[[stage]]
id = "wave"
date = 2014-02-01
move = [{ from = ["r2"], to = "l13", where = { department = "IT" } }]
client = [{ replace = ["communicator-2007-r2"], with = "lync-2013", where = { site = ["", "Rome"] } }]
"""


def written(program, folder):
    """Cases written by hand."""
    yield Case(program, folder, "few-columns", PLAN, ["sipaddress", "HomePool"], [["a@x", "r2"], ["B@X", "r2"], ["c@x", None], [None, "r2"]])
    yield Case(program, folder, "only-addresses-and-more", PLAN, ["SipAddress", "Client", "HOMEPOOL", "Unrelated"],
               [["a@x", "communicator-2007-r2", "r2", "1"], ["b@x", None, "l13", "2"], ["a@x", "lync-2013;communicator-2007-r2", None, "3"]])
    yield Case(program, folder, "own-headers", PLAN.replace("site =", "'Cost Center' ="), ["User URI", "Registrar pool", "HomeServer", "User-Agent", "cost_center", "msRTCSIP-OptionFlags", "Department"],
               [["sip:a@x", "", "r2", "communicator-2007-r2", "Rome", "257", "it"], ["b@x", "r2", "l13", "Lync 2010", "", "384", "IT"], ["c@x", "r2", "", "", "Oslo", "", "HR"]],
               options=["--columns", "User URI,Registrar pool,HomeServer,User-Agent,cost_center,msRTCSIP-OptionFlags,Department"])
    yield Case(program, folder, "nobody-differs", PLAN, ["SipAddress", "HomePool", "Client", "Department"],
               [[f"u{number}@x", "r2", "communicator-2007-r2", "IT"] for number in range(500)])


def typed(program, folder):
    """A table whose columns have types of their own, in DuckDB."""
    case = Case(program, folder, "typed", PLAN, ["SipAddress", "HomePool", "Client", "PicProviders", "PicLicenseExpiry", "Organizer", "GroupChat", "Department"],
                [["a@x", "r2", "communicator-2007-r2", "yahoo", "2014-03-31", "true", "false", "IT"], ["b@x", "r2", "lync-2010", "yahoo;aol", "", "false", "true", "IT"]])

    class Typed(DuckDb):
        def load(self, table, header, rows):
            super().load("texts", header, rows)
            self.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT SipAddress, HomePool, Client, PicProviders, "
                         "CAST(nullif(PicLicenseExpiry, '') AS TIMESTAMP) AS PicLicenseExpiry, CAST(Organizer AS BOOLEAN) AS Organizer, "
                         "CAST(GroupChat AS BOOLEAN) AS GroupChat, Department FROM texts")

    return case, Typed(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    parser.add_argument("--engine", choices=["duckdb", "spark"])
    parser.add_argument("--seeds", type=int, help="how many cases are drawn by chance (DuckDB: 25, Spark: 3)")
    parser.add_argument("--large", nargs=2, metavar=("USERS", "PLAN"), action="append", default=[], help="a large inventory and its plan")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    engines = [engine for engine in (DuckDb, Spark) if arguments.engine in (None, engine.id)]
    passed = failed = skipped = 0
    if Spark in engines and not java():
        print("There is no Java on this machine, which Spark needs: install a JRE of version 17 or later, or set JAVA_HOME.")
        engines.remove(Spark)
        if os.environ.get("CI"):
            failed += 1
        else:
            skipped += 1
    for engine_type in engines:
        with tempfile.TemporaryDirectory(prefix="cutover-sql-") as folder:
            folder = pathlib.Path(folder)
            engine = engine_type(folder)
            cases = [(case, engine) for case in written(program, folder)]
            if engine_type is DuckDb:
                cases.append(typed(program, folder))
            seeds = arguments.seeds if arguments.seeds is not None else 25 if engine_type is DuckDb else 3
            cases += [(chance(program, folder, seed, engine_type), engine) for seed in range(seeds)]
            cases.append((chance(program, folder, "many", engine_type, people=4000), engine))
            for number, (users, plan) in enumerate(arguments.large):
                text = pathlib.Path(plan).read_text(encoding="utf-8")
                cases.append((Case(program, folder, f"large-{number}", text, file=pathlib.Path(users).resolve()), engine))
            for case, engine in cases:
                start = time.monotonic()
                wrong = case.check(engine)
                passed, failed = passed + (not wrong), failed + bool(wrong)
                print(f"{'FAILED' if wrong else 'ok':7}{engine.id:7} {case.name:26} {len(case.expected[1]):8} findings {time.monotonic() - start:6.1f} s", flush=True)
                print("\n".join(wrong) + "\n" if wrong else "", end="", flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
