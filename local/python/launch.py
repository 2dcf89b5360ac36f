"""Starts the emulator in this process, with the mends in place, until its standard input closes or SIGTERM comes.

The Node process that starts it hands over everything by environment variables (see emulator.ts). Closing standard
input is the dead man's switch: when the parent is killed outright, nothing of the cloud outlives it.
"""

import asyncio
import logging
import os
import signal
import sys
import threading

GRACE_SECONDS = 8


def main() -> None:
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    if os.getpgrp() != os.getpid():
        os.setpgrp()
    import mends

    if os.environ.get("LOCAL_MENDS") != "off":
        mends.apply()

    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from ministack import app as emulator

    import control
    from gate import gate_of_this_cloud

    logging.getLogger("hypercorn.access").setLevel(logging.WARNING)
    config = Config()
    config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.loglevel = "WARNING"
    config.accesslog = None

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def ask_to_stop() -> None:
            stop.set()
            threading.Timer(GRACE_SECONDS, end_process_group).start()

        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, ask_to_stop)

        def wait_for_parent() -> None:
            sys.stdin.buffer.read()
            loop.call_soon_threadsafe(ask_to_stop)

        threading.Thread(target=wait_for_parent, daemon=True, name="parent-watch").start()
        gate = gate_of_this_cloud()
        control.install(emulator, gate)
        await serve(gate.guarded(emulator.app), config, shutdown_trigger=stop.wait)

    try:
        asyncio.run(run())
    finally:
        end_process_group()


def end_process_group() -> None:
    """Functions and Spark jobs are children in our group: none may outlive the cloud."""
    sys.stdout.flush()
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    main()
