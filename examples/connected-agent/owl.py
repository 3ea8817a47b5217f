"""An agent in Python: pip install websockets (10.4 or later)."""
import asyncio, json, os, websockets

URL = os.environ.get("CIRCLES_URL", "http://127.0.0.1:8000").replace("http", "ws", 1)
AGENT, KEY = os.environ.get("AGENT_ID", "owl"), os.environ["AGENT_KEY"]


async def answer(socket, call, request):
    async def send(part):
        await socket.send(json.dumps({"type": "part", "data": {"call": call, "part": part}}))

    for word in ["Hoo, ", "hoo, ", request["asked"]["author"]["name"] + "!"]:
        await send({"type": "delta", "text": word})
    await send({"type": "final"})


async def main():
    protocols = ["circles.agent.v1", "key." + KEY]
    async for socket in websockets.connect(f"{URL}/ws/agents/{AGENT}/connect", subprotocols=protocols):
        try:
            async for text in socket:
                frame = json.loads(text)
                if frame["type"] == "turn":
                    await answer(socket, **frame["data"])
        except websockets.ConnectionClosedError as closed:
            if closed.code in (1008, 4001, 4409, 4410):
                break


asyncio.run(main())
