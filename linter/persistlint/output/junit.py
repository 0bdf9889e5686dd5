"""The results of a run as JUnit XML, which Jenkins, Azure, Bitbucket and most others show as failed tests.

A file is a test suite, and a diagnostic a failed test in it. A run that found nothing is one test that passed, for some
readers refuse a report without tests.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TextIO
from xml.etree import ElementTree

from persistlint.git import from_root
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.diagnostic import Diagnostic
    from persistlint.running.run import Run
    from persistlint.source import SourceFile

_NO_CHARACTERS = regex("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # of XML 1.0


def write(run: Run, stream: TextIO, *, quiet: bool = False) -> None:
    """Write the results of a run as JUnit XML. `quiet` changes nothing."""
    root = ElementTree.Element("testsuites", name="persistlint")
    for result in run.results:
        suite = _suite(root, from_root(result.source.path), failures=len(result.diagnostics))
        for diagnostic in result.diagnostics:
            _add_failure(suite, result.source, diagnostic)
    for path, failures in groupby(run.failures, lambda failure: from_root(failure.path)):
        messages = [failure.message for failure in failures]
        suite = _suite(root, path, errors=len(messages))
        for message in messages:
            case = _element(suite, "testcase", name="persistlint", classname=path, file=path)
            _element(case, "error", type="failure", message=message)
    if not len(root):
        _element(_suite(root, "persistlint"), "testcase", name="persistlint", classname="persistlint")
    tests = sum(len(suite) for suite in root)
    found = len(run.diagnostics)
    root.attrib.update(tests=str(tests), failures=str(found), errors=str(len(run.failures)))
    ElementTree.indent(root)
    # ASCII with character references is right in whatever encoding the stream has.
    stream.write(ElementTree.tostring(root, "us-ascii", xml_declaration=True).decode("ascii") + "\n")


def _suite(root: ElementTree.Element, name: str, *, failures: int = 0, errors: int = 0) -> ElementTree.Element:
    tests = max(failures + errors, 1)
    return _element(root, "testsuite", name=name, tests=str(tests), failures=str(failures), errors=str(errors))


def _add_failure(suite: ElementTree.Element, source: SourceFile, diagnostic: Diagnostic) -> None:
    start = source.position(diagnostic.range.start)
    path = from_root(source.path)
    name = f"{diagnostic.rule} at {start.line}:{start.column}"
    case = _element(suite, "testcase", name=name, classname=path, file=path, line=str(start.line))
    failure = _element(case, "failure", type=diagnostic.severity.value, message=diagnostic.message)
    failure.text = _legal(f"{path}:{start.line}:{start.column}: {diagnostic.message}\n{diagnostic.help}".rstrip())


def _element(parent: ElementTree.Element, tag: str, **attributes: str) -> ElementTree.Element:
    return ElementTree.SubElement(parent, tag, {key: _legal(value) for key, value in attributes.items()})


def _legal(text: str) -> str:
    return _NO_CHARACTERS.sub("\ufffd", text)
