"""Files that people bring: looked into, never believed by their name; kept under their own digest; handed out again.

A file lies under `MEDIA_ROOT` where its sha-256 says, so that no name anybody typed becomes a path, and the same content
twice is one file on the disk. It is on the disk before its row is in the database: a row without its file cannot be.
"""

import contextlib
import hashlib
import io
import os
import tempfile
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import FileUploadHandler
from django.http import FileResponse, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from duty.models.files import MOST_BYTES, PHOTOS, File, FileKind
from duty.pictures import redrawn

TYPES = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
OFFICE = {"word/document.xml": FileKind.DOCX, "xl/workbook.xml": FileKind.XLSX}
# Should a browser take a file for a page all the same, that page can do nothing.
HARMLESS = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"


class Bounded(FileUploadHandler):
    """What goes beyond the limit is read and dropped: nobody fills the disk with one long upload."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.taken = 0

    def receive_data_chunk(self, raw_data, start):
        full, self.taken = self.taken > MOST_BYTES, self.taken + len(raw_data)
        return None if full else raw_data

    def file_complete(self, file_size):
        return None


@dataclass(frozen=True)
class Content:
    """A file that was looked into and may be kept."""

    name: str
    kind: str
    data: bytes
    small: bytes = b""

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def examined(upload) -> Content:
    """What was uploaded, by what it holds. Raises ValidationError with what to do."""
    if upload.size > MOST_BYTES:
        words = _("The file is larger than %(n)d MB. Make it smaller, or split it, and send it again.")
        raise ValidationError(words % {"n": MOST_BYTES // 2**20})
    data = upload.read()
    if not data:
        raise ValidationError(_("The file is empty. Choose another one."))
    if _looks_like_photo(data):
        picture = redrawn(data)
        return Content(_named(upload.name, picture.kind), picture.kind, picture.data, picture.small)
    kind = FileKind.PDF if data.startswith(b"%PDF-") else _office_kind(data)
    if kind is None:
        words = _(
            "Files of this kind are not kept. Photos may be JPEG, PNG or WebP; documents PDF, Word (.docx) or Excel (.xlsx)."
        )
        raise ValidationError(words)
    return Content(_named(upload.name, kind), kind, data)


def _looks_like_photo(data: bytes) -> bool:
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _office_kind(data: bytes) -> FileKind | None:
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, EOFError):
        raise ValidationError(
            _("The document cannot be read; it may be damaged. Save it once more and send that.")
        ) from None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ValidationError(_("The document holds macros. Save it without them (.docx or .xlsx) and send that."))
    return next((kind for part, kind in OFFICE.items() if part in names and "[Content_Types].xml" in names), None)


def _named(name: str, kind: str) -> str:
    """The name it came with, without what no name should hold, ending as its content says."""
    plain = "".join(c for c in unicodedata.normalize("NFC", name or "") if c.isprintable() and c not in '/\\:*?"<>|')
    stem = plain.rpartition(".")[0] if "." in plain else plain
    return f"{stem.strip(' .')[:100] or 'file'}.{'jpg' if kind == FileKind.JPEG else str(kind)}"


# On the disk


def place_of(digest: str, kind: str) -> Path:
    return Path(settings.MEDIA_ROOT) / digest[:2] / f"{digest}.{kind}"


def small_place_of(digest: str) -> Path:
    return Path(settings.MEDIA_ROOT) / digest[:2] / f"{digest}.small.jpeg"


def keep(content: Content, *, by, at) -> File:
    """Write it to the disk, then its row. Raises ValidationError where the disk refuses."""
    try:
        _put(place_of(content.digest, content.kind), content.data)
        if content.small:
            _put(small_place_of(content.digest), content.small)
    except OSError as why:
        words = _("The file could not be kept on the server (%(why)s). Tell an administrator; nothing was saved.")
        raise ValidationError(words % {"why": why.strerror or why}) from None
    return File.objects.create(
        name=content.name, kind=content.kind, size=len(content.data), sha256=content.digest, kept_by=by, kept_at=at
    )


def _put(path: Path, data: bytes) -> None:
    """Whole or not at all, whoever else writes the same; a file cut short by a crash is written anew."""
    if path.exists() and path.stat().st_size == len(data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".coming-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


# Handed out


def handed_out(request, file: File, small: bool = False) -> HttpResponse:
    """The file itself, for whoever the calling view has let through; asked again each time whether they still may."""
    small = small and file.kind in PHOTOS
    etag = f'"{file.sha256[:32]}{"s" if small else ""}"'
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        try:
            opened = (small_place_of(file.sha256) if small else place_of(file.sha256, file.kind)).open("rb")
        except OSError:
            from duty.views.errors import file_missing

            return file_missing(request)
        answer = FileResponse(opened, content_type=TYPES[FileKind.JPEG] if small else TYPES[FileKind(file.kind)])
        answer["Content-Disposition"] = content_disposition_header(file.kind not in PHOTOS, file.name)
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = HARMLESS
    return answer
