"""A client for Circles in one file; it needs only `websockets` (10 or later).

    async with Circle("http://localhost:8000", "lobby", name="ada") as circle:
        await circle.send("Hello, @pickle!")
        async for event in circle:
            print(event["seq"], event["type"], event["data"].get("content"))

It uses the native dialect: `send` returns when the message is stored, events come in order and each once, and a broken
connection resumes from its position. A command without a reply is sent again under its id, and executed once.
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
NEVER = {1000, 1008, 1009, 4403, 4404, 4409, 4410, 4426}  # close codes after which a client must not come back
PING = '{"type":"ping"}'  # the server answers exactly this text without waking the circle
PING_SECONDS = 25
PONG_SECONDS = 10
BACKOFF_SECONDS = 0.5
BACKOFF_MAX_SECONDS = 30
FLOOD_SECONDS = 10
LIMITS = {  # until the first welcome, which has those of the server
    "frame_bytes": 65_536,
    "content_bytes": 32_768,
    "meta_bytes": 1_024,
    "state_bytes": 1_024,
    "signal_bytes": 4_096,
    "depth": 16,
}
BOUNDED = {"content": "content_bytes", "meta": "meta_bytes", "state": "state_bytes", "value": "signal_bytes"}
UNREAD = {"too_large", "too_deep", "bad_frame", "internal"}  # codes of an error that names no command


class CirclesError(Exception):
    """A command was refused (`code` is the protocol's), the circle cannot be reached any more ("ended"), or this side
    has left it ("closed")."""

    def __init__(self, code, message, retry_after_ms=None):
        super().__init__(message)
        self.code = code
        self.retry_after_ms = retry_after_ms
        self.status = None  # of an HTTP response


class Circle:
    """One circle, connected inside `async with`.

    `name` is a guest's name (policy `open`); `token` is a JWT, or a function that returns one and is called before
    every attempt. `since` and `epoch`, both from an earlier `position`, resume where a program stopped; without them
    only new events come.
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
        self._pending = {}  # id → (text of the command, future of its reply), oldest first
        self._events = asyncio.Queue()
        self._welcomed = asyncio.Event()
        self._task = None
        self._ended = None  # the error of every later command
        self.welcome = None  # the data of the last welcome: the user, the members, the limits

    @property
    def position(self):
        """The position of this reader: every event up to `since` of the log `epoch` was yielded or is queued."""
        return {"since": self._since, "epoch": self._epoch}

    async def __aenter__(self):
        self._task = asyncio.create_task(self._run())
        first = asyncio.create_task(self._welcomed.wait())
        await asyncio.wait({self._task, first}, return_when=asyncio.FIRST_COMPLETED)
        if not self._welcomed.is_set():
            first.cancel()
            self._task.result()  # raises the reason
        return self

    async def __aexit__(self, *_):
        self._end(CirclesError("closed", "The circle was left."))
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError, CirclesError):
            await self._task

    def __aiter__(self):
        return self

    async def __anext__(self):
        event = await self._events.get()
        if isinstance(event, Exception):
            self._events.put_nowait(event)  # every later call raises it, too
            raise event
        return event

    async def send(self, content, *, reply_to=None, to=None, meta=None):
        """Sends a message. Returns its `{"id": …, "seq": …}` once it is stored."""
        data = {"content": content, "reply_to": reply_to, "to": to, "meta": meta}
        while True:
            try:
                reply = await self.command("message", data)
                return {"id": reply["id"], "seq": reply["seq"]}
            except CirclesError as error:
                if error.code != "rate_limited":
                    raise
                await asyncio.sleep((error.retry_after_ms or 1000) / 1000)

    async def say(self, content, *, reply_to=None, to=None, meta=None):
        """Deprecated, until 0.2: use `send`. Returns the message's seq once it is stored."""
        return (await self.send(content, reply_to=reply_to, to=to, meta=meta))["seq"]

    async def history(self, *, before=None, after=None, limit=100):
        """Returns a page of the log, oldest first: `{"events": […], "more": bool}`."""
        return await self.command("history", {"before": before, "after": after, "limit": limit})

    async def command(self, type, data):
        """Sends any command, as in `command("react", {"seq": 1, "emoji": "👍"})`. Returns the data of the reply."""
        if self._ended is not None:
            raise self._ended
        id = uuid.uuid4().hex
        data = {key: value for key, value in data.items() if value is not None}
        text = self._encode({"type": type, "id": id, "data": data})
        reply = asyncio.get_running_loop().create_future()
        self._pending[id] = (text, reply)
        try:
            await self._send_text(text)
            return await reply
        finally:
            self._pending.pop(id, None)

    def _encode(self, command):
        """Returns the text of a command. Raises a CirclesError if the server would not accept it, whatever its state."""
        limits = {**LIMITS, **(self.welcome or {}).get("limits", {})}
        text = _to_json(command)
        if len(text.encode()) > limits["frame_bytes"]:
            raise CirclesError("too_large", f"A frame has at most {limits['frame_bytes']} bytes.")
        for key, limit in BOUNDED.items():
            part = command["data"].get(key)
            part = part if key == "content" and isinstance(part, str) else _to_json(part)
            if len(part.encode()) > limits[limit]:
                raise CirclesError("too_large", f"{key} has at most {limits[limit]} bytes.")
        if _depth(command) > limits["depth"]:
            raise CirclesError("too_deep", f"A command nests at most {limits['depth']} levels deep.")
        return text

    async def _send_text(self, text):
        if self._socket is None or not self._welcomed.is_set():
            return  # it is sent after the next welcome
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._socket.send(text)

    async def _resend(self, pause=0):
        await asyncio.sleep(pause)
        for text, _ in list(self._pending.values()):
            await self._send_text(text)

    def _reject_all(self, error):
        for _, reply in list(self._pending.values()):
            if not reply.done():
                reply.set_exception(error)

    def _end(self, error):
        self._ended = self._ended or error
        self._reject_all(self._ended)

    async def _run(self):
        """Connects again after every failure, with full jitter, until the circle ends."""
        failures = 0
        try:
            while True:
                pause = 0
                try:
                    protocols, query = await self._credentials()
                    await self._connect(protocols, query)
                except websockets.ConnectionClosed as closed:
                    code = closed.rcvd.code if closed.rcvd else 1006
                    if code in NEVER:
                        raise CirclesError("ended", closed.rcvd.reason or f"closed with {code}")
                    pause = FLOOD_SECONDS if code == 4429 else 0
                except (OSError, asyncio.TimeoutError, websockets.InvalidHandshake):
                    pass  # the network failed, or the server is starting
                except json.JSONDecodeError:
                    pass  # something between us and the server speaks another protocol
                failures = 0 if self._welcomed.is_set() else failures + 1
                self._welcomed.clear()
                bound = min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2**failures)
                await asyncio.sleep(pause + random.random() * bound)
        except Exception as error:  # also one of the program's own token function: nothing may wait for ever
            self._end(error if isinstance(error, CirclesError) else CirclesError("ended", str(error)))
            self._events.put_nowait(self._ended)
            raise

    async def _credentials(self):
        """Returns a fresh ticket for a token, over HTTP, where a refusal has a reason; or a guest's name."""
        if self._token is None:
            return [SUBPROTOCOL], {"name": self._name}
        try:
            return await self._ticket()
        except CirclesError as error:
            if error.status != 401 or not callable(self._token):
                raise
        return await self._ticket()  # the token may have ended: the function gets one chance to return another

    async def _ticket(self):
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
                raise  # it is an OSError: `_run` tries again
            body = json.loads(error.read() or b"{}").get("error", {})
            refusal = CirclesError(body.get("code", f"http_{error.code}"), body.get("message", str(error)))
            refusal.status = error.code
            raise refusal from None
        return [SUBPROTOCOL, f"ticket.{ticket}"], {}

    async def _connect(self, protocols, query):
        """Runs one connection until it closes."""
        if self._since is not None and self._epoch is not None:
            query = {**query, "since": self._since, "epoch": self._epoch}
        url = f"ws{self._base[4:]}{self._path}?{urllib.parse.urlencode(query)}"
        async with websockets.connect(url, subprotocols=protocols, ping_interval=None, max_size=None) as socket:
            self._socket = socket
            try:
                await self._receive(socket)
            finally:
                self._socket = None

    async def _receive(self, socket):
        while True:
            try:
                text = await asyncio.wait_for(socket.recv(), PING_SECONDS * random.uniform(0.9, 1.1))
            except asyncio.TimeoutError:
                await socket.send(PING)
                text = await asyncio.wait_for(socket.recv(), PONG_SECONDS)  # a timeout means a dead connection
            frames = json.loads(text)
            for frame in frames if isinstance(frames, list) else [frames]:
                await self._on_frame(frame)

    async def _on_frame(self, frame):
        type, data = frame["type"], frame["data"]
        if type == "welcome":
            await self._on_welcome(data)
        elif "seq" in frame:
            self._on_event(frame)
        elif type == "history" and "id" not in data:
            for event in data["events"]:
                self._on_event(event)
        elif type == "error" and "id" not in data:
            self._on_unaddressed_error(data)
        elif data.get("id") in self._pending:
            _, reply = self._pending[data["id"]]
            if reply.done():
                return
            if type == "error":
                reply.set_exception(CirclesError(data["code"], data["message"], data.get("retry_after_ms")))
            else:
                reply.set_result(data)

    def _on_unaddressed_error(self, data):
        """The server did not read the id of a command that it refused, so it means whatever is in flight."""
        if data["code"] == "rate_limited":
            self._resending = asyncio.create_task(self._resend(data.get("retry_after_ms", 1000) / 1000))
        elif data["code"] in UNREAD:
            self._reject_all(CirclesError(data["code"], data["message"]))

    async def _on_welcome(self, data):
        self.welcome = data
        if not (data["recovered"] and data["epoch"] == self._epoch):
            self._since, self._epoch = data["head"], data["epoch"]  # `history` has the events before it
        self._welcomed.set()
        await self._resend()

    def _on_event(self, event):
        if event["seq"] <= self._since:
            return
        if event["seq"] > self._since + 1:
            raise ConnectionError("An event is missing; the next connection resumes before it.")
        self._since = event["seq"]
        self._events.put_nowait(event)


def _to_json(value):
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
        return text
    except (TypeError, ValueError, RecursionError) as error:
        raise CirclesError("invalid", f"This cannot be written as JSON: {error}") from None


def _depth(value):
    children = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else None
    return 0 if children is None else 1 + max(map(_depth, children), default=0)


async def _main():
    import sys

    url, circle_name, name = (sys.argv[1:] + ["http://localhost:8000", "lobby", "python"][len(sys.argv) - 1 :])[:3]
    async with Circle(url, circle_name, name=name) as circle:
        print(f"You are {name} in {circle_name}. Type a message, or end with Ctrl-D.")

        async def show():
            async for event in circle:
                data = event["data"]
                author = data.get("agent_name") or data.get("user_name")
                if "content" in data and author:
                    print(f"{author}: {data['content']}")

        showing = asyncio.create_task(show())
        while text := await asyncio.to_thread(sys.stdin.readline):
            if text.strip():
                await circle.send(text.strip())
        showing.cancel()


if __name__ == "__main__":
    asyncio.run(_main())
