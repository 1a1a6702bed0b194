# SPDX-License-Identifier: Apache-2.0
"""ports.py - many hosts on this machine, all at one port."""
import socket


def one_port(hosts, backlog=1024):
    """A listening socket at each of them, and nowhere else, with the same port."""
    for _ in range(100):
        sockets = [socket.create_server((hosts[0], 0), backlog=backlog)]
        port = sockets[0].getsockname()[1]
        try:
            for host in hosts[1:]:
                sockets.append(socket.create_server((host, port), backlog=backlog))
            return sockets
        except OSError:  # another process has it at one of them
            for s in sockets:
                s.close()
    raise OSError("no port is free at all of %s" % hosts)
