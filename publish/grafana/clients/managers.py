"""Who manages a dashboard, as Grafana's annotations say it: we, another tool, or files on its disk.

https://github.com/grafana/grafana/blob/v12.4.0/pkg/apimachinery/utils/manager.go
"""

MANAGER_NAME = "tailboard"
MANAGER_KIND = "kubectl"
"""What Grafana takes for a tool's own sign; files and Git Sync have others, and names of theirs."""

DEFAULT_OWNER = "tailboard"


def build_manager_id(owner: str) -> str:
    """Our identity, which never changes: Grafana 13 refuses another one."""
    return MANAGER_NAME if owner == DEFAULT_OWNER else f"{MANAGER_NAME}/{owner}"


def describe_block(kind: str, identity: str) -> str:
    """Why we may not change what such a manager has; nothing, where it is one of ours or none."""
    name_suffix = f" {identity!r}" if identity else ""
    if not kind or find_owner(kind, identity):
        return ""
    if kind.startswith("classic-file"):
        return f"provisioned from files on Grafana's disk{name_suffix}"
    if kind == "repo":
        return f"owned by Git Sync, repository{name_suffix}"
    return f"managed by {kind}{name_suffix}"


def find_owner(kind: str, identity: str) -> str:
    """Which of our owners such a manager is, if it is one of ours."""
    if kind != MANAGER_KIND:
        return ""
    if identity == MANAGER_NAME:
        return DEFAULT_OWNER
    return (
        identity.removeprefix(f"{MANAGER_NAME}/") if identity.startswith(f"{MANAGER_NAME}/") else ""
    )
