"""Builds the wheel and the sdist (PEP 517) with Python alone: nothing has to be downloaded to build."""

import gzip
import hashlib
import base64
import io
import os
import re
import sys
import tarfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
NOTICES = ["LICENSE", "THIRD_PARTY_NOTICES.md"]


def read(name):
    # In the repository the notices are at its root, in an sdist beside this file.
    for folder in [HERE, os.path.join(HERE, "..", "..")]:
        path = os.path.join(folder, name)
        if os.path.exists(path):
            with open(path, "rb") as file:
                return file.read()
    raise FileNotFoundError(name)


def version():
    return re.search(r'^version = "(.+)"$', read("pyproject.toml").decode(), re.M).group(1)


def metadata():
    lines = ["Metadata-Version: 2.1", "Name: tally", "Version: " + version(), "Summary: Counts.", "License: MIT"]
    lines += ["Requires-Python: >=3.6"] + ["License-File: " + name for name in NOTICES]
    return ("\n".join(lines) + "\n").encode()


def record(name, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    return "{},sha256={},{}\n".format(name, digest, len(content))


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    info = "tally-{}.dist-info/".format(version())
    wheel = b"Wheel-Version: 1.0\nGenerator: tally\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files = {"tally.py": read("tally.py"), info + "METADATA": metadata(), info + "WHEEL": wheel}
    files.update({info + "licenses/" + name: read(name) for name in NOTICES})
    lines = "".join(record(name, content) for name, content in files.items())
    files[info + "RECORD"] = (lines + info + "RECORD,,\n").encode()
    name = "tally-{}-py3-none-any.whl".format(version())
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            # The moment of building is no part of what was built.
            archive.writestr(zipfile.ZipInfo(path), content)
    return name


def build_sdist(sdist_directory, config_settings=None):
    root = "tally-{}/".format(version())
    names = ["pyproject.toml", "backend.py", "tally.py"] + NOTICES
    files = {root + name: read(name) for name in names}
    files[root + "PKG-INFO"] = metadata()
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as archive:
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    name = "tally-{}.tar.gz".format(version())
    with open(os.path.join(sdist_directory, name), "wb") as file:
        with gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as packed:
            packed.write(plain.getvalue())
    return name


if __name__ == "__main__":
    for build in [build_sdist, build_wheel]:
        print(build(sys.argv[1]))
