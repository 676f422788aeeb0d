"""Bytes to frames: the framing rule and its limits."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from openclaw.jsonrpc.frames import (
    NOISE_KEPT,
    ErrorResponse,
    FrameDecoder,
    Noise,
    Notification,
    Response,
    encode_request,
    parse_line,
)

frames_on_the_wire = st.lists(
    st.fixed_dictionaries({"id": st.text(), "result": st.text() | st.integers() | st.none()}), max_size=5
)


@given(frames_on_the_wire, st.integers(1, 7))
def test_any_cut_into_chunks_gives_the_same_frames(values: list[dict[str, object]], size: int) -> None:
    """Chunk borders carry no meaning (imsg contract 1.1: one object per line)."""
    wire = b"".join(json.dumps(value, ensure_ascii=False).encode() + b"\n" for value in values)
    decoder = FrameDecoder()

    frames = [frame for at in range(0, len(wire), size) for frame in decoder.feed(wire[at : at + size])]

    assert frames == [Response(str(value["id"]), value["result"]) for value in values]


def test_only_the_newline_byte_ends_a_line() -> None:
    """U+2028, U+2029 and U+0085 stand raw inside lines (imsg contract 1.1)."""
    line = '{"id":"1","result":"a\u2028b\u2029c\u0085d"}\r\n'.encode()

    assert FrameDecoder().feed(line) == [Response("1", "a\u2028b\u2029c\u0085d")]


def test_a_last_line_needs_no_newline() -> None:
    """The end of the stream ends the line (imsg contract 1.1)."""
    decoder = FrameDecoder()

    assert decoder.feed(b'{"id":"1","result":1}') == []
    assert decoder.finish() == [Response("1", 1)]


def test_ids_match_in_their_string_form() -> None:
    """A peer may answer 7 to "7" (imsg contract 1.2: ids of any JSON type)."""
    assert parse_line(b'{"id":7,"result":null}') == Response("7", None)
    assert parse_line(b'{"id":"7","result":null}') == Response("7", None)


def test_an_error_keeps_its_text_and_may_answer_nothing() -> None:
    """Errors of unparsable requests come with a null id or none (imsg contract 1.1, 1.2)."""
    assert parse_line(b'{"id":"3","error":{"code":-32602,"message":"Invalid params","data":"x"}}') == (
        ErrorResponse("3", -32602, "Invalid params", "x")
    )
    assert parse_line(b'{"error":{"code":-32603,"message":"write failed"}}') == (
        ErrorResponse(None, -32603, "write failed", None)
    )


def test_a_method_without_an_id_is_a_notification() -> None:
    """JSON-RPC 2.0, section 4.1; a null id counts as none."""
    assert parse_line(b'{"method":"message","params":{"a":1}}') == Notification("message", {"a": 1})
    assert parse_line(b'{"id":null,"method":"error"}') == Notification("error", None)


def test_what_is_no_frame_is_kept_as_noise() -> None:
    """Banners, batches and scalars explain a dying child (imsg contract 1.9)."""
    decoder = FrameDecoder()

    frames = decoder.feed(
        b'Permission Error\n\n  \n[1]\n7\n{"id":true,"result":1}\n{"id":"1","method":"x"}\n'
    )

    assert [frame.text for frame in frames if isinstance(frame, Noise)] == [
        "Permission Error",
        "[1]",
        "7",
        '{"id":true,"result":1}',
        '{"id":"1","method":"x"}',
    ]
    assert list(decoder.noise) == frames


def test_only_the_last_noise_is_kept() -> None:
    """A child that only babbles cannot fill our memory (design 5)."""
    decoder = FrameDecoder()

    decoder.feed(b"".join(b"line %d\n" % number for number in range(NOISE_KEPT + 10)))

    assert [noise.text for noise in decoder.noise][::49] == ["line 10", f"line {NOISE_KEPT + 9}"]


def test_a_line_over_the_limit_is_skipped_to_the_next_newline() -> None:
    """One monstrous line costs itself only, and is recorded (design 5)."""
    decoder = FrameDecoder(max_line=100)

    frames = [*decoder.feed(b"x" * 90), *decoder.feed(b"y" * 90), *decoder.feed(b'z\n{"id":1,"result":2}\n')]

    assert frames[1:] == [Response("1", 2)]
    assert isinstance(frames[0], Noise)
    assert frames[0].text.startswith("xxx")
    assert "181 bytes" in frames[0].why


def test_broken_text_is_repaired_before_it_is_given_up() -> None:
    """Invalid UTF-8 or a lone surrogate must not cost a message (promise 3)."""
    assert parse_line(b'{"id":"1","result":"a\xffb"}') == Response("1", "a\ufffdb")
    assert parse_line(b'{"id":"1","result":"a\\ud800b"}') == Response("1", "a?b")


def test_endless_nesting_is_noise() -> None:
    """A line built to exhaust the parser is only a bad line."""
    assert isinstance(parse_line(b"[" * 100_000), Noise)


@given(st.binary(max_size=200))
def test_no_bytes_make_the_decoder_fail(junk: bytes) -> None:
    """Whatever a wrapper prints, the reader survives (demand E8)."""
    decoder = FrameDecoder()

    assert decoder.feed(junk + b'\n{"id":"1","result":2}\n')[-1] == Response("1", 2)


def test_a_request_is_one_line_with_a_string_id() -> None:
    """Embedded newlines are escaped (imsg contract 1.1)."""
    line = encode_request("1", "send", {"text": "a\nb", "chat_id": 7})

    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line) == {
        "jsonrpc": "2.0",
        "id": "1",
        "method": "send",
        "params": {"text": "a\nb", "chat_id": 7},
    }
