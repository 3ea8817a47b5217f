"""A Python member of a circle: says its arguments, then prints every frame it hears, one JSON object a line."""

import asyncio
import json
import sys

import websockets


async def main(uri: str, *lines: str) -> None:
    async with websockets.connect(uri) as socket:
        for line in lines:
            await socket.send(json.dumps({"type": "user_message", "content": line}))
        async for frame in socket:
            print(json.dumps(json.loads(frame)), flush=True)


asyncio.run(main(*sys.argv[1:]))
