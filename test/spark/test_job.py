"""Runs job.py on real Spark, in one session. Started by job.test.ts, which makes the plan that a construct would make."""

import gzip
import json
import os
import sys
import tempfile
import unittest
from datetime import date
from decimal import Decimal
from pathlib import Path
from unittest import mock

from pyspark.sql import DataFrameWriter, SparkSession

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "src" / "analytics" / "spark"))
import job  # noqa: E402

PLAN = json.loads(Path(os.environ["ANALYTICS_PLAN"]).read_text())
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
GOOD = '1001,A1,"Mug, blue",2,1291197600,2.55,C-1,France'

MUG = 'Mug "Best, Mum"'
POPULARITY = {
    # rank, code, description, sold, cancelled, net units, gross, net, orders, customers
    (1, "A1", MUG, 20, 4, 15, Decimal("51.000"), Decimal("40.800"), 2, 1),
    (2, "E5", None, 7, 0, 7, Decimal("7.700"), Decimal("7.700"), 1, 1),
    (3, "B2", "Paper clip", 4, 0, 4, Decimal("0.004"), Decimal("0.004"), 2, 1),
    (4, "D4", "Café “Zürich” 茶", 2, 0, 2, Decimal("9.900"), Decimal("9.900"), 1, 1),
    (5, "X", "Adjust bad debt", 1, 0, 1, Decimal("0.000"), Decimal("-11.060"), 1, 0),
}
BY_DAY = {
    # day, month, orders, cancellations, lines, customers, net units, gross, net
    (date(2010, 12, 1), "2010-12", 1, 0, 3, 1, 23, Decimal("51.003"), Decimal("51.003")),
    (date(2010, 12, 31), "2010-12", 1, 0, 1, 0, 1, Decimal("0.001"), Decimal("0.001")),
    (date(2011, 1, 1), "2011-01", 1, 1, 2, 1, -5, Decimal("0.000"), Decimal("-10.200")),
    (date(2011, 1, 31), "2011-01", 2, 0, 3, 1, 10, Decimal("17.600"), Decimal("6.540")),
}
BY_COUNTRY = {
    ("United Kingdom", 3, 1, 6, 1, 19, Decimal("51.003"), Decimal("29.743")),
    ("France", 2, 0, 2, 1, 8, Decimal("7.701"), Decimal("7.701")),
    ("Unspecified", 1, 0, 1, 1, 2, Decimal("9.900"), Decimal("9.900")),
}
TABLES = {
    "product_popularity": POPULARITY,
    "order_statistics_by_day": BY_DAY,
    "order_statistics_by_country": BY_COUNTRY,
}


class JobTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.memory", "2g")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate()
        )
        cls.spark.sparkContext.setLogLevel("OFF")

    @classmethod
    def tearDownClass(cls):
        cls.spark.stop()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.source = self.folder / "lines"
        self.output = self.folder / "tables"
        self.source.mkdir()

    def put(self, name, *lines, header=HEADER):
        file = self.source / name
        file.parent.mkdir(parents=True, exist_ok=True)
        content = "\n".join([header, *lines]).encode() + b"\n"
        file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)

    def put_fixture(self):
        for name in ("2010.csv", "2011.csv"):
            content = (HERE / "lines" / name).read_bytes()
            target = self.source / "deep" / f"{name}.gz" if name == "2011.csv" else self.source / name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(gzip.compress(content) if target.suffix == ".gz" else content)

    def run_job(self, **changes):
        plan = self.folder / "plan.json"
        plan.write_text(json.dumps({**PLAN, **changes}))
        return job.run(self.spark, str(self.source), str(self.output), str(plan))

    def table(self, name):
        return {tuple(row) for row in self.rows(name)}

    def rows(self, name):
        columns = next(table["columns"] for table in PLAN["tables"] if table["name"] == name)
        schema = ", ".join(f"{column['name']} {column['type']}" for column in columns)
        frame = self.spark.read.schema(schema).parquet(str(self.output / name))
        return frame.select(*[column["name"] for column in columns]).collect()

    def assert_fails(self, *words, **changes):
        with self.assertRaises(job.JobError) as caught:
            self.run_job(**changes)
        for word in words:
            self.assertIn(word, str(caught.exception))


