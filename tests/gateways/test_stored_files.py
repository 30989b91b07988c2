"""Storage: files of this machine, S3 (a real server in a thread), and sealing over either."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.gateways.storage import (
    AlreadyStored,
    LocalStorage,
    NotStored,
    S3Storage,
    SealedStorage,
    Storage,
    StorageDown,
)


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    pytest.importorskip("boto3")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(
        "127.0.0.1", 0, verbose=False
    )
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return LocalStorage(tmp_path / "files")
    boto3 = pytest.importorskip("boto3")
    address = request.getfixturevalue("s3_address")
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "us-east-1"}
    bucket = f"anju-{tmp_path.name.replace('_', '-').lower()[-40:].strip('-')}"
    boto3.client("s3", endpoint_url=address, **keys).create_bucket(Bucket=bucket)
    return S3Storage(
        bucket,
        prefix="pages/",
        endpoint=address,
        region="us-east-1",
        access_key="k",
        secret_key="s",
    )


def test_what_is_kept_comes_back_until_it_is_deleted(storage):
    contents = bytes(range(256)) * 1000
    storage.put("case/1/page.1", contents)

    assert storage.exists("case/1/page.1")
    assert storage.get("case/1/page.1") == contents
    storage.delete("case/1/page.1")
    assert not storage.exists("case/1/page.1")
    with pytest.raises(NotStored):
        storage.get("case/1/page.1")


def test_a_key_is_written_once(storage):
    storage.put("a", b"first")

    with pytest.raises(AlreadyStored):
        storage.put("a", b"second")
    assert storage.get("a") == b"first"


def test_deleting_what_is_not_there_is_no_error(storage):
    storage.delete("never/was")


def test_of_eight_writers_one_wins(storage):
    def write(number: int) -> bool:
        try:
            storage.put("contested", b"%d" % number * 5000)
        except AlreadyStored:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, range(8)))

    assert won.count(True) == 1
    assert storage.get("contested") == b"%d" % won.index(True) * 5000


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "a/",
        ".hidden",
        "a/.b",
        "A",
        "身份证.jpg",
        "a b",
        "a\0b",
        "a\nb",
        "a\n",
        "x" * 201,
    ],
)
def test_a_key_that_is_not_ours_is_refused(storage, key):
    for use in (storage.get, storage.delete, storage.exists, lambda k: storage.put(k, b"")):
        with pytest.raises(ValueError, match="key"):
            use(key)


def test_a_working_storage_is_healthy_and_stays_clean(storage, tmp_path):
    assert storage.healthy()
    assert not list((tmp_path / "files").rglob("*.*"))


def test_no_part_of_a_refused_file_is_left(tmp_path):
    storage = LocalStorage(tmp_path)
    storage.put("a/b", b"1")
    with pytest.raises(AlreadyStored):
        storage.put("a/b", b"2")

    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]


def test_a_directory_that_cannot_be_made_is_down(tmp_path):
    (tmp_path / "file").write_text("")
    storage = LocalStorage(tmp_path / "file" / "below")

    assert not storage.healthy()
    with pytest.raises(StorageDown):
        storage.put("a", b"")


def test_s3_out_of_reach_is_down():
    pytest.importorskip("boto3")
    keys = {"region": "us-east-1", "access_key": "k", "secret_key": "s"}
    storage = S3Storage("b", endpoint="http://127.0.0.1:1", seconds=1, **keys)

    assert not storage.healthy()
    with pytest.raises(StorageDown):
        storage.get("a")


def test_s3_without_its_bucket_is_down(s3_address):
    keys = {"region": "us-east-1", "access_key": "k", "secret_key": "s"}
    storage = S3Storage("no-such-bucket", endpoint=s3_address, **keys)

    with pytest.raises(StorageDown):
        storage.put("a", b"")


class Moved(Exception):
    pass


def seal(data: bytes, key: str) -> bytes:
    return key.encode() + b"|" + data[::-1]


def open_sealed(sealed: bytes, key: str) -> bytes:
    bound, _, data = sealed.partition(b"|")
    if bound != key.encode():
        raise Moved
    return data[::-1]


def test_a_sealed_storage_keeps_no_page_in_clear(storage):
    sealed = SealedStorage(storage, seal=seal, open_sealed=open_sealed)

    sealed.put("p/1", b"secret page")

    assert b"secret page" not in storage.get("p/1")
    assert sealed.get("p/1") == b"secret page"
    assert sealed.exists("p/1")
    assert sealed.healthy()
    sealed.delete("p/1")
    assert not storage.exists("p/1")


def test_a_sealed_file_under_another_key_does_not_open(storage):
    sealed = SealedStorage(storage, seal=seal, open_sealed=open_sealed)
    sealed.put("p/1", b"page")
    storage.put("p/2", storage.get("p/1"))

    with pytest.raises(Moved):
        sealed.get("p/2")
