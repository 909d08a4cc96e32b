"""A large batch on the functions as they are deployed: filled as far as there is room, called off, and nothing left."""

import json
import socket
import threading
import urllib.request

from lipwire.adapters.dynamodb.accounts import DynamoAccounts
from lipwire.adapters.dynamodb.limits import DynamoLimits
from lipwire.adapters.dynamodb.outbox_rows import OutboxRows
from lipwire.adapters.system import RandomIds
from lipwire.domain.plans import PlanChanges
from tests.support.goldens import BOUNDARY, a_form
from tests.support.platform import until
from tests.support.strangers import serving

LINES = 21


def test_a_large_batch_is_filled_and_called_off(platform):
    """One line is made, where the plan has room for one; the rest never is, its file leaves, its end is told once."""
    client = platform.new_client()
    dynamodb, names = platform.aws("dynamodb"), platform.names
    account_id = platform.account_of(client)
    limits = DynamoLimits(dynamodb, table=names["LIMITS_TABLE"])
    outbox = OutboxRows(table=names["OUTBOX_TABLE"], ids=RandomIds())
    accounts = DynamoAccounts(dynamodb, table=names["ACCOUNTS_TABLE"], outbox=outbox)
    accounts.set_plan(account_id, "custom", PlanChanges(max_active_jobs=1))
    goes_on = threading.Event()

    def serve(connection: socket.socket, _request: bytes) -> None:
        goes_on.wait(60)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n")

    with serving(serve) as port:
        media = f"http://127.0.0.1:{port}"
        inputs = [{"type": "video", "url": f"{media}/v.mp4"}]
        inputs.append({"type": "audio", "url": f"{media}/a.wav"})
        line = {"endpoint": "/v2/generate", "payload": {"model": "lipsync-2", "input": inputs}}
        text = "\n".join(json.dumps(line | {"request_id": f"r{one}"}) for one in range(LINES))
        file = {"filename": "a.jsonl", "content_type": "application/jsonl", "text": text}
        form = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
        request = urllib.request.Request(
            f"{platform.base_url}/v2/batch",
            data=a_form({"input": file}),
            headers={"x-api-key": client.api_key} | form,
        )
        with urllib.request.urlopen(request, timeout=60) as found:
            batch_id = json.loads(found.read())["id"]
        until(lambda: limits.active(account_id), bool, timeout_s=60)
        assert limits.open_batches(account_id) == limits.untold_batches(account_id) == (batch_id,)
        assert platform.work_keys(f"batches/{account_id}/") != []
        path = f"/batches/{batch_id}"
        assert client.call("POST", f"{path}/cancel")["counts"] == {"canceled": LINES}
        goes_on.set()
    assert platform.count_events("BatchCompleted", batch_id) == 1
    assert limits.open_batches(account_id) == limits.untold_batches(account_id) == ()
    assert platform.work_keys(f"batches/{account_id}/") == []
