"""Who manages a dashboard, as Grafana's annotations say it: we, another tool, or files on its disk.

https://github.com/grafana/grafana/blob/v12.4.0/pkg/apimachinery/utils/manager.go
"""

MANAGER = "tailboard"
KIND = "kubectl"
"""What Grafana takes for a tool's own sign; files and Git Sync have others, and names of theirs."""

DEFAULT_OWNER = "tailboard"


def manager_id(owner: str) -> str:
    """Our identity, which never changes: Grafana 13 refuses another one."""
    return MANAGER if owner == DEFAULT_OWNER else f"{MANAGER}/{owner}"


def blocked_by(kind: str, identity: str) -> str:
    """Why we may not change what such a manager has; nothing, where it is one of ours or none."""
    named = f" {identity!r}" if identity else ""
    if not kind or owner_of(kind, identity):
        return ""
    if kind.startswith("classic-file"):
        return f"provisioned from files on Grafana's disk{named}"
    if kind == "repo":
        return f"owned by Git Sync, repository{named}"
    return f"managed by {kind}{named}"


def owner_of(kind: str, identity: str) -> str:
    """Which of our owners such a manager is, if it is one of ours."""
    if kind != KIND:
        return ""
    if identity == MANAGER:
        return DEFAULT_OWNER
    return identity.removeprefix(f"{MANAGER}/") if identity.startswith(f"{MANAGER}/") else ""
