"""Children that Ctrl-C reaches, whatever started this process: background jobs of a shell ignore it."""

import signal


def interruptible():
    """Take back, in a child that is about to start, that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
