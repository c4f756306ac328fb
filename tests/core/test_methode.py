"""An address that only takes a form says so."""


def test_opening_a_form_address_shows_a_page_that_helps(client, coordination) -> None:
    client.force_login(coordination.utilisateur)
    reponse = client.get("/figeac/espace/fiches/FN-2026-0001/reprendre/")
    assert reponse.status_code == 405 and reponse["Allow"] == "POST"
    assert "ne s’ouvre pas ainsi" in reponse.content.decode()


def test_a_refused_method_stays_bare_for_programs(client, coordination) -> None:
    client.force_login(coordination.utilisateur)
    assert client.put("/figeac/espace/").content == b""
