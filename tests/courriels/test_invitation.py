"""An invitation to a calendar leaves with its mail, in the two forms that mail programs expect."""

from email.message import Message

import vobject

from apps.comites import services as comites
from apps.courriels import envoi
from apps.courriels.models import Courriel
from apps.territoires.models import Territoire
from tests.comites.factories import InstanceFactory, MembreFactory, SeanceFactory
from tests.factories import AffectationFactory
from tests.outils import acces_coordination

from .factories import CourrielFactory
from .serveur import ServeurCourriel

INVITATION = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//essai//FR\r\nMETHOD:{}\r\nBEGIN:VEVENT\r\nUID:u1\r\n"
    "DTSTAMP:20261123T070000Z\r\nDTSTART:20261203T083000Z\r\nSUMMARY:Comité technique\\, à Figeac\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)


def parties(recu: Message) -> dict[str, Message]:
    return {p.get_content_type(): p for p in recu.walk()}


def envoyer(courriel: Courriel) -> None:
    envoi.envoyer(courriel.pk, courriel.territoire_id)


def test_it_is_an_alternative_with_its_method_and_a_file(territoire: Territoire, smtp: ServeurCourriel) -> None:
    envoyer(CourrielFactory(territoire=territoire, calendrier=INVITATION.format("REQUEST")))

    [recu] = smtp.boite.recus
    trouvees = parties(recu)
    assert list(trouvees) == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    calendrier, jointe = trouvees["text/calendar"], trouvees["application/ics"]
    assert calendrier.get_param("method") == "REQUEST"
    assert calendrier.get_content_charset() == "utf-8"
    assert jointe.get_filename() == "invitation.ics"
    for partie in (calendrier, jointe):
        texte = partie.get_payload(decode=True).decode()  # type: ignore[union-attr]
        assert texte.replace("\r\n", "").count("\n") == 0, "lines end as RFC 5545 wants"
        assert vobject.readOne(texte).vevent.summary.value == "Comité technique, à Figeac"


def test_a_cancellation_says_so_in_its_type(territoire: Territoire, smtp: ServeurCourriel) -> None:
    envoyer(CourrielFactory(territoire=territoire, calendrier=INVITATION.format("CANCEL")))

    [recu] = smtp.boite.recus
    assert parties(recu)["text/calendar"].get_param("method") == "CANCEL"


def test_a_mail_without_one_keeps_its_form(territoire: Territoire, smtp: ServeurCourriel) -> None:
    envoyer(CourrielFactory(territoire=territoire))

    assert list(parties(smtp.boite.recus[0])) == ["multipart/alternative", "text/plain", "text/html"]


def test_a_whole_convocation_arrives(territoire: Territoire, smtp: ServeurCourriel) -> None:
    instance = InstanceFactory(territoire=territoire, nom="Comité technique")
    referent = AffectationFactory(territoire=territoire, referent=True)
    MembreFactory(instance=instance, organisme=referent.organisme)
    seance = SeanceFactory(instance=instance)

    comites.convoquer(acces=acces_coordination(territoire.pk), seance=seance)
    envoyer(Courriel.objects.get())

    [recu] = smtp.boite.recus
    trouvees = parties(recu)
    textes = [
        trouvees[genre].get_payload(decode=True).decode()  # type: ignore[union-attr]
        for genre in ("text/calendar", "application/ics")
    ]
    assert textes[0].rstrip() == textes[1].rstrip(), "one and the same entry"
    entree = vobject.readOne(textes[0])
    assert entree.vevent.uid.value.startswith(str(seance.calendrier_uid))
    assert entree.vevent.attendee.value == f"mailto:{recu['To']}"
    assert f"/{seance.numero}/repondre/" in trouvees["text/plain"].get_payload(decode=True).decode()  # type: ignore[union-attr]
