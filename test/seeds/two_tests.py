"""What a Python test of a room expects: a ping is answered first thing, a line reaches the other socket first thing."""

import asyncio
import json
import sys

import websockets


async def a_ping_is_answered(uri: str) -> None:
    async with websockets.connect(uri) as socket:
        await socket.send(json.dumps({"type": "ping"}))
        answer = json.loads(await socket.recv())
        assert answer["type"] == "pong", answer


async def a_line_reaches_the_other(uri: str) -> None:
    async with websockets.connect(uri) as one, websockets.connect(uri) as two:
        await one.send(json.dumps({"type": "message", "content": "Hello"}))
        frame = json.loads(await two.recv())
        assert frame["content"] == "Hello", frame


async def main(uri: str) -> None:
    await a_ping_is_answered(uri)
    await a_line_reaches_the_other(uri)
    print("2 passed")


asyncio.run(main(sys.argv[1]))
