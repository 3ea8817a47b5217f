"""A Python test of a room server: the first frame after a ping is its pong, the first on the other socket the message."""

import asyncio
import json
import sys

import websockets


async def a_ping_is_answered(uri: str) -> None:
    async with websockets.connect(uri) as socket:
        await socket.send(json.dumps({"type": "ping"}))
        pong = json.loads(await socket.recv())
        assert pong["type"] == "pong", pong


async def a_message_reaches_the_other(uri: str) -> None:
    async with websockets.connect(uri) as one, websockets.connect(uri) as two:
        await one.send(json.dumps({"type": "message", "content": "Hello"}))
        frame = json.loads(await two.recv())
        assert frame["content"] == "Hello", frame


async def main(uri: str) -> None:
    await a_ping_is_answered(uri)
    await a_message_reaches_the_other(uri)
    print("2 passed")


asyncio.run(main(sys.argv[1]))
