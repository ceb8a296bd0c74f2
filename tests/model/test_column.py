"""Names of columns: what is known, what is a path, and what a slip is answered with."""

import pytest

from ctwork.errors import LensError
from ctwork.model.column import COLUMNS, RAW_COLUMN, TOP_LEVEL, WORD_COLUMNS, Column, kind_of, resolve, suggestions


def test_names_and_aliases_are_unique_ignoring_case() -> None:
    names = [name.lower() for column in COLUMNS for name in (column.name, *column.aliases)]
    names += [name.lower() for name in TOP_LEVEL]
    assert len(names) == len(set(names))


def test_every_column_says_what_it_is() -> None:
    assert all(column.help for column in COLUMNS)
    assert {column.kind for column in COLUMNS} == {"text", "number", "time", "flag", "set", "mark"}


def test_every_alias_and_suggestion_names_a_column() -> None:
    from ctwork.resources import toml_table

    for names in toml_table("columns.toml")["meant"].values():
        assert all(resolve(name) for name in names)


@pytest.mark.parametrize(
    ("typed", "name", "kind"),
    [
        ("event", "eventName", "text"),
        ("EVENT", "eventName", "text"),
        ("eventname", "eventName", "text"),
        ("time", "eventTime", "time"),
        ("key", "userIdentity.accessKeyId", "text"),
        ("USERIDENTITY.ARN", "userIdentity.arn", "text"),
        ("resource", "resource", "set"),
        ("bytes_out", "bytes_out", "number"),
        ("readonly", "readOnly", "flag"),
        ("tag", "tag", "mark"),
        ("requestParameters.bucketName", "requestParameters.bucketName", "path"),
        ("requestparameters.x", "requestparameters.x", "path"),
        ("requestID", "requestID", "path"),
        ("requestid", "requestID", "path"),
        ("apiVersion", "apiVersion", "path"),
        ("sharedEventID", "sharedEventID", "path"),
        ("raw", RAW_COLUMN, "path"),
        ("someNewKey", "someNewKey", "path"),
        ("@timestamp", "@timestamp", "path"),
    ],
)
def test_resolving(typed: str, name: str, kind: str) -> None:
    column = resolve(typed)
    assert (column.name, column.kind) == (name, kind)
    assert kind_of(column.name) == kind


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("foo", ()),
        ("evnt", "event"),
        ("useragnet", "userAgent"),
        ("eventNam", "eventName"),
        ("userName", "userIdentity.userName"),
        ("accountId", "account"),
        ("bucket", "resource"),
        ("user", "principal"),
        ("principals", "principal"),
        ("mfaAuthenticated", "userIdentity.sessionContext.attributes.mfaAuthenticated"),
    ],
)
def test_an_unknown_word_is_refused_with_what_may_be_meant(typed: str, meant: str) -> None:
    with pytest.raises(LensError) as caught:
        resolve(typed, at=7)
    assert caught.value.column == 7
    assert caught.value.title == f"There is no column {typed}"
    if meant:
        assert suggestions(typed)[0] == meant
        assert caught.value.hint.startswith(f"Did you mean {meant}")
    else:
        assert suggestions(typed) == ()


def test_a_literal_name_is_any_path_but_knows_the_known() -> None:
    assert resolve("foo", literal=True) == Column("foo", "path")
    assert resolve("a b:c", literal=True).name == "a b:c"
    assert resolve("Event", literal=True).name == "eventName"
    with pytest.raises(LensError, match="missing"):
        resolve("", literal=True)


def test_words_are_looked_for_in_known_columns() -> None:
    assert WORD_COLUMNS == (
        "principal", "session", "userIdentity.accessKeyId", "userIdentity.arn", "eventName", "service", "resource",
        "sourceIPAddress", "userAgent", "errorCode",
    )  # fmt: skip
    assert set(WORD_COLUMNS) <= {column.name for column in COLUMNS}


def test_the_short_name_is_what_a_lens_prints() -> None:
    assert resolve("sourceIPAddress").short == "ip"
    assert resolve("principal_type").short == "principal_type"
