"""The two engines: a table of texts in, the answer of a printed statement out."""

import csv
import os
import pathlib
import shutil


class DuckDb:
    id = "duckdb"

    def __init__(self, folder):
        import duckdb

        self.folder = pathlib.Path(folder)
        self.db = duckdb.connect()
        self.db.execute("SET threads = 2")

    def load(self, table, header, rows):
        """A table with a text or nothing in every cell."""
        path = self.folder / f"{table}.load.csv"
        self._text(path, header, rows)
        self.read(table, path)

    def read(self, table, path):
        self.db.execute(f"CREATE OR REPLACE TABLE {table} AS FROM read_csv(?, header = true, all_varchar = true, delim = ',', "
                        "quote = '\"', escape = '\"', null_padding = false, max_line_size = 10000000)", [str(path)])

    def execute(self, statement):
        self.db.execute(statement)

    def save(self, statement, name):
        """Writes the answer as CSV; returns the files in order."""
        path = self.folder / f"{name}.csv"
        self.db.execute(f"COPY ({statement}) TO '{path}' (HEADER)")
        return [path]

    @staticmethod
    def _text(path, header, rows):
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
            writer.writerow(header)
            writer.writerows(rows)


class Spark:
    id = "spark"

    def __init__(self, folder):
        from pyspark.sql import SparkSession

        self.folder = pathlib.Path(folder)
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder = SparkSession.builder.master("local[2]").appName("cutover")
        settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.driver.memory": "2g",
                    "spark.ui.showConsoleProgress": "false", "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
                    "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        for key, value in settings.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")

    def load(self, table, header, rows):
        from pyspark.sql.types import StringType, StructField, StructType

        schema = StructType([StructField(name, StringType()) for name in header])
        frame = self.session.createDataFrame([tuple(row) for row in rows], schema)
        frame.coalesce(1).createOrReplaceTempView(table)
        self.session.catalog.cacheTable(table)

    def read(self, table, path):
        reader = self.session.read.option("header", True).option("escape", '"').option("multiLine", True)
        reader.csv(str(path)).createOrReplaceTempView(table)
        self.session.catalog.cacheTable(table)

    def execute(self, statement):
        self.session.sql(statement)

    def save(self, statement, name):
        folder = self.folder / f"{name}.parts"
        shutil.rmtree(folder, ignore_errors=True)
        writer = self.session.sql(statement).write.option("header", True).option("escape", '"')
        writer.option("ignoreLeadingWhiteSpace", False).option("ignoreTrailingWhiteSpace", False).csv(str(folder))
        return sorted(folder.glob("part-*.csv"))


def java():
    """Is there a Java to run Spark with?"""
    home = os.environ.get("JAVA_HOME")
    return bool(shutil.which("java") or home and (pathlib.Path(home) / "bin" / "java").exists())
