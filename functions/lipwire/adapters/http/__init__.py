"""The only way out to strangers: webhooks are sent, and media is fetched, through here alone.

`guard` says where a connection may go, `connection` makes one and holds its deadline, `answers` reads what comes back,
`sender` and `fetcher` are the two uses. A house test finds any other client or socket in what ships.
"""
