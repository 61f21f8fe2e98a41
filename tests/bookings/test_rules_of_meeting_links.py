"""What has to be done before anybody meets in a room."""

from marketplace.bookings.meeting_links.rules import how_it_opens

ROOM = "https://meet.jit.si/fairhour-1"


def test_the_coach_is_told_to_sign_in_where_a_room_waits_for_a_moderator():
    assert "once you have signed in at meet.jit.si as its moderator" in how_it_opens(ROOM, coach=None)
    assert how_it_opens(ROOM, coach="Ada") == "The room opens once Ada has joined; until then you wait in it."


def test_other_rooms_open_by_themselves():
    for url in ("https://video.example/ada", "https://jitsi.example.org/x", "https://zoom.us/j/1"):
        assert how_it_opens(url, coach=None) == how_it_opens(url, coach="Ada") == ""
