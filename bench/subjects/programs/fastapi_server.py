"""A chat server with FastAPI, as its own tutorial has it: a manager that holds the sockets in memory."""

import json
import os
import sqlite3
from collections import defaultdict

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, list[WebSocket]] = defaultdict(list)
file = os.environ.get("LINES")
database = sqlite3.connect(file, isolation_level=None) if file else None
if database:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE lines (seq INTEGER PRIMARY KEY, room TEXT, line TEXT)")
    database.execute("CREATE INDEX lines_by_room ON lines (room, seq)")


def last_lines(room: str, count: int) -> str:
    newest = database.execute("SELECT line FROM lines WHERE room = ? ORDER BY seq DESC LIMIT ?", (room, count))
    return json.dumps([line for (line,) in newest][::-1])


@app.websocket("/peers/rooms/{room}")
async def chat(socket: WebSocket, room: str, last: int | None = None) -> None:
    await socket.accept()
    rooms[room].append(socket)
    if database and last is not None:
        await socket.send_text(last_lines(room, last))
    try:
        while True:
            line = await socket.receive_text()
            if database:
                database.execute("INSERT INTO lines (room, line) VALUES (?, ?)", (room, line))
            for member in list(rooms[room]):
                await member.send_text(line)
    except (WebSocketDisconnect, RuntimeError):
        rooms[room].remove(socket)
