"""The ends of lines of a file, which a patch leaves as they are."""

import difflib

WINDOWS_END = "\r\n"
NO_END = "\\ No newline at end of file\n"


def unify_line_ends(text: str) -> str:
    """The text with the ends of lines that Python itself writes."""
    return text.replace(WINDOWS_END, "\n")


def restore_line_ends(old_text: str, text: str) -> str:
    """A changed text with the ends that its lines have in the old one; new ones as most lines."""
    if WINDOWS_END not in old_text:
        return text
    old_lines = old_text.split("\n")
    lines = text.split("\n")
    is_windows_usual = old_text.count(WINDOWS_END) * 2 > len(old_lines) - 1
    plain_lines = [line.removesuffix("\r") for line in old_lines]
    matcher = difflib.SequenceMatcher(a=plain_lines, b=lines, autojunk=False)
    new_lines: list[str] = []
    for tag, old_start, old_end, start, end in matcher.get_opcodes():
        if tag == "equal":
            new_lines += old_lines[old_start:old_end]
        else:
            new_lines += [
                f"{line}\r" if is_windows_usual and index + 1 < len(lines) else line
                for index, line in enumerate(lines[start:end], start)
            ]
    return "\n".join(new_lines)


def render_diff(path: str, old_text: str, text: str) -> str:
    """A unified diff, as `git apply` reads it."""
    lines = difflib.unified_diff(
        _split_lines(old_text), _split_lines(text), f"a/{path}", f"b/{path}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n{NO_END}" for line in lines)


def _split_lines(text: str) -> list[str]:
    """The lines with their ends: other separators than Python's own are a part of a line."""
    lines = [f"{line}\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]
