"""Where credentials come from: the AWS library's own order; nothing is written, no instance is asked unbidden."""

import os
from typing import Any

from botocore.credentials import (
    AssumeRoleProvider,
    CanonicalNameCredentialSourcer,
    ContainerProvider,
    CredentialResolver,
    EnvProvider,
    ProfileProviderBuilder,
)
from botocore.tokens import TokenProviderChain
from botocore.utils import JSONFileCache, get_login_token_cache_directory

_SIGN_INS = "~/.aws/sso/cache"
"""Where ``aws sso login`` keeps its tokens."""


class KeptTokens(JSONFileCache):  # type: ignore[misc] # the library carries no types
    """The sign-ins that the AWS CLI keeps in a folder: read there, never written."""

    def __init__(self, folder: str, *, renewable: bool) -> None:
        """Without `renewable` a token loses its means of renewal: it would be used up here, and the CLI's be void."""
        super().__init__(folder)
        self._renewable = renewable

    def __getitem__(self, key: str) -> Any:
        token = super().__getitem__(key)
        if not self._renewable and isinstance(token, dict):
            token.pop("refreshToken", None)
        return token

    def __setitem__(self, key: str, value: Any) -> None:
        """Keeps nothing: a token lives as long as the credentials made of it."""

    def __delitem__(self, key: str) -> None:
        """Deletes nothing."""


def set_chain(session: Any, region: str, *, allow_imds: bool) -> None:
    """Gives a botocore session its ways to credentials; roles that are assumed stay in memory.

    `region` is where roles are assumed. Profiles that name ``Ec2InstanceMetadata`` as their source need `allow_imds`
    as well.
    """
    profile = session.get_config_variable("profile") or "default"
    chosen = session.instance_variables().get("profile") is not None
    cache: dict[str, Any] = {}
    profiles = ProfileProviderBuilder(
        session,
        cache=cache,
        region_name=region,
        sso_token_cache=KeptTokens(os.path.expanduser(_SIGN_INS), renewable=False),  # noqa: PTH111 - for a library
        # The library takes no sign-in without a means of renewal; the gate refuses the renewal itself.
        login_token_cache=KeptTokens(get_login_token_cache_directory(), renewable=True),
    )
    environment, container = EnvProvider(), ContainerProvider()
    # The library makes its own provider for instances, with the settings that the session has for it.
    instance = [session.get_component("credential_provider").get_provider("iam-role")] if allow_imds else []
    roles = AssumeRoleProvider(
        load_config=lambda: session.full_config,
        client_creator=lambda service, **named: session.create_client(service, **{"region_name": region, **named}),
        cache=cache,
        profile_name=profile,
        credential_sourcer=CanonicalNameCredentialSourcer([environment, container, *instance]),
        profile_provider_builder=profiles,
    )
    before = [roles] if chosen else [environment, roles]
    of_profile = profiles.providers(profile_name=profile, disable_env_vars=chosen)
    session.register_component(
        "credential_provider", CredentialResolver(providers=[*before, *of_profile, container, *instance])
    )
    # No API that is called here takes such tokens, and asking for one may renew it.
    session.register_component("token_provider", TokenProviderChain(providers=[]))
