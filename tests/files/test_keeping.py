"""Files are kept once, wherever they are kept, and swept once nobody refers to them."""

import stat
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import func, select

from marketplace.coaches.service import portraits
from marketplace.db import session
from marketplace.errors import Invalid, TooOften
from marketplace.files import queries
from marketplace.files.models import Picture, StoredFile
from marketplace.files.rules.pictures import TOO_MUCH
from marketplace.files.rules.uploads import PDF, Examined, Upload
from marketplace.files.service import examination, keeping
from marketplace.files.stores.interface import StoreUnavailable
from tests import queue, settings
from tests.factories import a_coach, a_person
from tests.files import samples

BUCKET = "fairhour-files"
A_PDF = Examined(PDF, samples.pdf())
PORTRAIT = Upload("me.png", samples.encoded(samples.halves()))


def rows(model=StoredFile) -> int:
    return session().scalar(select(func.count()).select_from(model))


def file_of(key) -> StoredFile:
    return session().get_one(StoredFile, key, populate_existing=True)


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """A server that speaks S3, on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server) -> Iterator:
    """An empty bucket."""
    keys = {"aws_access_key_id": "us", "aws_secret_access_key": "secret"}
    found = boto3.resource("s3", endpoint_url=s3_server, region_name="us-east-1", **keys).Bucket(BUCKET)
    found.create()
    settings.change(
        files_in="s3",
        files_bucket=BUCKET,
        files_endpoint=s3_server,
        files_region="us-east-1",
        files_access_key="us",
        files_secret_key="secret",
    )
    yield found
    found.objects.delete()
    found.delete()


@pytest.fixture
def folder(tmp_path, app) -> Path:
    """An empty folder."""
    settings.change(files_in="folder", files_folder=str(tmp_path / "files"))
    return tmp_path / "files"


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_sent_often_is_kept_once(app):
    ada, bob = a_coach("ada"), a_coach("bob")
    for coach in (ada, ada, bob):
        portraits.set_portrait(coach.user, upload=PORTRAIT)
    assert rows(Picture) == 1
    # 400 × 300 pixels: the largest is 300 wide.
    assert rows() == 3
    assert ada.portrait_id == bob.portrait_id


def test_postgresql_gives_back_what_it_was_given(app):
    kept = file_of(keeping.keep(A_PDF))
    assert (kept.store, queries.content(kept)) == ("postgresql", A_PDF.data)


def test_a_folder_gives_back_what_it_was_given(folder):
    kept = file_of(keeping.keep(A_PDF))
    assert keeping.keep(A_PDF) == kept.id
    (path,) = files_in(folder)
    assert (path.read_bytes(), queries.content(kept), kept.data) == (A_PDF.data, A_PDF.data, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_bucket_gives_back_what_it_was_given(bucket):
    kept = file_of(keeping.keep(A_PDF))
    assert keeping.keep(A_PDF) == kept.id
    (found,) = bucket.objects.all()
    assert (found.get()["Body"].read(), queries.content(kept)) == (A_PDF.data, A_PDF.data)
    assert found.get()["ContentType"] == PDF


def test_what_was_kept_elsewhere_before_is_still_read(folder):
    kept = file_of(keeping.keep(A_PDF))
    settings.change(files_in="postgresql")
    assert keeping.keep(A_PDF) == kept.id
    assert queries.content(kept) == A_PDF.data
    assert keeping.keep(Examined(PDF, samples.pdf(pages=2))) != kept.id


def test_a_store_that_is_away_keeps_nobody_waiting_for_long_and_nothing_half(bucket):
    settings.change(files_endpoint="http://127.0.0.1:9")
    with pytest.raises(StoreUnavailable):
        keeping.keep(A_PDF)
    (noted,) = session().scalars(select(StoredFile))
    assert noted.kept_at is None
    settings.change(files_endpoint=bucket.meta.client.meta.endpoint_url)
    kept = keeping.keep(A_PDF)
    assert (kept, file_of(kept).kept_at is not None) == (noted.id, True)


def test_a_folder_that_cannot_be_written_to_is_told(folder):
    folder.parent.joinpath("files").write_text("no folder")
    with pytest.raises(StoreUnavailable):
        keeping.keep(A_PDF)


@pytest.mark.parametrize("place", ["postgresql", "folder", "bucket"])
def test_what_nobody_refers_to_is_swept_an_hour_later(place, request, app, moment):
    found = request.getfixturevalue(place) if place != "postgresql" else None
    ada = a_coach("ada")
    portraits.set_portrait(ada.user, upload=PORTRAIT)
    before = rows()
    keeping.keep(A_PDF)
    moment.advance(minutes=59)
    keeping.sweep_files()
    assert rows() == before + 1
    moment.advance(minutes=2)
    keeping.sweep_files()
    queue.run_all()
    assert (rows(), rows(Picture)) == (before, 1)
    portraits.remove_portrait(ada.user)
    keeping.sweep_files()
    queue.run_all()
    assert (rows(), rows(Picture)) == (0, 0)
    if place == "folder":
        assert files_in(found) == []
    elif place == "bucket":
        assert list(found.objects.all()) == []


def test_what_is_sent_again_just_before_the_sweep_stays(app, moment):
    kept = keeping.keep(A_PDF)
    moment.advance(hours=5)
    assert keeping.keep(A_PDF) == kept
    keeping.sweep_files()
    assert rows() == 1


def test_what_is_sent_again_after_the_sweep_is_not_removed_with_what_was(folder, moment):
    keeping.keep(A_PDF)
    moment.advance(hours=5)
    keeping.sweep_files()
    again = file_of(keeping.keep(A_PDF))
    queue.run_all()
    assert queries.content(again) == A_PDF.data
    assert len(files_in(folder)) == 1


def test_a_bomb_is_refused_and_the_next_picture_is_taken(app):
    ada = a_coach("ada")
    with pytest.raises(Invalid) as refused:
        portraits.set_portrait(ada.user, upload=Upload("me.png", samples.claimed_png(30_000, 30_000)))
    assert "30000 × 30000 pixels" in refused.value.fields["file"][0]
    assert rows() == 0
    assert portraits.set_portrait(ada.user, upload=PORTRAIT).portrait_id is not None


@pytest.mark.parametrize("limit", ["-v 120000", "-t 0"])
def test_a_picture_that_takes_all_memory_or_time_takes_nobody_along(limit, app, monkeypatch):
    """The same process, under limits that a small picture reaches."""
    narrower = f"ulimit {limit}; exec {' '.join(examination.EXAMINING)}"
    monkeypatch.setattr(examination, "EXAMINING", ("sh", "-c", narrower))
    ada = a_coach("ada")
    with pytest.raises(Invalid) as refused:
        portraits.set_portrait(ada.user, upload=Upload("me.png", samples.encoded(samples.halves(4000, 4000))))
    assert refused.value.fields["file"][0] in {examination.TOO_MUCH_WORK, TOO_MUCH}
    assert rows() == 0


def test_so_many_files_in_an_hour_and_no_more(app, moment):
    settings.change(ratelimit_enabled=True)
    mia, eve = a_person("Mia"), a_person("Eve")
    empty = Upload("a.png", b"")
    for _ in range(examination.UPLOADS_PER_HOUR):
        with pytest.raises(Invalid):
            examination.examine(mia.id, empty, form="portrait", field="file")
    with pytest.raises(TooOften):
        examination.examine(mia.id, empty, form="portrait", field="file")
    with pytest.raises(Invalid):
        examination.examine(eve.id, empty, form="portrait", field="file")
