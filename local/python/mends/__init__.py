"""What the emulator gets wrong and a deployed app needs right, one short module per service.

Each mend replaces functions of the emulator's private modules, so the emulator is pinned exactly and every mend has a
conformance test. A mend runs right after its module is first imported: services that an app does not use cost nothing.
"""

import importlib
import importlib.abc
import importlib.util
import pkgutil
import sys
from types import ModuleType
from typing import Callable

_mends: dict[str, list[Callable[[ModuleType], None]]] = {}


def mends(module_name: str):
    """Decorator: call the function with the module `module_name` as soon as that has been imported."""

    def register(mend: Callable[[ModuleType], None]):
        if module_name in sys.modules:
            mend(sys.modules[module_name])
        else:
            _mends.setdefault(module_name, []).append(mend)
        return mend

    return register


class _MendingLoader(importlib.abc.Loader):
    def __init__(self, loader):
        self._loader = loader

    def create_module(self, spec):
        return self._loader.create_module(spec)

    def exec_module(self, module):
        self._loader.exec_module(module)
        for mend in _mends.pop(module.__name__, []):
            mend(module)


class _MendingFinder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name not in _mends:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None:
            spec.loader = _MendingLoader(spec.loader)
        return spec


def apply() -> None:
    sys.meta_path.insert(0, _MendingFinder())
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
