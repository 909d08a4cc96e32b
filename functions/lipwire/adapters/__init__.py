"""The cloud and the network: boto3 and sockets live here only."""
