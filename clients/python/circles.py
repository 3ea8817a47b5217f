"""Circles from Python: one file, needs only `websockets` (10 or later).

    async with Circle("http://localhost:8000", "lobby", name="ada") as circle:
        await circle.say("Hello, @pickle!")
        async for event in circle:
            print(event["seq"], event["type"], event["data"].get("content"))

It speaks the native dialect: `say` returns when the line is stored, events come in order and each once, and a broken
connection is resumed where it broke. What was not acknowledged is sent again under its old id, and stored once.
"""

import asyncio
import contextlib
import inspect
import json
import random
import urllib.error
import urllib.parse
import urllib.request
import uuid

import websockets

SUBPROTOCOL = "circles.v1"
NEVER = {1000, 1008, 1009, 4403, 4404, 4410, 4426}  # close codes that say: stay away
PING = '{"type":"ping"}'  # this exact text is answered without waking the circle
PING_SECONDS = 25
PONG_SECONDS = 10
BACKOFF_SECONDS = 0.5
BACKOFF_MAX_SECONDS = 30
FLOOD_SECONDS = 10


class CirclesError(Exception):
    """A command was refused (`code` says why), or the circle is not to be had any more (`code` is "ended")."""

    def __init__(self, code, message, retry_after_ms=None):
        super().__init__(message)
        self.code = code
        self.retry_after_ms = retry_after_ms


