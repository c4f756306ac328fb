"""The second wall: the database itself keeps territoires apart."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from apps.core import rls
from apps.core.portee import portee
from apps.partenaires.models import Organisme
from apps.territoires.models import Territoire
from tests.factories import OrganismeFactory, TerritoireFactory
from tests.outils import entrer


@pytest.mark.postgresql
def test_the_application_role_is_filtered(territoire: Territoire) -> None:
    OrganismeFactory(territoire=territoire)
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")
    with portee(autre.pk):
        OrganismeFactory(territoire=autre)
        assert [o.territoire_id for o in Organisme.objects.all()] == [autre.pk]
    assert [o.territoire_id for o in Organisme.objects.all()] == [territoire.pk]
    entrer(None)
    assert not Organisme.objects.exists()


@pytest.mark.postgresql
def test_a_row_cannot_be_written_for_another_territoire(territoire: Territoire) -> None:
    autre = TerritoireFactory(slug="langres", nom="Pays de Langres")
    with pytest.raises(DatabaseError), transaction.atomic():
        OrganismeFactory(territoire=autre, convention=False)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_every_tenant_table_carries_a_policy() -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT tablename FROM pg_policies WHERE policyname = 'territoire'")
        tables = {ligne[0] for ligne in curseur.fetchall()}
        curseur.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert curseur.fetchone() == (False, False)
    attendues = {m._meta.db_table for m in rls.modeles_cloisonnes()} | {
        t._meta.db_table for t, _ in rls.liens_cloisonnes()
    }
    assert tables == attendues
    exemptes = {m._meta.label for m in apps.get_models() if any(f.name == "territoire" for f in m._meta.local_fields)}
    assert exemptes - {m._meta.label for m in rls.modeles_cloisonnes()} == rls.SANS_CLOISON
