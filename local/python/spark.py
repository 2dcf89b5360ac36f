"""Runs a Glue job's script on real Spark: its own process, the job role's credentials, S3 of this cloud under `s3://`."""

import os
import signal
import subprocess
import time

from roles import role_client, role_session
from spark_environment import EnvironmentFailure, ensure_spark

# Sockets and files of a session that nobody asked for, and parallelism for one small machine.
_SETTINGS = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "4",
    "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "spark.hadoop.fs.s3a.path.style.access": "true",
    "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
    "spark.hadoop.fs.s3a.aws.credentials.provider": "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
}
_processes: dict[str, subprocess.Popen] = {}


def run_job(job: dict, run: dict, arguments: dict) -> None:
    """Runs to the end and leaves state, error and times in `run`."""
    log_file = os.path.join(os.environ["LOCAL_LOG_DIR"], "..", "glue", f"{job['Name']}-{run['Id']}.log")
    os.makedirs(os.path.dirname(log_file), exist_ok=True)
    try:
        with open(log_file, "w") as log:
            exit_code = _run_script(job, run, arguments, log)
        if run["JobRunState"] == "STOPPED":
            return
        if exit_code is None:
            run["JobRunState"], run["ErrorMessage"] = "TIMEOUT", f"timed out after {run['Timeout']} minutes"
        elif exit_code == 0:
            run["JobRunState"] = "SUCCEEDED"
        else:
            run["JobRunState"], run["ErrorMessage"] = "FAILED", _error_of(log_file, exit_code)
    except Exception as error:
        # Whatever stands in the way is the run's failure: a run never stays RUNNING or succeeds without its script.
        reason = str(error) if isinstance(error, EnvironmentFailure) else f"{type(error).__name__}: {error}"
        run["JobRunState"], run["ErrorMessage"] = "FAILED", reason
    finally:
        _processes.pop(run["Id"], None)
        now = int(time.time())
        run |= {"CompletedOn": now, "LastModifiedOn": now, "ExecutionTime": now - run["StartedOn"]}


def stop_job(run_id: str) -> None:
    if process := _processes.get(run_id):
        process.terminate()


def _run_script(job, run, arguments, log) -> int | None:
    """The exit code of the script, or None when it took longer than the job's time-out."""
    directory = os.path.join(os.environ["TMPDIR"], "glue", run["Id"])
    os.makedirs(os.path.join(directory, "conf"))
    role = _role_arn(job["Role"])
    s3 = role_client("s3", role, "GlueJobRunnerSession")
    script = _fetch(s3, job["Command"]["ScriptLocation"], directory)
    modules = [_fetch(s3, uri, directory) for uri in _list(arguments, "--extra-py-files")]
    for uri in _list(arguments, "--extra-files"):
        _fetch(s3, uri, directory)
    jars = [_fetch(s3, uri, directory) for uri in _list(arguments, "--extra-jars")]
    environment = ensure_spark(lambda line: print(line, file=log, flush=True))
    run["JobRunState"] = "RUNNING"
    with open(os.path.join(directory, "conf", "spark-defaults.conf"), "w") as conf:
        for name, value in (_settings(environment, jars, directory) | _declared_settings(arguments)).items():
            conf.write(f"{name} {value}\n")
    process = subprocess.Popen(
        [environment["python"], script, *(part for pair in arguments.items() for part in pair)],
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        env={
            **role_session(role, "GlueJobRunnerSession"),
            **({"JAVA_HOME": environment["java"]} if environment["java"] else {}),
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", directory),
            "TMPDIR": directory,
            "LANG": "C.UTF-8",
            "AWS_REGION": os.environ["AWS_DEFAULT_REGION"],
            "AWS_DEFAULT_REGION": os.environ["AWS_DEFAULT_REGION"],
            "AWS_ENDPOINT_URL": os.environ["AWS_ENDPOINT_URL"],
            "PYSPARK_PYTHON": environment["python"],
            "PYTHONPATH": os.pathsep.join([directory, *modules]),
            "SPARK_CONF_DIR": os.path.join(directory, "conf"),
            "SPARK_LOCAL_IP": "127.0.0.1",
        },
    )
    _processes[run["Id"]] = process
    try:
        return process.wait(timeout=60 * int(run["Timeout"]))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        return None


def _settings(environment, jars, directory) -> dict[str, str]:
    own = [os.path.join(environment["jars"], name) for name in os.listdir(environment["jars"]) if name.endswith(".jar")]
    return _SETTINGS | {
        "spark.jars": ",".join(own + jars),
        "spark.local.dir": directory,
        "spark.sql.warehouse.dir": os.path.join(directory, "warehouse"),
        "spark.hadoop.fs.s3a.endpoint": os.environ["AWS_ENDPOINT_URL"],
        "spark.hadoop.fs.s3a.endpoint.region": os.environ["AWS_DEFAULT_REGION"],
        "spark.hadoop.fs.s3a.buffer.dir": directory,
    }


def _declared_settings(arguments) -> dict[str, str]:
    """Glue takes Spark settings as one argument: `--conf` = `a=1 --conf b=2`."""
    pairs = [part.strip() for part in arguments.get("--conf", "").split("--conf")]
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _fetch(s3, uri: str, directory: str) -> str:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    path = os.path.join(directory, os.path.basename(key))
    try:
        s3.download_file(bucket, key, path)
    except Exception as error:
        raise FileNotFoundError(f"{uri} cannot be read by the job's role: {error}") from None
    return path


def _list(arguments, name) -> list[str]:
    return [part for part in arguments.get(name, "").split(",") if part]


def _role_arn(role: str) -> str:
    from ministack.core.responses import get_account_id

    return role if role.startswith("arn:") else f"arn:aws:iam::{get_account_id()}:role/{role}"


def _error_of(log_file: str, exit_code: int) -> str:
    """What Glue shows: the exception's line under the last traceback, else the last line that was logged."""
    with open(log_file, errors="replace") as log:
        lines = [line.rstrip() for line in log if line.strip()]
    starts = [index for index, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    below = lines[starts[-1] + 1 :] if starts else lines[-1:]
    raised = [line for line in below if not line.startswith((" ", "\t"))][:2]
    if not raised:
        return f"the script ended with exit code {exit_code}"
    # Where Java failed, the first line only says that it did.
    return "".join(raised) if "Py4JJavaError" in raised[0] else raised[0]
