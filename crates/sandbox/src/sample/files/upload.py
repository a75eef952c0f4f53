"""Uploads distributions as twine does, where there is no twine: upload.py FILE..."""

import base64
import hashlib
import os
import sys
import urllib.request
import uuid


def form(path):
    name = os.path.basename(path)
    with open(path, "rb") as file:
        content = file.read()
    kind = "bdist_wheel" if name.endswith(".whl") else "sdist"
    project, version = name.replace(".tar.gz", "").split("-")[:2]
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": project,
        "version": version,
        "filetype": kind,
        "pyversion": "py3" if kind == "bdist_wheel" else "source",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
    }
    boundary = uuid.uuid4().hex
    body = b""
    for field, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n'
        body += head.encode() + value.encode() + b"\r\n"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{name}"\r\n\r\n'
    body += head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return boundary, body


def upload(path):
    boundary, body = form(path)
    account = f'{os.environ["TWINE_USERNAME"]}:{os.environ["TWINE_PASSWORD"]}'.encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Authorization": "Basic " + base64.b64encode(account).decode(),
    }
    request = urllib.request.Request(os.environ["TWINE_REPOSITORY_URL"], data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as reply:
        print(reply.status, os.path.basename(path))


for each in sys.argv[1:]:
    upload(each)
