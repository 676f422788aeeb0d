"""Conversations with real children, well-behaved and not."""

from __future__ import annotations

import asyncio

import pytest
from tests.jsonrpc.children import ECHO, child, gone

from openclaw.errors import ChildFailed, PeerClosed, RequestFailed, RequestTimedOut
from openclaw.jsonrpc.frames import Notification
from openclaw.jsonrpc.peer import Peer, open_peer

BOUND = 10.0


async def in_flight(peer: Peer, *methods: str) -> list[object]:
    """The outcomes of requests that are all under way at once."""
    return await asyncio.gather(*(peer.request(name, {}, BOUND) for name in methods), return_exceptions=True)


async def test_a_request_gets_its_result() -> None:
    """The plain case, with text that must survive the pipe as it is."""
    async with open_peer(ECHO) as peer:
        assert await peer.request("echo", {"text": "a\nb\u2028c"}, BOUND) == {"text": "a\nb\u2028c"}


async def test_answers_may_come_in_any_order() -> None:
    """imsg 0.14 answers reads out of order (imsg contract 1.10)."""
    async with open_peer(
        child(
            "a, b = (next(requests()) for _ in 'ab')\nanswer(b, 'second')\nanswer(a, 'first')\nsys.stdin.read()"
        )
    ) as peer:
        assert await in_flight(peer, "first", "second") == ["first", "second"]


async def test_noise_between_frames_is_kept_and_harmless() -> None:
    """A wrapper's greeting or a banner is no frame (demand E8)."""
    async with open_peer(child("say('Welcome!')\nfor r in requests(): say('hm'); answer(r)")) as peer:
        assert await peer.request("x", {}, BOUND) is True
        assert [noise.text for noise in peer.noise] == ["Welcome!", "hm"]


async def test_a_frame_in_pieces_is_one_frame() -> None:
    """Pipes cut where they like."""
    async with open_peer(
        child(
            "r = next(requests())\nline = json.dumps({'id': r['id'], 'result': 'whole'})\n"
            "for piece in line: sys.stdout.write(piece); sys.stdout.flush()\n"
        )
    ) as peer:
        assert await peer.request("x", {}, BOUND) == "whole", "the last line had no newline"


async def test_an_error_answer_is_raised_with_its_parts() -> None:
    """The useful text is in ``data`` (imsg contract 1.2)."""
    async with open_peer(
        child(
            "r = next(requests())\nsay({'id': r['id'], 'error': {'code': -32602, 'message': 'm', 'data': 'd'}})"
        )
    ) as peer:
        with pytest.raises(RequestFailed) as caught:
            await peer.request("send", {}, BOUND)

    assert (caught.value.method, caught.value.code, caught.value.data) == ("send", -32602, "d")


async def test_an_error_without_id_fails_nobody() -> None:
    """Errors with a null id are only kept for diagnosis (imsg contract 1.11)."""
    async with open_peer(
        child("for r in requests(): say({'id': None, 'error': {'code': 1, 'message': 'lost'}}); answer(r)")
    ) as peer:
        assert await peer.request("x", {}, BOUND) is True
        assert "lost" in peer.noise[0].text


async def test_all_who_wait_are_told_when_the_child_dies() -> None:
    """No waiter is left waiting for a dead peer; the requests had been written."""
    async with open_peer(child("next(requests()); next(requests()); os._exit(3)")) as peer:
        outcomes = await in_flight(peer, "a", "b")

    assert [isinstance(one, PeerClosed) and one.written for one in outcomes] == [True, True]


async def test_the_last_words_of_a_child_are_in_the_error() -> None:
    """A banner before the exit is the only explanation there is (imsg contract 1.9)."""
    async with open_peer(child("say('Permission Error')\nsys.exit(1)")) as peer:
        await peer.closed()
        with pytest.raises(PeerClosed, match="Permission Error") as caught:
            await peer.request("x", {}, BOUND)

    assert not caught.value.written


async def test_a_child_that_was_killed_is_told_as_killed() -> None:
    """A negative exit code means nothing to an operator (issue 2: imsg exits and comes back)."""
    async with open_peer(child("os.kill(os.getpid(), 9)")) as peer:
        await peer.closed()
        assert await peer.child.over_within(BOUND)
        assert peer.obituary.endswith("was ended by signal 9")


