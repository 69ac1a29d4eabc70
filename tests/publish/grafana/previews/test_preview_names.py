"""Names, uids and tags of previews: accepted by Grafana, and never those of another."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tailboard.dashboards.uid import UID_PATTERN
from tailboard.publish.errors import TailboardError
from tailboard.publish.grafana.plan.folders import build_uid_prefix
from tailboard.publish.grafana.previews.mark import add_preview_mark, find_preview_mark
from tailboard.publish.grafana.previews.preview import (
    MAX_TAG_LENGTH,
    Preview,
    find_preview_of_folder,
    validate_preview_name,
)

names = st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}", fullmatch=True)
owners = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?", fullmatch=True)
uids = st.from_regex(r"[a-zA-Z0-9_-]{1,40}", fullmatch=True)
previews = st.builds(Preview, names, owners)


def test_the_uid_of_a_copy_never_changes() -> None:
    assert Preview("pr-123", "shop").build_uid("orders") == "tbp-aa38277f7d-orders"
    assert Preview("pr-123", "shop").build_uid("o" * 40).startswith("tbp-aa38277f7d_")


@given(previews, uids)
def test_a_copy_and_its_folder_have_uids_that_grafana_accepts(preview: Preview, uid: str) -> None:
    assert UID_PATTERN.fullmatch(preview.build_uid(uid))
    assert UID_PATTERN.fullmatch(preview.folder.uid)
    assert preview.build_uid(uid) != uid
    assert not preview.folder.uid.startswith(build_uid_prefix(preview.owner))


@given(previews, previews, uids, uids)
def test_copies_of_different_dashboards_or_previews_never_share_a_uid(
    preview: Preview, other: Preview, uid: str, other_uid: str
) -> None:
    assume((preview, uid) != (other, other_uid))
    assert preview.build_uid(uid) != other.build_uid(other_uid)


@given(previews, uids)
def test_the_copy_of_a_copy_has_a_uid_of_its_own(preview: Preview, uid: str) -> None:
    copy_uid = preview.build_uid(uid)
    assert preview.build_uid(copy_uid) not in {uid, copy_uid}


@given(previews, st.text(max_size=100), st.text(max_size=100))
def test_a_tag_fits_and_different_ones_stay_different(
    preview: Preview, tag: str, other_tag: str
) -> None:
    assert len(preview.format_tag(tag)) <= MAX_TAG_LENGTH
    assert (preview.format_tag(tag) == preview.format_tag(other_tag)) == (tag == other_tag)


@given(previews)
def test_the_folder_of_a_preview_is_recognized_and_a_strangers_of_the_same_title_is_not(
    preview: Preview,
) -> None:
    folder = preview.folder
    assert find_preview_of_folder(folder.uid, folder.title) == preview
    assert find_preview_of_folder("stranger", folder.title) is None
    assert find_preview_of_folder(folder.uid, "Mine") is None


@given(previews, uids, st.booleans())
def test_a_mark_says_what_it_was_given(preview: Preview, uid: str, is_v2: bool) -> None:
    body: dict[str, Any] = {"elements": {}, "layout": {}} if is_v2 else {"panels": []}
    document = {**body, "title": "T", "uid": preview.build_uid(uid)}
    marked = add_preview_mark(document, preview.owner, preview.name, uid, 3600)
    mark = find_preview_mark(add_preview_mark(marked, preview.owner, preview.name, uid, 7200))
    assert mark
    assert (mark.owner, mark.preview, mark.original, mark.time) == (
        preview.owner,
        preview.name,
        uid,
        7200,
    )
    assert find_preview_mark(document) is None


@pytest.mark.parametrize("name", ["", "-a", "a/b", "a b", "ä", "a" * 64, "a\n"])
def test_a_name_that_would_not_fit_is_refused(name: str) -> None:
    with pytest.raises(TailboardError, match="cannot be the name of a preview"):
        validate_preview_name(name)
