"""What people bring is looked into, kept under its digest, and handed out as what it is and nothing else."""

import hashlib
import io
import zipfile

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError
from django.test import RequestFactory
from django.utils import translation

from duty.checks import files_can_be_kept
from duty.filing import MOST_BYTES, Bounded, examined, handed_out, keep, place_of, small_place_of
from duty.models import File
from duty.tests.test_pictures import photo

PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def upload(data: bytes, name="照片.jpg", said="image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type=said)


def office(*parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind", "name"),
    [
        (photo(), "jpeg", "铭牌.jpg"), (photo("PNG"), "png", "铭牌.png"), (photo("WEBP"), "webp", "铭牌.webp"),
        (PDF, "pdf", "铭牌.pdf"), (office("word/document.xml"), "docx", "铭牌.docx"), (office("xl/workbook.xml"), "xlsx", "铭牌.xlsx"),
    ],
)  # fmt: skip
def test_a_file_is_what_it_holds_whatever_it_is_called(data, kind, name):
    content = examined(upload(data, "铭牌.exe", "application/x-msdownload"))
    assert (content.kind, content.name, bool(content.small)) == (kind, name, kind in ("jpeg", "png", "webp"))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ\x90\x00", "not kept"), (b"<html><script>alert(1)</script>", "not kept"), (b"GIF89a" + b"x" * 20, "not kept"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "not kept"), (office("x.txt"), "not kept"), (b"", "empty"),
        (b"PK\x03\x04" + b"x" * 50, "damaged"), (office("word/document.xml", "word/vbaProject.bin"), "macros"),
        (photo()[:100], "damaged"),
    ],
)  # fmt: skip
def test_what_is_not_kept_is_told_with_what_is(data, words):
    with pytest.raises(ValidationError, match=words):
        examined(upload(data))


def test_twenty_megabytes_are_the_limit():
    exact = upload(PDF + b"\0" * (MOST_BYTES - len(PDF)))
    assert len(examined(exact).data) == MOST_BYTES
    with pytest.raises(ValidationError, match="20 MB"):
        examined(upload(PDF + b"\0" * MOST_BYTES))


def test_what_goes_beyond_the_limit_is_dropped_as_it_comes():
    handler = Bounded()
    handler.new_file("file", "x", "", 0)
    chunk = b"\0" * 2**20
    let_through = sum(handler.receive_data_chunk(chunk, n * 2**20) is not None for n in range(60))
    assert let_through == 21  # one chunk more than the limit, so that the form can tell


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"), ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"), ("  .pdf", "file.pdf"), ("长" * 300 + ".pdf", "长" * 100 + ".pdf"),
        ("报告\u202efdp.exe", "报告fdp.pdf"), ('a"b<c>.pdf', "abc.pdf"), ("v1.2 手册.PDF", "v1.2 手册.pdf"),
    ],
)  # fmt: skip
def test_a_name_is_harmless(typed, kept):
    assert examined(upload(PDF, typed)).name == kept


@pytest.mark.django_db
def test_it_lies_under_its_digest_and_the_same_content_lies_there_once(officer, now, folder):
    first, second = (keep(examined(upload(photo(), name)), by=officer, at=now) for name in ("a.jpg", "b.jpg"))
    path = place_of(first.sha256, first.kind)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == first.sha256 == second.sha256
    assert first.size == path.stat().st_size and small_place_of(first.sha256).exists()
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == sorted(
        [path.name, small_place_of(first.sha256).name]
    )


@pytest.mark.django_db
def test_a_file_cut_short_by_a_crash_is_written_anew(officer, now):
    content = examined(upload(PDF))
    path = place_of(content.digest, "pdf")
    path.parent.mkdir(parents=True)
    path.write_bytes(PDF[:5])
    keep(content, by=officer, at=now)
    assert path.read_bytes() == PDF


@pytest.mark.django_db
def test_a_disk_that_refuses_is_told_and_nothing_is_saved(officer, now, folder):
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    with pytest.raises(ValidationError, match="Tell an administrator"):
        keep(examined(upload(PDF)), by=officer, at=now)
    assert not File.objects.exists()


@pytest.mark.django_db
def test_its_row_is_evidence(officer, now):
    file = keep(examined(upload(PDF)), by=officer, at=now)
    assert File.pgh_event_model.objects.filter(pgh_obj_id=file.pk).exists()
    for wrong in ({"size": 0}, {"size": MOST_BYTES + 1}, {"kind": "exe"}, {"sha256": "../../etc"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            File.objects.filter(pk=file.pk).update(**wrong)
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM duty_file")


@pytest.mark.django_db
def test_it_is_handed_out_as_what_it_is(officer, now):
    ask = RequestFactory().get
    document, image = (keep(examined(upload(data, "值班 手册.x")), by=officer, at=now) for data in (PDF, photo()))
    answer = handed_out(ask("/"), document)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/pdf" and answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"
    shown = handed_out(ask("/"), image)
    assert shown["Content-Type"] == "image/jpeg" and shown["Content-Disposition"].startswith("inline;")
    small = handed_out(ask("/"), image, small=True)
    assert small["ETag"] != shown["ETag"] and small["Content-Type"] == "image/jpeg"
    assert handed_out(ask("/", HTTP_IF_NONE_MATCH=shown["ETag"]), image).status_code == 304


@pytest.mark.django_db
def test_a_file_that_is_gone_from_the_disk_is_told(as_, officer, now):
    file = keep(examined(upload(PDF)), by=officer, at=now)
    place_of(file.sha256, "pdf").unlink()
    request = RequestFactory().get("/")
    request.user, request.at, request.engine = officer, now, None
    assert handed_out(request, file).status_code == 404


def test_a_folder_that_cannot_be_used_is_told_at_start_up(settings, tmp_path):
    assert files_can_be_kept(None) == []
    settings.MEDIA_ROOT = settings.STATIC_ROOT / "files"
    assert [found.id for found in files_can_be_kept(None)] == ["duty.E002"]
    (tmp_path / "taken").write_text("")
    settings.MEDIA_ROOT = tmp_path / "taken" / "files"
    assert [found.id for found in files_can_be_kept(None)] == ["duty.E003"]
    assert "duty.E003" in {found.id for found in run_checks()}
