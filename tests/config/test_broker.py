"""The broker of an embedded Milepost, read and written by several at the same time."""

import threading
import time

from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

from config.broker import Channel

MESSAGES = 300


def connect(folder):
    assert TRANSPORT_ALIASES["safefs"] == "config.broker:Transport"
    control = folder / "control"
    control.mkdir(exist_ok=True)
    options = {"data_folder_in": str(folder), "data_folder_out": str(folder), "control_folder": str(control)}
    return Connection("safefs://localhost", transport_options=options)


def write(folder, start):
    with connect(folder) as connection, connection.SimpleQueue("work") as queue:
        for number in range(start, start + MESSAGES):
            queue.put({"number": number, "padding": "x" * 20_000})


def read_into(numbers, folder, enough):
    with connect(folder) as connection, connection.SimpleQueue("work") as queue:
        while not enough():
            try:
                message = queue.get(block=True, timeout=0.2)
            except queue.Empty:
                continue
            numbers.append(message.payload["number"])
            message.ack()


def test_no_reader_meets_half_a_message_and_none_is_lost_or_doubled(tmp_path):
    numbers = []
    readers = [
        threading.Thread(target=read_into, args=(numbers, tmp_path, lambda: len(numbers) >= 2 * MESSAGES), daemon=True)
        for _ in range(2)
    ]
    writers = [threading.Thread(target=write, args=(tmp_path, start)) for start in (0, MESSAGES)]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in [*writers, *readers]:
        thread.join(timeout=60)
    assert sorted(numbers) == list(range(2 * MESSAGES))


def test_a_message_sent_while_another_thread_binds_the_queue_is_not_lost(tmp_path, monkeypatch):
    """The first to bind is held up just before it has written the list of queues; the second must wait for it."""
    written, slow = threading.Event(), Channel._queue_bind

    def held_up(self, *args):
        time.sleep(0.3)
        slow(self, *args)
        written.set()

    monkeypatch.setattr(Channel, "_queue_bind", held_up)
    folder, numbers = tmp_path / "held", []
    folder.mkdir()
    first = threading.Thread(target=connect_and_close, args=(folder,))
    first.start()
    time.sleep(0.1)
    with connect(folder) as connection, connection.SimpleQueue("held") as queue:
        queue.put({"number": 1})
        numbers.append(queue.get(block=True, timeout=5).payload["number"])
    first.join()
    assert written.is_set()
    assert numbers == [1]


def connect_and_close(folder):
    with connect(folder) as connection, connection.SimpleQueue("held"):
        pass
