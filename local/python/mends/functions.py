"""Node.js functions run under AWS's own runtime client, in the pool the emulator keeps for `provided.*` runtimes.

The emulator's own Node worker names every error `HandlerError`, waits 56 ms per call and starts environments without
bound. Here: real error names, deadlines and ARNs; a bounded number of environments per function; layers on NODE_PATH.
"""

import contextlib
import hashlib
import io
import os
import queue
import secrets
import threading
import time
import zipfile
from urllib.parse import urlsplit

from gate import TOKEN, gate_of_this_cloud
from roles import role_session

from . import mends

RUNTIME_DIR = os.environ["LOCAL_RUNTIME_DIR"]
NODE = os.environ["LOCAL_NODE"]
MAX_ENVIRONMENTS = int(os.environ.get("LOCAL_MAX_ENVIRONMENTS", "10"))
# The emulator's process knows more than a function may see.
HOST_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
# Written by the bootstrap after the log of a call. Secret, so that no function ends its own log early.
END_OF_LOG = f"end-of-log-{secrets.token_hex(8)}"
LOG_WAIT_S = 5
_released = threading.Condition()
_layers_lock = threading.Lock()


@mends("ministack.core.lambda_runtime")
def pool(runtime):
    provided = runtime.ProvidedWorker
    worker_class_for, release_worker = runtime._worker_class_for, runtime.release_worker
    acquire_worker = runtime.acquire_worker

    class NodeWorker(provided):
        def _build_handler_class(self, generation, pending):
            handler = super()._build_handler_class(generation, pending)
            # A reply is a header write and a body write: with Nagle's algorithm the second waits 40 ms.
            handler.disable_nagle_algorithm = True
            return handler

        def _drain_stderr_bounded(self, **waits):
            if waits:  # Of an environment that did not start: it has marked nothing.
                return super()._drain_stderr_bounded(**waits)
            lines, deadline = [], time.monotonic() + LOG_WAIT_S
            while time.monotonic() < deadline:
                try:
                    line = self._stderr_queue.get(timeout=0.1)
                except queue.Empty:
                    if self._proc is None or self._proc.poll() is not None:
                        break
                    continue
                lines.append(line.removesuffix(END_OF_LOG))
                if line.endswith(END_OF_LOG):
                    break
            return "\n".join(lines).removesuffix("\n")

        def _drain_stderr(self):
            return super()._drain_stderr().replace(END_OF_LOG, "")

        def invoke(self, event, request_id, **context):
            try:
                return super().invoke(event, request_id, **context)
            except RuntimeError as error:
                # The environment did not start: the caller gets the error by its own name, and its log is kept.
                failure = self._init_error if isinstance(self._init_error, dict) else {
                    "errorMessage": str(error),
                    "errorType": getattr(error, "error_type", "Runtime.ExitError"),
                }
                return {
                    "status": "error",
                    "error": failure.get("errorMessage", ""),
                    "error_payload": failure,
                    "log": self._drain_stderr(),
                }

    def class_for(config):
        return NodeWorker if str(config.get("Runtime", "")).startswith("nodejs") else worker_class_for(config)

    def acquire(func_name, config, code_zip, qualifier="$LATEST", max_concurrency=None):
        """Waits for a free environment once the function has its share, where AWS would start one more."""
        deadline = time.monotonic() + float(config.get("Timeout", 3)) + 30
        with _released:
            while True:
                worker, reason = acquire_worker(func_name, config, code_zip, qualifier, MAX_ENVIRONMENTS)
                if worker is not None or time.monotonic() > deadline:
                    return worker, reason
                _released.wait(1)

    def release(worker):
        release_worker(worker)
        with _released:
            _released.notify_all()

    build_handler = provided._build_handler_class
    gate = gate_of_this_cloud()

    def guarded_handler(self, generation, pending):
        """What a function asks for its next event is a listener too: a page that finds its port could take the event."""
        return gate.guarded_handler(build_handler(self, generation, pending))

    provided._build_handler_class = guarded_handler
    # Those of the emulator are made of the function's name and no more.
    runtime.execution_credentials = lambda config: role_session(config["Role"], config["FunctionName"])
    runtime._worker_class_for = class_for
    runtime.acquire_worker = acquire
    runtime.release_worker = release


