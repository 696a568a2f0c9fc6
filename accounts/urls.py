"""Pages about accounts and links."""

from django.urls import path

from accounts.views import accounts, links, passwords

app_name = "accounts"
urlpatterns = [
    path("link/<str:token>/", links.follow, name="link"),
    path("link/<str:token>/password/", passwords.password_by_link, name="password_by_link"),
    path("account/", accounts.ProfileView.as_view(), name="profile"),
    path("administration/accounts/", accounts.AccountListView.as_view(), name="accounts"),
    path("administration/accounts/new/", accounts.AccountCreateView.as_view(), name="account_create"),
    path("administration/accounts/<uuid:uuid>/roles/", accounts.AccountRolesView.as_view(), name="account_roles"),
    path(
        "administration/accounts/<uuid:uuid>/link/",
        accounts.AccountActionView.as_view(),
        {"action": "link"},
        name="account_link",
    ),
    path(
        "administration/accounts/<uuid:uuid>/close/",
        accounts.AccountActionView.as_view(),
        {"action": "close"},
        name="account_close",
    ),
]
