"""gunicorn's settings, for the demonstration (one process, threads) and for production (WEB_… variables)."""

import os
import signal

from django.conf import settings
from django.utils.module_loading import import_string

wsgi_app = "config.wsgi"
bind = os.environ.get("WEB_ADRESSE", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_PROCESSUS", "1"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_FILS", "8"))
timeout = 60
graceful_timeout = 10
loglevel = os.environ.get("WEB_LOG_LEVEL", "warning")
# Addresses hold tracking keys and come with IP addresses: no access log.
accesslog = None
# gunicorn's own lines go through our formatter: an error of its own quotes the address, a bad request the IP address.
logconfig_dict = {
    **{cle: settings.LOGGING[cle] for cle in ("filters", "formatters", "handlers", "root")},
    "loggers": {"gunicorn.error": {"level": loglevel.upper(), "propagate": True}},
}
control_socket_disable = True


def when_ready(server) -> None:
    """In the demonstration a closed terminal stops the site; gunicorn would take its signal for « reload »."""
    if settings.DEMONSTRATION:
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def post_worker_init(worker) -> None:
    """Start the in-process worker and scheduler where the settings ask for it; the applications are loaded by now."""
    if settings.TRAVAILLEUR_INTEGRE:
        import_string("apps.travaux.integre.demarrer")()


def worker_exit(server, worker) -> None:
    """Stop what post_worker_init started, so that nothing outlives the site."""
    if settings.TRAVAILLEUR_INTEGRE:
        import_string("apps.travaux.integre.arreter")()
