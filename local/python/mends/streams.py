"""DynamoDB stream event sources: retries, bisection, partial batch answers and what becomes of batches that fail for good.

The emulator's poller retries a failing batch for ever, ignores `batchItemFailures` and runs every function on its one
thread. Here each mapping delivers on a thread of its own, in order, as a shard does.
"""

import json
import time
import uuid

from roles import role_client

from . import mends

DAY_SECONDS = 24 * 60 * 60


@mends("ministack.services.lambda_svc")
def stream_poller(lambda_svc):
    lambda_svc._poll_dynamodb_streams = lambda: _poll(lambda_svc)


def _poll(lambda_svc) -> bool:
    """Starts a delivery for every idle mapping that has records waiting. Says whether it started any."""
    from ministack.core.responses import _request_account_id, _request_region

    started = False
    for account, region, mapping in lambda_svc._iter_all_esms():
        account_token, region_token = _request_account_id.set(account), _request_region.set(region)
        try:
            started = _start_delivery(lambda_svc, mapping) or started
        finally:
            _request_account_id.reset(account_token)
            _request_region.reset(region_token)
    return started


def _start_delivery(lambda_svc, mapping) -> bool:
    from ministack.services import dynamodb

    source = mapping.get("EventSourceArn", "")
    mapping_id = mapping["UUID"]
    if ":dynamodb:" not in source or not mapping.get("Enabled", True) or lambda_svc._esm_inflight.get(mapping_id):
        return False
    table_name = source.split("/stream/")[0].split("/")[-1]
    if (dynamodb._tables.get(table_name) or {}).get("LatestStreamArn") != source:
        return False
    function, _config = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    if function is None:
        return False
    lambda_svc._init_stream_position(mapping_id, source, mapping.get("StartingPosition", "LATEST"))
    position = max(lambda_svc._dynamodb_stream_positions[mapping_id], dynamodb.stream_start_position(table_name))
    records = dynamodb.stream_records_since(table_name, position, mapping.get("BatchSize", 100))
    if not records:
        return False

    def deliver():
        wanted = lambda_svc._apply_filter_criteria(records, mapping)
        _Delivery(lambda_svc, mapping, function).run(wanted)
        with lambda_svc._dynamodb_stream_positions_lock:
            lambda_svc._dynamodb_stream_positions[mapping_id] = position + len(records)

    lambda_svc._dispatch_esm_batch(mapping_id, deliver)
    return True


class _Delivery:
    def __init__(self, lambda_svc, mapping, function):
        self.lambda_svc, self.mapping, self.function = lambda_svc, mapping, function
        self.retries = int(mapping.get("MaximumRetryAttempts", -1))
        self.max_age = int(mapping.get("MaximumRecordAgeInSeconds", -1))
        self.bisects = str(mapping.get("BisectBatchOnFunctionError", False)).lower() == "true"
        self.reports_items = "ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or [])

    def run(self, records) -> None:
        """Returns once each record is processed or given up."""
        attempts = 0
        while records:
            result = self.lambda_svc._execute_function(self.function, {"Records": records})
            done = self._processed(records, result)
            records = records[done:]
            if not records:
                return
            attempts = 1 if done else attempts + 1
            if condition := self._given_up(records, attempts):
                self._send_to_destination(records, result, condition, attempts)
                return
            if self.bisects and not done and len(records) > 1:
                middle = len(records) // 2
                self.run(records[:middle])
                records, attempts = records[middle:], 0
                continue
            time.sleep(min(0.25 * 2**attempts, 10))

    def _processed(self, records, result) -> int:
        """How many records, from the first, count as processed."""
        if result.get("error") or result.get("throttle"):
            return 0
        if not self.reports_items:
            return len(records)
        failures = (result.get("body") or {}).get("batchItemFailures") or []
        failed = {failure.get("itemIdentifier") for failure in failures}
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        return next((index for index, number in enumerate(numbers) if number in failed), len(records))

    def _given_up(self, records, attempts) -> str | None:
        if 0 <= self.retries < attempts:
            return "RetryAttemptsExhausted"
        age = time.time() - float(records[0]["dynamodb"]["ApproximateCreationDateTime"])
        limit = self.max_age if self.max_age >= 0 else DAY_SECONDS
        return "MaxRecordAgeExceeded" if age > limit else None

    def _send_to_destination(self, records, result, condition, attempts) -> None:
        destination = ((self.mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination", "")
        source = self.mapping["EventSourceArn"]
        if ":s3:::" not in destination:
            self.lambda_svc._send_ddb_stream_failure_record(
                self.mapping, self.function, records, source, result, condition
            )
            return
        config = self.function.get("config") or self.function
        shard = "shardId-00000000000000000000-00000000"
        now = time.gmtime()
        body = {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": config["FunctionArn"],
                "condition": condition,
                "approximateInvokeCount": attempts,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", now),
            "DDBStreamBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": records[0]["dynamodb"]["SequenceNumber"],
                "endSequenceNumber": records[-1]["dynamodb"]["SequenceNumber"],
                "batchSize": len(records),
                "streamArn": source,
            },
            "payload": json.dumps({"Records": records}),
        }
        stamp = time.strftime("%Y/%m/%d/%Y-%m-%dT%H.%M.%S", now)
        key = f"aws/lambda/{self.mapping['UUID']}/{shard}/{stamp}-{uuid.uuid4()}"
        role_client("s3", config["Role"], config["FunctionName"]).put_object(
            Bucket=destination.split(":::")[1], Key=key, Body=json.dumps(body).encode()
        )
