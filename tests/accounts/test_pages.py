"""Sign-in, language, accounts and password links, as people use them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import SecureLink, User
from accounts.services.links import LinkGone, issue_link, open_link, revoke_link
from core import clock
from core.actors import user_actor
from core.models import AuditEntry, OutboxMail

pytestmark = pytest.mark.django_db


def test_sign_in_by_form(client, coordinator):
    answer = client.post(reverse("account_login"), {"login": coordinator.email, "password": "correct horse battery staple"})
    assert answer.status_code == 302
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_wrong_password_stays_outside(client, coordinator):
    answer = client.post(reverse("account_login"), {"login": coordinator.email, "password": "wrong"})
    assert answer.status_code == 200
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_nobody_signs_up(client):
    answer = client.post(
        "/accounts/signup/", {"email": "new@example.org", "password1": "long enough pass", "password2": "long enough pass"}
    )
    assert not User.objects.filter(email="new@example.org").exists()
    assert answer.status_code == 200


def test_language_switch_is_kept(client, coordinator, client_for):
    browser = client_for(coordinator)
    answer = browser.post(reverse("set_language"), {"language": "fr", "next": "/account/"})
    assert (answer.status_code, answer.url) == (302, "/account/")
    page = browser.get("/account/")
    assert page.headers["Content-Language"] == "fr"
    coordinator.refresh_from_db()
    assert coordinator.language == "fr"


def test_language_switch_never_leaves_the_site(client):
    assert client.post(reverse("set_language"), {"language": "fr", "next": "https://evil.example/"}).url == "/"


@pytest.mark.parametrize(("who", "status"), [("administrator", 200), ("auditor", 200), ("coordinator", 403), ("outsider", 403)])
def test_accounts_page_by_role(who, status, request, client_for):
    assert client_for(request.getfixturevalue(who)).get(reverse("accounts:accounts")).status_code == status


def test_stranger_is_led_to_sign_in(client):
    answer = client.get(reverse("accounts:accounts"))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_administrator_makes_an_account_and_its_owner_sets_a_password(administrator, client_for, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client_for(administrator).post(
            reverse("accounts:account_create"), {"email": "nova@example.org", "language": "fr", "roles": ["publisher"]}
        )
    user = User.objects.get(email="nova@example.org")
    assert user.roles == {"publisher"}
    assert [message.to for message in mail.outbox] == [["nova@example.org"]]
    path = re.search(r"/link/\S+/", mail.outbox[0].body).group()
    browser = client_for(None)
    page = browser.get(path, follow=True)
    form_path = page.redirect_chain[-1][0]
    weak = browser.post(form_path, {"password": "123", "again": "123"})
    assert weak.status_code == 200
    assert "is-invalid" in weak.content.decode() or "invalid-feedback" in weak.content.decode()
    done = browser.post(form_path, {"password": "seven quiet rivers", "again": "seven quiet rivers"})
    assert done.url == reverse("account_login")
    user.refresh_from_db()
    assert user.check_password("seven quiet rivers")
    assert browser.get(path).status_code == 410


def test_last_administrator_keeps_the_role(administrator, client_for):
    browser = client_for(administrator)
    page = browser.post(
        reverse("accounts:account_roles", args=[administrator.uuid]),
        {"roles": []},
        HTTP_REFERER="http://testserver/administration/accounts/",
    )
    assert page.status_code == 302
    assert User.objects.get(pk=administrator.pk).roles == {"administrator"}


def test_link_of_another_purpose_expired_or_revoked_is_gone(administrator, coordinator):
    by = user_actor(administrator)
    link, url = issue_link(by=by, purpose="account.password", subject=coordinator, expires_at=clock.real_now() + timedelta(hours=1))
    token = url.rstrip("/").rsplit("/", 1)[-1]
    assert open_link(token, purpose="account.password")[2] == coordinator
    with pytest.raises(LinkGone):
        open_link(token, purpose="request.submit")
    SecureLink.objects.filter(pk=link.pk).update(expires_at=clock.real_now() - timedelta(seconds=1))
    with pytest.raises(LinkGone):
        open_link(token)
    SecureLink.objects.filter(pk=link.pk).update(expires_at=clock.real_now() + timedelta(hours=1))
    revoke_link(link, by=by)
    with pytest.raises(LinkGone):
        open_link(token)
    assert token not in "".join(AuditEntry.objects.values_list("data", flat=True).__str__())


def test_link_opened_too_often_is_slowed(administrator, coordinator, client):
    _link, url = issue_link(
        by=user_actor(administrator), purpose="account.password", subject=coordinator, expires_at=clock.real_now() + timedelta(hours=1)
    )
    path = url.removeprefix("http://127.0.0.1:8000")
    answers = {client.get(path).status_code for _ in range(61)}
    assert 429 in answers


def test_mail_is_in_the_outbox_for_coordinators(coordinator, outsider, client_for):
    OutboxMail.objects.create(
        key="k",
        address="a@example.org",
        language="en",
        template="t",
        subject="<b>Hello</b>",
        body="x",
        next_at=clock.real_now(),
        message_id="<1@x>",
    )
    page = client_for(coordinator).get(reverse("core:outbox"))
    assert "&lt;b&gt;Hello" in page.content.decode()
    assert client_for(outsider).get(reverse("core:outbox")).status_code == 403


def test_a_forgotten_password_is_set_by_mail_and_leads_to_sign_in(coordinator, client, mailoutbox):
    """The mail names the product, not a host; the last page has a way on."""
    client.post("/accounts/password/reset/", {"email": coordinator.email})
    mail = mailoutbox[0]
    assert mail.subject.startswith("Scrutin: ") and "Hello from" not in mail.body
    address = re.search(r"http://[^/]+(/accounts/password/reset/key/\S+)", mail.body)[1]
    page = client.get(address, follow=True)
    secret = "quiet harbour seven lamps"
    done = client.post(page.redirect_chain[-1][0], {"password1": secret, "password2": secret}, follow=True)
    assert "/accounts/login/" in done.content.decode().split("<main", 1)[1].split("</main>", 1)[0]
