"""Spark as AWS Glue 5 runs it: its own virtual environment, the jars that let it read S3, and a Java to run on.

    python3 spark_environment.py
"""

import os
import re
import shutil
import subprocess
import tempfile

from environment import EnvironmentFailure, cache_directory, ensure, run_as_script

HERE = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS = os.path.join(HERE, "spark-requirements.txt")
# PySpark is published as its source alone.
BUILD_REQUIREMENTS = os.path.join(HERE, "spark-build-requirements.txt")
NEWEST_JAVA, OLDEST_JAVA = 17, 11
AWS_SDK = "1.12.262"
# hadoop-aws asks for the AWS SDK's bundle of 280 MB, of which S3A needs these.
JARS = [
    "org.apache.hadoop:hadoop-aws:3.3.4",
    f"com.amazonaws:aws-java-sdk-core:{AWS_SDK}",
    f"com.amazonaws:aws-java-sdk-s3:{AWS_SDK}",
    f"com.amazonaws:aws-java-sdk-kms:{AWS_SDK}",
    f"com.amazonaws:aws-java-sdk-sts:{AWS_SDK}",
    f"com.amazonaws:aws-java-sdk-dynamodb:{AWS_SDK}",
    f"com.amazonaws:jmespath-java:{AWS_SDK}",
]


def ensure_spark(progress):
    """`{"python": …, "jars": …, "java": …}`: the environment's Python, the folder of the jars, and the Java home or ''."""
    java_home = find_java()
    python = ensure(REQUIREMENTS, "Spark", progress, BUILD_REQUIREMENTS)
    return {"python": python, "jars": ensure_jars(python, progress), "java": java_home}


def find_java():
    home = os.environ.get("JAVA_HOME") or ""
    java = os.path.join(home, "bin", "java") if home else "java"
    try:
        version = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    except OSError:
        raise EnvironmentFailure(
            f"no Java found ({java}): Spark needs Java {NEWEST_JAVA}, on PATH or in JAVA_HOME"
        ) from None
    match = re.search(r'version "(\d+)', version)
    found = int(match[1]) if match else 0
    if not OLDEST_JAVA <= found <= NEWEST_JAVA:
        raise EnvironmentFailure(
            f"{java} is Java {found}: Spark 3.5 needs Java {OLDEST_JAVA} to {NEWEST_JAVA}, on PATH or in JAVA_HOME"
        )
    return home


def ensure_jars(python, progress):
    directory = os.path.join(cache_directory(), f"spark-jars-{AWS_SDK}")
    complete = os.path.join(directory, "complete")
    if os.path.exists(complete):
        return directory
    progress(f"fetching {len(JARS)} jars from Maven Central into {directory} (first use only)")
    os.makedirs(directory, exist_ok=True)
    fetch_jars(python, directory)
    missing = [jar for jar in JARS if not os.path.exists(os.path.join(directory, file_name(jar)))]
    if missing:
        raise EnvironmentFailure(f"{missing[0]} could not be downloaded: the first Spark job needs the network")
    open(complete, "w").close()
    return directory


def fetch_jars(python, directory):
    """Spark brings a resolver of its own; it runs before the script, which does nothing."""
    with tempfile.TemporaryDirectory() as scratch:
        script = os.path.join(scratch, "nothing.py")
        open(script, "w").close()
        subprocess.run(
            [
                os.path.join(os.path.dirname(python), "spark-submit"),
                "--packages",
                ",".join(JARS),
                "--exclude-packages",
                "com.amazonaws:aws-java-sdk-bundle",
                "--conf",
                f"spark.jars.ivy={scratch}",
                script,
            ],
            env={**os.environ, "PYSPARK_PYTHON": python},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for jar in JARS:
            fetched = os.path.join(scratch, "jars", f"{jar.split(':')[0]}_{file_name(jar)}")
            if os.path.exists(fetched):
                shutil.move(fetched, os.path.join(directory, file_name(jar)))


def file_name(jar):
    _group, artifact, version = jar.split(":")
    return f"{artifact}-{version}.jar"


if __name__ == "__main__":
    run_as_script(lambda progress: ensure_spark(progress)["python"])
