"""A chat server with FastAPI, as in FastAPI's own tutorial: a manager holds the sockets in memory."""

import json
import os
import sqlite3
from collections import defaultdict

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, list[WebSocket]] = defaultdict(list)
file = os.environ.get("MESSAGES")
database = sqlite3.connect(file, isolation_level=None) if file else None
if database:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE messages (seq INTEGER PRIMARY KEY, room TEXT, text TEXT)")
    database.execute("CREATE INDEX messages_by_room ON messages (room, seq)")


def last_messages(room: str, count: int) -> str:
    newest = database.execute("SELECT text FROM messages WHERE room = ? ORDER BY seq DESC LIMIT ?", (room, count))
    return json.dumps([text for (text,) in newest][::-1])


@app.websocket("/peers/rooms/{room}")
async def chat(socket: WebSocket, room: str, last: int | None = None) -> None:
    await socket.accept()
    rooms[room].append(socket)
    if database and last is not None:
        await socket.send_text(last_messages(room, last))
    try:
        while True:
            text = await socket.receive_text()
            if database:
                database.execute("INSERT INTO messages (room, text) VALUES (?, ?)", (room, text))
            for member in list(rooms[room]):
                await member.send_text(text)
    except (WebSocketDisconnect, RuntimeError):
        rooms[room].remove(socket)
