"""The broker of an embedded Milepost, read and written by several at the same time."""

import threading

from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES

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