class Circle:
    """One circle, kept connected inside `async with`.

    `name` is a guest's name (policy `open`); `token` is a JWT, or a function that gives one, asked for before every
    attempt. `since` and `epoch` (both from an earlier `position`) go on where a program stopped; without them only
    what is said from now on is heard.
    """

    def __init__(self, url, circle, *, name="python", token=None, kind="circles", since=None, epoch=None):
        self._base = url.rstrip("/")
        self._path = f"/ws/{kind}/{urllib.parse.quote(circle)}"
        self._channel = f"{kind[:-1]}:{circle}"
        self._name = name
        self._token = token
        self._since = since
        self._epoch = epoch
        self._socket = None
        self._waiting = {}  # id → (command, future), oldest first
        self._events = asyncio.Queue()
        self._welcomed = asyncio.Event()
        self._task = None
        self.welcome = None  # the last welcome: who we are, who is here, the limits

    @property
    def position(self):
        """Where this reader is: everything up to `since` in the log `epoch` has been given out or waits to be."""
        return {"since": self._since, "epoch": self._epoch}

    async def __aenter__(self):
        self._task = asyncio.create_task(self._stay())
        first = asyncio.create_task(self._welcomed.wait())
        await asyncio.wait({self._task, first}, return_when=asyncio.FIRST_COMPLETED)
        if not self._welcomed.is_set():
            first.cancel()
            self._task.result()  # raises what kept us out
        return self

    async def __aexit__(self, *_):
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, CirclesError):
            await self._task

    def __aiter__(self):
        return self

    async def __anext__(self):
        event = await self._events.get()
        if isinstance(event, Exception):
            self._events.put_nowait(event)  # it stays the end for whoever asks again
            raise event
        return event

    async def say(self, content, *, reply_to=None, to=None, meta=None):
        """Says a line; returns its seq once it is stored."""
        data = {"content": content, "reply_to": reply_to, "to": to, "meta": meta}
        while True:
            try:
                return (await self.command("message", data))["seq"]
            except CirclesError as error:
                if error.code != "rate_limited":
                    raise
                await asyncio.sleep((error.retry_after_ms or 1000) / 1000)

    async def history(self, *, before=None, after=None, limit=100):
        """A page of the log, oldest first: `{"events": […], "more": bool}`."""
        return await self.command("history", {"before": before, "after": after, "limit": limit})

    async def command(self, type, data):
        """Any command of the protocol, as in `command("react", {"seq": 1, "emoji": "👍"})`; returns its answer's data."""
        id = uuid.uuid4().hex
        data = {key: value for key, value in data.items() if value is not None}
        answer = asyncio.get_running_loop().create_future()
        self._waiting[id] = ({"type": type, "id": id, "data": data}, answer)
        try:
            await self._send(self._waiting[id][0])
            return await answer
        finally:
            self._waiting.pop(id, None)

    async def _send(self, command):
        if self._socket is None or not self._welcomed.is_set():
            return  # it goes out after the next welcome
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._socket.send(json.dumps(command))

    async def _stay(self):
        """Connects for as long as the circle may be had, each time after a wait with full jitter."""
        failures = 0
        try:
            while True:
                pause = 0
                try:
                    protocols, query = await self._credentials()
                    await self._attend(protocols, query)
                except websockets.ConnectionClosed as closed:
                    code = closed.rcvd.code if closed.rcvd else 1006
                    if code in NEVER:
                        raise CirclesError("ended", closed.rcvd.reason or f"closed with {code}")
                    pause = FLOOD_SECONDS if code == 4429 else 0
                except (OSError, asyncio.TimeoutError, websockets.InvalidHandshake):
                    pass  # the network, or a server that is starting: try again
                failures = 0 if self._welcomed.is_set() else failures + 1
                self._welcomed.clear()
                bound = min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2**failures)
                await asyncio.sleep(pause + random.random() * bound)
        except CirclesError as error:
            self._events.put_nowait(error)
            for _, answer in list(self._waiting.values()):
                if not answer.done():
                    answer.set_exception(error)
            raise

    async def _credentials(self):
        """A fresh ticket for a token, by HTTP, where a refusal says why; or a guest's name."""
        if self._token is None:
            return [SUBPROTOCOL], {"name": self._name}
        token = self._token() if callable(self._token) else self._token
        if inspect.isawaitable(token):
            token = await token
        request = urllib.request.Request(
            f"{self._base}/api/tickets",
            data=json.dumps({"channel": self._channel}).encode(),
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        )
        try:
            with await asyncio.to_thread(urllib.request.urlopen, request, timeout=15) as response:
                ticket = json.load(response)["ticket"]
        except urllib.error.HTTPError as error:
            if error.code == 429 or error.code >= 500:
                raise  # an OSError: later, perhaps
            body = json.loads(error.read() or b"{}").get("error", {})
            raise CirclesError(body.get("code", f"http_{error.code}"), body.get("message", str(error))) from None
        return [SUBPROTOCOL, f"ticket.{ticket}"], {}

    async def _attend(self, protocols, query):
        """One connection, from its opening to its end."""
        if self._since is not None and self._epoch is not None:
            query = {**query, "since": self._since, "epoch": self._epoch}
        url = f"ws{self._base[4:]}{self._path}?{urllib.parse.urlencode(query)}"
        async with websockets.connect(url, subprotocols=protocols, ping_interval=None, max_size=None) as socket:
            self._socket = socket
            try:
                await self._listen(socket)
            finally:
                self._socket = None

    async def _listen(self, socket):
        while True:
            try:
                text = await asyncio.wait_for(socket.recv(), PING_SECONDS * random.uniform(0.9, 1.1))
            except asyncio.TimeoutError:
                await socket.send(PING)
                text = await asyncio.wait_for(socket.recv(), PONG_SECONDS)  # nothing: the connection is dead
            frames = json.loads(text)
            for frame in frames if isinstance(frames, list) else [frames]:
                await self._take(frame)

    async def _take(self, frame):
        type, data = frame["type"], frame["data"]
        if type == "welcome":
            await self._begin(data)
        elif "seq" in frame:
            await self._event(frame)
        elif type == "history" and "id" not in data:
            for event in data["events"]:
                await self._event(event)
        elif data.get("id") in self._waiting:
            _, answer = self._waiting[data["id"]]
            if answer.done():
                return
            if type == "error":
                answer.set_exception(CirclesError(data["code"], data["message"], data.get("retry_after_ms")))
            else:
                answer.set_result(data)

    async def _begin(self, data):
        self.welcome = data
        if not (data["recovered"] and data["epoch"] == self._epoch):
            self._since, self._epoch = data["head"], data["epoch"]  # page `history` for what came before
        self._welcomed.set()
        for command, _ in list(self._waiting.values()):
            await self._send(command)

    async def _event(self, event):
        if event["seq"] <= self._since:
            return
        if event["seq"] > self._since + 1:
            raise ConnectionError("an event is missing: the resume that follows brings it")
        self._since = event["seq"]
        self._events.put_nowait(event)


async def _main():
    import sys

    url, circle, name = (sys.argv[1:] + ["http://localhost:8000", "lobby", "python"][len(sys.argv) - 1 :])[:3]
    async with Circle(url, circle, name=name) as here:
        print(f"You are {name} in {circle}. Type a line, or end with Ctrl-D.")

        async def show():
            async for event in here:
                data = event["data"]
                who = data.get("agent_name") or data.get("user_name")
                if "content" in data and who:
                    print(f"{who}: {data['content']}")

        showing = asyncio.create_task(show())
        while line := await asyncio.to_thread(sys.stdin.readline):
            if line.strip():
                await here.say(line.strip())
        showing.cancel()


if __name__ == "__main__":
    asyncio.run(_main())
