"""Which values of labels are ids, and which only look like them."""

import pytest

from publish.identifiers import is_email, is_long_id, paths_with_ids


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
    ("values", "found"),
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
def test_paths_with_ids_are_told_from_templates(values: list[str], found: list[str]) -> None:
    assert paths_with_ids(values) == found
