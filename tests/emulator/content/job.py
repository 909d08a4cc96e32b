"""What the toy image holds: one small behaviour per word."""

import json
import os
import signal
import subprocess
import sys
import time

import boto3


def main(what: str) -> int:
    """Do it and return the exit code."""
    attempt = int(os.environ["AWS_BATCH_JOB_ATTEMPT"])
    if what.startswith("exit-"):
        return int(what[5:])
    if what == "fail-once":
        return 75 if attempt == 1 else 0
    if what == "killed-once":
        if attempt == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0
    if what == "sleep":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
        time.sleep(300)
    if what == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        _say("ready")
        time.sleep(300)
    if what == "nap" or (what == "nap-first" and attempt == 1):
        time.sleep(1 if what == "nap" else 60)
    if what == "memory":
        held = bytearray(300 << 20)
        time.sleep(30)
        return len(held) and 1
    if what == "environment":
        _say(json.dumps(dict(os.environ)))
    if what == "role":
        _try_role()
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _try_role() -> None:
    s3 = boto3.client("s3")
    _say(boto3.client("sts").get_caller_identity()["Arn"])
    for key in ("out/a", "in/a"):
        try:
            s3.put_object(Bucket=os.environ["BUCKET"], Key=key, Body=b"x")
            _say(f"{key} allowed")
        except s3.exceptions.ClientError as error:
            _say(f"{key} {error.response['Error']['Code']}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
