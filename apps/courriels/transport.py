"""Hand one mail to the mail server, and say exactly what is known of its fate.

Three answers: it was accepted, it was refused (for now or for good), or nobody knows, because the link broke after the
text had been given and before the server answered. Only a refusal may be followed by another attempt.
"""

import re
import smtplib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from .models import Courriel


class RefusTemporaire(Exception):
    """Not this time; the message says why, in French."""


class RefusDefinitif(Exception):
    """Never; the message says why, in French."""


class SortInconnu(Exception):
    """The link broke once the text had been given."""


INJOIGNABLE = "Le serveur de messagerie ne répond pas."
REGLAGES = "Le serveur de messagerie refuse notre identifiant : les réglages d’envoi sont à vérifier."
INCERTAIN = (
    "La liaison s’est interrompue pendant l’envoi : le message est peut-être parti. "
    "Renvoyez-le seulement si son destinataire ne l’a pas reçu."
)
_METHODE = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)
# What the codes of RFC 5321 mean to the person who wrote.
RAISONS = {
    421: "Le serveur de messagerie est momentanément indisponible.",
    450: "La boîte du destinataire est momentanément indisponible.",
    451: "Le serveur du destinataire demande d’attendre.",
    452: "La boîte du destinataire est pleine.",
    550: "L’adresse n’existe pas, ou le serveur du destinataire refuse le message.",
    551: "L’adresse n’existe plus à cet endroit.",
    552: "La boîte du destinataire est pleine.",
    553: "L’adresse est mal écrite.",
    554: "Le serveur du destinataire refuse le message.",
}


def joindre_calendrier(courrier: EmailMultiAlternatives, calendrier: str) -> None:
    """An invitation twice: as an alternative that calendars answer by themselves, and as a file for the others.

    The method stands in the type as well as in the text (RFC 6047, 2.4): without it nothing is offered to the reader.
    """
    trouvee = _METHODE.search(calendrier)
    methode = trouvee.group(1) if trouvee else "PUBLISH"
    courrier.attach_alternative(calendrier, f"text/calendar; method={methode}")
    courrier.attach("invitation.ics", calendrier.encode(), "application/ics")


def message(courriel: Courriel) -> EmailMultiAlternatives:
    """The mail as it leaves: text and HTML, the same Message-ID at each attempt, marked as automatic (RFC 3834)."""
    courrier = EmailMultiAlternatives(
        subject=courriel.sujet,
        body=courriel.corps,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[courriel.destinataire],
        reply_to=[courriel.repondre_a] if courriel.repondre_a else None,
        headers={
            "Message-ID": courriel.identifiant_message,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    if courriel.corps_html:
        courrier.attach_alternative(courriel.corps_html, "text/html")
    if courriel.calendrier:
        joindre_calendrier(courrier, courriel.calendrier)
    return courrier


def _refuser(code: int) -> Exception:
    """The refusal that a code means; 4xx may be tried again. The server's own words may name somebody: not kept."""
    definitif = 500 <= code < 600
    raison = RAISONS.get(code, "Le serveur de messagerie refuse le message.")
    return (RefusDefinitif if definitif else RefusTemporaire)(f"{raison} (code\u00a0{code})")


class Temoin:
    """Notes whether the text of the message was given to the server: from there on a broken link leaves a doubt."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self.est_donne = False
        self._donner: Callable[[Any], Any] = smtp.data
        smtp.data = self.donner  # type: ignore[method-assign,assignment]

    def donner(self, texte: Any) -> Any:
        self.est_donne = True
        return self._donner(texte)


def remettre(courriel: Courriel) -> None:
    """Hand it over. Raises RefusTemporaire, RefusDefinitif or SortInconnu."""
    liaison = get_connection()
    try:
        liaison.open()
    except smtplib.SMTPAuthenticationError:
        raise RefusTemporaire(REGLAGES) from None
    except (smtplib.SMTPException, OSError):
        raise RefusTemporaire(INJOIGNABLE) from None
    smtp = getattr(liaison, "connection", None)
    temoin = Temoin(smtp) if isinstance(smtp, smtplib.SMTP) else None
    try:
        liaison.send_messages([message(courriel)])
    except smtplib.SMTPRecipientsRefused as refus:
        raise _refuser(next(iter(refus.recipients.values()))[0]) from None
    except smtplib.SMTPNotSupportedError:
        raise RefusDefinitif("Le serveur de messagerie n’accepte pas cette adresse.") from None
    except smtplib.SMTPServerDisconnected:
        _rompu(temoin)
    except smtplib.SMTPResponseException as refus:
        raise _refuser(refus.smtp_code) from None
    except (smtplib.SMTPException, OSError):
        _rompu(temoin)
    finally:
        _fermer(liaison)


def _rompu(temoin: Temoin | None) -> None:
    """The link broke: before the text was given nothing left, after it nobody knows."""
    if temoin is not None and not temoin.est_donne:
        raise RefusTemporaire(INJOIGNABLE) from None
    raise SortInconnu(INCERTAIN) from None


def _fermer(liaison: Any) -> None:
    """Take leave; whatever happens now changes nothing to what was answered."""
    try:
        liaison.close()
    except (smtplib.SMTPException, OSError):
        return
