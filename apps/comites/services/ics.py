"""A séance as an iCalendar text (RFC 5545, 5546): one UID for life, a sequence that rises at each change told.

No calendar entry names a person or an enterprise: calendars are read over shoulders, shared and copied. The address of
whoever receives an invitation stands in it alone, without their name, because calendars answer only to their own.
"""

from collections.abc import Iterable
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from apps.territoires.models import Territoire

from .. import mots
from ..enums import StatutSeance
from ..models import Seance

PRODUIT = "-//Guichet TPE//Comites//FR"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"
# The rule of the European Union since 1996, in full: some calendars do not know the name of the zone.
PARIS = "\r\n".join(
    (
        "BEGIN:VTIMEZONE", "TZID:Europe/Paris",
        "BEGIN:DAYLIGHT", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200", "TZNAME:CEST", "DTSTART:19960331T020000",
        "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", "END:DAYLIGHT",
        "BEGIN:STANDARD", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100", "TZNAME:CET", "DTSTART:19961027T030000",
        "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", "END:STANDARD", "END:VTIMEZONE", "",
    )
)  # fmt: skip


def uid(seance: Seance) -> str:
    """Stable for the life of the séance, unique in the world."""
    domaine = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"{seance.calendrier_uid}@{domaine}"


def _calendrier(methode: str) -> Calendar:
    calendrier = Calendar()
    calendrier.add("prodid", PRODUIT)
    calendrier.add("version", "2.0")
    calendrier.add("calscale", "GREGORIAN")
    calendrier.add("method", methode)
    calendrier.add_component(Timezone.from_ical(PARIS))
    return calendrier


def _organisateur(territoire: Territoire) -> vCalAddress:
    """The service, never the person who convenes."""
    adresse = territoire.courriel or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    organisateur = vCalAddress(f"mailto:{adresse}")
    organisateur.params["CN"] = vText(territoire.nom)
    return organisateur


def _invite(adresse: str) -> vCalAddress:
    invite = vCalAddress(f"mailto:{adresse}")
    invite.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION"})
    invite.params["RSVP"] = vText("FALSE")
    return invite


def _statut(seance: Seance, methode: str) -> str:
    if methode == CANCEL or seance.statut == StatutSeance.ANNULEE:
        return "CANCELLED"
    return "TENTATIVE" if seance.statut == StatutSeance.PREPARATION else "CONFIRMED"


def _description(seance: Seance, lien: str) -> str:
    lignes = [f"Visioconférence : {seance.visio}"] if seance.visio else []
    if lien:
        lignes.append(f"Ordre du jour et réponse : {lien}")
    return "\n".join(lignes)


def _evenement(seance: Seance, territoire: Territoire, methode: str, lien: str) -> Event:
    evenement = Event()
    evenement.add("uid", uid(seance))
    evenement.add("sequence", seance.calendrier_sequence)
    evenement.add("dtstamp", seance.modifie_le if methode == PUBLISH else timezone.now())
    evenement.add("last-modified", seance.modifie_le)
    evenement.add("dtstart", timezone.localtime(seance.debut))
    evenement.add("dtend", timezone.localtime(seance.fin))
    evenement.add("summary", mots.nom_des_instances(seance))
    evenement.add("location", mots.lieu(seance))
    evenement.add("status", _statut(seance, methode))
    evenement.add("organizer", _organisateur(territoire))
    evenement.add("class", "PRIVATE")
    evenement.add("transp", "TRANSPARENT" if _statut(seance, methode) == "CANCELLED" else "OPAQUE")
    if description := _description(seance, lien):
        evenement.add("description", description)
    if lien:
        evenement.add("url", lien)
    return evenement


def lien_de(seance: Seance, territoire: Territoire) -> str:
    """The absolute address of the séance, for those who have an account."""
    return f"{settings.SITE_URL.rstrip('/')}/{territoire.slug}/espace/comites/{seance.numero}/"


def invitation(seance: Seance, *, methode: str, adresse: str, avec_lien: bool) -> str:
    """What goes with a mail to one address: METHOD REQUEST, again at each change, or CANCEL."""
    territoire = seance.territoire
    calendrier = _calendrier(methode)
    evenement = _evenement(seance, territoire, methode, lien_de(seance, territoire) if avec_lien else "")
    evenement.add("attendee", _invite(adresse))
    calendrier.add_component(evenement)
    return calendrier.to_ical().decode()


def a_telecharger(seance: Seance) -> str:
    """One séance, to be put into one's own calendar by hand."""
    calendrier = _calendrier(PUBLISH)
    calendrier.add_component(_evenement(seance, seance.territoire, PUBLISH, lien_de(seance, seance.territoire)))
    return calendrier.to_ical().decode()


def flux(seances: Iterable[Seance], territoire: Territoire) -> str:
    """A calendar that one subscribes to: fetched again by itself, cancelled séances included."""
    calendrier = _calendrier(PUBLISH)
    calendrier.add("x-wr-calname", f"Comités · {territoire.nom}")
    calendrier.add("x-wr-timezone", "Europe/Paris")
    calendrier.add("x-published-ttl", "PT1H")
    for seance in seances:
        calendrier.add_component(_evenement(seance, territoire, PUBLISH, lien_de(seance, territoire)))
    return calendrier.to_ical().decode()
