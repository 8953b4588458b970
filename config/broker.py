"""The broker of an embedded Milepost: kombu's filesystem transport, made safe against half-written messages.

kombu writes a message in place, so a reader may take it before it is whole and the worker dies of a JSON error
(kombu #1551). Here a message is written under a hidden name and appears in the queue's folder by a rename.
"""

import os
import uuid
from time import time

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue, payload, **kwargs):  # type: ignore[override]  # kombu names it so in this transport
        name = f"{time():017.6f}_{uuid.uuid4()}".replace(".", "-")
        hidden = os.path.join(self.data_folder_out, f".{name}.tmp")
        with open(hidden, "w", encoding="utf-8") as file:
            file.write(dumps(payload))
        os.replace(hidden, os.path.join(self.data_folder_out, f"{name}.{queue}.msg"))


class Transport(filesystem.Transport):
    Channel = Channel
