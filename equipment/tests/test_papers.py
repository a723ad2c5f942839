"""Photos and documents of a piece: kept by those who keep the register, seen by those who see the piece, by nobody's path."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import make_person
from duty.models import File, Notice, Role
from equipment.models import Paper
from equipment.tests.conftest import picture
from scheduling.tests.reading import Page

pytestmark = pytest.mark.django_db


def upload(data=None, name="铭牌.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if data is None else data)


@pytest.fixture
def paper(as_, manager, piece) -> Paper:
    assert as_(manager).post(f"/equipment/{piece.pk}/files/", {"file": upload(), "title": ""}).status_code == 302
    return Paper.objects.get()


def test_a_photo_is_kept_shown_small_and_opened(as_, officer, piece, paper):
    assert paper.file.kept_by.name == "孙伟" and str(paper) == "铭牌.jpg"
    client = as_(officer)
    html = client.get(f"/equipment/{piece.pk}/").content.decode()
    assert f'src="/equipment/files/{paper.pk}/small/"' in html and "铭牌.jpg" in html
    for address in (f"/equipment/files/{paper.pk}/", f"/equipment/files/{paper.pk}/small/"):
        answer = client.get(address)
        assert answer.status_code == 200 and answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]


def test_a_document_is_downloaded_never_shown(as_, manager, piece):
    client = as_(manager)
    client.post(
        f"/equipment/{piece.pk}/files/", {"file": upload(b"%PDF-1.7 <script>", "手册.html"), "title": "使用手册"}
    )
    paper = Paper.objects.get()
    answer = client.get(f"/equipment/files/{paper.pk}/")
    assert answer["Content-Disposition"].startswith("attachment") and answer["Content-Type"] == "application/pdf"
    assert str(paper) == "使用手册" and paper.file.name == "手册.pdf"


def test_the_same_form_or_the_same_file_twice_is_one(as_, manager, piece):
    client, token = as_(manager), str(uuid.uuid4())
    for _turn in range(2):
        answer = client.post(f"/equipment/{piece.pk}/files/", {"file": upload(), "once": token})
        assert answer.status_code == 302
    again = Page(client.post(f"/equipment/{piece.pk}/files/", {"file": upload(name="另一个.jpg")}))
    assert again.status == 422 and "file" in again.errors
    assert Paper.objects.count() == File.objects.count() == 1


@pytest.mark.parametrize(
    "data", [b"", b"MZ\x90", b"<svg onload=alert(1)>", picture()[:80], b"%PDF-" + b"\0" * (20 * 2**20)]
)
def test_what_cannot_be_kept_is_told_beside_the_field(as_, manager, piece, data):
    page = Page(as_(manager).post(f"/equipment/{piece.pk}/files/", {"file": upload(data), "title": "铭牌"}))
    assert page.status == 422 and set(page.errors) == {"file"} and page.values["title"] == "铭牌"
    assert not File.objects.exists() and not Paper.objects.exists()


def test_no_file_and_a_long_title_are_told(as_, manager, piece):
    page = Page(as_(manager).post(f"/equipment/{piece.pk}/files/", {"title": "x" * 61}))
    assert set(page.errors) == {"file", "title"}


def test_taken_away_it_is_shown_to_nobody_and_stays_as_evidence(as_, manager, officer, piece, paper):
    client, address = as_(manager), f"/equipment/files/{paper.pk}/remove/"
    assert as_(officer).post(address).status_code == 403
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302 and client.post(address).status_code == 404
    assert client.get(f"/equipment/files/{paper.pk}/").status_code == 404
    assert Paper.objects.count() == File.objects.count() == 1
    assert (
        client.post(f"/equipment/{piece.pk}/files/", {"file": upload()}).status_code == 302
    )  # and can be brought again


def test_only_those_who_see_the_piece_see_its_papers(as_, client, house, piece, paper, outsider, officer):
    fixer, nobody = make_person("维修", house["ops"], Role.MAINTAINER), make_person("无角色", house["ops"])
    for address in (f"/equipment/files/{paper.pk}/", f"/equipment/files/{paper.pk}/small/"):
        assert client.get(address).status_code == 302  # signs in first
        assert as_(outsider).get(address).status_code == as_(nobody).get(address).status_code == 404
        assert as_(fixer).get(address).status_code == 200
    assert as_(outsider).post(f"/equipment/{piece.pk}/files/", {"file": upload()}).status_code == 404
    assert as_(officer).post(f"/equipment/{piece.pk}/files/", {"file": upload()}).status_code == 403
    Notice.objects.create(recipient=nobody, key="told", title="看一下", matter_id=piece.pk)
    assert as_(nobody).get(f"/equipment/{piece.pk}/").status_code == 200
    for address in (f"/equipment/files/{paper.pk}/", f"/equipment/files/{paper.pk}/small/"):
        assert as_(nobody).get(address).status_code == 200  # who was told about the piece sees its photos


def test_nothing_is_reached_by_its_path(as_, manager, paper):
    for address in (f"/media/{paper.file.sha256}", f"/static/files/{paper.file.sha256[:2]}/{paper.file.sha256}.jpeg"):
        assert as_(manager).get(address).status_code == 404
