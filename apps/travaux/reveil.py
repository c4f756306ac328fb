"""Wake a worker. The row is the truth: a message that cannot leave is no error, the sweeper sends another."""

import logging
import time
from typing import Any

from celery import current_app
from django.db import transaction

journal = logging.getLogger(__name__)

# After a failure nobody tries for a while: a request that writes ten mails must not wait ten times.
REPOS = 15.0
_reprise = 0.0


def reveiller(tache: str, *arguments: Any) -> None:
    """Send the message `tache(*arguments)` (ids only) after the commit; never raises, never waits long."""
    transaction.on_commit(lambda: publier(tache, *arguments))


def publier(tache: str, *arguments: Any) -> bool:
    """Send it now, once. False when the broker did not take it."""
    global _reprise
    if time.monotonic() < _reprise:
        return False
    try:
        with current_app.connection_for_write() as liaison:
            liaison.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=2)
            current_app.send_task(tache, args=arguments, connection=liaison, retry=False, ignore_result=True)
    except Exception as erreur:  # whatever the transport raises: the sweeper will send it again
        _reprise = time.monotonic() + REPOS
        journal.warning("Réveil impossible (%s) : le balayage prendra le relais.", type(erreur).__name__)
        return False
    return True
