"""What the editor says about itself: its settings, its folders, and what it can do.

Settings are the section `persistlint` of the editor's configuration, or `initializationOptions`:

=====================  ====================================================================================
`enable`               false where nothing is to be reported
`configuration`        a configuration file that takes the place of the project's own, relative to its folder
`select`, `ignore`     rules and groups, as on the command line
`workspaceDiagnostics` true to report files that are not open too; read once, at the start
=====================  ====================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pygls.uris import to_fs_path

from persistlint.configuration.config import NO_OVERRIDES, Overrides
from persistlint.configuration.selection import UnknownSelectorError, expand

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lsprotocol import types

SECTION = "persistlint"


class SettingsError(ValueError):
    """A setting of the editor cannot be used; the message names it."""


@dataclass(frozen=True)
class ClientSettings:
    """The settings for one folder."""

    enable: bool = True
    overrides: Overrides = NO_OVERRIDES
    workspace_diagnostics: bool = False


DEFAULTS = ClientSettings()


def parse(value: Any, folder: Path) -> ClientSettings:
    """The settings that an editor sent, as plain JSON; null and a missing key are the default. Unknown keys are left
    to the editor. Raises `SettingsError`."""
    table: Mapping[str, Any] = value if isinstance(value, dict) else {}
    configuration = _typed(table, "configuration", str, "")
    select = _selectors(table, "select")
    overrides = Overrides(
        config=folder / Path(configuration).expanduser() if configuration else None,
        select=select,
        ignore=_selectors(table, "ignore") or (),
    )
    return ClientSettings(
        _typed(table, "enable", bool, True), overrides, _typed(table, "workspaceDiagnostics", bool, False)
    )


def _typed(table: Mapping[str, Any], key: str, kind: type[Any], default: Any) -> Any:
    value = table.get(key)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise SettingsError(f"the setting `{SECTION}.{key}` has a value of the wrong type")
    return value


def _selectors(table: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    words = _typed(table, key, list, None)
    if words is None:
        return None
    try:
        expand(map(str, words))
    except UnknownSelectorError as error:
        raise SettingsError(f"the setting `{SECTION}.{key}`: {error}") from error
    return tuple(map(str, words))


@dataclass
class Folders:
    """The folders that the editor has open, each with its settings; `default` is for files outside of them."""

    default: ClientSettings = DEFAULTS
    settings: dict[Path, ClientSettings] = field(default_factory=dict)
    uris: dict[Path, str] = field(default_factory=dict)

    def add(self, folders: Iterable[types.WorkspaceFolder]) -> None:
        """Take up folders, for now with the default settings."""
        for folder in folders:
            if name := to_fs_path(folder.uri):
                self.settings[Path(name)] = self.default
                self.uris[Path(name)] = folder.uri

    def remove(self, folders: Iterable[types.WorkspaceFolder]) -> None:
        """Drop folders."""
        for folder in folders:
            path = Path(to_fs_path(folder.uri) or "")
            self.settings.pop(path, None)
            self.uris.pop(path, None)

    def of(self, path: Path) -> tuple[Path | None, ClientSettings]:
        """The innermost folder that holds a path, and the settings that apply to it."""
        folder = next((parent for parent in path.parents if parent in self.settings), None)
        return folder, self.settings[folder] if folder else self.default
