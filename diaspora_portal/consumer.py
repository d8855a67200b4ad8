from celery.worker import consumer


class Consumer(consumer.Consumer):
    """Celery's own, which lives on when Redis goes away at the very moment in which a worker listens to it.

    Celery and kombu 5.7 close the lost connection twice. The first time they read what is still to come; where that
    fails, the second time half of the connection is gone, and the worker ends. Seen by `./portal torture T-F4`.
    """

    def on_connection_error_after_connected(self, exc):
        channel = self.connection._default_channel
        if channel is not None:
            channel._in_poll = False  # nothing is to come
        super().on_connection_error_after_connected(exc)
