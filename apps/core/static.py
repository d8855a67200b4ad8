from whitenoise.storage import CompressedManifestStaticFilesStorage


class KeptStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Whitenoise's, which is asked for each address once: a page has twenty of them, and a process one manifest."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._addresses = {}

    def url(self, name, force=False):
        if name not in self._addresses or force:
            self._addresses[name] = super().url(name, force)
        return self._addresses[name]
