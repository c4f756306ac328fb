"""A real mail server on loopback that refuses, waits or hangs up on demand."""

import threading
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.outillage.processus import port_libre

ACCEPTE = "250 OK"


class Boite:
    """What the server answers, and what it has accepted."""

    def __init__(self) -> None:
        self.recus: list[Message] = []
        self.reponses_rcpt: list[str] = []
        self.reponses_data: list[str] = []
        self.raccrocher = ""
        self.pret = threading.Event()
        self.feu = threading.Event()
        self.feu.set()

    async def handle_RCPT(
        self, serveur: SMTP, session: Session, enveloppe: Envelope, adresse: str, options: list[str]
    ) -> str:
        if self.raccrocher == "rcpt":
            serveur.transport.abort()
        reponse = self.reponses_rcpt.pop(0) if self.reponses_rcpt else ACCEPTE
        if reponse == ACCEPTE:
            enveloppe.rcpt_tos.append(adresse)
        return reponse

    async def handle_DATA(self, serveur: SMTP, session: Session, enveloppe: Envelope) -> str:
        self.pret.set()
        await serveur.loop.run_in_executor(None, self.feu.wait, 60)
        reponse = self.reponses_data.pop(0) if self.reponses_data else ACCEPTE
        if reponse == ACCEPTE:
            self.recus.append(message_from_bytes(enveloppe.content))
        if self.raccrocher == "data":
            serveur.transport.abort()
        return reponse


class ServeurCourriel:
    """Starts and stops; keeps its port, so that it can come back."""

    def __init__(self) -> None:
        self.boite = Boite()
        self.port = port_libre()
        self._controleur: Any = None

    def demarrer(self) -> None:
        self._controleur = Controller(self.boite, hostname="127.0.0.1", port=self.port)
        self._controleur.start()

    def arreter(self) -> None:
        self.boite.feu.set()
        if self._controleur is not None:
            self._controleur.stop()
            self._controleur = None
