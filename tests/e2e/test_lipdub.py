"""LipDub's client on the deployed platform, beside all others: what it met."""

from tests.support.clients import mouth_of


def test_every_way_to_join_success_url_reaches_the_shot(visits):
    """To the origin, to one with a slash, to one with `/v1` (taken away once or not), as a browser would; by POST and by GET."""
    told = visits["lipdub"].told
    assert told["video"]["success_url"] == f"/v1/video/success/{told['video']['video_id']}"
    (shot,) = {str(one) for one in told["joined"].values()}
    assert len(told["joined"]) == 7
    assert told["joined"]["by GET"]["asset_type"] == "dubbing-video"
    assert str(told["joined"]["by GET"]["shot_id"]) in shot
    assert isinstance(told["joined"]["by GET"]["shot_id"], int)


def test_a_shots_status_follows_its_analysis(visits):
    """From the look into the file to the faces that were found; never back."""
    told = visits["lipdub"].told
    seen = [(one["shot_status"], one["ai_training_status"]) for one in told["prepared"]]
    steps = [
        ("not_started", "not_started"),
        ("running", "not_started"),
        ("finished", "not_started"),
        ("finished", "processing"),
        ("finished", "finished"),
    ]
    assert seen == sorted(seen, key=steps.index)
    assert seen[-1] == steps[-1]
    assert told["video_status"] == {
        "shot_id": told["joined"]["by GET"]["shot_id"],
        "upload_status": "completed",
        "shot_status": "finished",
        "ai_training_status": "finished",
    }
    assert told["audio_status"]["upload_status"] == "completed"
    assert told["lost"]["upload_status"] == "failed"


def test_a_shot_is_dubbed(visits):
    """Generate, poll, download; nothing to download before; a callback in our words with our signature."""
    visit = visits["lipdub"]
    status, made = visit.told["made"]
    assert (status, made["data"]) == (
        201,
        {"generate_id": made["generate_id"], "status": "pending"},
    )
    assert visit.told["early"][0] == 400
    last = visit.told["states"][-1]
    assert last == {"status": "finished", "generate_id": made["generate_id"], "progress": 100}
    assert {one["status"] for one in visit.told["states"]} <= {"pending", "running", "finished"}
    (hook,) = visit.hooks
    assert hook.verified
    told = hook.payload["data"]
    assert told["download_url"].partition("?")[0].endswith(".mp4")
    assert (told["generate_id"], told["shot_id"], told["status"]) == (
        made["generate_id"],
        visit.told["joined"]["by GET"]["shot_id"],
        "finished",
    )
    assert mouth_of(visit.folder / "made.mp4")[1] > 0.02


def test_a_render_by_url_is_tracked_and_made(visits):
    """Its number comes when it renders. Both cost a credit for each started second."""
    visit = visits["lipdub"]
    assert visit.told["tracked"][0] == 202
    last = visit.told["tracks"][-1]
    assert (last["status"], last["failure_reason"]) == ("dispatched", None)
    assert {one["status"] for one in visit.told["tracks"]} <= {
        *("ingesting", "dispatching", "dispatched"),
    }
    assert visit.told["rendered"][-1] == {"status": "finished", "generate_id": last["generate_id"]}
    frames, moved = mouth_of(visit.folder / "rendered.mp4")
    assert moved > 0.02
    assert visit.balance == 1_000_000 - 2 * 1000 * -(-frames // 25)


def test_an_upload_is_fetched_in_place_of_being_sent(visits):
    """What its URL gives arrives by itself; what it does not give fails, with the reason."""
    there, missing = visits["lipdub"].told["fetched"]
    assert there["upload_url"] is missing["upload_url"] is None
    assert there["said"]["asset_type"] == "dubbing-video"
    assert (there["last"]["upload_status"], type(there["last"]["shot_id"])) == ("completed", int)
    assert missing["last"]["upload_status"] == missing["last"]["shot_status"] == "failed"
    assert "answered 404" in missing["last"]["failure_reason"]


def test_lists_and_refusals_are_the_vendors(visits):
    """Newest first, counted; what is unknown is 404, a bad key 403 without a detail."""
    told = visits["lipdub"].told
    lists = told["lists"]
    # The upload that was given up is no shot, nor is the video by URL.
    assert lists["shots"]["count"] == 1
    assert lists["shots"]["data"][0]["shot_id"] == told["joined"]["by GET"]["shot_id"]
    assert [lists["voices"]["count"], lists["voices"]["data"][0]["content_type"]] == [
        1,
        "audio/wav",
    ]
    assert lists["renders"]["count"] == 2
    assert lists["renders"]["data"] == [
        {
            "generate_id": told["rendered"][-1]["generate_id"],
            "shot_file_name": "rendered.mp4",
            "render_generation_status": "finished",
        }
    ]
    assert told["who"]["user_id"] == told["who"]["users_tenant_id"]
    refused = {name: [status, list(body)] for name, (status, body) in told["refused"].items()}
    assert refused == {
        "unknown shot": [404, ["detail"]],
        "unknown voice": [404, ["detail"]],
        "no voice": [422, ["detail"]],
        "of another shot": [404, ["detail"]],
        "bad key": [403, ["message"]],
    }
