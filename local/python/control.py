"""The emulator's front: our own control paths under /_local/, the faults asked for, and services it does not have."""

import json


def wrap(app):
    async def front(scope, receive, send):
        await app(scope, receive, send)

    return front
