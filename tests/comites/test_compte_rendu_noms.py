"""Numbers instead of names when minutes are written, names again for whoever may read the fiche, when it is read."""

import pytest

from apps.acces.models import Affectation
from apps.comites.noms import Masque, masque_de, masque_lisible, nommer, nommer_html, noms_pour, qui_de
from apps.core.acces import Acces, Role
from apps.entreprises.models import Entreprise
from apps.fiches.models import FicheNavette
from apps.fiches.services import retirer_accord
from apps.territoires.models import Territoire
from tests.factories import AffectationFactory, CommuneFactory
from tests.fiches.factories import ouvrir

from .compte_rendu import nommee, tenir
from .factories import InstanceFactory, SeanceFactory


def masque(fiche: FicheNavette) -> Masque:
    fiches = FicheNavette.objects.filter(pk=fiche.pk).select_related("entreprise")
    return Masque(fiches.prefetch_related("demandeurs__personne"), fiche.territoire_id)


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Julien Lacoste a un projet.", "{n} a un projet."),
        ("M. Lacoste viendra.", "{n} viendra."),
        ("M.\u00a0Lacoste viendra.", "{n} viendra."),
        ("M. et Mme Lacoste viendront.", "{n} viendront."),
        ("monsieur LACOSTE", "{n}"),
        ("Lacoste Julien", "{n}"),
        ("J. Lacoste", "{n}"),
        ("chez Lacoste, à Cardaillac", "chez {n}, à Cardaillac"),
        ("les projets de M. Lacoste et de Mme Roux", "les projets de {n} et de Mme Roux"),
        ("{n} (Julien Lacoste) verra", "{n} verra"),
        ("Mme Lacoste-Roux n’est pas lui", "Mme Lacoste-Roux n’est pas lui"),
        ("du lacostement", "du lacostement"),
        ("Julien passe", "Julien passe"),
    ],
)
def test_known_names_become_the_number(territoire: Territoire, texte: str, attendu: str) -> None:
    fiche = nommee(territoire, "Lacoste")

    assert masque(fiche)(texte.format(n=fiche.numero)) == attendu.format(n=fiche.numero)


def test_accents_and_apostrophes_do_not_hide_a_name(territoire: Territoire) -> None:
    fiche = nommee(territoire, "Béral", "Élodie")

    assert (
        masque(fiche)("L’avis d’Elodie BERAL, puis d’Élodie Béral.")
        == f"L’avis d’{fiche.numero}, puis d’{fiche.numero}."
    )


def test_a_common_noun_is_not_taken_for_a_surname(territoire: Territoire) -> None:
    fiche = nommee(territoire, "Boulanger", "Paul")

    assert masque(fiche)("Il est boulanger ; M. Boulanger reprend.") == f"Il est boulanger ; {fiche.numero} reprend."


def test_a_colleague_or_a_place_of_the_same_name_stays(territoire: Territoire) -> None:
    AffectationFactory(territoire=territoire, utilisateur__nom="Lacoste", utilisateur__prenom="Anne", referent=True)
    territoire.communes.add(CommuneFactory(code_insee="46053", nom="Cahors"))
    lacoste, cahors = nommee(territoire, "Lacoste"), nommee(territoire, "Cahors", "Luc")

    assert masque(lacoste)("Mme Lacoste (CCI) suivra Julien Lacoste.") == f"Mme Lacoste (CCI) suivra {lacoste.numero}."
    assert masque(cahors)("À Cahors, Luc Cahors…") == f"À Cahors, {cahors.numero}…"


def test_the_name_of_the_enterprise_becomes_the_number(territoire: Territoire) -> None:
    fiche = nommee(territoire, "Lacoste")
    fiche.entreprise = Entreprise.objects.create(
        territoire=territoire, nom="LE FOURNIL DE CARDAILLAC", enseigne="Fournil"
    )
    fiche.save()

    dit = masque(fiche)("Le Fournil de Cardaillac embauche. Au fournil, le four du Fournil est vieux.")

    assert dit == f"{fiche.numero} embauche. Au fournil, le four du {fiche.numero} est vieux."


