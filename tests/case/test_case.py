"""Where a case lives: found again for the same sources, never inside or above the evidence."""

import os
from pathlib import Path

import orjson
import pytest
from store.build import record, write_trail

from ctwork.case.case import Case, find_case
from ctwork.config import LoadSettings
from ctwork.errors import CaseError, SourceError, UsageError
from ctwork.sources.layout import PathFilter
from ctwork.store.load import Plan
from ctwork.store.store import Store

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setenv("CTWORK_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    write_trail(tmp_path / "logs" / "a.json", [record(1), record(2)])
    write_trail(tmp_path / "logs" / "b.json", [record(3)])
    return tmp_path / "logs"


def _plan(*, fresh: bool = False, **keep: object) -> Plan:
    return Plan((), PathFilter(**keep), LoadSettings(workers=1), fresh=fresh)  # type: ignore[arg-type]


def _find(*sources: object, folder: Path | None = None, **keep: object) -> Case:
    return find_case(tuple(map(str, sources)), folder, _plan(**keep))


def test_the_default_folder_is_found_again(evidence: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _find(evidence)
    assert first.folder.parent == data / "cases"
    monkeypatch.chdir(evidence)
    spellings = (".", "../logs", str(evidence) + "/", "./../logs/.", evidence / ".." / "logs")
    assert {_find(spelling).folder for spelling in spellings} == {first.folder}


def test_the_order_of_sources_makes_no_difference(evidence: Path) -> None:
    one, two = evidence / "a.json", evidence / "b.json"
    assert _find(one, two).folder == _find(two, one).folder
    assert len({_find(one).folder, _find(two).folder, _find(one, two).folder, _find(evidence).folder}) == 4


def test_a_name_that_is_not_utf8_has_a_case(tmp_path: Path) -> None:
    folder = os.fsdecode(os.fsencode(tmp_path) + b"/l\xff\xfegs")
    write_trail(Path(folder) / "a.json", [record(1)])
    case = _find(folder, folder=tmp_path / "case")
    assert case.refresh(lambda progress: None) is not None
    assert Store.open(case.store).height == 1
    assert _find(tmp_path / "case").stale() is False


@pytest.mark.parametrize("place", ["logs", "logs/case", "logs/deep/case", "."])
def test_a_case_inside_or_above_a_source_is_refused(evidence: Path, tmp_path: Path, place: str) -> None:
    with pytest.raises(UsageError, match="inside or above the evidence"):
        _find(evidence, folder=tmp_path / place)
    assert sorted(path.name for path in evidence.iterdir()) == ["a.json", "b.json"]


def test_a_case_reached_through_a_link_is_refused_too(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(evidence)
    with pytest.raises(UsageError):
        _find(evidence, folder=tmp_path / "link" / "case")
    with pytest.raises(UsageError):
        _find(tmp_path / "link", folder=evidence / "case")


def test_a_case_in_the_folder_of_a_source_file_is_refused(evidence: Path) -> None:
    with pytest.raises(UsageError, match="holds the evidence"):
        _find(evidence / "a.json", folder=evidence)


def test_a_default_folder_inside_the_evidence_is_refused(evidence: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTWORK_DATA", str(evidence / "data"))
    with pytest.raises(UsageError):
        _find(evidence)


def test_a_load_is_found_finished_and_not_stale(evidence: Path) -> None:
    case = _find(evidence)
    assert not case.loaded
    assert case.stale()
    assert case.refresh(lambda progress: None) is not None
    again = _find(evidence)
    assert again.loaded
    assert not again.stale()
    assert again.refresh(lambda progress: None) is None


@pytest.mark.parametrize("change", ["add", "change", "remove"])
def test_a_changed_source_is_stale(evidence: Path, change: str) -> None:
    case = _find(evidence)
    case.refresh(lambda progress: None)
    if change == "remove":
        (evidence / "b.json").unlink()
    else:
        write_trail(evidence / ("c.json" if change == "add" else "b.json"), [record(9)])
    assert case.stale()
    case.refresh(lambda progress: None)
    assert not case.stale()


def test_issues_of_the_listing_do_not_make_a_case_stale(evidence: Path) -> None:
    os.mkfifo(evidence / "pipe")
    (evidence / "link").symlink_to("/etc")
    (evidence / "broken.json").write_bytes(b"{")
    case = _find(evidence)
    case.refresh(lambda progress: None)
    assert not case.stale()


def test_a_case_folder_is_opened_alone(evidence: Path, tmp_path: Path) -> None:
    case = _find(evidence, folder=tmp_path / "case")
    case.refresh(lambda progress: None)
    alone = _find(tmp_path / "case")
    assert alone.folder == case.folder
    assert alone.plan.sources == (str(evidence),)
    assert not alone.stale()


def test_a_case_whose_evidence_is_gone_is_still_opened(evidence: Path, tmp_path: Path) -> None:
    _find(evidence, folder=tmp_path / "case").refresh(lambda progress: None)
    evidence.rename(tmp_path / "moved")
    alone = _find(tmp_path / "case")
    assert alone.plan.sources == ()
    assert not alone.stale()
    assert Store.open(alone.store).height == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"sources": 5}', b'{"sources": [5]}', b"\xff", b'{"sources":[],"paths":["x"]}'],
)
def test_a_damaged_case_file_is_told(evidence: Path, tmp_path: Path, content: bytes) -> None:
    _find(evidence, folder=tmp_path / "case").refresh(lambda progress: None)
    (tmp_path / "case" / "case.json").write_bytes(content)
    with pytest.raises(CaseError):
        _find(tmp_path / "case")


def test_a_filtered_plan_has_a_folder_of_its_own(evidence: Path) -> None:
    filtered = _find(evidence, regions=frozenset({"eu-west-1"}))
    assert filtered.folder != _find(evidence).folder
    assert filtered.plan.path_filter.regions == {"eu-west-1"}


def test_a_filtered_plan_shares_the_store_of_the_whole(evidence: Path) -> None:
    whole = _find(evidence)
    whole.refresh(lambda progress: None)
    filtered = _find(evidence, regions=frozenset({"eu-west-1"}))
    assert filtered.folder == whole.folder
    assert filtered.plan.path_filter == PathFilter()
    assert not filtered.stale()


def test_a_named_folder_keeps_its_filter_honest(evidence: Path, tmp_path: Path) -> None:
    """The same folder with another filter must not answer from the events of the first."""
    folder = tmp_path / "case"
    _find(evidence, folder=folder).refresh(lambda progress: None)
    filtered = _find(evidence, folder=folder, accounts=frozenset({"999999999999"}))
    filtered.refresh(lambda progress: None)
    again = _find(evidence, folder=folder)
    again.refresh(lambda progress: None)
    assert Store.open(again.store).height == 3


def test_another_source_in_the_same_folder_replaces_the_first(evidence: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    _find(evidence / "a.json", folder=folder).refresh(lambda progress: None)
    other = _find(evidence / "b.json", folder=folder)
    assert other.stale()
    other.refresh(lambda progress: None)
    assert Store.open(other.store).height == 1
    assert orjson.loads((folder / "case.json").read_bytes())["sources"] == ["b.json"]


def test_standard_input_gets_a_new_folder_each_time(data: Path) -> None:
    first, second = _find("-"), _find("-")
    assert first.folder != second.folder
    assert first.folder.name.startswith("stdin-")


def test_a_source_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        _find(tmp_path / "nowhere").check_sources()


def test_a_folder_that_cannot_be_written_is_told(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CaseError, match="cannot write"):
        _find(evidence, folder=tmp_path / "file" / "case").remember()
