"""A wire dialect: an account's own names of the acknowledge endpoint, written down once."""

from __future__ import annotations

import json

import pytest

from mockserver.http.wire import DialectError, default_dialect, read_dialect

OWN = {
    "format": "stockproof/dialect/1",
    "title": "Ours",
    "parameters": {"channel": "channel_id", "limit": "size"},
    "envelope_key": "inventory",
    "row": {"listing_sku": "sku", "figure": "qty"},
}


@pytest.fixture
def dialect_file(tmp_path):
    def write(content):
        path = tmp_path / "dialect.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return write


def test_own_names_are_spoken_and_the_rest_keeps_the_default(new_mock, dialect_file):
    """A file gives only what differs."""
    mock = new_mock(dialect=read_dialect(dialect_file(OWN)))

    # The body is in nobody's schema, so it is asked for below the contract check.
    rows = mock.worlds.default.acknowledge(0, "v1.1", [5394], 1)
    encoded = mock.gateway._handlers["acknowledgeInventoryV12"]._encoder.rows(rows, {}, envelope=True)

    assert json.loads(encoded) == {
        "inventory": [
            {
                "listingId": 501,
                "sku": "TEE-BLUE-S-MP",
                "masterSku": "TEE-BLUE-S",
                "productId": 681563,
                "salesChannelId": 5394,
                "qty": 9,
            }
        ]
    }


def test_own_parameter_names_replace_the_default_ones(new_mock, dialect_file):
    """The default name is then unknown, so the channel is missing."""
    mock = new_mock(dialect=read_dialect(dialect_file({**OWN, "row": {}})))

    assert len(mock.ack(None, channel_id=5394, size=3).json) == 3
    refused = mock.ack(5394)
    assert (refused.status, refused.json["message"]) == (400, "the parameter channel_id is missing")


def test_the_envelope_is_a_reading_and_its_key_the_dialects(new_mock):
    """ack.envelope=object."""
    mock = new_mock(readings={"ack.envelope": "object"})

    assert len(mock.ack().json["results"]) == 12
    assert mock.ack().json == {"results": []}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("{", "dialect.json"),
        ([], "format"),
        ({"format": "stockproof/dialect/2"}, "stockproof/dialect/1"),
        ({**OWN, "rows": {}}, "'row'"),
        ({**OWN, "row": {"figures": "qty"}}, "'figure'"),
        ({**OWN, "row": "qty"}, "object"),
        ({**OWN, "row": {"figure": 7}}, "figure"),
        ({**OWN, "row": {"figure": "listingId"}}, "one name"),
        ({**OWN, "parameters": {"channel": "limit"}}, "one name"),
        ({**OWN, "parameters": {"channel": "a&b"}}, "channel"),
        ({**OWN, "envelope_key": ""}, "envelope_key"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_the_place(dialect_file, content, named):
    """A slip in a name would otherwise look like a wrong answer."""
    path = dialect_file(content)

    with pytest.raises(DialectError) as error:
        read_dialect(path)

    assert named in str(error.value)
    assert "dialect.json" in str(error.value)


def test_the_shipped_dialect_is_the_documented_default():
    """Requirements, readings for OM-ACK-06."""
    dialect = default_dialect()

    assert (dialect.channel, dialect.limit) == ("salesChannelId", "limit")
    assert list(dialect.row.values()) == [
        "listingId",
        "listingSku",
        "masterSku",
        "productId",
        "salesChannelId",
        "availableQuantity",
    ]
