"""Phones at the API: a token of a device acts as that device, with fewer rights than its person (core.rights.device_may)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from field.models import Device
from field.services import devices


class DeviceAuthentication(BaseAuthentication):
    """`Authorization: Token …` of a phone. A token that belongs to no phone is left to the next authentication."""

    is_strict = False

    def authenticate(self, request: Request) -> tuple[Any, Device] | None:
        """The account and the device, or None."""
        parts = get_authorization_header(request).decode("latin-1").split()
        if len(parts) != 2 or parts[0].lower() != "token":
            return None
        try:
            device = devices.authenticate(parts[1])
        except devices.NoDevice as error:
            if error.code == "device_unknown" and not self.is_strict:
                return None
            raise AuthenticationFailed(str(error.sentence), code=error.code) from error
        request.device_actor = devices.actor_of(device)  # type: ignore[attr-defined]
        return device.user, device

    def authenticate_header(self, request: Request) -> str:
        """Answer 401, not 403."""
        return "Token"


class PhoneAuthentication(DeviceAuthentication):
    """As above; an unknown token is refused with the code the phone knows."""

    is_strict = True


class DeviceScheme(OpenApiAuthenticationExtension):
    """For the OpenAPI schema."""

    target_class = "field.authentication.DeviceAuthentication"
    name = "deviceToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """A token in the header."""
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <device token>"}


class PhoneScheme(DeviceScheme):
    """The doors that only phones use."""

    target_class = "field.authentication.PhoneAuthentication"
    name = "phoneToken"
