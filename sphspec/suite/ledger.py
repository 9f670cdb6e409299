"""The ledger of nightly evidence: one SQLite file that many writers share and that a kill does not harm.

A block of a configuration is claimed by its number, computed, and stored, each in one transaction. A claim
whose writer died or whose lease ran out is taken up again under the same number, whose stream draws the same
numbers: nothing is counted twice, nothing is lost. Evidence counts blocks 0, 1, .. up to a missing one.
"""

import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from sphspec import _validate as check
from sphspec.suite.packing import pack, unpack
from sphspec.verify.moments import Sums

APPLICATION = 0x53504853  # "SPHS" in the header of the file
SCHEMA = 1
LEASE = 900.0  # seconds after which a claim counts as abandoned though its writer may live
WAIT = 60.0  # seconds to wait for another writer's transaction
TABLES = (
    "CREATE TABLE epochs (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)",
    "CREATE TABLE claims (configuration TEXT, number INTEGER, host TEXT NOT NULL, process INTEGER NOT NULL, "
    "expires REAL NOT NULL, PRIMARY KEY (configuration, number))",
    "CREATE TABLE blocks (configuration TEXT, number INTEGER, statistics BLOB NOT NULL, "
    "checksum TEXT NOT NULL, PRIMARY KEY (configuration, number))",
    "CREATE TABLE alarms (epoch INTEGER PRIMARY KEY, log10_e REAL NOT NULL, found TEXT NOT NULL)",
)


@dataclass(frozen=True)
class Alarm:
    """Evidence that reached its threshold, for good: what it was and what it named."""

    log10_e: float
    found: str


class Ledger:
    """A ledger file, opened; a context manager.

    Raises
    ------
    ValueError
        for a file that is damaged, of something else, or of a newer sphspec, and where it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            check.writable(path)
        with self._clear():
            self._base = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
            try:
                self._open()
            except BaseException:
                self._base.close()
                raise

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()

    def epoch(self, key: str) -> int:
        """Return the number 1, 2, .. of an epoch, a new one for a key that was never seen."""
        with self._transaction():
            row = self._base.execute("SELECT number FROM epochs WHERE key = ?", (key,)).fetchone()
            if row is None:
                row = (1 + self._base.execute("SELECT count(*) FROM epochs").fetchone()[0],)
                self._base.execute("INSERT INTO epochs VALUES (?, ?)", (row[0], key))
        return int(row[0])

    def claim(self, configuration: str, limit: int | None = None) -> int | None:
        """Return the number of a block to compute: an abandoned one, else the next; None from `limit` on."""
        with self._transaction():
            rows = self._base.execute(
                "SELECT number, host, process, expires FROM claims WHERE configuration = ? ORDER BY number",
                (configuration,),
            ).fetchall()
            number = next((row[0] for row in rows if _abandoned(*row[1:])), None)
            if number is None:
                last = self._base.execute(
                    "SELECT max(number) FROM blocks WHERE configuration = ?", (configuration,)
                ).fetchone()[0]
                number = 1 + max([-1 if last is None else last, *(row[0] for row in rows)])
            if limit is not None and number >= limit:
                return None
            self._base.execute(
                "INSERT OR REPLACE INTO claims VALUES (?, ?, ?, ?, ?)",
                (configuration, number, socket.gethostname(), os.getpid(), time.time() + LEASE),
            )
        return int(number)

    def release(self, configuration: str, number: int) -> None:
        """Give a claim back, so that the next writer takes it up at once."""
        with self._transaction():
            self._base.execute(
                "UPDATE claims SET expires = 0 WHERE configuration = ? AND number = ? AND process = ?",
                (configuration, number, os.getpid()),
            )

    def store(self, configuration: str, number: int, sums: Sums) -> None:
        """Keep the statistics of a block; one that is there already, the same by its stream, stays."""
        content = pack(sums)
        with self._transaction():
            self._base.execute(
                "INSERT OR IGNORE INTO blocks VALUES (?, ?, ?, ?)",
                (configuration, number, content, _seal(configuration, number, content)),
            )
            self._base.execute(
                "DELETE FROM claims WHERE configuration = ? AND number = ?", (configuration, number)
            )

    def blocks(self, configuration: str, first: int) -> Iterator[Sums]:
        """Yield the blocks of a configuration from number `first` on, up to the first that is missing."""
        with self._clear():
            rows = self._base.execute(
                "SELECT number, statistics, checksum FROM blocks "
                "WHERE configuration = ? AND number >= ? ORDER BY number",
                (configuration, first),
            )
            for expected, (number, content, checksum) in enumerate(rows, first):
                if number != expected:
                    return
                if _seal(configuration, number, content) != checksum:
                    raise ValueError(
                        f"ledger {self.path} is damaged: block {number} of configuration "
                        f"{configuration[:12]} does not have its checksum; restore a copy or name a new file"
                    )
                yield unpack(content)

    def raise_alarm(self, epoch: int, alarm: Alarm) -> None:
        """Keep the first alarm of an epoch."""
        with self._transaction():
            self._base.execute(
                "INSERT OR IGNORE INTO alarms VALUES (?, ?, ?)", (epoch, alarm.log10_e, alarm.found)
            )

    def alarm(self, epoch: int) -> Alarm | None:
        """Return the alarm of an epoch, if there was one."""
        with self._clear():
            row = self._base.execute("SELECT log10_e, found FROM alarms WHERE epoch = ?", (epoch,)).fetchone()
        return None if row is None else Alarm(*row)

    def _open(self) -> None:
        with self._transaction():
            tables = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            application = self._base.execute("PRAGMA application_id").fetchone()[0]
            if not tables and not application:
                for table in TABLES:
                    self._base.execute(table)
                self._base.execute(f"PRAGMA application_id = {APPLICATION}")
                self._base.execute(f"PRAGMA user_version = {SCHEMA}")
            elif application != APPLICATION:
                raise ValueError(f"{self.path} is another program's SQLite file; name another ledger")
            schema = self._base.execute("PRAGMA user_version").fetchone()[0]
            if schema != SCHEMA:
                raise ValueError(
                    f"ledger {self.path} has schema {schema}, this sphspec knows {SCHEMA}; "
                    f"update sphspec or name another file"
                )
        self._base.execute("PRAGMA journal_mode = WAL")  # kept in the file; writers and readers do not wait
        self._base.execute("PRAGMA synchronous = FULL")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Hold the write lock from the start: what is read inside is still so when it is written."""
        with self._clear():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise

    @contextmanager
    def _clear(self) -> Iterator[None]:
        """Say in one line what SQLite complains of."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise ValueError(
                f"cannot use ledger {self.path}: {error}; what was stored is kept, free the disk or the lock "
                f"and run again"
            ) from None
        except sqlite3.DatabaseError as error:
            raise ValueError(
                f"ledger {self.path} is damaged or no ledger: {error}; restore a copy or name a new file"
            ) from None


def _seal(configuration: str, number: int, content: bytes) -> str:
    return sha256(f"{configuration} {number}\n".encode() + content).hexdigest()


def _abandoned(host: str, process: int, expires: float) -> bool:
    """Tell whether a claim's lease ran out, or its writer on this host is no more."""
    if expires <= time.time():
        return True
    if host != socket.gethostname() or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
