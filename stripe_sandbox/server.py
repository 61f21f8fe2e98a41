"""The sandbox on a port: a threaded server and the deliveries beside it."""

import threading

from werkzeug.serving import WSGIRequestHandler, make_server

from .app import create_app
from .box import Config, Sandbox
from .deliveries import Deliverer


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing of what went well; the index page shows it."""


class Server:
    """Listens as soon as it is made; port 0 takes a free one."""

    def __init__(self, config: Config, host: str = "127.0.0.1", port: int = 0) -> None:
        self.app = create_app(config)
        self.box: Sandbox = self.app.extensions["sandbox"]
        self.deliverer: Deliverer = self.app.extensions["deliverer"]
        self._http = make_server(host, port, self.app, threaded=True, request_handler=_Quiet)
        self.url = f"http://{host}:{self._http.server_port}"
        self._thread: threading.Thread | None = None

    def serve(self) -> None:
        """Serve in this thread until stopped."""
        self.deliverer.start()
        self._http.serve_forever(poll_interval=0.05)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self.serve, name="stripe-sandbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and delivering, and close the state."""
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()
        self.deliverer.stop()
        with self.box.lock:
            self.box.store.close()
