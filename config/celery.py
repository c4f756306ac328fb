"""The Celery application: tasks carry a row's id, the row is the truth (see apps.travaux)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
app = Celery("guichet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# One regular task: it runs the sweeps that are due (core.registres.balayages). A tick that came too late is dropped.
app.conf.beat_schedule = {
    "balayer": {"task": "apps.travaux.tasks.balayer", "schedule": 15.0, "options": {"expires": 12.0}},
}
