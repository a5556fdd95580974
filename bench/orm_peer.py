"""A row per sample through SQLAlchemy's ORM, the way the original program keeps what it measures.

Kept favourable: one index, a commit per tick of all guests, no reading. `orm_peer.py URL GUESTS SECONDS < samples`
reads lines of `print_samples` and prints rows a second and, for SQLite, bytes a row.
"""
import pathlib
import sys
import time

import sqlalchemy
from sqlalchemy.orm import Session, declarative_base

NAMES = ["cpu", "mem", "maxmem", "disk", "maxdisk", "netin", "netout", "diskread", "diskwrite", "uptime", "status"]


class Sample(declarative_base()):
    __tablename__ = "samples"
    __table_args__ = (sqlalchemy.Index("samples_at", "vm_id", "recorded_at"),)
    id = sqlalchemy.Column(sqlalchemy.BigInteger().with_variant(sqlalchemy.Integer, "sqlite"), primary_key=True)
    vm_id = sqlalchemy.Column(sqlalchemy.BigInteger, nullable=False)
    recorded_at = sqlalchemy.Column(sqlalchemy.BigInteger, nullable=False)
    locals().update({name: sqlalchemy.Column(sqlalchemy.BigInteger) for name in NAMES})


def ticks(guests):
    """The lines of one tick after the other, as numbers."""
    while True:
        lines = [line.split(",") for line, _ in zip(sys.stdin, range(guests))]
        if len(lines) < guests:
            return
        yield [[int(word) if word else None for word in line] for line in lines]


def main():
    url, guests, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    engine = sqlalchemy.create_engine(url)
    Sample.metadata.create_all(engine)
    spent, rows = 0.0, 0
    for tick in ticks(guests):
        began = time.perf_counter()
        with Session(engine) as session:
            session.add_all([Sample(vm_id=row[0], recorded_at=row[1], **dict(zip(NAMES, row[2:]))) for row in tick])
            session.commit()
        spent += time.perf_counter() - began
        rows += len(tick)
        if spent >= seconds:
            break
    engine.dispose()
    file = url.removeprefix("sqlite:///")
    size = pathlib.Path(file).stat().st_size / rows if file != url else 0
    print(f"{rows / spent:.0f} {size:.1f}")


main()
