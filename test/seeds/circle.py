"""A Python member of a circle: sends its arguments, then prints every frame it receives, one JSON object per line."""

import asyncio
import json
import sys

import websockets


async def main(uri: str, *messages: str) -> None:
    async with websockets.connect(uri) as socket:
        for message in messages:
            await socket.send(json.dumps({"type": "user_message", "content": message}))
        async for frame in socket:
            print(json.dumps(json.loads(frame)), flush=True)


asyncio.run(main(*sys.argv[1:]))
