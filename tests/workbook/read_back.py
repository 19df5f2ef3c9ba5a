"""Reads report.xlsx with openpyxl and compares it with report.json and findings.csv of the same report."""

import argparse
import csv
import datetime
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from openpyxl import load_workbook

SHEETS = [
    "Summary", "Phases", "Matrix", "Findings", "Cohorts", "Users", "Cross-user", "Remedies", "Communications",
    "Contested", "Unknowns", "Rejected rows", "Rules", "Decisions", "Changes", "Run",
]

# One person whose name and department are formulas elsewhere, and one with a line break and an escape.
NAUGHTY_PLAN = """\
[plan]
name = "=1+1"
baseline = 2014-01-06
end = 2014-12-31
[[pool]]
id = "r2"
server = "ocs-2007-r2"
[[pool]]
id = "l13"
server = "lync-server-2013"
[[stage]]
id = "go"
date = 2014-03-01
move = [{ from = ["r2"], to = "l13" }]
"""
NAUGHTY_USERS = """\
SipAddress,DisplayName,HomePool,Client,Department,Organizer
a@x.com,"=HYPERLINK(""http://x"")",r2,communicator-2007-r2,@SUM(A1),yes
b@x.com,"two
lines",r2,communicator-2007-r2,-1+1,yes
c@x.com,nobody,r9,communicator-2007-r2,+7,yes
"""


def report(program, folder, *arguments):
    subprocess.run([program, "report", "--quiet", "-o", folder, *arguments], check=True, stderr=subprocess.DEVNULL)
    return Path(folder)


def rows(book, name):
    """The rows of a table as dictionaries; heads are in the second row."""
    lines = book[name].iter_rows(min_row=2, values_only=True)
    heads = next(lines)
    return [dict(zip(heads, line)) for line in lines]


def check(found, expected, what):
    if found != expected:
        sys.exit(f"{what}: the workbook says {found!r}, the other file {expected!r}")


def no_formula(book):
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                if cell.data_type == "f":
                    sys.exit(f"{sheet.title}!{cell.coordinate} is a formula")


def check_sample(folder):
    book = load_workbook(folder / "report.xlsx")
    data = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    check(book.sheetnames, SHEETS, "sheets")
    no_formula(book)
    for sheet in book:
        if sheet.freeze_panes is None:
            sys.exit(f"{sheet.title}: no head is frozen")
    check(len(book["Summary"]._charts), 3, "charts")
    if not book["Matrix"].conditional_formatting:
        sys.exit("the matrix has no colors")
    summary = {}
    for line in book["Summary"].iter_rows(values_only=True):
        summary.setdefault(line[0], line[1])
    for label, key in [
        ("Users", "users"), ("Lose something", "losing"), ("Untouched", "untouched"), ("User-days lost", "all_user_days"),
    ]:
        check(summary[label], data["numbers"][key], label)
    phases = rows(book, "Phases")
    check(len(phases), len(data["phases"]), "phases")
    for row, phase in zip(phases, data["phases"]):
        check(row["From"].date().isoformat(), phase["from"], "first day of a phase")
        check(row["Newly affected"], phase["users"]["newly"], "newly affected")
        check(row["User-days lost"], sum(phase["user_days"].values()), "user-days of a phase")
    users = Counter((row["Phase"], row["Group"]) for row in rows(book, "Users"))
    groups = {(phase["number"], group["id"]): group["users"] for phase in data["phases"] for group in phase["groups"]}
    check(dict(users), groups, "users by group")
    check({row["Group"]: row["Users"] for row in rows(book, "Cohorts")},
          {group: count for (_, group), count in groups.items()}, "cohorts")
    with open(folder / "findings.csv", newline="", encoding="utf-8") as file:
        expected = [(line["sip"], datetime.date.fromisoformat(line["date"]), line["severity"]) for line in csv.DictReader(file)]
    found = [(row["Address"], row["Date"].date(), row["Severity"]) for row in rows(book, "Findings")]
    check(found, expected, "findings")
    for phase in data["phases"]:
        name = folder / f"phase-{phase['number']}-communications.csv"
        if name.exists():
            with open(name, newline="", encoding="utf-8") as file:
                expected = [(line["sip"], line["changes"], line["instead"]) for line in csv.DictReader(file)]
            found = [
                (row["Address"], row["What changes for you"], row["What to do instead"])
                for row in rows(book, "Communications") if row["Phase"] == phase["number"]
            ]
            check(found, expected, name.name)
    check(len([row for row in rows(book, "Rejected rows")]), data["inventory"]["rows_rejected"], "rejected rows")
    check(len(rows(book, "Rules")), len(data["rules"]), "rules")


def check_previous(program, home, first):
    """Somebody writes into Decisions with openpyxl; the next report has it."""
    book = load_workbook(first / "report.xlsx")
    sheet = book["Decisions"]
    heads = [cell.value for cell in sheet[2]]
    wrote = {"Owner": "Ann", "Decision": "=accept", "Until": datetime.datetime(2014, 5, 31), "Note": "a\nb"}
    for head, value in wrote.items():
        cell = sheet.cell(row=5, column=heads.index(head) + 1)
        cell.value = value
        if head == "Decision":
            cell.data_type = "s"
    key = sheet.cell(row=5, column=1).value
    book.save(first / "report.xlsx")
    second = report(program, home / "second", "--sample", "--previous", first)
    rows_after = {row["Id"]: row for row in rows(load_workbook(second / "report.xlsx"), "Decisions")}
    check({head: rows_after[key][head] for head in wrote}, wrote, "decisions carried over")
    check({row["State"] for row in rows_after.values()}, {"known"}, "states of decisions")


def check_naughty(program, home):
    (home / "plan.toml").write_text(NAUGHTY_PLAN, encoding="utf-8")
    (home / "users.csv").write_text(NAUGHTY_USERS, encoding="utf-8", newline="")
    folder = report(program, home / "naughty", "-p", home / "plan.toml", "-i", home / "users.csv")
    book = load_workbook(folder / "report.xlsx")
    found = [(row["Name"], row["Department"]) for row in rows(book, "Users") if row["Phase"] == 1]
    check(found, [('=HYPERLINK("http://x")', "@SUM(A1)"), ("two\nlines", "-1+1")], "naughty names")
    rejected = rows(book, "Rejected rows")
    check([(row["SipAddress"], row["Department"]) for row in rejected], [("c@x.com", "+7")], "naughty rejected rows")
    check(book["Summary"]["A1"].value, "=1+1", "naughty plan")
    no_formula(book)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    program = str(Path(parser.parse_args().program).resolve())
    with tempfile.TemporaryDirectory() as home:
        home = Path(home)
        folder = report(program, home / "sample", "--sample")
        check_sample(folder)
        first = (folder / "report.xlsx").read_bytes()
        again = report(program, home / "again", "--sample")
        check((again / "report.xlsx").read_bytes() == first, True, "the same bytes again")
        check_previous(program, home, folder)
        check_naughty(program, home)
    print("report.xlsx: openpyxl finds the figures of report.json, findings.csv and the messages")


if __name__ == "__main__":
    main()