class TablesTest(JobTest):
    def test_hand_computed_tables_whatever_the_ansi_mode(self):
        self.put_fixture()
        for ansi in ("false", "true"):
            with self.subTest(ansi=ansi):
                self.spark.conf.set("spark.sql.ansi.enabled", ansi)
                summary = self.run_job()
                self.assertEqual(
                    summary,
                    {
                        "lines": 9,
                        "rejected": 0,
                        "tables": {"product_popularity": 5, "order_statistics_by_day": 4, "order_statistics_by_country": 3},
                    },
                )
                for name, expected in TABLES.items():
                    rows = self.rows(name)
                    self.assertEqual({tuple(row) for row in rows}, expected, name)
                    self.assertEqual(len(rows), len(expected), name)
        months = sorted(path.name for path in (self.output / "order_statistics_by_day").glob("*=*"))
        self.assertEqual(months, ["month=2010-12", "month=2011-01"])

    def test_another_run_leaves_no_row_of_the_earlier_input(self):
        self.put_fixture()
        self.run_job()
        for file in self.source.rglob("*.csv*"):
            file.unlink()
        self.put("new.csv", GOOD)
        self.run_job()
        self.assertEqual(
            self.table("order_statistics_by_day"),
            {(date(2010, 12, 1), "2010-12", 1, 0, 1, 1, 2, Decimal("5.100"), Decimal("5.100"))},
        )

    def test_columns_of_other_names_in_another_order(self):
        self.put("other.csv", "2,7,0.5,Tea,2011-02-03 04:05:06,9,me,x", header="qty,no,price,what,at,sku,who,extra")
        self.run_job(
            columns={
                **{"quantity": "qty", "invoice": "no", "unit_price": "price", "description": "what"},
                **{"invoice_date": "at", "stock_code": "sku", "customer_id": "who", "country": "extra"},
            }
        )
        self.assertEqual(self.table("order_statistics_by_country"), {("x", 1, 0, 1, 1, 2, Decimal("1.000"), Decimal("1.000"))})

    def test_own_query(self):
        self.put_fixture()
        big = {
            "name": "big_lines",
            "sql": "SELECT invoice, revenue FROM lines WHERE revenue > 20",
            "columns": [{"name": "invoice", "type": "string"}, {"name": "revenue", "type": "decimal(23,3)"}],
            "partitionBy": ["invoice"],
        }
        self.assertEqual(self.run_job(tables=[big])["tables"], {"big_lines": 2})
        self.assertEqual([path.name for path in (self.output / "big_lines").glob("*=*")], ["invoice=1001"])

    def test_query_that_gives_other_columns_than_declared(self):
        self.put_fixture()
        table = {**PLAN["tables"][2], "sql": "SELECT country, 1.5 AS lines FROM lines"}
        self.assert_fails("order_statistics_by_country", "decimal(2,1)", tables=[table])


class InputTest(JobTest):
    BAD = {
        "1,A,short,1,1291197600,1": "does not have the columns",
        "1,A,long,1,1291197600,1,C,France,more": "does not have the columns",
        ",A,x,1,1291197600,1,C,France": "no invoice",
        "1, ,x,1,1291197600,1,C,France": "no stock code",
        "1,A,x,1.5,1291197600,1,C,France": "quantity",
        "1,A,x,,1291197600,1,C,France": "quantity",
        "1,A,x,9999999999,1291197600,1,C,France": "quantity",
        "1,A,x,1,1291197600,free,C,France": "price is not a number",
        "1,A,x,1,1291197600,NaN,C,France": "price is not a number",
        "1,A,x,1,1291197600,1.2345,C,France": "three decimals",
        "1,A,x,1,01/12/2010,1,C,France": "invoice date",
        "1,A,x,1,20101201,1,C,France": "invoice date",
        "1,A,x,1,12:30,1,C,France": "invoice date",
        "1,A,x,1,2010-13-01,1,C,France": "invoice date",
    }

    def test_each_kind_of_bad_record_is_rejected_with_its_reason(self):
        for number, line in enumerate(self.BAD):
            self.put(f"{number:02}.csv", GOOD, line)
        job.configure(self.spark)
        for ansi in ("false", "true"):
            self.spark.conf.set("spark.sql.ansi.enabled", ansi)
            job.read_source(self.spark, str(self.source), PLAN["columns"]).createOrReplaceTempView("source")
            typed = self.spark.sql(PLAN["lines"]).where("reject IS NOT NULL").orderBy("source_file").collect()
            self.assertEqual(len(typed), len(self.BAD))
            for row, (line, reason) in zip(typed, self.BAD.items()):
                self.assertIn(reason, row.reject, line)

    def test_rejects_up_to_the_limit_are_counted_and_left_out(self):
        self.put("lines.csv", GOOD, *self.BAD)
        summary = self.run_job(maxRejectedLines=len(self.BAD))
        self.assertEqual((summary["lines"], summary["rejected"]), (1, len(self.BAD)))
        self.assertEqual(len(self.rows("product_popularity")), 1)
        self.assert_fails("14 of 15 lines rejected, 13 allowed", maxRejectedLines=len(self.BAD) - 1)

    def test_rejected_input_leaves_the_previous_tables_alone(self):
        self.put_fixture()
        self.run_job()
        self.put("later.csv", next(iter(self.BAD)))
        self.assert_fails("1 of 10 lines rejected, 0 allowed", "later.csv, invoice 1: the record does not have the columns")
        self.assertEqual(self.table("product_popularity"), POPULARITY)

    def test_missing_input(self):
        self.assert_fails("no input", str(self.source))
        self.put("notes.txt", GOOD)
        self.assert_fails("no input", ".csv or .csv.gz")
        self.put("lines.csv")
        self.assert_fails("no input", "hold no lines")
        self.source = self.folder / "nowhere"
        self.assert_fails("no input", "nowhere")

    def test_missing_column(self):
        self.put("lines.csv", "1,2", header="InvoiceNo,Quantity")
        self.assert_fails("lacks the columns Country, CustomerID, Description", "header has InvoiceNo, Quantity")

    def test_record_that_lacks_a_column_nobody_reads(self):
        self.put("wide.csv", f"{GOOD},x", GOOD, header=f"{HEADER},Extra")
        self.assert_fails("1 of 2 lines rejected", "does not have the columns")

    def test_second_file_with_columns_in_another_order(self):
        self.put("a.csv", GOOD)
        self.put("b.csv", 'A1,1001,"Mug, blue",2,1291197600,2.55,C-1,France', header=HEADER.replace("InvoiceNo,StockCode", "StockCode,InvoiceNo"))
        with self.assertRaisesRegex(Exception, "CSV header does not conform to the schema"):
            self.run_job()


