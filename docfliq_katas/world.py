"""One import world per lesson: every slice calls its root package `src`, and none may see another's."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType


class World:
    """The modules of one lesson folder, importable only while the world is entered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._inside = f"{folder}{os.sep}"
        self._modules: dict[str, ModuleType] = {}

    def enter(self) -> None:
        """Put the folder on the path and bring back the modules that were imported here before."""
        sys.path.insert(0, str(self.folder))
        sys.modules.update(self._modules)

    def leave(self) -> None:
        """Take the folder off the path and put its modules away."""
        sys.path.remove(str(self.folder))
        sys.path_importer_cache.pop(str(self.folder), None)
        self._modules = {name: module for name, module in sys.modules.items() if self._owns(module)}
        for name in self._modules:
            del sys.modules[name]

    def _owns(self, module: ModuleType) -> bool:
        file = getattr(module, "__file__", None)
        places = [file] if file else list(getattr(module, "__path__", ()))
        return any(f"{place}{os.sep}".startswith(self._inside) for place in places)  # a thousand modules are asked


class Worlds:
    """All worlds of a test session; at most one is entered."""

    def __init__(self) -> None:
        self._worlds: dict[Path, World] = {}
        self._current: World | None = None

    def switch(self, folder: Path | None) -> None:
        """Enter the world of `folder`, or none, and leave the one that was entered."""
        if folder == (self._current.folder if self._current else None):
            return
        if self._current:
            self._current.leave()
        self._current = self._worlds.setdefault(folder, World(folder)) if folder else None
        if self._current:
            self._current.enter()
