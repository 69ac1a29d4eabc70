"""Which values of labels are ids, and which only look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.metrics.identifiers import find_paths_with_ids, is_email, is_long_id, mask_value


@pytest.mark.parametrize(
    ("value", "is_id"),
    [
        ("9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f", True),
        ("9F1C2D3E4A5B4C6D8E7F0A1B2C3D4E5F", True),
        ("01HV7Z3N4K5M6P7Q8R9S0T1V2W", True),
        ("4bf92f3577b34da6", True),
        ("deadbeef", False),
        ("effaceddefacedfaded", False),
        ("1234567890123456", False),
        ("prometheus-client", False),
        ("3.11.7", False),
        ("sk-live-51Hq8ZkLw2eXb7TnV", True),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", True),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x", True),
        ("q1w2e3r4t5y6u7i8", True),
        ("getOrderByCustomerIdV2", False),
        ("orders-7d9f8b6c5d-x2x4z", False),
        ("ip-10-0-11-23.eu-west-1.compute", False),
        ("2026-11-20T23:15:24Z", False),
        ("application/vnd.api+json;version=2", False),
        ("SELECT * FROM orders", False),
    ],
)
def test_long_ids_are_told_from_words_numbers_and_versions(value: str, is_id: bool) -> None:
    assert is_long_id(value) is is_id


@pytest.mark.parametrize(
    ("value", "is_address"),
    [
        ("ann@example.com", True),
        ("a.b+c@mail.example.co", True),
        ("celery@host", False),
        ("@", False),
    ],
)
def test_an_address_has_a_domain(value: str, is_address: bool) -> None:
    assert is_email(value) is is_address


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["/orders/4711"], ["/orders/4711"]),
        (["/orders/1", "/orders/2"], ["/orders/1", "/orders/2"]),
        (["https://a.example/orders/4711?page=2"], ["https://a.example/orders/4711?page=2"]),
        (["/users/9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f/cart"],) * 2,
        (["/orders/1"], []),
        (["/orders/{id}", "/orders/<int:id>", "/", "/metrics", "/v1/orders"], []),
        (["/status/404", "/status/500"], []),
        (["item-detail", "4711", "12/2026"], []),
    ],
)
def test_paths_with_ids_are_told_from_templates(values: list[str], expected: list[str]) -> None:
    assert find_paths_with_ids(values) == expected


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("https://bob:hunter2@x.org/orders/0?token=SECRET&a=b#frag", "https://x.org/orders/0?..."),
        ("https://x.org/orders/4711", "https://x.org/orders/4711"),
        ("/orders/4711?page=2", "/orders/4711?..."),
        ("/orders/4711#SECRET", "/orders/4711"),
        ("/users/bob@x.org/cart", "/users/b…@x.org/cart"),
        ("/reset/9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f", "/reset/9f1c…"),
        ("postgres://app:hunter2@db:5432/shop", "postgres://db:5432/shop"),
        ("bob.smith@x.org", "b…@x.org"),
        ("9f1c2d3e-4a5b-4c6d-8e7f-0a1b2c3d4e5f", "9f1c…"),
        ("sk-live-51Hq8ZkLw2eXb7TnV", "sk-l…"),
        ("49123456789", "4912…"),
        ("990", "990"),
        ("8080", "8080"),
        ("2xx", "2xx"),
        ("/orders/{id}", "/orders/{id}"),
        (r"^orders/(?P<pk>[0-9]+)/?$", r"^orders/(?P<pk>[0-9]+)/?$"),
        ("failed: http://a:b@x.org/?k=v of bob@x.org", "failed: http://x.org/?... of b…@x.org"),
        ("GET", "GET"),
        ("celery@host", "celery@host"),
        ("order was not found", "order was not found"),
    ],
)
def test_what_names_a_person_or_opens_a_door_is_masked_and_the_rest_is_whole(
    value: str, masked: str
) -> None:
    assert mask_value(value) == masked


@given(st.text(alphabet="ab1@./?#:=(<$ -{}é"))
def test_masking_is_done_after_once(value: str) -> None:
    assert mask_value(mask_value(value)) == mask_value(value)