class VerificationTest(JobTest):
    def test_rows_that_a_committer_duplicates_are_noticed(self):
        self.put_fixture()
        write = DataFrameWriter.parquet

        def write_twice(writer, path, **options):
            write(writer, path, **options)
            write(writer.mode("append"), path, **options)

        with mock.patch.object(DataFrameWriter, "parquet", write_twice):
            self.assert_fails("was written as", "'count(*)': 10", "'count(*)': 5")

    def test_a_changed_text_is_noticed(self):
        self.put_fixture()
        self.run_job()
        frame = self.spark.read.parquet(str(self.output / "product_popularity"))
        before, after = job.measure(frame), job.measure(frame.na.replace(MUG, "Mug", "description"))
        self.assertNotEqual(before.pop("hash(*)"), after.pop("hash(*)"))
        self.assertEqual(before, after)


@unittest.skipUnless(os.environ.get("ONLINE_RETAIL"), "the Online Retail file is not on this machine")
class OnlineRetailTest(JobTest):
    def test_facts_of_the_whole_file(self):
        os.symlink(os.environ["ONLINE_RETAIL"], self.source / "online-retail.csv.gz")
        summary = self.run_job()
        self.assertEqual((summary["lines"], summary["rejected"]), (541_909, 0))

        days = self.rows("order_statistics_by_day")
        self.assertEqual(sum(row.orders + row.cancellations for row in days), 25_900)
        self.assertEqual(sum(row.lines for row in days), 541_909)
        self.assertEqual(cents(sum(row.net_revenue for row in days)), Decimal("9747747.93"))
        self.assertEqual(cents(sum(row.gross_revenue for row in days)), Decimal("10666684.54"))

        countries = {row.country: cents(row.net_revenue) for row in self.rows("order_statistics_by_country")}
        self.assertEqual(countries["United Kingdom"], Decimal("8187806.36"))
        self.assertEqual(countries["Netherlands"], Decimal("284661.54"))
        self.assertEqual(countries["EIRE"], Decimal("263276.82"))
        self.assertEqual(countries["Germany"], Decimal("221698.21"))

        products = self.rows("product_popularity")
        self.assertEqual(len({row.stock_code for row in products}), 4_070)
        self.assertEqual(cents(sum(row.net_revenue for row in products)), Decimal("9747747.93"))
        top = [(row.description, row.net_units) for row in sorted(products, key=lambda row: row.rank)[:5]]
        self.assertEqual(
            top,
            [
                ("WORLD WAR 2 GLIDERS ASSTD DESIGNS", 53_847),
                ("JUMBO BAG RED RETROSPOT", 47_363),
                ("ASSORTED COLOUR BIRD ORNAMENT", 36_381),
                ("POPCORN HOLDER", 36_334),
                ("PACK OF 72 RETROSPOT CAKE CASES", 36_039),
            ],
        )


def cents(amount):
    return amount.quantize(Decimal("0.01"))


if __name__ == "__main__":
    # Spark's own sockets are left open on purpose, which Python would report for each.
    unittest.main(verbosity=2, warnings="ignore")
