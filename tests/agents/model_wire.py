"""What a model's answer looks like on the wire: the events of chat completions, responses and messages. No I/O.

``number`` tells the answers of one server apart: ids of messages and calls differ from one to the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Calls = tuple[tuple[str, str], ...]
"""What tools to call: pairs of a name and the JSON of its arguments, as it stands."""


def _words(text: str) -> list[str]:
    return [word if position == 0 else f" {word}" for position, word in enumerate(text.split(" "))]


def stream(path: str, number: int, text: str, calls: Calls = ()) -> Iterator[str]:
    """All events of an answer on the API that ``path`` belongs to."""
    if path.endswith("/chat/completions"):
        yield from _completions(number, text, calls)
    elif path.endswith("/responses"):
        yield from _responses(number, text, calls)
    else:
        yield from _messages(number, text, calls)


def beginning(path: str, number: int, text: str) -> list[str]:
    """The events of an answer up to its last word, and not the end of it; none without a text."""
    if not text:
        return []
    events = list(stream(path, number, text))
    last_word = max(
        position for position, event in enumerate(events) if json.dumps(_words(text)[-1])[1:-1] in event
    )
    return events[: last_word + 1] if path.endswith("/chat/completions") else events[:-3]


def _data(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value)}\n\n"


def _event(value: dict[str, Any]) -> str:
    return f"event: {value['type']}\n" + _data(value)


def _completions(number: int, text: str, calls: Calls = ()) -> Iterator[str]:
    base = {"id": f"c{number}", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    for word in _words(text) if text or not calls else ():
        delta = {"role": "assistant", "content": word}
        yield _data(base | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    for place, (name, arguments) in enumerate(calls):
        function = {"name": name, "arguments": arguments}
        call = {"index": place, "id": f"call_{number}_{place}", "type": "function", "function": function}
        delta = {"role": "assistant", "tool_calls": [call]}
        yield _data(base | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    why = "tool_calls" if calls else "stop"
    yield _data(base | {"choices": [{"index": 0, "delta": {}, "finish_reason": why}]})
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    yield _data(base | {"choices": [], "usage": usage})
    yield "data: [DONE]\n\n"


def _responses(number: int, text: str, calls: Calls = ()) -> Iterator[str]:
    usage = {
        "input_tokens": 7,
        "output_tokens": 3,
        "total_tokens": 10,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    content = {"type": "output_text", "text": text, "annotations": []}
    item = {
        "id": f"msg{number}",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [content],
    }
    response: dict[str, Any] = {
        "id": f"r{number}",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
    }
    said = [item] if text or not calls else []
    called = [_function_call(f"{number}_{place}", *call) for place, call in enumerate(calls)]
    completed = response | {"status": "completed", "output": [*said, *called], "usage": usage}
    where = {"item_id": f"msg{number}", "output_index": 0, "content_index": 0}
    spoken: list[dict[str, Any]] = [
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": item | {"status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **where, "part": content | {"text": ""}},
        *(
            {"type": "response.output_text.delta", **where, "delta": word, "logprobs": []}
            for word in _words(text)
        ),
        {"type": "response.output_text.done", **where, "text": text, "logprobs": []},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
    ]
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response | {"status": "in_progress"}},
        *(spoken if said else []),
        *(event for place, call in enumerate(called, len(said)) for event in _calling(place, call)),
        {"type": "response.completed", "response": completed},
    ]
    for place, event in enumerate(events):
        yield _event(event | {"sequence_number": place})


def _function_call(which: str, name: str, arguments: str) -> dict[str, Any]:
    call = {"type": "function_call", "id": f"fc_{which}", "call_id": f"call_{which}", "status": "completed"}
    return call | {"name": name, "arguments": arguments}


def _calling(place: int, call: dict[str, Any]) -> Iterator[dict[str, Any]]:
    where = {"output_index": place, "item_id": call["id"]}
    begun = call | {"arguments": "", "status": "in_progress"}
    yield {"type": "response.output_item.added", "output_index": place, "item": begun}
    yield {"type": "response.function_call_arguments.delta", **where, "delta": call["arguments"]}
    yield {"type": "response.function_call_arguments.done", **where, "arguments": call["arguments"]}
    yield {"type": "response.output_item.done", "output_index": place, "item": call}


def _messages(number: int, text: str, calls: Calls = ()) -> Iterator[str]:
    message = {
        "id": f"m{number}",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 7, "output_tokens": 1},
    }
    yield _event({"type": "message_start", "message": message})
    if text or not calls:
        yield _event(
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        )
        for word in _words(text):
            delta = {"type": "text_delta", "text": word}
            yield _event({"type": "content_block_delta", "index": 0, "delta": delta})
        yield _event({"type": "content_block_stop", "index": 0})
    for place, (name, arguments) in enumerate(calls, 1 if text else 0):
        block = {"type": "tool_use", "id": f"call_{number}_{place}", "name": name, "input": {}}
        yield _event({"type": "content_block_start", "index": place, "content_block": block})
        delta = {"type": "input_json_delta", "partial_json": arguments}
        yield _event({"type": "content_block_delta", "index": place, "delta": delta})
        yield _event({"type": "content_block_stop", "index": place})
    ended = {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}
    yield _event({"type": "message_delta", "delta": ended, "usage": {"output_tokens": 3}})
    yield _event({"type": "message_stop"})
