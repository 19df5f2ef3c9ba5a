"""Fills tests/fuzz/corpus with the fixtures, each with the byte in front that its target chooses by.

    python3 tests/fuzz/seed.py
"""

from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
XLSX = ["xl/worksheets/sheet2.xml", "xl/sharedStrings.xml", "xl/styles.xml"]


def put(target, data):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / sha256(data).hexdigest()[:16]).write_bytes(data)


for path in sorted((ROOT / "fixtures/inventories").glob("*.csv")):
    for choice in (0, 1, 2, 8 + 16):
        put("delimited", bytes([choice]) + path.read_bytes()[:4000])
for folder in ("good", "bad"):
    for path in sorted((ROOT / "fixtures/plans" / folder).glob("*.toml")):
        put("plan", path.read_bytes()[:4000])
# In the order of the program's own list, by which the first byte chooses.
data = ROOT / "src/knowledge/data"
for number, path in enumerate([*sorted(data.glob("*.toml")), *sorted(data.glob("sources/*.toml"))]):
    put("knowledge", bytes([number]) + path.read_bytes())
with ZipFile(ROOT / "fixtures/workbooks/openpyxl.xlsx") as book:
    put("workbook", b"\0" + b"\0".join(book.read(part) for part in XLSX if part in book.namelist()))
with ZipFile(ROOT / "fixtures/workbooks/odfpy.ods") as book:
    put("workbook", b"\1" + book.read("content.xml"))
for path in sorted((ROOT / "fixtures/workbooks").glob("*.xlsx")):
    put("workbook", b"\2" + path.read_bytes())
