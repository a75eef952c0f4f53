"""Which versions each channel has of a project, told by the channels' own clients and by nothing of gonogo.

    python3 matrix.py crates-io=NAME npm=NAME pypi=NAME

prints one JSON document: `columns`, and `rows` with each version and its cells, in the order of the columns. A cell is
`live`, `withdrawn`, `absent`, or `unknown` where the channel gave no answer; `unknown` has its reason on standard
error. `foreign` are versions that only their own channel can spell.
"""

import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from pip._internal.models.index import PyPI
from pip._vendor.packaging.utils import canonicalize_name, parse_sdist_filename, parse_wheel_filename
from pip._vendor.packaging.version import InvalidVersion, Version

SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
JSON_INDEX = "application/vnd.pypi.simple.v1+json"


class Unknown(Exception):
    """The channel gave no answer."""


def ran(*words, cwd=None, **variables):
    environment = {**os.environ, "NO_COLOR": "1", **variables}
    return subprocess.run(words, capture_output=True, text=True, env=environment, cwd=cwd, timeout=180)


def fetched(url, accept):
    """A document and its type; `None` where the server says that it is not there."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers={"Accept": accept}), timeout=60) as answer:
            return answer.headers.get_content_type(), answer.read().decode()
    except urllib.error.HTTPError as error:
        if error.code in (404, 410, 451):
            return None
        raise Unknown(f"{url}: {error}") from error
    except OSError as error:
        raise Unknown(f"{url}: {error}") from error


def crates_io(name):
    """Lines of the sparse index, at the address that cargo says it fetches from."""
    with tempfile.TemporaryDirectory() as folder:
        told = ran("cargo", "info", name, cwd=folder, CARGO_LOG="network=debug")
    address = re.search(r"fetch (\S+/)config\.json", told.stderr)
    if not address:
        raise Unknown(f"cargo does not say where its index is: {told.stderr[-300:]}")
    lower = name.lower()
    folders = {1: "1", 2: "2", 3: f"3/{lower[:1]}"}.get(len(lower), f"{lower[:2]}/{lower[2:4]}")
    index = fetched(f"{address[1]}{folders}/{lower}", "text/plain")
    lines = [json.loads(line) for line in index[1].splitlines() if line.strip()] if index else []
    return {line["vers"]: "withdrawn" if line["yanked"] else "live" for line in lines}


def npm_view(package, *fields):
    told = ran("npm", "view", package, *fields, "--json")
    try:
        value = json.loads(told.stdout or "null")
    except ValueError as error:
        raise Unknown(f"npm view {package}: {told.stdout[:300]}") from error
    if told.returncode != 0:
        failed = value.get("error", {}) if isinstance(value, dict) else {}
        if failed.get("code") == "E404":
            return None
        raise Unknown(f"npm view {package}: {failed or told.stderr[-300:]}")
    return value


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def npm(name):
    """What `npm view` lists, and which of it `npm view` says to be deprecated."""
    about = npm_view(name, "versions", "dist-tags")
    if about is None:
        return {}
    versions = {version: None for version in as_list(about["versions"])}

    def note(told):
        # Of a version that has only one of the fields, npm prints the field alone.
        for one in as_list(told):
            one = one if isinstance(one, dict) else {"version": one}
            versions[one["version"]] = "withdrawn" if one.get("deprecated") else "live"

    note(npm_view(f"{name}@>=0.0.0", "version", "deprecated"))
    # A range leaves pre-releases out.
    for version in [version for version, told in versions.items() if told is None]:
        note(npm_view(f"{name}@{version}", "version", "deprecated"))
    return versions


class Anchors(html.parser.HTMLParser):
    """The files of an index page: their names, and whether they are yanked."""

    def __init__(self):
        super().__init__()
        self.files, self.yanked = [], None

    def handle_starttag(self, tag, attributes):
        if tag == "a":
            self.yanked = "data-yanked" in dict(attributes)

    def handle_data(self, text):
        if self.yanked is not None:
            self.files.append((text.strip(), self.yanked))
            self.yanked = None


def python_index():
    """The address that pip asks: as its configuration and variables have it, else its own."""
    configured = re.findall(r"^(?:\S+\.)?index-url='(.*)'$", ran("pip", "config", "list").stdout, re.MULTILINE)
    return (configured[-1] if configured else PyPI.simple_url).rstrip("/")


def pypi(name):
    """The versions of the files that the simple index has; one yanked file withdraws its version."""
    page = fetched(f"{python_index()}/{canonicalize_name(name)}/", f"{JSON_INDEX}, text/html; q=0.1")
    if page is None:
        return {}
    if page[0].endswith("json"):
        files = [(one["filename"], one.get("yanked", False) is not False) for one in json.loads(page[1])["files"]]
    else:
        anchors = Anchors()
        anchors.feed(page[1])
        files = anchors.files
    versions = {}
    for file, yanked in files:
        if file.endswith(".whl"):
            version = parse_wheel_filename(file)[1]
        elif file.endswith((".tar.gz", ".zip")):
            version = parse_sdist_filename(file)[1]
        else:
            continue
        withdrawn = yanked or versions.get(str(version)) == "withdrawn"
        versions[str(version)] = "withdrawn" if withdrawn else "live"
    return versions


def of_python(version):
    """A Python version as others write it; `None` where none can."""
    read = Version(version)
    if read.epoch or read.local or read.is_postrelease or len(read.release) > 3 or (read.pre and read.is_devrelease):
        return None
    pre = ""
    if read.pre:
        pre = "-{}.{}".format({"a": "alpha", "b": "beta"}.get(read.pre[0], read.pre[0]), read.pre[1])
    elif read.dev is not None:
        pre = f"-dev.{read.dev}"
    return ".".join(map(str, (*read.release, 0, 0)[:3])) + pre


def same(version):
    """By what two spellings of one version are known to be one."""
    try:
        read = Version(version)
    except InvalidVersion:
        return version
    return version if read.is_postrelease else str(Version(of_python(version) or version))


def table(columns):
    spelled, foreign = {}, []
    for channel, _, versions in sorted(columns, key=lambda column: column[0] == "pypi"):
        for version in versions or {}:
            other = of_python(version) if channel == "pypi" else version if SEMVER.fullmatch(version) else None
            if other is None:
                foreign.append([channel, version])
            else:
                spelled.setdefault(same(other), other)
    rows = []
    for key, version in spelled.items():
        cells = []
        for channel, _, versions in columns:
            if versions is None:
                cells.append("unknown")
                continue
            told = {same(of_python(own) or own) if channel == "pypi" else same(own): is_ for own, is_ in versions.items()}
            cells.append(told.get(key, "absent"))
        rows.append({"version": version, "cells": cells})
    return {"columns": [column[:2] for column in columns], "rows": rows, "foreign": foreign}


def main(asked):
    channels = {"crates-io": crates_io, "npm": npm, "pypi": pypi}
    columns = []
    for word in asked:
        channel, name = word.split("=", 1)
        try:
            columns.append([channel, name, channels[channel](name)])
        except Unknown as error:
            print(f"{word}: {error}", file=sys.stderr)
            columns.append([channel, name, None])
    json.dump(table(columns), sys.stdout, indent=1)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
