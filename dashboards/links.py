"""Links from one dashboard to others, with the time range and the variables."""

from typing import Any


def tag_menu(title: str, tag: str) -> dict[str, Any]:
    """A menu of all dashboards with a tag."""
    return {
        "asDropdown": True,
        "icon": "external link",
        "includeVars": True,
        "keepTime": True,
        "tags": [tag],
        "title": title,
        "type": "dashboards",
    }


def dashboard(title: str, uid: str) -> dict[str, Any]:
    """A link to one dashboard."""
    return {
        "icon": "dashboard",
        "includeVars": True,
        "keepTime": True,
        "title": title,
        "type": "link",
        "url": f"/d/{uid}",
    }
