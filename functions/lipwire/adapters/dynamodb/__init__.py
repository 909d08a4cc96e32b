"""Stores on DynamoDB. `table.py` holds the key layout and the transaction; one file a store."""
