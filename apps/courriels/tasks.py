"""Celery tasks: they carry ids alone. The territoire opens the row, which the database hides from everybody else."""

from celery import shared_task

from . import envoi


@shared_task(name="apps.courriels.tasks.envoyer")
def envoyer(courriel_id: int, territoire_id: int | None) -> None:
    """Send one mail, if it still waits and its time has come."""
    envoi.envoyer(courriel_id, territoire_id)
