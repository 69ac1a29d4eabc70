"""Who manages a dashboard, as Grafana says it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.formats.provisioning import NAME as OUR_PROVIDER
from tailboard.publish.grafana.clients.managers import (
    DEFAULT_OWNER,
    MANAGER_KIND,
    build_manager_id,
    describe_block,
    find_owner,
)

owners = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)


@given(owners)
def test_an_owner_is_known_again_by_its_identity(owner: str) -> None:
    assert find_owner(MANAGER_KIND, build_manager_id(owner)) == owner
    assert describe_block(MANAGER_KIND, build_manager_id(owner)) == ""


def test_our_identity_never_changes() -> None:
    assert build_manager_id(DEFAULT_OWNER) == "tailboard"
    assert build_manager_id("shop") == "tailboard/shop"


def test_nobody_manages_what_has_no_manager() -> None:
    assert describe_block("", "") == find_owner("", "") == ""


@pytest.mark.parametrize(
    ("kind", "identity", "expected"),
    [
        ("classic-file-provisioning", "files", "provisioned from files on Grafana's disk 'files'"),
        ("repo", "dashboards", "owned by Git Sync, repository 'dashboards'"),
        ("terraform", "", "managed by terraform"),
        ("kubectl", "argo", "managed by kubectl 'argo'"),
        ("kubectl", "tailboardx", "managed by kubectl 'tailboardx'"),
    ],
)
def test_another_manager_is_named(kind: str, identity: str, expected: str) -> None:
    assert describe_block(kind, identity) == expected
    assert find_owner(kind, identity) == ""


@pytest.mark.parametrize("kind", ["classic-file-provisioning", "repo", "terraform", ""])
@pytest.mark.parametrize("identity", [OUR_PROVIDER, "tailboard", "tailboard/shop"])
def test_files_and_repositories_that_are_called_like_us_are_not_ours(
    kind: str, identity: str
) -> None:
    assert find_owner(kind, identity) == ""
    assert bool(describe_block(kind, identity)) == bool(kind)
