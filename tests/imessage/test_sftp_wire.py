"""Packets of SFTP, and what is no packet."""

from __future__ import annotations

import stat
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw.errors import PhoneFileFailed
from openclaw.imessage import sftp_wire as wire
from openclaw.imessage.sftp_wire import Attributes, Body, Kind


def test_a_request_has_its_length_its_kind_and_its_number() -> None:
    """Section 3 of the draft."""
    assert wire.packet(Kind.REALPATH, 7, wire.text("é")) == bytes.fromhex(
        "0000000b 10 00000007 00000002 c3a9"
    )
    assert wire.init() == bytes.fromhex("00000005 01 00000003")


def test_attributes_are_read_past_what_is_not_known() -> None:
    """Section 5: owner, times and extensions stand between what we want."""
    data = bytes.fromhex("8000000f 0000000000000005 00000001 00000002 000081a4 00000003 00000009")
    data += bytes.fromhex("00000001") + wire.text("name@x") + wire.text("value") + wire.text("next")
    body = Body(data)

    assert body.attributes() == Attributes(5, stat.S_IFREG | 0o644, 9)
    assert body.text() == b"next"


@given(st.text())
def test_every_name_comes_back_as_it_went(name: str) -> None:
    """Names are bytes with a length; nothing is quoted."""
    encoded = name.encode("utf-8", "surrogatepass")
    assert wire.path_of(Body(wire.text(encoded)).text()).encode("utf-8", "surrogateescape") == encoded


@given(st.binary(max_size=60))
def test_a_broken_packet_is_one_error(data: bytes) -> None:
    """A server that lies about lengths is left, whatever it sent."""
    for read in (Body(data).attributes, Body(data).text, Body(data).number):
        # Anything but our one error fails the test.
        with suppress(PhoneFileFailed):
            read()


def test_a_length_beyond_the_end_is_not_believed() -> None:
    """Four billion bytes were announced, three came."""
    with pytest.raises(PhoneFileFailed):
        Body(b"\xff\xff\xff\xffabc").text()
