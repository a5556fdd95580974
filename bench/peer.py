"""The same answer the way the original program would give it: FastAPI, uvicorn, SQLAlchemy, all from Debian packages.

It is kept favourable: one flat table in SQLite, no join, no validation of the answer, no sign-in.
Run by bench/http; PEER_ROOM names the folder with rows.json (our own answer) and peer.db.
"""
import hashlib
import json
import os
import pathlib

import sqlalchemy
from fastapi import FastAPI, Request, Response
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session, declarative_base

ROOM = pathlib.Path(os.environ["PEER_ROOM"])
ROWS = json.loads((ROOM / "rows.json").read_text())
KINDS = {bool: sqlalchemy.Boolean, int: sqlalchemy.BigInteger, float: sqlalchemy.Float, str: sqlalchemy.Text}


def column_for(name):
    values = [row[name] for row in ROWS if row[name] is not None]
    kinds = {type(value) for value in values}
    kind = KINDS.get(kinds.pop(), sqlalchemy.JSON) if len(kinds) == 1 else sqlalchemy.Float if kinds == {int, float} else sqlalchemy.JSON
    return sqlalchemy.Column(kind, primary_key=name == "id", nullable=name != "id")


NAMES = list(ROWS[0])
Guest = type("Guest", (declarative_base(),), {"__tablename__": "vms", **{name: column_for(name) for name in NAMES}})
engine = sqlalchemy.create_engine(f"sqlite:///{ROOM / 'peer.db'}", connect_args={"check_same_thread": False})


def fill():
    Guest.metadata.create_all(engine)
    with Session(engine) as session:
        session.query(Guest).delete()
        session.add_all([Guest(**row) for row in ROWS])
        session.commit()


fill()
app = FastAPI()
app.add_middleware(GZipMiddleware, minimum_size=1024)


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/api/vms")
def guests(request: Request, limit: int = 100):
    with Session(engine) as session:
        rows = [{name: getattr(guest, name) for name in NAMES} for guest in session.query(Guest).order_by(Guest.id).limit(limit)]
    answer = JSONResponse(rows)
    tag = f'"{hashlib.sha1(answer.body).hexdigest()}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    answer.headers["ETag"] = tag
    return answer
