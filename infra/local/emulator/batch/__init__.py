"""AWS Batch that really runs jobs: each attempt is a process in the inference environment.

`store` holds the records, `api` answers the service's calls, `runner` runs attempts, `sync` is Step Functions' view.
"""
