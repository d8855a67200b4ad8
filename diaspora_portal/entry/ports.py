import errno
import socket

from diaspora_portal.child import Trouble

from .terminal import say


def free_port(wanted):
    """The wanted port of this machine, or the next free one, said aloud."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if _is_free(port):
            if port != wanted:
                say(f"port {wanted} is in use: taking {port}")
            return port
    raise Trouble(f"Port {wanted} and those after it are in use.")


def _is_free(port):
    # A browser tries localhost as ::1 first: another program there would answer in our place.
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except PermissionError:
            raise Trouble(f"Port {port} needs root: take one above 1023.") from None
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False  # anything else: this machine has no IPv6
    return True
