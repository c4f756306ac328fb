"""The contact form in three steps: saved at each step, finished later or elsewhere, sent once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_safe

from apps.acces.middleware import RequeteAvecAcces
from apps.core.acces import Acces
from apps.personnes.enums import CanalAccord
from apps.personnes.services import texte_accord_courant
from apps.referentiels.models import Commune
from apps.territoires.models import Territoire

from ... import abus, brouillons
from ...liens import creer_lien
from ...models import Brouillon, Demande
from ..contexte import afficher, privee
from ..forms import ETAPES, BesoinForm, EtapeForm, LienParCourrielForm, ProjetForm, VousForm
from .pages import contexte_notice

DERNIERE = 3
# Sent again within this time, the same form leads to its confirmation page.
RENVOI = timedelta(hours=1)


@login_not_required
@require_http_methods(["GET", "POST"])
@privee()
def demande(request: RequeteAvecAcces, territoire: str) -> HttpResponse:
    """The first step, before anything is kept."""
    return _recevoir(request, 1, None) if request.method == "POST" else _montrer(request, 1, None)


@login_not_required
@require_safe
@privee()
def reprise(request: RequeteAvecAcces, territoire: str, cle: UUID) -> HttpResponse:
    """The link that resumes a form, from any device; it changes nothing."""
    brouillon = brouillons.trouver(territoire_id=request.territoire.pk, cle=cle)
    if brouillon is None or not brouillons.est_ouvert(brouillon):
        return _plus_a_remplir(request, brouillon)
    return redirect("public:etape", territoire, cle, brouillon.etape)


@login_not_required
@require_http_methods(["GET", "POST"])
@privee()
def etape(request: RequeteAvecAcces, territoire: str, cle: UUID, etape: int) -> HttpResponse:
    """One step of a form begun; a step that was not reached yet leads to the one that was."""
    if etape not in ETAPES:
        raise Http404
    brouillon = brouillons.trouver(territoire_id=request.territoire.pk, cle=cle)
    if brouillon is not None and brouillon.demande is not None and request.method == "POST":
        return _deja_envoyee(request, brouillon.demande)
    if brouillon is None or not brouillons.est_ouvert(brouillon):
        return _plus_a_remplir(request, brouillon)
    if etape > brouillon.etape:
        return redirect("public:etape", territoire, cle, brouillon.etape)
    return _recevoir(request, etape, brouillon) if request.method == "POST" else _montrer(request, etape, brouillon)


@login_not_required
@require_http_methods(["GET", "POST"])
@privee()
def plus_tard(request: RequeteAvecAcces, territoire: str, cle: UUID) -> HttpResponse:
    """The link that finishes the form later, shown, and sent by mail on request."""
    brouillon = brouillons.trouver(territoire_id=request.territoire.pk, cle=cle)
    if brouillon is None or not brouillons.est_ouvert(brouillon):
        return _plus_a_remplir(request, brouillon)
    form = LienParCourrielForm(request.POST or None, initial={"courriel": _courriel(brouillon)})
    statut = 422 if form.is_bound else 200
    if form.is_valid():
        if abus.compter(request, "reprise"):
            brouillons.envoyer_lien(brouillon=brouillon, courriel=form.cleaned_data["courriel"])
            messages.success(request, f"Le lien part à l’adresse {form.cleaned_data['courriel']}.")
            return redirect("public:plus_tard", territoire, cle)
        form.add_error(None, f"{abus.TROP}, ou notez le lien ci-dessous.")
        statut = 429
    contexte = {"brouillon": brouillon, "lien": brouillons.adresse(brouillon), "form": form}
    return afficher(request, "public/plus_tard.html", contexte, status=statut)


def _courriel(brouillon: Brouillon) -> str:
    """The e-mail typed at the first step, when it is one."""
    form = VousForm(_donnees(brouillon, 1), territoire=brouillon.territoire)
    form.is_valid()
    return form.cleaned_data.get("courriel", "")


def _donnees(brouillon: Brouillon | None, etape: int) -> MultiValueDict[str, Any]:
    return MultiValueDict((brouillon.donnees if brouillon is not None else {}).get(str(etape), {}))


def _montrer(request: RequeteAvecAcces, etape: int, brouillon: Brouillon | None) -> HttpResponse:
    """The step as it was left; with its errors when the sending found some."""
    classe = ETAPES[etape][1]
    gardees = _donnees(brouillon, etape)
    if "revoir" in request.GET and brouillon is not None:
        form = classe(gardees, territoire=request.territoire)
    else:
        form = classe(territoire=request.territoire)
        form.initial = form.initiales({k: gardees.getlist(k) for k in gardees})
    return _page(request, etape, brouillon, form)


def _page(
    request: RequeteAvecAcces,
    etape: int,
    brouillon: Brouillon | None,
    form: EtapeForm,
    *,
    blocage: abus.Blocage | None = None,
    jeton: str = "",
    status: int = 200,
) -> HttpResponse:
    ici = request.territoire
    contexte: dict[str, Any] = {
        "form": form,
        "etape": etape,
        "etapes": [nom for nom, _ in ETAPES.values()],
        "brouillon": brouillon,
        "blocage": blocage,
        "jeton": jeton
        or abus.nouveau_jeton(territoire_id=ici.pk, etape=f"demande-{etape}", cle=brouillon.cle if brouillon else None),
        "nom_jeton": abus.JETON,
        "nom_piege": abus.PIEGE,
        "jours": ici.jours_brouillon,
    }
    if etape == 2:
        contexte["communes"] = ici.communes.order_by("recherche")
    if etape == DERNIERE and brouillon is not None:
        pieces = list(brouillon.pieces.select_related("fichier"))
        contexte |= contexte_notice(request) | {
            "pieces": pieces,
            "place": settings.FICHIERS_PAR_ENVOI - len(pieces),
            "texte_accord": texte_accord_courant(ici.pk),
            "ailleurs": _ailleurs(ici, brouillon),
        }
    return afficher(request, "public/demande.html", contexte, status=status)


def _ailleurs(territoire: Territoire, brouillon: Brouillon) -> dict[str, Any] | None:
    """For a commune outside the territoire: its name, its intercommunalité, and the Pays here that covers it."""
    form = ProjetForm(_donnees(brouillon, 2), territoire=territoire)
    form.is_valid()
    saisie = form.cleaned_data.get("commune")
    commune: Commune | None = saisie.commune if saisie else None
    if commune is None or territoire.communes.filter(pk=commune.pk).exists():
        return None
    voisins = Territoire.objects.filter(communes=commune, est_actif=True).exclude(pk=territoire.pk).order_by("nom")
    return {"commune": commune, "epci": commune.epci, "territoires": list(voisins)}


def _recevoir(request: RequeteAvecAcces, etape: int, brouillon: Brouillon | None) -> HttpResponse:
    """What a step sends: checked against abuse, kept whatever its errors, then carried on, back, or until later."""
    ici, acces = request.territoire, Acces.demandeur(request.territoire.pk)
    action = request.POST.get("action", "")
    brut = request.POST.get(abus.JETON, "")
    jeton = abus.lire_jeton(brut, territoire_id=ici.pk, etape=f"demande-{etape}")
    if jeton is not None and brouillon is not None and jeton.cle != brouillon.cle:
        jeton = None
    form = ETAPES[etape][1](request.POST, territoire=ici)
    final = etape == DERNIERE and action == "envoyer"
    # Steps two and three come after a page that took its time; what is checked is the first and the sending.
    secondes = settings.FORMULAIRE_SECONDES_MIN if (final or etape == 1) else 0
    refus = _fichiers(request, acces, brouillon) if jeton is not None else []
    blocage = abus.examiner(request, geste="envoi" if final else "etape", jeton=jeton, secondes=secondes)
    if blocage is not None or jeton is None:
        return _page(
            request,
            etape,
            brouillon,
            form,
            blocage=blocage,
            jeton=brut if jeton else "",
            status=blocage.statut if blocage else 400,
        )
    brouillon = brouillons.enregistrer(territoire=ici, cle=jeton.cle, etape=etape, donnees=form.a_garder(request.POST))
    if brouillon.demande is not None:
        return _deja_envoyee(request, brouillon.demande)
    if not brouillons.est_ouvert(brouillon):
        return _plus_a_remplir(request, brouillon)
    if action == "revenir" and etape > 1:
        return redirect("public:etape", ici.slug, brouillon.cle, etape - 1)
    if action == "plus_tard":
        return _garder(request, brouillon)
    if action.startswith("retirer-") and etape == DERNIERE:
        brouillons.retirer_fichier(acces=acces, brouillon=brouillon, piece_id=action.removeprefix("retirer-"))
        return redirect(_url(brouillon, DERNIERE, "#pieces"))
    if action in ("ajouter", "enregistrer") and etape == DERNIERE and not refus:
        return redirect(_url(brouillon, DERNIERE, "#pieces"))
    for phrase in refus:
        form.add_error("fichiers", phrase)
    if not form.is_valid():
        return _page(request, etape, brouillon, form, jeton=brut, status=422)
    if etape < DERNIERE:
        brouillons.enregistrer(
            territoire=ici, cle=brouillon.cle, etape=etape, donnees=form.a_garder(request.POST), atteinte=etape + 1
        )
        return redirect("public:etape", ici.slug, brouillon.cle, etape + 1)
    assert isinstance(form, BesoinForm)
    return _envoyer(request, acces, brouillon, form) if final else redirect(_url(brouillon, DERNIERE))


def _url(brouillon: Brouillon, etape: int, suite: str = "") -> str:
    return reverse("public:etape", args=[brouillon.territoire.slug, brouillon.cle, etape]) + suite


def _fichiers(request: RequeteAvecAcces, acces: Acces, brouillon: Brouillon | None) -> list[str]:
    """Keep the files at once, so that an error elsewhere never loses them; sentences for those refused."""
    envoyes = request.FILES.getlist("fichiers")
    if not envoyes or brouillon is None or request.POST.get(abus.PIEGE, "").strip():
        return []
    if sum(abus.compter(request, "fichier") for _ in envoyes) < len(envoyes):
        return [f"{abus.TROP} pour ajouter des documents."]
    return brouillons.ajouter_fichiers(acces=acces, brouillon=brouillon, fichiers=envoyes)


def _garder(request: RequeteAvecAcces, brouillon: Brouillon) -> HttpResponse:
    """Finish later: the link leaves by mail the first time, when an e-mail was given."""
    courriel = _courriel(brouillon)
    if courriel and brouillon.lien_envoye_le is None and abus.compter(request, "reprise"):
        brouillons.envoyer_lien(brouillon=brouillon, courriel=courriel)
        messages.success(request, f"Le lien part aussi à l’adresse {courriel}.")
    return redirect("public:plus_tard", request.territoire.slug, brouillon.cle)


def _envoyer(request: RequeteAvecAcces, acces: Acces, brouillon: Brouillon, besoin: BesoinForm) -> HttpResponse:
    """Check the earlier steps again, then send everything as one request."""
    vous = VousForm(_donnees(brouillon, 1), territoire=request.territoire)
    projet = ProjetForm(_donnees(brouillon, 2), territoire=request.territoire)
    for rang, form in ((1, vous), (2, projet)):
        if not form.is_valid():
            return redirect(_url(brouillon, rang, "?revoir=1"))
    accord = besoin.accord()
    envoyee = brouillons.envoyer(
        acces=acces,
        brouillon=brouillon,
        champs=_champs(vous.cleaned_data, projet.cleaned_data, besoin.cleaned_data),
        themes=besoin.cleaned_data.get("themes") or [],
        accord_portee=accord["portee"],
        accord_organismes=accord["organismes"],
        accord_comite=accord["comite"],
        accord_canal=CanalAccord.FORMULAIRE,
        notice_lue=True,
    )
    return _confirmer(request, envoyee)


def _champs(vous: dict[str, Any], projet: dict[str, Any], besoin: dict[str, Any]) -> dict[str, Any]:
    """The fields of a Demande, from the three forms."""
    return {
        **{nom: vous[nom] for nom in ("prenom", "nom", "courriel", "telephone", "preference_contact")},
        "genre": projet["genre"],
        "entreprise_nom": projet["entreprise"].nom,
        "siret": projet["entreprise"].siret,
        "projet": projet["projet"],
        "commune": projet["commune"].commune,
        "commune_libre": projet["commune"].libre,
        "emplois_prevus": projet["emplois_prevus"],
        "message": besoin["message"],
    }


def _confirmer(request: RequeteAvecAcces, envoyee: Demande) -> HttpResponse:
    _, jeton = creer_lien(acces=Acces.demandeur(request.territoire.pk), demande=envoyee)
    return redirect("public:envoyee", request.territoire.slug, jeton)


def _deja_envoyee(request: RequeteAvecAcces, envoyee: Demande) -> HttpResponse:
    """The same form sent again: the same confirmation, as long as it is a matter of minutes."""
    if timezone.now() - envoyee.cree_le < RENVOI and abus.compter(request, "etape"):
        return _confirmer(request, envoyee)
    return afficher(request, "public/plus_a_remplir.html", {"envoyee": True})


def _plus_a_remplir(request: RequeteAvecAcces, brouillon: Brouillon | None) -> HttpResponse:
    """A form already sent, expired or unknown: said, with the way out."""
    envoyee = brouillon is not None and brouillon.demande_id is not None
    return afficher(request, "public/plus_a_remplir.html", {"envoyee": envoyee}, status=200 if envoyee else 404)
