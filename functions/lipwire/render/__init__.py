"""The container's work: media in, one engine, media out. Heavy parts are imported where they are used."""
