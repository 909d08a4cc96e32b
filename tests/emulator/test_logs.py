"""`make logs`: one stream, readable."""

from infra.local import logs


def test_functions_and_jobs_share_one_stream(cloud):
    """What a job printed and what a function logged, oldest first, under short names."""
    cloud.client("lambda").invoke(FunctionName=cloud.names["Raises"])
    job = cloud.ended(cloud.submit("role"))
    found = list(logs.lines(cloud.client("logs"), job["createdAt"] - 60_000, once=True))
    assert [line[0] for line in found] == sorted(line[0] for line in found)
    said = [text for _moment, source, text in found if source.startswith("job ")]
    assert "in/a AccessDenied" in said
    assert any("SourceRejected: too dark" in text for _moment, _source, text in found)
    assert not any("REPORT RequestId" in text for _moment, _source, text in found)


def test_structured_lines_are_read_aloud():
    """Level, message and fields; what every line carries is left out."""
    line = '{"level":"INFO","message":"shard rendered","timestamp":"now","job_id":"job_1","service":"x"}'
    assert logs.readable(line) == "INFO shard rendered job_id=job_1"
    assert logs.readable("plain") == "plain"
    assert logs.readable("[1, 2]") == "[1, 2]"