async def test_a_grandchild_that_holds_the_pipe_does_not_hide_the_death() -> None:
    """Death counts, not only the end of the stream; and what was left behind is killed."""
    async with open_peer(
        child(
            "r = next(requests())\npid = os.fork()\nif pid == 0: time.sleep(600)\nanswer(r, pid)\nos._exit(0)"
        )
    ) as peer:
        grandchild = await peer.request("x", {}, BOUND)
        async with asyncio.timeout(BOUND):
            await peer.closed()

    assert await gone(grandchild)


async def test_a_late_answer_is_dropped_and_counted() -> None:
    """After the deadline the answer belongs to nobody; the conversation goes on."""
    async with open_peer(
        child(
            "first = next(requests())\nsecond = next(requests())\nanswer(first, 1)\nanswer(second, 2)\nsys.stdin.read()"
        )
    ) as peer:
        with pytest.raises(RequestTimedOut, match="slow"):
            await peer.request("slow", {}, 0.01)
        assert await peer.request("next", {}, BOUND) == 2
        assert peer.late_answers == 1


async def test_a_second_answer_to_one_request_is_dropped() -> None:
    """Duplicate ids fail nobody."""
    async with open_peer(child("for r in requests(): answer(r, 1); answer(r, 2)")) as peer:
        assert [await peer.request("x", {}, BOUND), await peer.request("y", {}, BOUND)] == [1, 1]
        assert peer.late_answers >= 1


async def test_a_request_that_never_left_is_known_as_not_written() -> None:
    """A child that reads nothing fills its pipe: what found no room was not sent (design 4, proof of a miss)."""
    async with open_peer(child("time.sleep(600)")) as peer:
        with pytest.raises(RequestTimedOut):
            await peer.request("big", {"text": "x" * 60_000}, 0.05)
        with pytest.raises(RequestTimedOut):
            await peer.request("torn", {"text": "x" * 60_000}, 0.05)
        with pytest.raises(PeerClosed) as caught:
            await peer.request("never", {"text": "x"}, 0.05)

    assert not caught.value.written


async def test_a_child_that_closed_its_input_takes_no_request() -> None:
    """A broken pipe is a miss, not an unknown."""
    async with open_peer(child("os.close(0)\nsay({'method': 'ready'})\ntime.sleep(600)"), backlog=1) as peer:
        await peer.notifications(1)
        with pytest.raises(PeerClosed) as caught:
            await peer.request("x", {}, BOUND)

    assert not caught.value.written


async def test_a_command_that_is_not_there_is_a_failed_child() -> None:
    """The message names the command and the cause."""
    with pytest.raises(ChildFailed, match=r"no-such-imsg could not be started: No such file"):
        async with open_peer(["/nowhere/no-such-imsg"]):
            pass


async def test_a_flood_of_notifications_waits_in_the_pipe() -> None:
    """More than the backlog is not held in memory, and nothing of it is lost."""
    async with open_peer(
        child("for n in range(20000): say({'method': 'message', 'params': n})\nsys.stdin.read()"), backlog=100
    ) as peer:
        seen: list[Notification] = []
        async with asyncio.timeout(BOUND):
            while len(seen) < 20000:
                taken = await peer.notifications(30)
                assert 0 < len(taken) <= 30
                seen += taken

    assert [told.params for told in seen] == list(range(20000))


async def test_notifications_told_before_the_end_are_not_lost() -> None:
    """First what was told, then the news of the death."""
    async with open_peer(child("say({'method': 'message', 'params': 1})"), backlog=10) as peer:
        await peer.closed()
        assert [told.params for told in await peer.notifications(10)] == [1]
        with pytest.raises(PeerClosed):
            await peer.notifications(10)


async def test_a_line_of_seventy_mebibytes_costs_only_itself() -> None:
    """Skipped to the next newline and recorded (design 5)."""
    async with open_peer(
        child("r = next(requests())\nsys.stdout.write('x' * (70 << 20) + '\\n')\nanswer(r)\nsys.stdin.read()")
    ) as peer:
        assert await peer.request("x", {}, 60.0) is True
        assert "longer than allowed" in peer.noise[0].why
