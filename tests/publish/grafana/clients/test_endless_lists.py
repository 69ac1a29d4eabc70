"""Lists whose pages never end: the read stops with an error that says so."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tailboard.publish.errors import ServerError
from tailboard.publish.grafana.api import SchemaVersions
from tailboard.publish.grafana.clients import resource_list, search
from tailboard.publish.grafana.clients.app_platform_api import AppPlatformApi
from tailboard.publish.grafana.clients.classic_api import PAGE_SIZE, ClassicApi
from tailboard.publish.http.connection import Connection, Response

Parameters = Mapping[str, Any]
VERSIONS = SchemaVersions(("v1beta1",), "v1beta1")


class AnsweringConnection(Connection):
    """A connection whose answers are computed from the parameters of a request."""

    def __init__(self, answer: Callable[[Parameters], Any]) -> None:
        super().__init__("http://127.0.0.1:9")
        self._answer = answer

    def request(self, *_: object, **options: Any) -> Response:
        """The answer, without a server."""
        return Response(200, self._answer(options.get("params") or {}))


def build_folder_hits(numbers: range) -> list[dict[str, str]]:
    return [{"uid": f"u{number}", "title": "T"} for number in numbers]


def build_item_page(token: str) -> dict[str, Any]:
    return {"items": [], "metadata": {"continue": token}}


def test_a_search_that_ignores_the_page_is_an_error() -> None:
    hits = build_folder_hits(range(PAGE_SIZE))
    refused = pytest.raises(ServerError, match="page 2 repeats earlier ones")
    with AnsweringConnection(lambda _: hits) as connection, refused as error:
        ClassicApi(connection).fetch_folders()
    assert error.value.tip


def test_a_search_of_several_pages_is_read_to_its_end() -> None:
    def answer(parameters: Parameters) -> Any:
        first = (parameters["page"] - 1) * PAGE_SIZE
        return build_folder_hits(range(first, min(first + PAGE_SIZE, 2 * PAGE_SIZE + 1)))

    with AnsweringConnection(answer) as connection:
        assert len(ClassicApi(connection).fetch_folders()) == 2 * PAGE_SIZE + 1


@pytest.mark.parametrize("tokens", [["a"], ["a", "b", "c", "a"]], ids=["itself", "an earlier one"])
def test_a_page_that_leads_back_is_an_error(tokens: list[str]) -> None:
    token = itertools.cycle(tokens)
    with AnsweringConnection(lambda _: build_item_page(next(token))) as connection:
        api = AppPlatformApi(connection, "default", VERSIONS, "v1beta1")
        with pytest.raises(ServerError, match="leads to itself again"):
            api.fetch_folders()


def test_pages_that_always_lead_to_others_end_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource_list, "MAX_PAGES", 9)
    number = itertools.count()
    with AnsweringConnection(lambda _: build_item_page(f"t{next(number)}")) as connection:
        api = AppPlatformApi(connection, "default", VERSIONS, "v1beta1")
        with pytest.raises(ServerError, match="more than 9 pages"):
            api.fetch_folders()


def test_a_search_whose_pages_are_always_full_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MAX_PAGES", 9)

    def answer(parameters: Parameters) -> Any:
        first = parameters["page"] * PAGE_SIZE
        return build_folder_hits(range(first, first + PAGE_SIZE))

    refused = pytest.raises(ServerError, match="more than 9 pages")
    with AnsweringConnection(answer) as connection, refused:
        ClassicApi(connection).fetch_folders()