@mends("ministack.services.lambda_svc")
def executor(lambda_svc):
    code_dir_of, worker_env = lambda_svc._provided_runtime_code_dir, lambda_svc._provided_worker_env
    execute_warm, emit_logs = lambda_svc._execute_function_warm, lambda_svc._emit_lambda_logs
    bootstrap = _write_bootstrap()

    def execute(func, event, request_id):
        config = func.get("config") or func
        if str(config.get("Runtime", "")).startswith("nodejs"):
            return lambda_svc._execute_function_provided_warm(func, event, request_id)
        return execute_warm(func, event, request_id)

    def code_dir(code_zip):
        directory = code_dir_of(code_zip)
        # A link is there whole or not at all, however many first calls come at once.
        with contextlib.suppress(FileExistsError):
            os.symlink(bootstrap, os.path.join(directory, "bootstrap"))
        return directory

    def environment(config, directory, port):
        env = worker_env(config, directory, port)
        declared = (config.get("Environment") or {}).get("Variables") or {}
        kept = {
            name: value
            for name, value in env.items()
            if name in declared or name in HOST_VARIABLES or name.startswith(("AWS_", "_")) or name == "LAMBDA_TASK_ROOT"
        }
        kept.pop("AWS_PROFILE", None)
        logging_config = config.get("LoggingConfig") or {}
        opt = _unpacked_layers(lambda_svc, config)
        kept |= {
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{config.get('Runtime')}",
            "AWS_LAMBDA_LOG_GROUP_NAME": logging_config.get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}",
            "AWS_LAMBDA_LOG_FORMAT": logging_config.get("LogFormat") or "Text",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "LAMBDA_RUNTIME_DIR": RUNTIME_DIR,
            "LOCAL_END_OF_LOG": END_OF_LOG,
            "LOCAL_RUNTIME_CLIENT": os.environ["LOCAL_RUNTIME_CLIENT"],
            "TZ": ":UTC",
            "NODE_PATH": os.pathsep.join(
                filter(None, [opt and os.path.join(opt, "nodejs", "node_modules"), os.environ["LOCAL_RUNTIME_MODULES"]])
            ),
            "NODE_OPTIONS": declared.get("NODE_OPTIONS", ""),
        }
        if opt:
            kept["LD_LIBRARY_PATH"] = os.pathsep.join(
                filter(None, [os.path.join(opt, "lib"), kept.get("LD_LIBRARY_PATH")])
            )
            kept["PATH"] = os.pathsep.join([os.path.join(opt, "bin"), kept.get("PATH", "")])
        return kept

    def emit(func, request_id, log_text, error, duration_ms, *, log_source=None):
        emit_logs(func, request_id, log_text, error, duration_ms, log_source=log_source)
        name = (func.get("config") or func).get("FunctionName", "unknown")
        outcome = "failed" if error else "done"
        with open(os.path.join(os.environ["LOCAL_LOG_DIR"], f"{name}.log"), "a") as file:
            file.write(f"{log_text}\n" if log_text else "")
            file.write(f"REPORT RequestId: {request_id} {outcome} in {duration_ms} ms\n")

    def with_token(address_of):
        def address(*arguments):
            """Whoever was given it gets the code; on AWS, it is a signed one."""
            plain = address_of(*arguments)
            token = gate_of_this_cloud().token(urlsplit(plain).path)
            return f"{plain}{'&' if '?' in plain else '?'}{TOKEN}={token}"

        return address

    lambda_svc._presigned_code_url = with_token(lambda_svc._presigned_code_url)
    lambda_svc._layer_content_url = with_token(lambda_svc._layer_content_url)
    lambda_svc._execute_function_warm = execute
    lambda_svc._provided_runtime_code_dir = code_dir
    lambda_svc._provided_worker_env = environment
    lambda_svc._emit_lambda_logs = emit


def _write_bootstrap() -> str:
    path = os.path.join(os.environ["TMPDIR"], "bootstrap")
    with open(path, "w") as file:
        file.write(f'#!/bin/sh\nexec "{NODE}" "{RUNTIME_DIR}/bootstrap.mjs"\n')
    os.chmod(path, 0o755)
    return path


def _unpacked_layers(lambda_svc, config) -> str | None:
    """The function's layers laid over one another, as Lambda does under /opt; one folder per set of contents."""
    zips = [zipped for zipped in map(lambda_svc._resolve_layer_zip, config.get("Layers") or []) if zipped]
    if not zips:
        return None
    digest = hashlib.sha256(b"".join(hashlib.sha256(zipped).digest() for zipped in zips)).hexdigest()[:32]
    directory = os.path.join(os.environ["TMPDIR"], "opt", digest)
    with _layers_lock:
        if not os.path.exists(directory):
            for zipped in zips:
                with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
                    lambda_svc._extract_zip_preserving_mode(archive, directory + ".part")
            os.rename(directory + ".part", directory)
    return directory
