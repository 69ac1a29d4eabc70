"""A rule file of Prometheus: written as a whole, checked, loaded, and read back from the server.

One file of a namespace, `NAMESPACE.rules.yaml`, holds all its groups, so that a reload loads all of
them or none. Where the server does not load it, the file that was there is put back.
https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from tailboard.publish.errors import OutputError, ServerError, TailboardError
from tailboard.publish.http.connection import Connection
from tailboard.publish.manifest import TEMPORARY_PREFIX
from tailboard.publish.output import open_locked
from tailboard.publish.rulers.loaded_group import is_group_loaded
from tailboard.publish.rulers.rule_group import JsonObject, RuleGroup, parse_group
from tailboard.publish.rulers.ruler import GroupStatuses, RefusedError
from tailboard.publish.rulers.servers.ruler_api import parse_statuses, translate_shape_errors
from tailboard.publish.rulers.servers.yaml_reader import parse_yaml, render_plain_yaml

HEADER = "# Published by tailboard: change the definitions, and publish again.\n"
SUFFIX = ".rules.yaml"
PENDING_SUFFIX = ".pending"
"""Of the empty file that is there from before a rule file is written until it is loaded."""

MAX_BYTES = 64 * 1024 * 1024
RELOAD_PATH = "/-/reload"
RULES_PATH = "/api/v1/rules"
NO_LIFECYCLE_STATUSES = frozenset({403, 404, 405})
"""What Prometheus answers without --web.enable-lifecycle, and servers that know no reload."""

LOAD_SECONDS = 15.0
"""How long a server may take to load a file after it said that it reloads."""

LOAD_PAUSE = 0.2
CHECK_SECONDS = 60
MAX_REASON_LENGTH = 500


class RuleFiles:
    """The groups of one rule file; without a connection no server is asked to load it."""

    label = "Prometheus"
    max_concurrency = 1
    is_new_namespace = False
    has_proof = True

    def __init__(self, folder: Path, namespace: str, connection: Connection | None) -> None:
        self.namespace = namespace
        self._path = folder / f"{quote(namespace, safe=' ')}{SUFFIX}"
        self._pending_path = folder / f".{self._path.name}{PENDING_SUFFIX}"
        self.address = str(self._path)
        self._connection = connection
        self._notes: dict[str, None] = {}
        self._first_content: bytes | None = None
        self._content: bytes | None = None
        self._groups: dict[str, RuleGroup] = {}
        self._has_read = False

    @property
    def notes(self) -> Sequence[str]:
        """What is left to do by hand."""
        return list(self._notes)

    def build_stored_form(self, content: JsonObject) -> JsonObject:
        """The group itself."""
        return content

    def fetch_groups(self) -> dict[str, RuleGroup]:
        """The groups of the file on disk."""
        self._content = self._first_content = self._read_content()
        self._groups = self._parse_groups(self._content)
        self._has_read = True
        return dict(self._groups)

    def fetch_group(self, name: str) -> RuleGroup | None:
        """One group: what was written here, or what is on disk."""
        if not self._has_read:
            self.fetch_groups()
        return self._groups.get(name)

    def write_group(self, group: RuleGroup, message: str) -> None:
        """Put a group in its place among the others; `commit` writes the file."""
        self._groups[group.name] = group

    def delete_group(self, name: str) -> None:
        """Take a group out; `commit` writes the file."""
        self._groups.pop(name, None)

    def commit(self) -> None:
        """Write the file, and let the server load it; else put back what was there."""
        if self._groups == self._parse_groups(self._content) and not self._is_pending():
            return
        previous_content, content = self._content, self._render_content()
        with self._lock_folder():
            if self._read_content() != previous_content:
                self._groups = self._parse_groups(previous_content)
                raise TailboardError(
                    f"{self._path} was changed meanwhile; it was left unchanged",
                    tip="run the command again.",
                )
            try:
                self._check_content(content)
                self._mark_pending()
                self._install_content(content)
                self._content = content
                self._load_file()
                self._pending_path.unlink(missing_ok=True)
            except TailboardError:
                self._groups = self._parse_groups(previous_content)
                self._restore_content(previous_content)
                raise

    def delete_empty_namespace(self) -> None:
        """Nothing: an empty namespace is none."""

    def put_back(self) -> bool:
        """Put back the file from before this run, and let the server load it."""
        with self._lock_folder():
            if self._read_content() != self._content:
                return False
            self._groups = self._parse_groups(self._first_content)
            self._restore_content(self._first_content)
        return True

    def fetch_statuses(self) -> GroupStatuses | None:
        """What Prometheus has loaded of the file, in whatever folder."""
        if self._connection is None or self._notes:
            return None
        response = self._connection.request("GET", RULES_PATH)
        if not response.ok:
            return None
        with translate_shape_errors("reading the state of rules"):
            return parse_statuses(response.body, self._is_own_file)

    @property
    def credential_notes(self) -> Sequence[str]:
        """Warnings about the files that hold the credentials."""
        return self._connection.credentials.notes if self._connection else ()

    def close(self) -> None:
        """Give the connections back."""
        if self._connection:
            self._connection.close()

    def _is_pending(self) -> bool:
        """Whether an earlier publish ended before the server had loaded the file."""
        return self._pending_path.exists()

    def _mark_pending(self) -> None:
        try:
            self._pending_path.touch()
        except OSError as error:
            raise self._build_error("cannot be written", error) from error

    def _is_own_file(self, file: str) -> bool:
        return file.replace("\\", "/").rpartition("/")[2] == self._path.name

    def _read_content(self) -> bytes | None:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                raise OutputError(
                    f"{self._path} is larger than {MAX_BYTES // 1024**2} MiB",
                    tip="name another folder: --rules-path DIR.",
                )
            return self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._build_error("cannot be read", error) from error

    def _parse_groups(self, content: bytes | None) -> dict[str, RuleGroup]:
        if content is None:
            return {}
        try:
            groups = [parse_group(group) for group in (parse_yaml(content) or {})["groups"] or []]
        except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise OutputError(
                f"{self._path} is no rule file of Prometheus",
                tip="repair it or move it away, and run the command again.",
            ) from error
        return {group.name: group for group in groups}

    def _render_content(self) -> bytes | None:
        """The file, or None where nothing is left to be in it."""
        if not self._groups:
            return None
        groups = [group.content for group in self._groups.values()]
        return HEADER.encode() + render_plain_yaml({"groups": groups})

    @contextlib.contextmanager
    def _lock_folder(self) -> Iterator[None]:
        """Let no other publish write into the folder."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = open_locked(self._path.parent)
        except BlockingIOError as error:
            raise OutputError(
                f"another publish writes to {self._path.parent} now",
                tip="wait until it has ended, and run the command again.",
            ) from error
        except OSError as error:
            raise self._build_error("cannot be written", error) from error
        try:
            yield
        finally:
            if descriptor is not None:
                os.close(descriptor)

    def _check_content(self, content: bytes | None) -> None:
        """Let promtool look at the file before anybody loads it, where there is one."""
        promtool = shutil.which("promtool")
        if promtool is None or content is None:
            return
        with self._write_temporary(content) as path:
            try:
                process = subprocess.run(  # noqa: S603 - of our own file
                    [promtool, "check", "rules", str(path)],
                    capture_output=True,
                    encoding="utf-8",
                    errors="replace",
                    timeout=CHECK_SECONDS,
                    check=False,
                )
            except (OSError, subprocess.SubprocessError):
                return
        if process.returncode == 1:
            reason = " ".join(process.stderr.replace(str(path), self._path.name).split())
            raise RefusedError(
                f"promtool refuses the rules: {reason[:MAX_REASON_LENGTH]}",
                tip="change what it names, and run the command again.",
            )

    def _install_content(self, content: bytes | None) -> None:
        """Write the file in one step, or remove it."""
        try:
            if content is None:
                self._path.unlink(missing_ok=True)
                return
            with self._write_temporary(content) as path:
                path.chmod(0o644)
                path.replace(self._path)
        except OSError as error:
            raise self._build_error("cannot be written", error) from error

    @contextlib.contextmanager
    def _write_temporary(self, content: bytes) -> Iterator[Path]:
        """A file beside the rule file that no pattern of rule files matches."""
        try:
            descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=TEMPORARY_PREFIX)
        except OSError as error:
            raise self._build_error("cannot be written", error) from error
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            yield path
        except OSError as error:
            raise self._build_error("cannot be written", error) from error
        finally:
            path.unlink(missing_ok=True)

    def _restore_content(self, content: bytes | None) -> None:
        """Put the file back, and let the server load it again, if it can."""
        if self._read_content() != content:
            self._mark_pending()
            self._install_content(content)
            self._content = content
            if self._connection is not None:
                with contextlib.suppress(TailboardError):
                    self._connection.request("POST", RELOAD_PATH)
        self._pending_path.unlink(missing_ok=True)

    def _load_file(self) -> None:
        """Let the server load the file, and wait until it shows its groups.

        Without an address, or where reloads are not enabled, that is left to the user.
        """
        if self._connection is None:
            self._add_note("no --rules-url says which Prometheus loads it")
            return
        response = self._connection.request("POST", RELOAD_PATH)
        if response.status in NO_LIFECYCLE_STATUSES:
            self._add_note("its Prometheus runs without --web.enable-lifecycle")
            return
        if not response.ok:
            raise RefusedError(
                f"Prometheus does not load the rules ({response.status}): {response.message}",
                tip="change what it names; the file that was there is put back.",
            )
        deadline = time.monotonic() + LOAD_SECONDS
        while not self._is_loaded():
            if time.monotonic() >= deadline:
                raise self._build_load_error()
            time.sleep(LOAD_PAUSE)

    def _build_load_error(self) -> ServerError:
        if self.fetch_statuses():
            return ServerError(
                f"the server has reloaded, and still shows other rules than those of {self._path}",
                tip="its log says why it does not load them; what was there is put back.",
            )
        return ServerError(
            f"the server has reloaded, and does not show the rules of {self._path}",
            tip="look whether rule_files in its configuration (-rule of vmalert) matches that "
            "file; what was there is put back.",
        )

    def _is_loaded(self) -> bool:
        """Whether the server shows the groups of the file with their rules: vmalert does later."""
        statuses = self.fetch_statuses()
        if statuses is None:
            return True
        return statuses.keys() == self._groups.keys() and all(
            is_group_loaded(group, statuses[name]) for name, group in self._groups.items()
        )

    def _add_note(self, reason: str) -> None:
        self._notes[
            f"{self._path} is written, and {reason}: let it load the rules, by SIGHUP or a restart"
        ] = None

    def _build_error(self, problem: str, error: OSError) -> OutputError:
        return OutputError(
            f"{self._path} {problem}: {error.strerror}",
            tip="look at its permissions and the free space, or name another --rules-path.",
        )
