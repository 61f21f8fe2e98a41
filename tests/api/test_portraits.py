"""Pictures through the API: a coach's portrait and the site's logo."""

import pytest

from tests.factories import a_coach, a_person
from tests.files import samples
from tests.files.samples import decoded, is_near

PICTURE = samples.encoded(samples.halves(800, 600), "JPEG")
OTHER = samples.encoded(samples.halves(700, 700))


@pytest.fixture
def own(api, ada):
    """Ada's client."""
    return api(ada.user)


def fetched(client, address):
    return client._client.get(address.removeprefix("http://localhost"))


def test_a_portrait_is_shown_to_everybody_in_three_sizes(own, ada, offering, anonymous_api):
    assert own.get("/coach").json["portrait"] is None
    answer = own.upload("/coach/portrait", PICTURE)
    assert answer.status_code == 200
    told = answer.json["portrait"]
    assert set(told) == {"small", "medium", "large"}
    assert anonymous_api.get("/coaches/ada").json["coach"]["portrait"] == told
    assert anonymous_api.get("/coaches").json["items"][0]["portrait"] == told
    assert anonymous_api.get("/search?zone=UTC").json["items"][0]["portrait"] == told
    for size, side in (("small", 96), ("medium", 256), ("large", 600)):
        shown = fetched(anonymous_api, told[size])
        assert (shown.status_code, shown.mimetype) == (200, "image/webp")
        assert shown.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in shown.headers
        assert decoded(shown.data).size == (side, side)


def test_a_cache_that_has_a_picture_is_not_sent_it_again(own, anonymous_api):
    address = own.upload("/coach/portrait", PICTURE).json["portrait"]["small"].removeprefix("http://localhost")
    first = anonymous_api._client.get(address)
    again = anonymous_api._client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_another_portrait_has_other_addresses_and_the_same_one_the_same(own):
    first = own.upload("/coach/portrait", PICTURE).json["portrait"]
    assert own.upload("/coach/portrait", OTHER).json["portrait"]["small"] != first["small"]
    assert own.upload("/coach/portrait", PICTURE, name="called otherwise.png").json["portrait"] == first


def test_a_removed_portrait_is_told_nowhere_and_a_second_time_changes_nothing(own):
    own.upload("/coach/portrait", PICTURE)
    assert [own.delete("/coach/portrait").status_code for _ in range(2)] == [204, 204]
    assert own.get("/coach").json["portrait"] is None


@pytest.mark.parametrize("size", ["huge", "small.webp", "..", "SMALL"])
def test_a_picture_has_no_other_sizes(size, own, anonymous_api):
    address = own.upload("/coach/portrait", PICTURE).json["portrait"]["small"].removeprefix("http://localhost")
    assert anonymous_api._client.get(address.replace("small.webp", f"{size}.webp")).status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (samples.claimed_png(30_000, 30_000), "30000 × 30000 pixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a JPEG, PNG or WebP"),
        (samples.jpeg()[:2000], "damaged"),
        (samples.pdf(script="app.alert(1)"), "not a JPEG, PNG or WebP"),
        (b"", "empty"),
        (PICTURE + bytes(8 * 1024 * 1024 + 1 - len(PICTURE)), "larger than 8 MB"),
    ],
    ids=["bomb", "SVG", "truncated", "PDF", "nothing", "a byte too many"],
)
def test_what_is_no_portrait_is_refused_at_its_field(data, says, own):
    refused = own.upload("/coach/portrait", data)
    assert refused.status_code == 422
    assert says in refused.json["errors"]["file"][0]
    assert own.get("/coach").json["portrait"] is None


def test_a_picture_of_exactly_eight_megabytes_is_taken(own):
    taken = own.upload("/coach/portrait", PICTURE + bytes(8 * 1024 * 1024 - len(PICTURE)))
    assert taken.status_code == 200
    assert own.get("/coach").json["portrait"] == taken.json["portrait"]
    assert taken.json["portrait"]["large"]


def test_a_wrong_name_and_a_polyglot_become_the_picture_that_they_are(own, anonymous_api):
    answer = own.upload("/coach/portrait", PICTURE + samples.PAGE, name="../../me\u202egnp.html")
    shown = fetched(anonymous_api, answer.json["portrait"]["large"])
    assert b"<script" not in shown.data
    assert is_near(decoded(shown.data).getpixel((20, 300)), samples.RED)


def test_a_body_beyond_all_bounds_is_not_read(own):
    refused = own.upload("/coach/portrait", bytes(21 * 1024 * 1024))
    assert (refused.status_code, refused.json["limit"]) == (413, "size")


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [({"json": {"file": "x"}}, 415, None), ({"data": {"other": "x"}}, 415, None), ({"data": b""}, 415, None)],
)
def test_a_file_comes_as_multipart(sent, status, field, own):
    refused = own._client.post("/api/v1/coach/portrait", headers=own._headers, **sent)
    assert refused.status_code == status
    assert refused.headers["Accept"] == "multipart/form-data"


def test_one_file_is_sent_and_nothing_else(own):
    assert own.upload("/coach/portrait", PICTURE, field="picture").json["errors"].keys() == {"picture"}


def test_elsewhere_a_body_has_a_megabyte_still(own):
    refused = own._client.post("/api/v1/coaches", headers=own._headers, json={"about": "x" * 1_100_000})
    assert refused.status_code == 413


@pytest.mark.parametrize(("who", "status"), [("a mentee", 404), ("nobody", 401), ("a token that reads", 403)])
def test_who_has_no_portrait(who, status, ada, api, anonymous_api):
    clients = {
        "a mentee": lambda: api(a_person("Eve")),
        "nobody": lambda: anonymous_api,
        "a token that reads": lambda: api(ada.user, ("read",)),
    }
    theirs = clients[who]()
    answers = [theirs.upload("/coach/portrait", PICTURE), theirs.delete("/coach/portrait")]
    assert [answer.status_code for answer in answers] == [status, status]


def test_an_admin_takes_down_what_must_not_be_shown(own, ada, alma, api):
    own.upload("/coach/portrait", PICTURE)
    path = f"/admin/coaches/{ada.id}/portrait"
    assert [client.delete(path).status_code for client in (own, api(a_coach("bob").user))] == [404, 404]
    assert own.get("/coach").json["portrait"] is not None
    assert api(alma).delete(path).status_code == 204
    assert own.get("/coach").json["portrait"] is None


def test_an_admin_sets_the_logo_and_nobody_else(own, alma, api, anonymous_api):
    admins = api(alma)
    assert admins.get("/admin/logo").json == {"logo": None}
    answer = admins.upload("/admin/logo", samples.encoded(samples.halves(600, 100)))
    assert answer.status_code == 200
    assert decoded(fetched(anonymous_api, answer.json["logo"]["small"]).data).size == (160, 27)
    assert own.upload("/admin/logo", PICTURE).status_code == 404
    assert anonymous_api.upload("/admin/logo", PICTURE).status_code == 401
    assert admins.get("/admin/logo").json == answer.json
    assert [admins.delete("/admin/logo").status_code for _ in range(2)] == [204, 204]
    assert admins.get("/admin/logo").json == {"logo": None}
