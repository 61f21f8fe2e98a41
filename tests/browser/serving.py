"""Answers collected beforehand, served over real HTTP: a browser may keep them, and waits for each as it would."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.browser.every_page import Answer

# As WhiteNoise sends what is named by its content.
FOR_EVER = "max-age=315360000, public, immutable"
NOT_REPEATED = {"content-length", "connection", "server", "date"}


@contextmanager
def served(answers: dict[str, Answer]) -> Iterator[str]:
    """The address of a server that knows these answers; each takes the time that the application took."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = answers.get(self.path, Answer(404, {"Content-Type": "text/plain"}, b""))
            time.sleep(answer.seconds)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in NOT_REPEATED:
                    self.send_header(name, value)
            if self.path.startswith("/assets/"):
                self.send_header("Cache-Control", FOR_EVER)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Nothing: what was asked for is counted by the browser."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
