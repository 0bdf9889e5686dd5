"""`persistlint config`: show which configuration applies to a path, and which rules run there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.cli.arguments import overrides
from persistlint.cli.status import CLEAN
from persistlint.configuration.config import configuration_for, is_excluded, settings_for
from persistlint.plugins import plugins
from persistlint.rules import load

if TYPE_CHECKING:
    from argparse import Namespace

    from persistlint.settings import Settings


def run(arguments: Namespace) -> int:
    """Print the configuration files, the plugins, the profile, the dialect, the baseline and the rules of a path."""
    given = overrides(arguments)
    path = arguments.path / "-" if arguments.path.is_dir() else arguments.path
    configuration, settings = configuration_for(path, given), settings_for(path, given)
    files = [str(file.path) for file in reversed(configuration.files)]
    print("configuration:", *(files or ["none"]), sep="\n  ")
    loaded = [f"{plugin.kind}: {plugin.name} of {plugin.distribution}" for plugin in plugins()]
    print("plugins:", *(loaded or ["none"]), sep="\n  ")
    print("profile:", configuration.profile or "none")
    print("dialect:", settings.dialect or "as the code tells")
    print("baseline:", configuration.baseline or "none")
    print("excluded:", "yes" if is_excluded(arguments.path, given) else "no")
    width = max(map(len, settings.rules), default=0)
    print("rules:", *(_rule_line(settings, name, width) for name in sorted(settings.rules)), sep="\n  ")
    return CLEAN


def _rule_line(settings: Settings, name: str, width: int) -> str:
    severity = settings.severities.get(name, load(name).severity).value
    options = (f"{key} = {value!r}" for key, value in settings.options.get(name, {}).items())
    return "  ".join((name.ljust(width), severity, *options))
