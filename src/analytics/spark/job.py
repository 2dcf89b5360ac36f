"""Runs the plan of a GlueAnalyticsJob: CSV files in, exact aggregates as Parquet out.

The plan is a JSON document made at synth and holds all that can be decided before the run: the SQL, the columns and the
limits. This script is the shell around it. It asks for nothing but Spark, so the same file runs on AWS Glue and on any
other Spark of the version; it keeps no bookmark, because an aggregate over the new files alone would be wrong.

It fails, with the reason as the last line of the traceback, rather than publish something incomplete.
"""

import argparse
import json
import sys
from urllib.parse import unquote

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import DecimalType, IntegralType, StringType, StructField, StructType

MALFORMED = "malformed_record"
REJECTS_SHOWN = 5
MOST_PARTITIONS_A_CALL = 100


class JobError(Exception):
    """What is wrong with the input or the plan, in words that say what to do."""


def main(argv):
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--source", required=True, help="prefix of the CSV files, as a URI")
    parser.add_argument("--output", required=True, help="prefix of the tables, as a URI")
    parser.add_argument("--plan", required=True, help="the plan document, as a URI")
    parser.add_argument("--database", help="Glue database whose tables get the partitions; none are registered without it")
    # Glue adds arguments of its own.
    arguments, _ = parser.parse_known_args(argv)

    spark = SparkSession.builder.getOrCreate()
    summary = run(spark, arguments.source, arguments.output, arguments.plan, arguments.database)
    print(json.dumps(summary), flush=True)


def run(spark, source, output, plan_uri, database=None):
    """Executes the plan and returns its summary: lines read and rejected, and the rows of each table."""
    configure(spark)
    plan = json.loads(read_text(spark, plan_uri))
    lines, rejected = load_lines(spark, source, plan)
    lines.createOrReplaceTempView("lines")
    try:
        # Everything is computed and checked before the first byte of the previous results is replaced.
        results = {table["name"]: aggregate(spark, table) for table in plan["tables"]}
        for table in plan["tables"]:
            location = f"{output.rstrip('/')}/{table['name']}"
            publish(spark, results[table["name"]], table, location)
            if database and table["partitionBy"]:
                register_partitions(spark, database, table, location)
        return {
            "lines": lines.count(),
            "rejected": rejected,
            "tables": {name: result.count() for name, result in results.items()},
        }
    finally:
        spark.catalog.clearCache()


def configure(spark):
    settings = {
        "spark.sql.session.timeZone": "UTC",
        # With pruning a record that is too short or too long looks right.
        "spark.sql.csv.parser.columnPruning.enabled": "false",
        # Each run replaces whole tables, so no row of an earlier input can stay behind.
        "spark.sql.sources.partitionOverwriteMode": "static",
        # Some platforms install committers that can duplicate rows.
        "spark.sql.sources.commitProtocolClass": "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol",
        "spark.sql.parquet.output.committer.class": "org.apache.parquet.hadoop.ParquetOutputCommitter",
    }
    for name, value in settings.items():
        spark.conf.set(name, value)


def load_lines(spark, source, plan):
    """Returns the typed lines that count, and how many records were rejected."""
    read_source(spark, source, plan["columns"]).createOrReplaceTempView("source")
    typed = spark.sql(plan["lines"]).persist()
    total, rejected = typed.agg(F.count("*"), F.count("reject")).first()
    if total == 0:
        raise JobError(f"no input: the CSV files under {source} hold no lines")
    if rejected > plan["maxRejectedLines"]:
        examples = typed.where("reject IS NOT NULL").limit(REJECTS_SHOWN).collect()
        shown = "; ".join(f"{row.source_file}, invoice {row.invoice}: {row.reject}" for row in examples)
        raise JobError(f"{rejected} of {total} lines rejected, {plan['maxRejectedLines']} allowed: {shown}")
    return typed.where("reject IS NULL").drop("reject"), rejected


def read_source(spark, source, columns):
    """Returns all records as text under the plan's own column names."""
    if not has_csv_files(spark, source):
        raise JobError(f"no input: there is no .csv or .csv.gz file under {source}")
    reader = spark.read.options(
        header=True,
        # Quotes inside a quoted field are doubled, as RFC 4180 says.
        escape='"',
        # The header of every file must match, or columns in another order would be mixed up.
        enforceSchema=False,
        recursiveFileLookup=True,
        pathGlobFilter="*.{csv,csv.gz}",
    )
    header = reader.csv(source).columns
    missing = sorted(set(columns.values()) - set(header))
    if missing:
        raise JobError(f"the source lacks the columns {', '.join(missing)}; its header has {', '.join(header)}")

    schema = StructType([StructField(name, StringType()) for name in [*header, MALFORMED]])
    records = reader.option("columnNameOfCorruptRecord", MALFORMED).schema(schema).csv(source)
    named = [F.col(f"`{column}`").alias(name) for name, column in columns.items()]
    return records.select(*named, MALFORMED, F.input_file_name().alias("source_file"))


