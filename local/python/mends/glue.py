"""Glue: a Spark job that is started runs, and ends in the state that its script earns; triggers start their jobs.

The emulator answers SUCCEEDED for a Spark job that it never ran, and keeps triggers without acting on them.
"""

import contextvars
import logging
import threading
import time
from datetime import datetime, timezone

import spark
from . import mends

logger = logging.getLogger("glue")
_ACTIVE = ("STARTING", "RUNNING", "STOPPING")
_TICK_SECONDS = 5


@mends("ministack.services.glue")
def spark_jobs(glue):
    start, stop = glue._start_job_run, glue._batch_stop_job_run

    def start_job_run(data):
        job = glue._jobs.get(data.get("JobName"))
        if job is None or not glue._is_spark_job(job):
            return start(data)
        runs = glue._job_runs.setdefault(job["Name"], [])
        allowed = int((job.get("ExecutionProperty") or {}).get("MaxConcurrentRuns", 1))
        if sum(run["JobRunState"] in _ACTIVE for run in runs) >= allowed:
            message = f"Concurrent runs exceeded for {job['Name']}"
            return glue.error_response_json("ConcurrentRunsExceededException", message, 400)
        run = _new_run(glue, job, data)
        runs.append(run)
        arguments = glue._script_args(job, job["Name"], run["Id"], data.get("Arguments", {}))

        def execute():
            spark.run_job(job, run, arguments)
            _start_dependents(glue, job["Name"], run["JobRunState"])

        # The thread works for the caller's account and region.
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(execute,), daemon=True, name=f"glue-{run['Id']}").start()
        return glue.json_response({"JobRunId": run["Id"]})

    def stop_job_runs(data):
        answer = stop(data)
        for run_id in data.get("JobRunIds", []):
            spark.stop_job(run_id)
        return answer

    glue._start_job_run = start_job_run
    glue._batch_stop_job_run = stop_job_runs


@mends("ministack.services.cloudformation.provisioners")
def concurrency_of_jobs(provisioners):
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Glue::Job"]
    create, update = handlers["create"], handlers["update"]

    def keep(name, props):
        provisioners._glue._jobs[name]["ExecutionProperty"] = props.get("ExecutionProperty") or {}

    def create_job(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        keep(name, props)
        return name, attributes

    def update_job(physical_id, old_props, new_props, stack_name, logical_id=None):
        name, attributes = update(physical_id, old_props, new_props, stack_name, logical_id)
        keep(name, new_props)
        return name, attributes

    handlers |= {"create": create_job, "update": update_job}


def _new_run(glue, job, data):
    now = int(time.time())
    return {
        "Id": f"jr_{glue.new_uuid().replace('-', '')}",
        "JobName": job["Name"],
        "StartedOn": now,
        "LastModifiedOn": now,
        "JobRunState": "STARTING",
        "Arguments": data.get("Arguments", {}),
        "PredecessorRuns": [],
        "ExecutionTime": 0,
        "Timeout": data.get("Timeout") or job.get("Timeout") or 2880,
        "WorkerType": job.get("WorkerType", "G.1X"),
        "NumberOfWorkers": job.get("NumberOfWorkers", 2),
        "GlueVersion": job.get("GlueVersion", ""),
        "LogGroupName": "/aws-glue/jobs",
        "Attempt": 0,
    }


@mends("ministack.services.glue")
def triggers(glue):
    start = glue._start_trigger

    def start_trigger(data):
        trigger = glue._triggers.get(data.get("Name"))
        if trigger and trigger["Type"] == "ON_DEMAND":
            _fire(glue, trigger)
            return glue.json_response({"Name": trigger["Name"]})
        return start(data)

    glue._start_trigger = start_trigger
    threading.Thread(target=_keep_schedules, args=(glue,), daemon=True, name="glue-schedules").start()


def _fire(glue, trigger) -> None:
    for action in trigger.get("Actions", []):
        request = {"JobName": action["JobName"], "Arguments": action.get("Arguments", {})}
        status, _headers, body = glue._start_job_run(request)
        if status >= 400:
            logger.warning("trigger %s could not start %s: %s", trigger["Name"], action["JobName"], body)


def _start_dependents(glue, job_name, state) -> None:
    for trigger in list(glue._triggers.values()):
        conditions = (trigger.get("Predicate") or {}).get("Conditions", [])
        met = [c for c in conditions if c.get("JobName") == job_name and c.get("State") == state]
        wants_all = (trigger.get("Predicate") or {}).get("Logical", "AND") == "AND" and len(conditions) > 1
        if trigger["Type"] == "CONDITIONAL" and trigger["State"] == "ACTIVATED" and met and not wants_all:
            _fire(glue, trigger)


def _keep_schedules(glue) -> None:
    from ministack.core.responses import _request_account_id, _request_region
    from ministack.services import eventbridge

    checked = datetime.now(timezone.utc)
    while True:
        time.sleep(_TICK_SECONDS)
        now = datetime.now(timezone.utc)
        for (account, region, _name), trigger in list(glue._triggers._data.items()):
            if trigger["Type"] != "SCHEDULED" or trigger["State"] != "ACTIVATED":
                continue
            fields = eventbridge._parse_cron_fields(trigger["Schedule"])
            due = fields and eventbridge._cron_next_fire(fields, checked)
            if due and due <= now:
                _request_account_id.set(account)
                _request_region.set(region)
                _fire(glue, trigger)
        checked = now
