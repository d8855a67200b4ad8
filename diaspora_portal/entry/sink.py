"""A mail server that delivers to nobody: it keeps what it is given in var/mail/ and shows it on a page.

For one person on one machine: it listens on 127.0.0.1 only and knows just enough SMTP for Django.
"""

import argparse
import time
from email import message_from_bytes, policy
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from diaspora_portal.stand_in import ROOT

MAIL = ROOT / "var" / "mail"
SHOWN = 200
HERE = "127.0.0.1"

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><link rel="stylesheet" href="/style.css"><main><h1>{title}</h1>{body}</main></html>"""
STYLE = """:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
th { text-align: left; vertical-align: top; padding-right: 1rem; white-space: nowrap }
td { padding: .25rem 1rem .25rem 0; overflow-wrap: anywhere }
pre { white-space: pre-wrap; border: 1px solid; padding: 1rem }
iframe { width: 100%; height: 40rem; border: 1px solid; background: white }"""
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


def main(arguments):
    parser = argparse.ArgumentParser(prog="sink")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--page-port", type=int, required=True)
    options = parser.parse_args(arguments)
    MAIL.mkdir(parents=True, exist_ok=True)
    ThreadingTCPServer.allow_reuse_address = ThreadingTCPServer.daemon_threads = True
    smtp = ThreadingTCPServer((HERE, options.smtp_port), Conversation)
    Thread(target=smtp.serve_forever, daemon=True).start()
    ThreadingHTTPServer((HERE, options.page_port), Reader).serve_forever()


class Conversation(StreamRequestHandler):
    """One SMTP session: whatever is said is fine, and DATA is kept."""

    def handle(self):
        self.say("220 sink")
        while command := self.rfile.readline():
            match command[:4].upper():
                case b"EHLO":
                    self.say("250-sink", "250-8BITMIME", "250 SMTPUTF8")
                case b"DATA":
                    self.say("354 go on")
                    if (mail := self.read_mail()) is None:
                        return  # broken off: not accepted, so not kept
                    keep(mail)
                    self.say("250 kept")
                case b"QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 fine")

    def read_mail(self):
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b"."))
        return None

    def say(self, *lines):
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


def keep(mail):
    path = MAIL / f"{time.time_ns()}.eml"
    path.write_bytes(mail)
    print(f"kept var/mail/{path.name}", flush=True)


class Reader(BaseHTTPRequestHandler):
    """`/` lists the mails, `/<name>` shows one, `/<name>/html` is the frame's content, `/<name>/source` the bytes."""

    def do_GET(self):  # noqa: N802 - the name that http.server calls
        name, _, part = self.path.strip("/").partition("/")
        path = MAIL / f"{name}.eml"
        if not name:
            self.answer(PAGE.format(title="Mails of the portal on this machine", body=listing()))
        elif name == "style.css":
            self.answer(STYLE, kind="text/css")
        elif not name.isdigit() or not path.exists():
            self.send_error(404)
        elif part == "source":
            self.answer(path.read_text(errors="replace"), kind="text/plain")
        elif part == "html":
            self.answer(body_of(read(path), "html"), policy=MAIL_POLICY)
        else:
            self.answer(PAGE.format(**one(read(path), name)))

    def answer(self, text, *, kind="text/html", policy=PAGE_POLICY):
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_request(self, *args):
        """Reading a mail is nothing to report."""


def read(path):
    return message_from_bytes(path.read_bytes().replace(b"\r\n", b"\n"), policy=policy.default)


def body_of(mail, kind):
    part = mail.get_body((kind,))
    return part.get_content() if part else ""


def listing():
    paths = sorted(MAIL.glob("*.eml"), reverse=True)[:SHOWN]
    if not paths:
        return "<p>Nothing was sent yet.</p>"
    return f"<table><tr><th>Sent<th>To<th>Subject</tr>{''.join(map(row, paths))}</table>"


def row(path):
    mail = read(path)
    sent = time.strftime("%d %b %H:%M:%S", time.localtime(int(path.stem) / 1e9))
    subject = f'<a href="/{path.stem}">{escape(mail["Subject"] or "(no subject)")}</a>'
    return f"<tr><td>{sent}<td>{escape(mail['To'] or '')}<td>{subject}</tr>"


def one(mail, name):
    headers = "".join(f"<tr><th>{escape(key)}<td>{escape(value)}</tr>" for key, value in mail.items())
    html = f'<h2>HTML</h2><iframe sandbox title="The HTML part" src="/{name}/html"></iframe>'
    body = f"""<p><a href="/">All mails</a> · <a href="/{name}/source">Source</a></p><table>{headers}</table>
        <h2>Text</h2><pre>{escape(body_of(mail, "plain"))}</pre>{html if body_of(mail, "html") else ""}"""
    return {"title": escape(mail["Subject"] or "(no subject)"), "body": body}
