"""Celery tasks: they carry a row's id alone. The row says whether there is still something to do."""

from celery import shared_task

from . import balayage, execution


@shared_task(name="apps.travaux.tasks.executer")
def executer(travail_id: int) -> None:
    """Do one job, if nobody else has taken it and its time has come."""
    execution.executer(travail_id)


@shared_task(name="apps.travaux.tasks.balayer")
def balayer() -> None:
    """Run the regular sweeps that are due."""
    balayage.balayer()