def aggregate(spark, table):
    """Returns the computed table, held so that what is written is what was checked."""
    result = spark.sql(table["sql"])
    declared = {column["name"]: column["type"] for column in table["columns"]}
    actual = {field.name: field.dataType.simpleString() for field in result.schema.fields}
    if actual != declared:
        raise JobError(f"the query of table {table['name']} gives the columns {actual}, declared are {declared}")
    return result.select(*declared).persist()


def publish(spark, result, table, location):
    """Replaces the table and reads it back: counts, sums and contents must be those of the computed result."""
    keys = table["partitionBy"]
    # A shuffle to one file per partition; coalesce would also compute the query on one core.
    files = result.repartition(*keys) if keys else result.repartition(1)
    files.write.mode("overwrite").partitionBy(*keys).parquet(location)

    expected = measure(result)
    written = measure(spark.read.schema(result.schema).parquet(location).select(*result.columns))
    if written != expected:
        raise JobError(f"{location} was written as {written}, but {expected} was computed; run the job again")


def measure(frame: DataFrame):
    """Row count, the sum of each exact number, and the sum of the rows' hashes, which sees every column and no order."""
    exact = [field.name for field in frame.schema.fields if isinstance(field.dataType, (DecimalType, IntegralType))]
    sums = [F.sum(F.col(name).cast("decimal(38,3)")).alias(name) for name in exact]
    content = F.sum(F.xxhash64(*frame.columns).cast("decimal(38,0)")).alias("hash(*)")
    return frame.agg(F.count("*").alias("count(*)"), content, *sums).first().asDict()


def register_partitions(spark, database, table, location):
    """Makes the catalogue's partitions of the table those that the run has written."""
    import boto3

    glue = boto3.client("glue")
    name = {"DatabaseName": database, "TableName": table["name"]}
    descriptor = glue.get_table(DatabaseName=database, Name=table["name"])["Table"]["StorageDescriptor"]
    wanted = {
        values: {**descriptor, "Location": directory}
        for values, directory in partition_directories(spark, location, len(table["partitionBy"])).items()
    }
    pages = glue.get_paginator("get_partitions").paginate(**name)
    existing = {tuple(found["Values"]): found["StorageDescriptor"] for page in pages for found in page["Partitions"]}
    current = {values for values, found in existing.items() if same_place(found, wanted.get(values))}

    for values in existing.keys() - current:
        glue.delete_partition(**name, PartitionValues=list(values))
    missing = [{"Values": list(values), "StorageDescriptor": wanted[values]} for values in wanted.keys() - current]
    for start in range(0, len(missing), MOST_PARTITIONS_A_CALL):
        answer = glue.batch_create_partition(**name, PartitionInputList=missing[start : start + MOST_PARTITIONS_A_CALL])
        if answer.get("Errors"):
            raise JobError(f"partitions of {database}.{table['name']} could not be registered: {answer['Errors']}")


def same_place(found, wanted):
    return wanted is not None and all(found.get(key) == wanted.get(key) for key in ("Location", "Columns"))


def partition_directories(spark, location, depth):
    """The directories of the partitions by the values of their keys, as Hive names them."""
    path = spark._jvm.org.apache.hadoop.fs.Path(location + "/*=*" * depth)
    found = path.getFileSystem(spark._jsc.hadoopConfiguration()).globStatus(path) or []
    directories = [status.getPath().toString() for status in found]
    return {tuple(unquote(part.split("=", 1)[1]) for part in directory.split("/")[-depth:]): directory for directory in directories}


def has_csv_files(spark, uri):
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    files = path.getFileSystem(spark._jsc.hadoopConfiguration())
    if not files.exists(path):
        return False
    found = files.listFiles(path, True)
    while found.hasNext():
        if found.next().getPath().getName().endswith((".csv", ".csv.gz")):
            return True
    return False


def read_text(spark, uri):
    path = spark._jvm.org.apache.hadoop.fs.Path(uri)
    # Opened as a file: Spark's own readers would list the bucket, which the job may not.
    stream = path.getFileSystem(spark._jsc.hadoopConfiguration()).open(path)
    try:
        return spark._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
    finally:
        stream.close()


if __name__ == "__main__":
    main(sys.argv[1:])
