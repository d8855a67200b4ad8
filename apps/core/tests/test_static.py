from apps.core.static import KeptStaticFilesStorage


def test_each_address_of_a_static_file_is_asked_for_once(monkeypatch):
    storage = KeptStaticFilesStorage()
    asked = []
    monkeypatch.setattr(
        KeptStaticFilesStorage.__mro__[1],
        "url",
        lambda self, name, force=False: asked.append(name) or f"/static/{name}",
    )

    assert [storage.url("a.css"), storage.url("b.css"), storage.url("a.css")] == [
        "/static/a.css",
        "/static/b.css",
        "/static/a.css",
    ]
    assert asked == ["a.css", "b.css"]
