"""A mail server that delivers to nobody: it keeps what it is given in var/mail/ and shows it on a page.

For one person on one machine: it listens on 127.0.0.1 only and knows just enough SMTP for the outbox. The page lays
what arrived beside the outbox's rows, so that one sees what has not arrived too, and why.
"""

import argparse
import os
from socketserver import ThreadingMixIn
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.wsgi import get_wsgi_application

from . import letters, smtp

HERE = "127.0.0.1"


def main(arguments):
    parser = argparse.ArgumentParser(prog="sink")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--page-port", type=int, required=True)
    options = parser.parse_args(arguments)
    # First, so that mails are kept while Django loads, and whatever becomes of it.
    Thread(target=smtp.Server((HERE, options.smtp_port), letters.FOLDER).serve_forever, daemon=True).start()
    os.environ["DJANGO_SETTINGS_MODULE"] = f"{__name__}.settings"
    page = PageServer((HERE, options.page_port), Quiet)
    page.set_app(get_wsgi_application())
    page.serve_forever()


class PageServer(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Reading a mail is nothing to report."""
