"""The peer of a plan: lists the folders and the dashboards of Grafana, and does nothing with them.

`python -m benchmarks.publishing.with_lists`, with GRAFANA_URL and GRAFANA_TOKEN.
"""

import os

import requests

KINDS = ("folder.grafana.app/v1beta1", "dashboard.grafana.app/v1beta1")
PAGE_SIZE = 1000


def _count_items(session: requests.Session, url: str) -> int:
    count, token = 0, ""
    while True:
        parameters = {"limit": str(PAGE_SIZE), **({"continue": token} if token else {})}
        response = session.get(url, params=parameters, timeout=60)
        response.raise_for_status()
        page = response.json()
        count += len(page["items"])
        token = page["metadata"].get("continue", "")
        if not token:
            return count


def main() -> int:
    """How many there are."""
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {os.environ['GRAFANA_TOKEN']}"
        return sum(
            _count_items(
                session,
                f"{os.environ['GRAFANA_URL']}/apis/{kind}/namespaces/default/"
                f"{kind.partition('.')[0]}s",
            )
            for kind in KINDS
        )


if __name__ == "__main__":
    print(main())