def test_namesakes_go_to_the_fiche_that_is_spoken_of(territoire: Territoire) -> None:
    un, deux = nommee(territoire, "Lacoste"), nommee(territoire, "Lacoste")
    fiches = FicheNavette.objects.filter(pk__in=[un.pk, deux.pk]).prefetch_related("demandeurs__personne")
    les_deux = Masque(fiches, territoire.pk)

    assert les_deux("M. Lacoste", un.numero) == un.numero
    assert les_deux("M. Lacoste", deux.numero) == deux.numero


def test_the_name_is_shown_to_whoever_may_read_the_fiche(coordination: Affectation, referent: Affectation) -> None:
    t = tenir(coordination, referent)
    membre = AffectationFactory(territoire=coordination.territoire, referent=True)
    texte = f"{t.lue.numero} verra {t.autre.numero}, puis {t.lue.numero} signera."

    def lu(acces: Acces) -> str:
        return nommer(texte, noms_pour(acces, t.seance, [t.lue.numero, t.autre.numero]))

    tous = f"{t.lue.numero} (Julien Lacoste) verra {t.autre.numero} (Élodie Bastide), puis {t.lue.numero} signera."
    sien = f"{t.lue.numero} (Julien Lacoste) verra {t.autre.numero}, puis {t.lue.numero} signera."
    assert lu(coordination.acces()) == tous
    assert lu(referent.acces()) == sien
    assert lu(membre.acces()) == texte
    for role in (Role.PILOTAGE, Role.ACCUEIL, Role.DPO, Role.DEMANDEUR):
        assert lu(Acces(1, coordination.territoire_id, role)) == texte


def test_a_withdrawn_accord_and_a_changed_name_reach_what_was_written(
    coordination: Affectation, referent: Affectation
) -> None:
    t = tenir(coordination, referent)
    personne = t.lue.demandeurs.get().personne

    def lu(acces: Acces) -> str:
        return nommer(t.lue.numero, noms_pour(acces, t.seance, [t.lue.numero]))

    assert lu(referent.acces()).endswith("(Julien Lacoste)")
    retirer_accord(acces=coordination.acces(), fiche=t.lue, personne=personne, canal="telephone")
    assert lu(referent.acces()) == t.lue.numero

    personne.prenom, personne.nom = "", "Personne effacée"
    personne.save()
    assert lu(coordination.acces()) == f"{t.lue.numero} (Personne effacée)"


def test_an_anonymous_seance_names_nobody_to_its_members(coordination: Affectation, referent: Affectation) -> None:
    t = tenir(coordination, referent)
    anonyme = SeanceFactory(instance=InstanceFactory(territoire=coordination.territoire, anonyme=True), tenue=True)

    assert noms_pour(referent.acces(), anonyme, [t.lue.numero]) == {}


def test_a_page_links_the_number_and_escapes_the_rest(coordination: Affectation, referent: Affectation) -> None:
    t = tenir(coordination, referent)
    personne = t.lue.demandeurs.get().personne
    personne.nom = "<b>Lacoste</b>"
    personne.save()
    noms = noms_pour(coordination.acces(), t.seance, [t.lue.numero])

    html = nommer_html(f"<script> {t.lue.numero.lower()} & fin", noms)

    lien = f'<a href="{t.lue.get_absolute_url()}">{t.lue.numero}</a> (Julien &lt;b&gt;Lacoste&lt;/b&gt;)'
    assert html == f"&lt;script&gt; {lien} &amp; fin"


def test_a_member_does_not_guess_a_name_by_typing_it(coordination: Affectation, referent: Affectation) -> None:
    t = tenir(coordination, referent)

    dit = masque_lisible(referent.acces(), t.seance)("Mme Bastide et M. Lacoste")

    assert dit == f"Mme Bastide et {t.lue.numero}"
    assert masque_de(t.seance)("Mme Bastide et M. Lacoste") == f"{t.autre.numero} et {t.lue.numero}"


def test_two_applicants_of_one_fiche_and_a_fiche_without_any(territoire: Territoire) -> None:
    couple = ouvrir(territoire, personnes=2)
    noms = [str(d.personne) for d in couple.demandeurs.all()]
    assert qui_de(couple) == f"{noms[0]} et {noms[1]}"

    couple.demandeurs.all().delete()
    assert qui_de(couple) == ""
