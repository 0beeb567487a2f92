"""What a form sent: fields and files, read within the limit of a body."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import parse_qsl

from fastapi import Request

from api.page.safety import check_own
from api.problems import refuse
from api.requests import read_body, settings_of

MOST_FIELDS = 5_000


@dataclass(frozen=True, slots=True)
class Form:
    """Fields in the order sent, and files by the name of their field: file name and content."""

    fields: list[tuple[str, str]]
    files: dict[str, tuple[str, bytes]]

    def __call__(self, key: str) -> str:
        """A field without outer blanks; "" where it was not sent."""
        return next((value.strip() for name, value in self.fields if name == key), "")

    def all(self, key: str) -> list[str]:
        """Every value of a field."""
        return [value for name, value in self.fields if name == key]


async def read_form(request: Request, *required: str) -> Form:
    """The form that a page of this service sent, with these fields filled in.

    Errors: ProblemError foreign-name, foreign-form, body-too-large, bad-form, incomplete-form.
    """
    check_own(request)
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    settings = settings_of(request)
    body = await read_body(request, settings.max_body_bytes, settings.max_upload_s)
    try:
        if header.get_content_type() == "multipart/form-data":
            form = _parts(body, str(header.get_boundary("")).encode("latin-1"))
        elif header.get_content_type() == "application/x-www-form-urlencoded":
            pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
            form = Form(pairs, {})
        else:
            raise ValueError
    except ValueError:
        # Text that is no UTF-8 is one of these, too.
        raise refuse("bad-form") from None
    missing = [key for key in required if not form(key)]
    if missing:
        raise refuse("incomplete-form", missing=missing)
    return form


def _parts(body: bytes, boundary: bytes) -> Form:
    """The parts of multipart/form-data (RFC 7578). Errors: ValueError where it is none."""
    opened, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if not boundary or opened or not parts or not parts.pop().startswith(b"--") or len(parts) > MOST_FIELDS:
        raise ValueError
    form = Form([], {})
    for part in parts:
        head, blank, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = BytesHeaderParser().parsebytes(head)
        name = headers.get_param("name", header="content-disposition")
        if not blank or not isinstance(name, str):
            raise ValueError
        file = headers.get_param("filename", header="content-disposition")
        if file is None:
            form.fields.append((name, content.decode()))
        elif file or content:
            form.files[name] = (str(file), content)
    return form
