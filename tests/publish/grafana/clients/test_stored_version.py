"""The version that a dashboard is stored in, found from reports of which some are outdated."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tailboard.publish.grafana.clients.stored_version import (
    Conversion,
    find_next_version,
    find_stored_version,
    is_v1_version,
    is_v2_version,
    read_conversion,
)

OFFERED = ("v2beta1", "v2alpha1", "v0alpha1", "v1beta1")


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ({"v1beta1": ""}, "v1beta1"),
        ({"v1beta1": "v1beta1"}, "v1beta1"),
        ({"v1beta1": "v2beta1"}, ""),
        ({"v1beta1": "v2beta1", "v2beta1": ""}, "v2beta1"),
        ({"v1beta1": "v2beta1", "v2beta1": "v2beta1"}, "v2beta1"),
        ({"v1beta1": "v2beta1", "v2beta1": "v1beta1"}, ""),
        ({"v1beta1": "v2beta1", "v2beta1": "v1beta1", "v0alpha1": "v1beta1"}, "v1beta1"),
        ({"v1beta1": "v2beta1", "v2beta1": "v1beta1", "v0alpha1": "v2beta1"}, "v2beta1"),
        ({"v1beta1": "v3alpha0", "v0alpha1": "v3alpha0"}, "v3alpha0"),
    ],
)
def test_a_report_is_believed_only_where_the_server_converted(
    reports: dict[str, str], expected: str
) -> None:
    assert find_stored_version(reports) == expected


def test_what_the_classic_api_stored_is_schema_v1_at_the_first_read() -> None:
    assert is_v1_version(find_stored_version({"v1beta1": "v0alpha1"}))


@given(
    stored_version=st.sampled_from([*OFFERED, "v3alpha0"]),
    outdated_version=st.sampled_from(["", *OFFERED, "v3alpha0"]),
)
def test_reading_on_always_ends_with_the_stored_version(
    stored_version: str, outdated_version: str
) -> None:
    """Every read is true but that of the stored version, which shows what was once stored."""
    reports: dict[str, str] = {}
    version = "v1beta1"
    while version:
        reports[version] = outdated_version if version == stored_version else stored_version
        found_version = find_stored_version(reports)
        version = "" if found_version else find_next_version(reports, OFFERED)
    found_version = find_stored_version(reports)
    assert found_version == stored_version or (
        is_v1_version(found_version) and is_v1_version(stored_version)
    )


def test_what_is_reported_is_read_next() -> None:
    assert find_next_version({"v1beta1": "v2beta1"}, OFFERED) == "v2beta1"
    assert find_next_version({"v1beta1": "v3alpha0"}, OFFERED) == "v0alpha1"
    assert not find_next_version(dict.fromkeys(OFFERED, ""), OFFERED)


@pytest.mark.parametrize("version", ["v2", "v2beta1", "v2alpha1", "v2beta12"])
def test_every_version_of_schema_v2_is_known(version: str) -> None:
    assert is_v2_version(version)


@pytest.mark.parametrize("version", ["", "v20", "v2x", "v3", "v1beta1", "v2beta"])
def test_no_other_version_is_taken_for_schema_v2(version: str) -> None:
    assert not is_v2_version(version)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (None, Conversion()),
        ({}, Conversion()),
        ({"conversion": None}, Conversion()),
        ({"conversion": {"failed": False, "storedVersion": "v2beta1"}}, Conversion("v2beta1")),
        (
            {"conversion": {"failed": True, "storedVersion": "v2beta1", "error": "no\npanels"}},
            Conversion("v2beta1", "no panels"),
        ),
        ({"conversion": {"failed": True}}, Conversion("", "no reason reported")),
    ],
)
def test_a_conversion_is_read_with_the_reason_of_its_failure(
    status: Any, expected: Conversion
) -> None:
    assert read_conversion({"status": status}) == expected


@pytest.mark.parametrize("status", [7, {"conversion": 7}, {"conversion": []}])
def test_a_status_of_another_shape_is_an_error(status: Any) -> None:
    if status == {"conversion": []}:
        assert read_conversion({"status": status}) == Conversion()
        return
    with pytest.raises(TypeError):
        read_conversion({"status": status})
