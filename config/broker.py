"""The broker of an embedded Milepost: kombu's filesystem transport, made safe against half-written messages.

kombu writes a message in place, so a reader may take it before it is whole and the worker dies of a JSON error
(kombu #1551). Here a message is written under a hidden name and appears in the queue's folder by a rename.

The list of an exchange's queues has two such gaps: kombu tells other threads of a binding before it is in the file,
and empties the file before it locks it. A message sent in that moment finds no queue and is gone. Here one thread
binds at a time, one process writes at a time, and the list is replaced whole.
"""

import fcntl
import os
import threading
import uuid
from time import time

from kombu.transport import filesystem
from kombu.utils.json import dumps

binding = threading.Lock()


def put(path, text):
    """Let a file appear under its name only when it is whole."""
    folder, name = os.path.split(path)
    hidden = os.path.join(folder, f".{name}.{uuid.uuid4()}.tmp")
    with open(hidden, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(hidden, path)


class Channel(filesystem.Channel):
    def queue_bind(self, *args, **kwargs):
        with binding:
            super().queue_bind(*args, **kwargs)

    def _queue_bind(self, exchange, routing_key, pattern, queue):
        self.control_folder.mkdir(exist_ok=True)
        with open(self.control_folder / f".{exchange}.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self.get_table(exchange)
            bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
            if bound not in table:
                put(self._exchange_file(exchange), dumps([bound, *table]))

    def _put(self, queue, payload, **kwargs):  # type: ignore[override]  # kombu names it so in this transport
        name = f"{time():017.6f}_{uuid.uuid4()}".replace(".", "-")
        put(os.path.join(self.data_folder_out, f"{name}.{queue}.msg"), dumps(payload))


class Transport(filesystem.Transport):
    Channel = Channel
