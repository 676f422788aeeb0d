"""Pictures through whole processes: a simulated Mac, its imsg, the gateway, and a model server that is shown them."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path

from PIL import Image
from tests.agents.model_server import open_model_server
from tests.journeys.house import House, build, channel, model
from tests.media import samples
from tests.waiting import until

from openclaw.simulator import phone

ANN = "+15550100001"


def furnish(house: House, address: str) -> Path:
    """A house whose account takes files from below its Mac; where those lie."""
    folder = house.root / "Attachments"
    folder.mkdir()
    sections = model(address)
    sections["models"]["providers"]["test"]["models"][0]["input"] = ["text", "image"]
    files = {"includeAttachments": True, "attachmentRoots": [str(folder)]}
    house.configure(channels=channel(house, dmPolicy="open", allowFrom=["*"], **files), **sections)
    return folder


async def test_a_photo_from_a_phone_is_shown_to_a_model(tmp_path: Path) -> None:
    """HEIC in, an upright JPEG without its place at the model; the story names it, and forgetting removes it."""
    house = build(tmp_path)
    async with open_model_server() as server:
        folder = furnish(house, server.url)
        photo = folder / "IMG_0001.heic"
        photo.write_bytes(samples.HEIC.read_bytes())
        async with house.gateway():
            phone.say(house.mac, ANN, "what is this?", attachments=[photo])
            await house.replies(ANN, 1)
            story = (await house.openclaw("messages", "story", "1", "--json")).json()
            told = (await house.openclaw("messages", "story", "1")).out
            [kept] = story["files"]
            await house.openclaw("contacts", "forget", ANN, "--yes")

            async def gone() -> bool:
                return not (house.state / kept["kept"]).exists()

            await until(gone, "the file is removed with its message")

    [said] = [one for one in server.requests[0].body["messages"] if one["role"] == "user"]
    text, picture = said["content"]
    assert "what is this?\n<media:image> IMG_0001.heic (" in text["text"]
    shown = base64.b64decode(picture["image_url"]["url"].partition(",")[2])
    image = Image.open(io.BytesIO(shown))
    assert (image.format, image.size) == ("JPEG", (320, 200))
    assert b"Testphone" not in shown
    assert kept["state"] == "converted"
    assert "IMG_0001.heic" in told


async def test_a_file_outside_of_the_roots_is_refused_and_the_story_says_which_key(tmp_path: Path) -> None:
    """The agent answers all the same, and neither it nor the contact learns the path."""
    house = build(tmp_path)
    async with open_model_server() as server:
        furnish(house, server.url)
        outside = tmp_path / "secret.png"
        outside.write_bytes(samples.png())
        async with house.gateway():
            phone.say(house.mac, ANN, "look", attachments=[outside])
            await house.replies(ANN, 1)
            [file] = (await house.openclaw("messages", "story", "1", "--json")).json()["files"]

    assert file["state"] == "refused"
    assert str(outside) in file["says"]
    assert "channels.imessage.attachmentRoots" in file["says"]
    assert str(outside) not in json.dumps(server.requests[0].body)
    assert "not available: refused" in json.dumps(server.requests[0].body)
