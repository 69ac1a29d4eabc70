"""Names of a package that are imported at their first use, so that importing one costs one.

https://peps.python.org/pep-0562/
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def build_lazy_getattr(package: str, sources: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package, from its names to the modules inside it that define them.

    A module itself stands for its own name: `{"latency": "latency", "Service": "service"}`. The
    package's full name is written out, not `__name__`: in a checkout, a definition may import the
    folder `panels` beside it by that name, and gets the same classes.
    """

    def import_name(name: str) -> Any:
        if name not in sources:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{sources[name]}")
        return module if sources[name] == name else getattr(module, name)

    return import_name
